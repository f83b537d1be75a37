"""Blocks: several layers as one node, which can be opened into its parts.

A block is drawn, wired, copied and saved as one layer. Before the net is built its parts are put in
place of its node: `expanded` gives the graph that runs, and who belongs to whom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Literal

from playground.graph.call import Call
from playground.graph.diagnose import Examined, examine
from playground.graph.fix import HERE, Edit, InsertBefore, SetOptions, Unplug
from playground.graph.graph import Edge, Graph, GraphError, Node
from playground.graph.layer import Layer, Port
from playground.graph.part_id import joined, split
from playground.graph.shape import Shape, ShapeError
from playground.translation import tr

Place = tuple[str, str]
"""A port: the id of a node, and the name of one of its ports."""
Goal = Place | tuple[str, str, int]
"""A port that is fed from outside. For a merge inside, the rank of that wire among all the merge
takes may be given too; by default, what comes from outside goes first."""


@dataclass(frozen=True)
class Parts:
    """The layers of a block, and where its ports lead."""

    graph: Graph
    inputs: Mapping[str, tuple[Goal, ...]]
    """What every input of the block feeds."""
    outputs: Mapping[str, Place]
    """Where every output of the block comes from."""


class Given(Layer):
    """Stands for what comes into a block, while its parts are examined."""

    dims: tuple[int | str, ...]
    dtype: Literal["float", "int"]

    inputs: ClassVar[tuple[Port, ...]] = ()

    def infer(self, *inputs: Shape) -> Shape:
        """The shape it was given."""
        return Shape(self.dims, self.dtype)


class BlockLayer(Layer):
    """Several layers as one. Open it to see and change its parts."""

    has_own_parts: ClassVar[bool] = False
    """Whether the options of its parts can be set one by one."""

    def parts(self, *inputs: Shape) -> Parts:
        """The layers it stands for, for inputs of these shapes."""
        raise ShapeError("no_parts", tr("{layer} has no parts.", layer=tr(self.label)))

    def infer(self, *inputs: Shape) -> tuple[Shape, ...]:
        """The output shapes of its parts; an error inside is raised with the part's name."""
        parts = self.parts(*inputs)
        shapes = self.examined(parts, inputs).shapes
        for node_id, name in parts.outputs.values():
            part = parts.graph.nodes[node_id]
            if (node_id, name) not in shapes:
                raise ShapeError(
                    "not_fed", tr("Inside, something is not connected: {layer}.", layer=part.title)
                )
            if part.is_bypassed and name != part.layer.outputs[0].name:
                text = tr(
                    "Inside, {layer} is bypassed, so there is nothing on output {port}.",
                    layer=part.title,
                    port=repr(name),
                )
                raise ShapeError("bypass_port", text)
        return tuple(shapes[parts.outputs[port.name]] for port in self.outputs)

    def examined(self, parts: Parts, inputs: tuple[Shape, ...]) -> Examined:
        """What its parts come to; raises ShapeError for a mistake inside."""
        examined = examine(self.fed(parts, inputs), Shape(()))
        for found in examined.errors:
            if found.node:  # that it has no Input and no Output of its own is as it should be
                title = parts.graph.nodes[found.node].title
                fix = found.fix and found.fix.rewritten(partial(self._outside, parts))
                raise ShapeError(found.code, inside(title, found.message), fix)
        return examined

    def fed(self, parts: Parts, inputs: tuple[Shape, ...]) -> Graph:
        """Its parts with something of these shapes at every way in."""
        nodes = dict(parts.graph.nodes)
        wires: list[tuple[Edge, int | None]] = []
        for port, shape in zip(self.inputs, inputs, strict=False):  # an optional one may be missing
            source = given(port.name)
            nodes[source] = Node(source, Given(dims=shape.dims, dtype=shape.dtype))
            wires += [(Edge(source, i, "out", p), rank) for i, p, rank in _goals(parts, port.name)]
        wires += [(edge, None) for edge in parts.graph.edges]
        return Graph(nodes, in_rank(wires))

    def _outside(self, parts: Parts, edit: Edit) -> Edit | None:
        # What fixes a part, as it is done to the block: before its way in, or by its options.
        match edit:
            case InsertBefore() | Unplug():
                place = (edit.node, parts.graph.nodes[edit.node].layer.inputs[edit.port].name)
                ranks = [
                    rank
                    for rank, port in enumerate(self.inputs)
                    if any(goal[:2] == place for goal in parts.inputs.get(port.name, ()))
                ]
                return replace(edit, node=HERE, port=ranks[0]) if len(ranks) == 1 else None
            case SetOptions() if self.has_own_parts:
                return replace(edit, node=HERE, part=(edit.node, *edit.part))
            case SetOptions() if not edit.part:
                part = parts.graph.nodes[edit.node].layer.options()
                own = self.options()
                is_own = all(name in own and own[name] == part[name] for name, _ in edit.options)
                return replace(edit, node=HERE) if is_own else None
        return None

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """The learned tensors of all parts, each under its part's id."""
        parts = self.parts(*inputs)
        examined = self.examined(parts, inputs)
        return {
            joined(node_id, name): shape
            for node_id, shapes in examined.inputs.items()
            if node_id in parts.graph.nodes
            for name, shape in parts.graph.nodes[node_id].layer.parameters(*shapes).items()
        }

    def call(self, *inputs: Shape) -> Call | None:
        """Nothing: its parts are built in its place."""
        raise ShapeError("no_call", tr("{layer} is built part by part.", layer=tr(self.label)))


def inside(title: str, message: str) -> str:
    """The message of a part with that title, as it is shown at its block."""
    if message.startswith(title):
        return tr("Inside, {message}", message=message)
    return tr("Inside, {layer}: {message}", layer=title, message=message)


def given(port: str) -> str:
    """The id of what stands for an input of a block; no part can be called so."""
    return f"given {port}"


def _goals(parts: Parts, port: str) -> list[tuple[str, str, int]]:
    found = parts.inputs[port]
    return [(goal[0], goal[1], goal[2] if len(goal) == 3 else 0) for goal in found]


def in_rank(wires: Sequence[tuple[Edge, int | None]]) -> tuple[Edge, ...]:
    """Reorder edges so that each external edge keeps its position among the inputs of its merge
    node. Edges without a rank are internal and keep their order.
    """
    ends: dict[Place, list[int]] = {
        (edge.target, edge.target_port): [] for edge, rank in wires if rank is not None
    }
    for place, (edge, _) in enumerate(wires):
        if (edge.target, edge.target_port) in ends:
            ends[edge.target, edge.target_port].append(place)
    found = [edge for edge, _ in wires]
    for places in ends.values():
        ranked = [(wires[i][1], i) for i in places]
        order = [i for rank, i in ranked if rank is None]
        outside = sorted((rank, i) for rank, i in ranked if rank is not None)
        for count, (rank, i) in enumerate(outside):
            order.insert(max(rank, count), i)
        for place, i in zip(places, order, strict=True):
            found[place] = wires[i][0]
    return tuple(found)


@dataclass(frozen=True)
class Expanded:
    """A graph whose blocks are replaced by their parts."""

    graph: Graph
    stands_for: Mapping[str, str]
    """By the id of a block that was replaced, the part whose output is the block's first."""
    owners: Mapping[str, tuple[str, ...]]
    """By the id of a part, that of the block it was in and the ids that lead to it within."""


def expanded(graph: Graph, examined: Examined, kind: type[BlockLayer] = BlockLayer) -> Expanded:
    """The graph that runs: every block of a kind replaced by its parts, those within blocks too.

    What a bypassed block is fed goes on to whatever it would have fed. Its parts lead nowhere then
    and are bypassed too, so that their weights are kept for later.
    """
    ends: dict[str, dict[str, Place]] = {}
    owners: dict[str, tuple[str, ...]] = {}
    asleep: set[str] = set()
    shapes = dict(examined.inputs)
    waiting = list(graph.nodes)
    for node_id in waiting:
        node = graph.nodes[node_id]
        if not isinstance(node.layer, kind) or node_id not in shapes:
            continue
        parts = node.layer.parts(*shapes[node_id])
        names = {i: joined(node_id, i) for i in parts.graph.nodes}
        owners |= {name: split(name) for name in names.values()}
        inside = node.layer.examined(parts, shapes[node_id])
        shapes |= {names[i]: known for i, known in inside.inputs.items() if i in names}
        ends[node_id] = {name: (names[i], port) for name, (i, port) in parts.outputs.items()}
        if node.is_bypassed and node_id not in asleep:
            graph, source = _passed_by(graph, node)
            ends[node_id] = dict.fromkeys(ends[node_id], source)
        graph = _in_place(graph, node, parts, names)
        if node.is_bypassed:
            asleep |= set(names.values())
            graph = graph.set_bypassed(names.values())
        waiting += names.values()
    stands_for = {block: _final(ends, outs) for block, outs in ends.items()}
    return Expanded(graph, stands_for, owners)


def _final(ends: Mapping[str, Mapping[str, Place]], outputs: Mapping[str, Place]) -> str:
    part, port = next(iter(outputs.values()))
    while part in ends:
        part, port = ends[part][port]
    return part


def _passed_by(graph: Graph, node: Node) -> tuple[Graph, Place]:
    first = graph.inputs_in_order(node.id)[0]
    source = (first.source, first.source_port)
    edges = tuple(
        replace(edge, source=source[0], source_port=source[1]) if edge.source == node.id else edge
        for edge in graph.edges
    )
    return replace(graph, edges=edges), source


def opened(graph: Graph, node_id: str, inputs: tuple[Shape, ...]) -> tuple[Graph, list[str]]:
    """With a block replaced by its parts, and their ids; an id that is taken is another one now."""
    node = graph.nodes[node_id]
    if not isinstance(node.layer, BlockLayer):
        raise GraphError(tr("{layer} is not a block and cannot be opened.", layer=node.title))
    parts = node.layer.parts(*inputs)
    names: dict[str, str] = {}
    taken = replace(graph, nodes={i: n for i, n in graph.nodes.items() if i != node_id})
    for inner in parts.graph.nodes.values():
        is_free = inner.id not in taken.nodes
        names[inner.id] = inner.id if is_free else taken.fresh_id(inner.layer)
        taken = taken.add(replace(inner, id=names[inner.id]))
    return _in_place(graph, node, parts, names), list(names.values())


def _in_place(graph: Graph, node: Node, parts: Parts, names: Mapping[str, str]) -> Graph:
    nodes = {i: n for i, n in graph.nodes.items() if i != node.id}
    for inner in parts.graph.nodes.values():
        nodes[names[inner.id]] = replace(
            inner,
            id=names[inner.id],
            x=node.x + inner.x,
            y=node.y + inner.y,
            is_frozen=inner.is_frozen or node.is_frozen,
            is_recomputed=inner.is_recomputed or node.is_recomputed,
        )
    wires: list[tuple[Edge, int | None]] = []
    for edge in graph.edges:
        if edge.target == node.id:
            goals = _goals(parts, edge.target_port)
            wires += [(Edge(edge.source, names[i], edge.source_port, p), r) for i, p, r in goals]
        elif edge.source == node.id:
            inner_id, port = parts.outputs[edge.source_port]
            wires.append((replace(edge, source=names[inner_id], source_port=port), None))
        else:
            wires.append((edge, None))
    wires += [
        (replace(e, source=names[e.source], target=names[e.target]), None)
        for e in parts.graph.edges
    ]
    return Graph(nodes, in_rank(wires))
