"""Blocks: several layers as one node, which can be opened into its parts.

A block is drawn, wired, copied and saved as one layer. Before the net is built it is put in place
of its node: `expanded` gives the graph that runs, and who belongs to whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from playground.graph.call import Call
from playground.graph.diagnose import Examined, examine
from playground.graph.graph import Edge, Graph, GraphError, Node
from playground.graph.layer import Layer, Port
from playground.graph.shape import Shape, ShapeError

Place = tuple[str, str]
"""A port: the id of a node, and the name of one of its ports."""
SEPARATOR = "_"


@dataclass(frozen=True)
class Parts:
    """The layers of a block, and where its ports lead."""

    graph: Graph
    inputs: Mapping[str, tuple[Place, ...]]
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

    def parts(self, *inputs: Shape) -> Parts:
        """The layers it stands for, for inputs of these shapes."""
        raise ShapeError("no_parts", f"{self.label} has no parts.")

    def infer(self, *inputs: Shape) -> tuple[Shape, ...]:
        """What its parts make of the inputs; a mistake inside is told with the part's name."""
        parts = self.parts(*inputs)
        examined = self.examined(parts, inputs)
        return tuple(examined.shapes[parts.outputs[port.name]] for port in self.outputs)

    def examined(self, parts: Parts, inputs: tuple[Shape, ...]) -> Examined:
        """What its parts come to; raises ShapeError for a mistake inside."""
        nodes, edges = dict(parts.graph.nodes), []
        for port, shape in zip(self.inputs, inputs, strict=False):  # an optional one may be missing
            source = Node(f"given_{port.name}", Given(dims=shape.dims, dtype=shape.dtype))
            nodes[source.id] = source
            edges += [Edge(source.id, i, "out", p) for i, p in parts.inputs[port.name]]
        examined = examine(Graph(nodes, (*edges, *parts.graph.edges)), Shape(()))
        for found in examined.errors:
            if found.node:  # that it has no Input and no Output of its own is as it should be
                title = parts.graph.nodes[found.node].title
                raise ShapeError(found.code, f"Inside, {title}: {found.message}")
        return examined

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """The learned tensors of all parts, each under its part's id."""
        parts = self.parts(*inputs)
        examined = self.examined(parts, inputs)
        return {
            f"{node_id}{SEPARATOR}{name}": shape
            for node_id, shapes in examined.inputs.items()
            if node_id in parts.graph.nodes
            for name, shape in parts.graph.nodes[node_id].layer.parameters(*shapes).items()
        }

    def call(self, *inputs: Shape) -> Call | None:
        """Nothing: its parts are built in its place."""
        raise ShapeError("no_call", f"{self.label} is built part by part.")


@dataclass(frozen=True)
class Expanded:
    """A graph whose blocks are replaced by their parts."""

    graph: Graph
    stands_for: Mapping[str, str]
    """By the id of a block that was replaced, the part whose output is the block's."""


def expanded(graph: Graph, examined: Examined) -> Expanded:
    """The graph that runs: every block replaced by its parts, blocks within blocks too."""
    stands_for: dict[str, str] = {}
    shapes = dict(examined.inputs)
    waiting = list(graph.nodes)
    for node_id in waiting:
        node = graph.nodes[node_id]
        if not isinstance(node.layer, BlockLayer) or node_id not in shapes or node.is_bypassed:
            continue
        parts = node.layer.parts(*shapes[node_id])
        names = {i: _fresh(graph, f"{node_id}{SEPARATOR}{i}") for i in parts.graph.nodes}
        inside = node.layer.examined(parts, shapes[node_id])
        shapes |= {names[i]: known for i, known in inside.inputs.items() if i in names}
        stands_for[node_id] = names[parts.outputs[node.layer.outputs[0].name][0]]
        graph = _in_place(graph, node, parts, names)
        waiting += names.values()
    return Expanded(graph, {block: _final(stands_for, part) for block, part in stands_for.items()})


def _fresh(graph: Graph, name: str) -> str:
    while name in graph.nodes:
        name += SEPARATOR
    return name


def _final(stands_for: Mapping[str, str], part: str) -> str:
    while part in stands_for:
        part = stands_for[part]
    return part


def opened(graph: Graph, node_id: str, inputs: tuple[Shape, ...]) -> tuple[Graph, list[str]]:
    """With a block replaced by its parts under fresh ids, and those ids."""
    node = graph.nodes[node_id]
    if not isinstance(node.layer, BlockLayer):
        raise GraphError(f"{node.title} is no block: it has no parts to open into.")
    parts = node.layer.parts(*inputs)
    names: dict[str, str] = {}
    taken = replace(graph, nodes={i: n for i, n in graph.nodes.items() if i != node_id})
    for inner in parts.graph.nodes.values():
        names[inner.id] = taken.fresh_id(inner.layer)
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
        )
    inner_edges = [
        replace(e, source=names[e.source], target=names[e.target]) for e in parts.graph.edges
    ]
    edges: list[Edge] = []
    for edge in graph.edges:
        sources = [(edge.source, edge.source_port)]
        targets: Iterable[Place] = [(edge.target, edge.target_port)]
        if edge.source == node.id:
            inner_id, port = parts.outputs[edge.source_port]
            sources = [(names[inner_id], port)]
        if edge.target == node.id:
            targets = [(names[i], port) for i, port in parts.inputs[edge.target_port]]
        edges += [Edge(s, t, sp, tp) for s, sp in sources for t, tp in targets]
    # What comes from outside goes first into a merge inside, as it was drawn there.
    return Graph(nodes, (*edges, *inner_edges))


def gathered(graph: Graph, ids: Iterable[str]) -> Parts:
    """The parts that a selection makes; raises GraphError where it cannot be one node."""
    chosen = set(ids)
    ends = [n.title for n in graph.nodes.values() if n.id in chosen and _is_end(n)]
    if ends:
        raise GraphError(f"{ends[0]} stays outside: a block is what stands between the ends.")
    if len(chosen) < 2:
        raise GraphError("Select two layers or more to make a block of them.")
    outside = {e.target for e in graph.edges if e.source in chosen and e.target not in chosen}
    if graph.reachable(outside) & chosen:
        raise GraphError("What lies between the selected layers must be selected too.")
    inside = tuple(e for e in graph.edges if e.source in chosen and e.target in chosen)
    inner = Graph({i: node for i, node in graph.nodes.items() if i in chosen}, inside)
    sources = {(e.source, e.source_port) for e in _crossing(graph, chosen, inwards=True)}
    entering = [(e.target, e.target_port) for e in _crossing(graph, chosen, inwards=True)]
    leaving = {(e.source, e.source_port) for e in _crossing(graph, chosen, inwards=False)}
    if len(sources) > 1 or len(leaving) > 1:
        raise GraphError("A block has one way in and one way out: select other layers.")
    ins = tuple(dict.fromkeys(entering)) or (_first(inner),)
    out = leaving.pop() if leaving else _last(inner)
    return Parts(_centred(inner), {"in": ins}, {"out": out})


def _crossing(graph: Graph, chosen: set[str], *, inwards: bool) -> list[Edge]:
    edges = [e for e in graph.edges if (e.source in chosen) != (e.target in chosen)]
    return [e for e in edges if (e.target in chosen) == inwards]


def _is_end(node: Node) -> bool:
    return not node.layer.inputs or not node.layer.outputs


def _first(graph: Graph) -> Place:
    node_id = next(i for i in graph.order if not graph.incoming(i))
    return node_id, graph.nodes[node_id].layer.inputs[0].name


def _last(graph: Graph) -> Place:
    node_id = next(i for i in reversed(graph.order) if not graph.outgoing(i))
    return node_id, graph.nodes[node_id].layer.outputs[0].name


def _centred(graph: Graph) -> Graph:
    left = min(node.x for node in graph.nodes.values())
    top = min(node.y for node in graph.nodes.values())
    return graph.move({n.id: (n.x - left, n.y - top) for n in graph.nodes.values()})


def grouped(graph: Graph, ids: Iterable[str], parts: Parts, block: Layer) -> tuple[Graph, str]:
    """With the selection that `parts` was gathered from replaced by one node, and its id."""
    chosen = set(ids)
    entering = _crossing(graph, chosen, inwards=True)
    leaving = _crossing(graph, chosen, inwards=False)
    inside = [graph.nodes[i] for i in graph.nodes if i in chosen]
    rest = Graph(
        {i: n for i, n in graph.nodes.items() if i not in chosen},
        tuple(e for e in graph.edges if e.source not in chosen and e.target not in chosen),
    )
    x = sum(node.x for node in inside) / len(inside)
    y = sum(node.y for node in inside) / len(inside)
    rest, block_id = rest.add_layer(block, x, y)
    # In the place of the wires they stand for, so that a merge keeps the order of its inputs.
    edges: list[Edge] = []
    for edge in graph.edges:
        if edge in entering:
            new = Edge(edge.source, block_id, edge.source_port)
        elif edge in leaving:
            new = Edge(block_id, edge.target, "out", edge.target_port)
        elif edge.source in chosen:
            continue
        else:
            new = edge
        if new not in edges or edge not in entering:
            edges.append(new)
    return Graph(rest.nodes, tuple(edges)), block_id
