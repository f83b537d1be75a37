"""Linear layers one after the other with no activation between them, also across blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from playground.graph.block import BlockLayer, given
from playground.graph.diagnose import Diagnostic, Examined
from playground.graph.fix import Fix, InsertBefore, OpenBlock
from playground.graph.graph import Graph, Node
from playground.graph.layer import Layer
from playground.graph.shape import Shape

LINEAR = frozenset({"Linear", "Conv1d", "Conv2d", "ConvTranspose2d"})
PASSING = frozenset({"Flatten", "Reshape", "Permute", "Dropout", "Dropout2d", "GaussianNoise"})
"""What stands between two layers without making them more than one."""
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Maker:
    """The linear layer that made what is on a wire, with nothing after it."""

    title: str
    kind: str
    through: str = ""
    """The input of the block that is looked at, where it stands before that."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two linear layers, one after the other."""

    node: str
    port: int | None
    """The input before which an activation would go; None if that is within a block."""
    title: str
    kind: str
    before: Maker


def linear_chains(graph: Graph, examined: Examined) -> list[Diagnostic]:
    """A warning at every Linear layer that adds nothing to the one before it; a hint where one of
    them is a convolution, which still shares its weights."""
    return [_reported(graph, examined, pair) for pair in _walked(graph, examined.inputs, {})]


def _reported(graph: Graph, examined: Examined, pair: Pair) -> Diagnostic:
    which = f"{pair.before.title} and {pair.title}"
    if pair.title == pair.before.title:
        which = f"Two {pair.title} layers"
    text = (
        f"{which} with no activation between them can do no more than one: put an activation such "
        "as ReLU between them."
    )
    fix = Fix("Insert ReLU", (InsertBefore("ReLU", pair.node, pair.port or 0),))
    if pair.port is None:
        text = f"Inside, {text.replace('Two', 'two', 1)}"
        node = graph.nodes[pair.node]
        fix = Fix(f"Open {node.title}", (OpenBlock(pair.node),))
    is_certain = pair.kind == pair.before.kind == "Linear"
    return Diagnostic("warning" if is_certain else "hint", "linear_linear", pair.node, text, fix)


def _walked(
    graph: Graph, inputs: Mapping[str, tuple[Shape, ...]], made: dict[Place, Maker]
) -> list[Pair]:
    # Fills `made` with what is on the wires; what comes from outside is in it already.
    pairs: list[Pair] = []
    for node_id in graph.order:
        node = graph.nodes[node_id]
        if node_id not in inputs or not node.layer.inputs:
            continue
        wires = graph.inputs_in_order(node_id)
        before = tuple(made.get((wire.source, wire.source_port)) for wire in wires)
        if isinstance(node.layer, BlockLayer) and not node.is_bypassed:
            pairs += _in_block(node, node.layer, inputs[node_id], before, made)
            continue
        first = before[0] if before else None
        maker = first if node.is_bypassed or node.layer.kind in PASSING else None
        if _is_linear(node):
            maker = Maker(node.title, node.layer.kind)
            if first is not None:
                port = _rank(node.layer, wires[0].target_port)
                pairs.append(Pair(node_id, port, node.title, node.layer.kind, first))
        if maker is not None:
            made |= {(node_id, port.name): maker for port in node.layer.outputs[:1]}
    return pairs


def _is_linear(node: Node) -> bool:
    # Groups are a shape that one layer cannot have: depthwise and pointwise follow each other.
    is_whole = getattr(node.layer, "groups", 1) == 1
    return node.layer.kind in LINEAR and is_whole and not node.is_bypassed


def _in_block(
    node: Node,
    block: BlockLayer,
    inputs: tuple[Shape, ...],
    before: tuple[Maker | None, ...],
    made: dict[Place, Maker],
) -> list[Pair]:
    outer = {port.name: maker for port, maker in zip(block.inputs, before, strict=False)}
    names = tuple((port, m.title, m.kind) for port, m in outer.items() if m is not None)
    pairs, ends = _within(block, inputs, names)
    for port, maker in ends:
        found = outer[maker.through] if maker.through else maker
        if found is not None:
            made[node.id, port] = found
    return [Pair(node.id, _rank(block, p.before.through), p.title, p.kind, p.before) for p in pairs]


def _rank(layer: Layer, port: str) -> int | None:
    names = [one.name for one in layer.inputs]
    return names.index(port) if port in names else None


@lru_cache(maxsize=4096)
def _within(
    block: BlockLayer, inputs: tuple[Shape, ...], before: tuple[tuple[str, str, str], ...]
) -> tuple[tuple[Pair, ...], tuple[tuple[str, Maker], ...]]:
    # The pairs in a block, and what makes its outputs, for what makes its inputs.
    parts = block.parts(*inputs)
    made = {(given(port), "out"): Maker(title, kind, port) for port, title, kind in before}
    pairs = _walked(block.fed(parts, inputs), block.examined(parts, inputs).inputs, made)
    places = ((port.name, parts.outputs[port.name]) for port in block.outputs)
    return tuple(pairs), tuple((name, made[place]) for name, place in places if place in made)
