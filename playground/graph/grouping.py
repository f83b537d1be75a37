"""A selection becomes a block: which wires lead into it and out of it, and what replaces them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from playground.graph.block import Goal, Parts, Place
from playground.graph.graph import Edge, Graph, GraphError, Node
from playground.graph.layer import Layer, UnknownLayer
from playground.translation import tr


@dataclass(frozen=True)
class _Ways:
    """The ports of a block by the wires that they stand for."""

    entering: Mapping[Place, str]
    """The input by the port outside that feeds it."""
    inputs: Mapping[str, tuple[Goal, ...]]
    leaving: Mapping[Place, str]
    """The output by the port inside that it comes from."""


def gathered(graph: Graph, ids: Iterable[str]) -> Parts:
    """The parts that a selection makes; raises GraphError if it cannot be one node.

    Every port outside that feeds the selection becomes an input, and so does every input inside
    that nothing feeds yet. Every port inside that leads out becomes an output, and so does the
    first one of a layer that leads nowhere. A single port is called "in" or "out", several are
    called after the parts that they belong to: "linear1", "attn1.query".
    """
    chosen = set(ids)
    ends = [n.title for n in graph.nodes.values() if n.id in chosen and _is_end(n)]
    if ends:
        raise GraphError(
            tr("{layer} stays outside: a block cannot contain an Input or Output.", layer=ends[0])
        )
    if len(chosen) < 2:
        raise GraphError(tr("Select two layers or more to make a block of them."))
    outside = {e.target for e in graph.edges if e.source in chosen and e.target not in chosen}
    if graph.reachable(outside) & chosen:
        raise GraphError(tr("What lies between the selected layers must be selected too."))
    inner, ways = _inner(graph, chosen), _ways(graph, chosen)
    outputs = {name: place for place, name in ways.leaving.items()}
    return Parts(_centred(inner), ways.inputs, outputs)


def grouped(graph: Graph, ids: Iterable[str], block: Layer) -> tuple[Graph, str]:
    """With a selection replaced by the block that was made of it, and the id of its node."""
    chosen = set(ids)
    ways = _ways(graph, chosen)
    inside = [graph.nodes[i] for i in graph.nodes if i in chosen]
    x = sum(node.x for node in inside) / len(inside)
    y = sum(node.y for node in inside) / len(inside)
    rest, block_id = graph.remove(chosen).add_layer(block, x, y)
    # In the place of the wires they stand for, so that a merge keeps the order of its inputs.
    edges: dict[tuple[Edge, int], None] = {}
    for rank, edge in enumerate(graph.edges):
        if edge.source in chosen and edge.target in chosen:
            continue
        if edge.target in chosen:
            port = ways.entering[edge.source, edge.source_port]
            edges[Edge(edge.source, block_id, edge.source_port, port), -1] = None
        elif edge.source in chosen:
            port = ways.leaving[edge.source, edge.source_port]
            edges[Edge(block_id, edge.target, port, edge.target_port), rank] = None
        else:
            edges[edge, rank] = None
    return Graph(rest.nodes, tuple(edge for edge, _ in edges)), block_id


def _is_end(node: Node) -> bool:
    return not node.layer.inputs or not node.layer.outputs


def _inner(graph: Graph, chosen: set[str]) -> Graph:
    inside = tuple(e for e in graph.edges if e.source in chosen and e.target in chosen)
    return Graph({i: node for i, node in graph.nodes.items() if i in chosen}, inside)


def _centred(graph: Graph) -> Graph:
    left = min(node.x for node in graph.nodes.values())
    top = min(node.y for node in graph.nodes.values())
    return graph.move({n.id: (n.x - left, n.y - top) for n in graph.nodes.values()})


def _ways(graph: Graph, chosen: set[str]) -> _Ways:
    fed: dict[Place, list[Goal]] = {}
    loose: dict[Place, list[Goal]] = {}
    leaving: list[Place] = []
    for node_id in _inner(graph, chosen).order:
        for port, is_many, is_optional in _input_ports(graph, node_id):
            wires = graph.incoming(node_id, port)
            if not wires and not is_optional:
                loose[node_id, port] = [(node_id, port)]
            for rank, edge in enumerate(wires):
                if edge.source not in chosen:
                    goal: Goal = (node_id, port, rank) if is_many else (node_id, port)
                    fed.setdefault((edge.source, edge.source_port), []).append(goal)
        leaving += _outputs_used(graph, chosen, node_id)
    goals = [*fed.values(), *loose.values()]
    names = _names([(goal[0][0], goal[0][1]) for goal in goals], "in")
    return _Ways(
        dict(zip(fed, names, strict=False)),  # those behind them wait for a wire
        {name: tuple(goal) for name, goal in zip(names, goals, strict=True)},
        dict(zip(leaving, _names(leaving, "out"), strict=True)),
    )


def _input_ports(graph: Graph, node_id: str) -> list[tuple[str, bool, bool]]:
    layer, wires = graph.nodes[node_id].layer, graph.incoming(node_id)
    if isinstance(layer, UnknownLayer) and wires:  # its ports are those that are in use
        return [(port, True, False) for port in dict.fromkeys(e.target_port for e in wires)]
    return [(port.name, port.many, port.is_optional) for port in layer.inputs]


def _outputs_used(graph: Graph, chosen: set[str], node_id: str) -> list[Place]:
    wires, layer = graph.outgoing(node_id), graph.nodes[node_id].layer
    if not wires:
        return [(node_id, layer.outputs[0].name)]
    used = dict.fromkeys(e.source_port for e in wires if e.target not in chosen)
    order = [port.name for port in layer.outputs]
    known = [name for name in order if name in used]
    return [(node_id, name) for name in (*known, *(n for n in used if n not in order))]


def _names(places: list[Place], usual: str) -> list[str]:
    """A name for each: the usual one for a single one, else that of the part."""
    if len(places) == 1:
        return [usual]
    names: list[str] = []
    for node_id, port in places:
        stem = node_id if port == usual else f"{node_id}.{port}"
        name, number = stem, 2
        while name in names:  # a merge that is fed several times
            name, number = f"{stem}.{number}", number + 1
        names.append(name)
    return names
