"""Project to net: a torch.fx GraphModule whose submodules carry the ids of the nodes."""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

from playground.catalog.layers.base.weighted import Weighted
from playground.engine import modules, rules
from playground.graph.call import Call
from playground.graph.diagnose import Examined, built_of, needed_of
from playground.graph.graph import Graph, Node
from playground.graph.reserved import attribute_name
from playground.plugins import plugin_of_package
from playground.project.check import Checked, check
from playground.project.project import Project

ROOTS: Mapping[str, object] = {
    "nn": nn,
    "torch": torch,
    "F": nn.functional,
    "operator": operator,
    "init": nn.init,
    "modules": modules,
    "rules": rules,
}


class CompileError(ValueError):
    """The project has errors and cannot run; the message is the first of them."""


@dataclass(frozen=True)
class Compiled:
    """A net, and which of its parts belong to which node."""

    net: fx.GraphModule
    nodes: tuple[str, ...]
    """Ids of the nodes in the net, in the order they run."""
    parameters: Mapping[str, tuple[tuple[str, nn.Parameter], ...]]
    """Learned tensors by node id, with their names within the layer."""
    forward: Callable[[Tensor], Tensor]

    @property
    def parameter_count(self) -> int:
        """How many numbers the net learns."""
        return sum(p.numel() for p in self.net.parameters())


def resolve(target: str) -> Any:
    """What a Call's target names: "nn.Linear" is torch.nn.Linear. Plug-ins use their packages."""
    root, *rest = target.split(".")
    if plugin_of_package(root) is not None:
        module, _, name = target.rpartition(".")
        return getattr(importlib.import_module(module), name)
    found: Any = ROOTS[root]
    for part in rest:
        found = getattr(found, part)
    return found


def compile_project(project: Project) -> Compiled:
    """The net of a project, its weights drawn from torch's default generator.

    Layers are built in the order they run and then initialised in that order, so that
    `torch.manual_seed(seed)` followed by the same constructors gives the same weights.
    Raises CompileError for a project with errors.
    """
    return compile_checked(check(project))


def compile_checked(checked: Checked) -> Compiled:
    """The net of a project that was checked before; see `compile_project`."""
    flat = runnable(checked)
    return build(flat.project.graph, flat)


def runnable(checked: Checked) -> Checked:
    """The project as it runs, its blocks replaced by their layers; raises CompileError with the
    first error of a project that cannot run."""
    return _without_errors(_without_errors(checked).flat)


def _without_errors(checked: Checked) -> Checked:
    if checked.errors:
        first = checked.errors[0]
        place = f"{checked.project.graph.nodes[first.node].title}: " if first.node else ""
        raise CompileError(place + first.message)
    return checked


def build(graph: Graph, examined: Examined) -> Compiled:
    """The net of a graph without errors; see `compile_project`."""
    root, drawing = nn.Module(), fx.Graph()
    needed, order = needed_of(graph), built_of(graph, examined)
    values: dict[tuple[str, str], fx.Node] = {}
    for node_id in order:
        node = graph.nodes[node_id]
        if node_id not in needed:
            _keep(root, node, node.layer.call(*examined.inputs[node_id]))
            continue
        inputs = [values[e.source, e.source_port] for e in graph.inputs_in_order(node_id)]
        if not node.layer.inputs:
            value = drawing.placeholder(attribute_name(node_id))
        elif node.layer.role == "output":
            drawing.output(inputs[0])
            continue
        else:
            call = node.layer.call(*examined.inputs[node_id])
            value = _place(root, drawing, node, call, inputs)
        value.meta.setdefault("nodes", []).append(node_id)
        _spread(graph, drawing, node, value, values)
    net = fx.GraphModule(root, drawing)
    for name, module in root.named_children():
        net.add_module(name, module)  # a bypassed layer's too: its weights are kept
    _initialise(graph, examined, net, order)
    _freeze(graph, net, order)
    nodes = tuple(node_id for node_id in order if node_id in needed)
    return Compiled(net, nodes, _parameters(net, order), net.forward)


def _parameters(
    net: nn.Module, order: Sequence[str]
) -> dict[str, tuple[tuple[str, nn.Parameter], ...]]:
    found = {
        node_id: tuple(getattr(net, attribute_name(node_id)).named_parameters())
        for node_id in order
        if isinstance(getattr(net, attribute_name(node_id), None), nn.Module)
    }
    return {node_id: parameters for node_id, parameters in found.items() if parameters}


def _spread(
    graph: Graph,
    drawing: fx.Graph,
    node: Node,
    value: fx.Node,
    values: dict[tuple[str, str], fx.Node],
) -> None:
    ports = node.layer.outputs
    if len(ports) == 1 or node.is_bypassed:
        values[node.id, ports[0].name] = value
        return
    used = {edge.source_port for edge in graph.outgoing(node.id)}
    for rank, port in enumerate(ports):
        if port.name in used:
            values[node.id, port.name] = drawing.call_function(operator.getitem, (value, rank))


def _place(
    root: nn.Module, drawing: fx.Graph, node: Node, call: Call | None, inputs: Sequence[fx.Node]
) -> fx.Node:
    if call is None or (node.is_bypassed and not call.is_module):
        return inputs[0]
    found = resolve(call.target)
    args: tuple[Any, ...] = call.args
    options: dict[str, Any] = dict(call.kwargs)
    if call.is_module:
        _keep(root, node, call)
        if node.is_bypassed:
            return inputs[0]
        return drawing.call_module(attribute_name(node.id), tuple(inputs))
    if call.joins == "list":
        return drawing.call_function(found, (list(inputs), *args), options)
    if call.joins == "fold":
        value = inputs[0]
        for other in inputs[1:]:
            value = drawing.call_function(found, (value, other))
        return value
    return drawing.call_function(found, (*inputs, *args), options)


def _keep(root: nn.Module, node: Node, call: Call | None) -> None:
    if call is not None and call.is_module:
        module = resolve(call.target)(*call.args, **call.kwargs)
        root.add_module(attribute_name(node.id), module)


def _initialise(graph: Graph, examined: Examined, net: nn.Module, order: Sequence[str]) -> None:
    for node_id in order:
        layer = graph.nodes[node_id].layer
        if not isinstance(layer, Weighted):
            continue
        for draw in layer.draws(*examined.inputs[node_id]):
            tensor = net.get_parameter(f"{attribute_name(node_id)}.{draw.parameter}")
            with torch.no_grad():
                part = tensor if draw.row is None else tensor[draw.row]
                resolve(draw.call.target)(part, *draw.call.args, **draw.call.kwargs)


def _freeze(graph: Graph, net: nn.Module, order: Sequence[str]) -> None:
    for node_id in order:
        node = graph.nodes[node_id]
        module = getattr(net, attribute_name(node_id), None)
        if node.has_fixed_weights and isinstance(module, nn.Module):
            module.requires_grad_(False)


class Recorder(fx.Interpreter):
    """Runs the net exactly as it is, and keeps the output of every node.

    With `with_grad`, gradients of the outputs are kept too, once backward has run.
    """

    def __init__(self, net: fx.GraphModule, *, with_grad: bool) -> None:
        super().__init__(net)
        self.outputs: dict[str, Tensor] = {}
        self._with_grad = with_grad

    def run_node(self, n: fx.Node) -> Any:
        """Run one node of the net and keep its result under the ids it belongs to."""
        value = super().run_node(n)
        ids = n.meta.get("nodes", ())
        first = value[0] if isinstance(value, tuple) else value
        if ids and isinstance(first, Tensor):
            if self._with_grad and first.requires_grad:
                first.retain_grad()
            for node_id in ids:
                self.outputs[node_id] = first
        return value
