"""The part of a script that is the net: a class with its layers, and forward line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from playground.catalog.layers.base.weighted import Weighted
from playground.export.sources import Sources, is_own
from playground.graph.call import Call
from playground.graph.diagnose import Examined, built_of, needed_of
from playground.graph.graph import Graph, Node
from playground.graph.reserved import RESERVED, unique_names

IMPORTS = {
    "nn": "from torch import nn",
    "torch": "import torch",
    "F": "import torch.nn.functional as F",
    "operator": "import operator",
    "init": "from torch.nn import init",
    "math": "import math",
}
SIGNS = {"operator.add": "+", "operator.sub": "-", "operator.mul": "*"}
LOCAL = RESERVED | {"self", "x", "F", "nn", "torch", "init", "math", "operator", "np"}
"""Names that a variable in `forward` must leave to Python, torch and the script."""


@dataclass(frozen=True)
class NetSource:
    """The text of the class, what it imports, and its weights by the layer they belong to."""

    text: str
    imports: frozenset[str]
    weights: Mapping[str, tuple[str, ...]]
    """By node id, the weights that penalties act on: "net.linear1.weight"."""
    learns: bool = True
    """Whether a weight is neither frozen nor bypassed."""


def net_source(graph: Graph, examined: Examined, sources: Sources) -> NetSource:
    """The net of a graph as the source of a class; what it needs is added to `sources`."""
    return _Writer(graph, examined, sources).written()


class _Writer:
    def __init__(self, graph: Graph, examined: Examined, sources: Sources) -> None:
        self._graph, self._examined, self._sources = graph, examined, sources
        self._needed, self._order = needed_of(graph), built_of(graph, examined)
        self._names = unique_names(self._order)
        taken = LOCAL | self._called_functions()
        self._variables = unique_names(self._order, taken)
        self._values: dict[tuple[str, str], str] = {}
        self._imports = {"nn"}
        self._layers: list[str] = []
        self._forward: list[str] = []

    def written(self) -> NetSource:
        for node_id in self._order:
            self._write(node_id)
        body = [*self._layers, *self._initialisers(), *self._frozen()]
        lines = [
            "class Net(nn.Module):",
            "    def __init__(self):",
            "        super().__init__()",
            *(f"        {line}" for line in body),
            "",
            "    def forward(self, x):",
            *(f"        {line}" for line in self._forward),
        ]
        text = "\n".join(lines) + "\n"
        return NetSource(text, frozenset(self._imports), self._weights(), self._learns())

    def _called_functions(self) -> frozenset[str]:
        # Functions of a plug-in, which a variable of the same name would hide.
        calls = (
            self._graph.nodes[node_id].layer.call(*self._examined.inputs[node_id])
            for node_id in self._order
            if self._graph.nodes[node_id].layer.inputs and self._graph.nodes[node_id].layer.outputs
        )
        targets = (call.target for call in calls if call is not None and not call.is_module)
        return frozenset(target.rpartition(".")[2] for target in targets if is_own(target))

    def _write(self, node_id: str) -> None:
        node = self._graph.nodes[node_id]
        if node_id not in self._needed:
            self._called(node, node.layer.call(*self._examined.inputs[node_id]), [""])
            return
        inputs = [
            self._values[e.source, e.source_port] for e in self._graph.inputs_in_order(node_id)
        ]
        if not node.layer.inputs:
            value = "x"
        elif node.layer.role == "output":
            self._forward.append(f"return {inputs[0]}")
            return
        else:
            call = node.layer.call(*self._examined.inputs[node_id])
            value = self._called(node, call, inputs)
        ports = node.layer.outputs
        is_single = len(ports) == 1 or node.is_bypassed
        for rank, port in enumerate(ports):
            self._values[node_id, port.name] = value if is_single else f"{value}[{rank}]"

    def _called(self, node: Node, call: Call | None, inputs: Sequence[str]) -> str:
        if call is None or (node.is_bypassed and not call.is_module):
            return inputs[0]
        name, variable = self._names[node.id], self._variables[node.id]
        target, is_module = call.target, call.is_module
        if is_own(target):
            call = replace(call, target=self._sources.of_target(target))
        if is_module:
            self._layers.append(f"self.{name} = {call.source()}")
            if node.is_bypassed:
                self._layers[-1] += "  # bypassed: kept, but not used"
                return inputs[0]
            self._forward.append(f"{variable} = self.{name}({', '.join(inputs)})")
        else:
            if not is_own(target) and (target not in SIGNS or call.joins != "fold"):
                self._imports.add(target.partition(".")[0])
            self._forward.append(f"{variable} = {_function(call, inputs)}")
        return variable

    def _initialisers(self) -> list[str]:
        lines = []
        for node_id in self._order:
            layer = self._graph.nodes[node_id].layer
            if not isinstance(layer, Weighted):
                continue
            for draw in layer.draws(*self._examined.inputs[node_id]):
                self._imports.add("init")
                row = "" if draw.row is None else f".data[{draw.row}]"
                tensor = f"self.{self._names[node_id]}.{draw.parameter}{row}"
                arguments = ", ".join([tensor, *draw.call.argument_sources()])
                target = draw.call.target
                if is_own(target):
                    target = self._sources.of_target(target)
                lines.append(f"{target}({arguments})")
        return lines

    def _frozen(self) -> list[str]:
        return [
            f"self.{self._names[node_id]}.requires_grad_(False)"
            for node_id in self._order
            if self._is_held(node_id) and self._examined.parameters[node_id]
        ]

    def _is_held(self, node_id: str) -> bool:
        return self._graph.nodes[node_id].has_fixed_weights

    def _learns(self) -> bool:
        return any(
            self._examined.parameters[node_id] and not self._is_held(node_id)
            for node_id in self._order
        )

    def _weights(self) -> dict[str, tuple[str, ...]]:
        found = {}
        for node_id in self._order:
            layer = self._graph.nodes[node_id].layer
            if isinstance(layer, Weighted) and not self._is_held(node_id):
                named = layer.parameters(*self._examined.inputs[node_id])
                found[node_id] = tuple(
                    f"net.{self._names[node_id]}.{name}" for name in named if layer.is_weight(name)
                )
        return found


def _function(call: Call, inputs: Sequence[str]) -> str:
    if call.joins == "fold" and call.target in SIGNS:
        return f" {SIGNS[call.target]} ".join(inputs)
    if call.joins == "fold":
        value = inputs[0]
        for other in inputs[1:]:
            value = f"{call.target}({value}, {other})"
        return value
    before = [f"[{', '.join(inputs)}]"] if call.joins == "list" else list(inputs)
    return f"{call.target}({', '.join([*before, *call.argument_sources()])})"
