"""Shape inference and diagnosis: shapes on the wires, parameters of nodes, errors and warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from playground.graph.fix import (
    AddEnd,
    Connect,
    Edit,
    Fix,
    RemoveNodes,
    SetBypassed,
    Unplug,
)
from playground.graph.graph import Edge, Graph, Node
from playground.graph.layer import Layer, UnknownLayer, required
from playground.graph.shape import Shape, ShapeError
from playground.translation import tr

Severity = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding: how bad it is, at which node ("" for the whole net), in words, and the fix."""

    severity: Severity
    code: str
    node: str
    message: str
    fix: Fix | None = None


@dataclass(frozen=True)
class Examined:
    """What is known of a graph without running it."""

    shapes: Mapping[tuple[str, str], Shape] = field(default_factory=dict)
    """The shape at every output, by node id and port name."""
    parameters: Mapping[str, int] = field(default_factory=dict)
    """How many numbers every node learns; nodes whose input is unknown are missing."""
    inputs: Mapping[str, tuple[Shape, ...]] = field(default_factory=dict)
    """The shapes that go into every node whose inputs are all known."""
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def total_parameters(self) -> int:
        """How many numbers the whole net learns."""
        return sum(self.parameters.values())

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The findings that keep the net from running."""
        return tuple(d for d in self.diagnostics if d.severity == "error")

    def at(self, node_id: str) -> tuple[Diagnostic, ...]:
        """The findings at a node."""
        return tuple(d for d in self.diagnostics if d.node == node_id)


def needed_of(graph: Graph) -> set[str]:
    """Ids of the nodes that the output depends on."""
    return graph.reachable((node.id for node in graph.output_nodes), backwards=True)


def built_of(graph: Graph, examined: Examined) -> tuple[str, ...]:
    """Ids of the nodes whose weights a net holds, in the order they run.

    Those that the output depends on, and those that are bypassed and lead nowhere: the parts of a
    bypassed block, whose weights are kept for later.
    """
    built = needed_of(graph)
    for node_id in examined.inputs:
        layer = graph.nodes[node_id].layer
        if graph.nodes[node_id].is_bypassed and layer.inputs and layer.outputs:
            built.add(node_id)
    return tuple(node_id for node_id in graph.order if node_id in built)


@lru_cache(maxsize=8192)
def _infer(layer: Layer, inputs: tuple[Shape, ...]) -> tuple[tuple[Shape, ...], int]:
    # Cached by value: after an edit only the layers whose options or inputs changed are inferred.
    shapes = layer.infer(*inputs)
    found = shapes if isinstance(shapes, tuple) else (shapes,)
    return found, layer.count(*inputs)


def examine(graph: Graph, features: Shape | None) -> Examined:
    """Infer every shape and find every mistake; `features` is the shape of one example."""
    shapes: dict[tuple[str, str], Shape] = {}
    parameters: dict[str, int] = {}
    inputs: dict[str, tuple[Shape, ...]] = {}
    found: list[Diagnostic] = list(_structure(graph))
    needed = needed_of(graph)
    for node_id in graph.order:
        node = graph.nodes[node_id]
        missing = _missing_inputs(graph, node)
        if missing:
            found.append(_not_fed(node, missing, node_id in needed))
            continue
        known = _known_inputs(graph, node, shapes, features)
        if known is None:
            continue
        try:
            outputs, count = _infer(node.layer, known)
        except ShapeError as error:
            fix = _fix(graph, node, error, known, features)
            found.append(Diagnostic("error", error.code, node_id, str(error), fix))
            continue
        inputs[node_id], parameters[node_id] = known, count
        if node.is_bypassed and node_id in needed:
            found += _bypassed(graph, node, known, outputs)
        for port, shape in zip(node.layer.outputs, outputs, strict=False):
            shapes[node_id, port.name] = shape
    found += _habits(graph, needed)
    return Examined(shapes, parameters, inputs, tuple(found))


def _known_inputs(
    graph: Graph, node: Node, shapes: Mapping[tuple[str, str], Shape], features: Shape | None
) -> tuple[Shape, ...] | None:
    if isinstance(node.layer, UnknownLayer):
        return ()
    if not node.layer.inputs:
        return None if features is None else (features,)
    edges = graph.inputs_in_order(node.id)
    known = tuple(shapes.get((edge.source, edge.source_port)) for edge in edges)
    return None if None in known else tuple(shape for shape in known if shape is not None)


def _missing_inputs(graph: Graph, node: Node) -> list[str]:
    if isinstance(node.layer, UnknownLayer):
        return []
    ports = required(node.layer.inputs)
    return [port.name for port in ports if not graph.incoming(node.id, port.name)]


def _not_fed(node: Node, missing: list[str], is_needed: bool) -> Diagnostic:
    is_single = len(required(node.layer.inputs)) == 1
    ports = ", ".join(missing)
    if is_needed or node.layer.role == "output":
        text = tr("Nothing is connected to its input. Drag a wire here from the previous layer.")
        if not is_single:
            text = tr(
                "Nothing is connected to {ports}. Drag wires here from the previous layers.",
                ports=ports,
            )
        return Diagnostic("error", "missing_input", node.id, text)
    text = tr("Nothing is connected to its input, so it is not part of the network yet.")
    if not is_single:
        text = tr(
            "Nothing is connected to {ports}, so it is not part of the network yet.", ports=ports
        )
    return Diagnostic("warning", "unreachable", node.id, text, _delete(node))


def _delete(node: Node) -> Fix:
    return Fix(tr("Delete {layer}", layer=node.title), (RemoveNodes((node.id,)),))


def _bypassed(
    graph: Graph, node: Node, inputs: tuple[Shape, ...], outputs: tuple[Shape, ...]
) -> list[Diagnostic]:
    if not inputs or not outputs or not node.layer.inputs:
        return []
    fix = Fix(tr("Remove bypass"), (SetBypassed((node.id,), False),))
    if inputs[0] != outputs[0]:
        text = tr(
            "A bypassed layer passes its input on unchanged, but {layer} turns {input} into "
            "{output}, which the next layers need. Remove the bypass.",
            layer=node.title,
            input=inputs[0].example,
            output=outputs[0].example,
        )
        return [Diagnostic("error", "bypass_shape", node.id, text, fix)]
    first = node.layer.outputs[0].name
    others = [edge.source_port for edge in graph.outgoing(node.id) if edge.source_port != first]
    if others:
        text = tr(
            "{layer} is bypassed, so there is nothing on its output {port}. Remove the bypass.",
            layer=node.title,
            port=repr(others[0]),
        )
        return [Diagnostic("error", "bypass_port", node.id, text, fix)]
    return []


def _fix(
    graph: Graph,
    node: Node,
    error: ShapeError,
    known: tuple[Shape, ...],
    features: Shape | None,
) -> Fix | None:
    if error.fix is None:
        return None
    for edit in error.fix.edits:
        if isinstance(edit, Unplug) and features is not None:
            return _from_the_input(graph, node, edit.port, known, features) or error.fix.at(node.id)
    return error.fix.at(node.id)


def _from_the_input(
    graph: Graph, node: Node, port: int, known: tuple[Shape, ...], features: Shape
) -> Fix | None:
    """A wire from the Input in place of the one at that port, if the layer would take it."""
    starts = graph.input_nodes
    try:
        _infer(node.layer, (*known[:port], features, *known[port + 1 :]))
    except ShapeError:
        return None
    if not starts:
        return None
    name = node.layer.inputs[port].name
    wire = Edge(starts[0].id, node.id, starts[0].layer.outputs[0].name, name)
    return Fix(tr("Connect {port} to the Input", port=name), (Unplug(port, node.id), Connect(wire)))


def _structure(graph: Graph) -> list[Diagnostic]:
    found = []
    if not graph.input_nodes:
        text = tr("The network has no Input. Add one: it provides the data.")
        fix = Fix(tr("Add Input"), (AddEnd("Input"),))
        found.append(Diagnostic("error", "no_input", "", text, fix))
    if not graph.output_nodes:
        text = tr("The network has no Output. Add one and connect the last layer to it.")
        fix = Fix(tr("Add Output"), (AddEnd("Output"),))
        found.append(Diagnostic("error", "no_output", "", text, fix))
    for node in graph.input_nodes[1:]:
        text = tr("The network already has an Input, which provides all features. Use that one.")
        fix = _to_the_first(graph, node)
        found.append(Diagnostic("error", "second_input", node.id, text, fix))
    for node in graph.output_nodes[1:]:
        text = tr("The network already has an Output, and it can only be trained on one.")
        fix = Fix(tr("Delete this Output"), (RemoveNodes((node.id,)),))
        found.append(Diagnostic("error", "second_output", node.id, text, fix))
    placed = set(graph.order)
    for node_id in graph.nodes:
        if node_id not in placed and node_id in graph.reachable(
            [e.target for e in graph.outgoing(node_id)]
        ):
            text = tr("This layer is part of a loop. Remove one of its wires.")
            found.append(Diagnostic("error", "cycle", node_id, text))
    return found


def _to_the_first(graph: Graph, node: Node) -> Fix:
    first = graph.input_nodes[0]
    wires = [replace(edge, source=first.id) for edge in graph.outgoing(node.id)]
    edits: list[Edit] = [RemoveNodes((node.id,)), *map(Connect, wires)]
    return Fix(tr("Connect all to the first Input"), tuple(edits))


def _habits(graph: Graph, needed: set[str]) -> list[Diagnostic]:
    found = []
    for node in graph.nodes.values():
        is_end = node.layer.outputs and not graph.outgoing(node.id) and node.id not in needed
        if is_end and node.layer.inputs and not _missing_inputs(graph, node):
            text = tr("The output of this layer is not used. Connect it, or delete the layer.")
            found.append(Diagnostic("warning", "leads_nowhere", node.id, text, _delete(node)))
    return found
