"""Linear layers in a row without an activation between them, also across blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from playground.graph.block import BlockLayer, given
from playground.graph.diagnose import Diagnostic, Examined
from playground.graph.fix import Fix, InsertBefore, OpenBlock
from playground.graph.graph import Graph, Node
from playground.graph.layer import Layer
from playground.graph.shape import Shape
from playground.translation import tr

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Maker:
    """The linear layer that made what is on a wire, with nothing after it."""

    title: str
    shares_weights: bool
    through: str = ""
    """The input of the block that is looked at, if it stands before that block."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two linear layers, one after the other."""

    node: str
    port: int | None
    """The input before which an activation would go; None if that is within a block."""
    title: str
    shares_weights: bool
    before: Maker


def linear_chains(graph: Graph, examined: Examined) -> list[Diagnostic]:
    """A warning at every linear layer that adds nothing to the one before it; only a hint if one of
    them shares its weights between places, as a convolution does."""
    return [_reported(graph, pair) for pair in _walked(graph, examined.inputs, {})]


def _reported(graph: Graph, pair: Pair) -> Diagnostic:
    if pair.title == pair.before.title:
        text = tr(
            "Two {layer} layers with no activation between them can do no more than one. Insert an "
            "activation such as ReLU between them.",
            layer=pair.title,
        )
    else:
        text = tr(
            "{first} and {second} with no activation between them can do no more than one layer. "
            "Insert an activation such as ReLU between them.",
            first=pair.before.title,
            second=pair.title,
        )
    fix = Fix(tr("Insert ReLU"), (InsertBefore("ReLU", pair.node, pair.port or 0),))
    if pair.port is None:
        text = tr("Inside the block: {message}", message=text)
        label = tr("Open {block}", block=graph.nodes[pair.node].title)
        fix = Fix(label, (OpenBlock(pair.node),))
    is_certain = not (pair.shares_weights or pair.before.shares_weights)
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
        maker = first if node.is_bypassed or node.layer.passes_linearly else None
        if node.layer.is_linear and not node.is_bypassed:
            maker = Maker(node.title, node.layer.shares_weights)
            if first is not None:
                port = _rank(node.layer, wires[0].target_port)
                pairs.append(Pair(node_id, port, node.title, node.layer.shares_weights, first))
        if maker is not None:
            made |= {(node_id, port.name): maker for port in node.layer.outputs[:1]}
    return pairs


def _in_block(
    node: Node,
    block: BlockLayer,
    inputs: tuple[Shape, ...],
    before: tuple[Maker | None, ...],
    made: dict[Place, Maker],
) -> list[Pair]:
    outer = {port.name: maker for port, maker in zip(block.inputs, before, strict=False)}
    names = tuple((port, m.title, m.shares_weights) for port, m in outer.items() if m is not None)
    pairs, ends = _within(block, inputs, names)
    for port, maker in ends:
        found = outer[maker.through] if maker.through else maker
        if found is not None:
            made[node.id, port] = found
    return [replace(pair, node=node.id, port=_rank(block, pair.before.through)) for pair in pairs]


def _rank(layer: Layer, port: str) -> int | None:
    names = [one.name for one in layer.inputs]
    return names.index(port) if port in names else None


@lru_cache(maxsize=4096)
def _within(
    block: BlockLayer, inputs: tuple[Shape, ...], before: tuple[tuple[str, str, bool], ...]
) -> tuple[tuple[Pair, ...], tuple[tuple[str, Maker], ...]]:
    # The pairs in a block, and what makes its outputs, for what makes its inputs.
    parts = block.parts(*inputs)
    made = {(given(port), "out"): Maker(title, shares, port) for port, title, shares in before}
    pairs = _walked(block.fed(parts, inputs), block.examined(parts, inputs).inputs, made)
    places = ((port.name, parts.outputs[port.name]) for port in block.outputs)
    return tuple(pairs), tuple((name, made[place]) for name, place in places if place in made)
