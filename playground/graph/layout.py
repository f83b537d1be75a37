"""Automatic layout: layers in columns from left to right, wires crossing as little as we can."""

from __future__ import annotations

from collections.abc import Mapping

from playground.graph.graph import Graph

Place = tuple[float, float]
Size = tuple[float, float]
GAP_X, GAP_Y = 70.0, 40.0


def arrange(graph: Graph, sizes: Mapping[str, Size]) -> dict[str, Place]:
    """Places for every node, for nodes of these sizes (width, height) in canvas units.

    Columns are the longest path from an input; within a column nodes are sorted by the mean
    place of what feeds them (the barycentre rule of Sugiyama, Tagawa and Toda, 1981).
    """
    import networkx as nx  # imported here: it takes 0.2 s that start-up should not pay

    net = nx.DiGraph()
    net.add_nodes_from(graph.nodes)
    net.add_edges_from((e.source, e.target) for e in graph.edges)
    if not nx.is_directed_acyclic_graph(net):
        return {node.id: (node.x, node.y) for node in graph.nodes.values()}
    columns = [list(column) for column in nx.topological_generations(net)]
    columns = _late_inputs(net, columns)
    rank = {node_id: float(i) for column in columns for i, node_id in enumerate(column)}
    for forward in (True, False, True):
        near = net.predecessors if forward else net.successors
        for column in columns if forward else reversed(columns):
            keys = {n: _mean([rank[m] for m in near(n)], rank[n]) for n in column}
            column.sort(key=lambda n, keys=keys: keys[n])  # type: ignore[misc]
            rank |= {node_id: float(i) for i, node_id in enumerate(column)}
    return _place(columns, sizes)


def _late_inputs(net: object, columns: list[list[str]]) -> list[list[str]]:
    # A node without inputs that feeds a late column stands just before it, not far left.
    level = {node_id: i for i, column in enumerate(columns) for node_id in column}
    for node_id in list(columns[0]) if columns else []:
        after = [level[m] for m in net.successors(node_id)]  # type: ignore[attr-defined]
        if after and min(after) > 1:
            columns[0].remove(node_id)
            columns[min(after) - 1].append(node_id)
    return columns


def _mean(values: list[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _place(columns: list[list[str]], sizes: Mapping[str, Size]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    x = 0.0
    for column in columns:
        heights = [sizes.get(node_id, (150.0, 80.0))[1] for node_id in column]
        y = -(sum(heights) + GAP_Y * (len(column) - 1)) / 2
        for node_id, height in zip(column, heights, strict=True):
            places[node_id] = (x, y)
            y += height + GAP_Y
        x += max((sizes.get(n, (150.0, 80.0))[0] for n in column), default=0.0) + GAP_X
    return places
