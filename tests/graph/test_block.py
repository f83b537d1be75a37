"""Blocks: made of a selection, examined, put in place, opened."""

from __future__ import annotations

import pytest

from playground.catalog.layers.blocks import SavedBlock, saved_block
from playground.catalog.registry import make_layer
from playground.graph.block import expanded, gathered, grouped, opened
from playground.graph.diagnose import examine
from playground.graph.graph import Edge, Graph, GraphError, Node
from playground.graph.shape import Shape, ShapeError


def chain() -> Graph:
    """Input, Linear 8, ReLU, Linear 3, Output."""
    graph = Graph()
    last = ""
    for node_id, data in (
        ("input1", {"kind": "Input"}),
        ("a", {"kind": "Linear", "out_features": 8}),
        ("b", {"kind": "ReLU"}),
        ("c", {"kind": "Linear", "out_features": 3}),
        ("output1", {"kind": "Output"}),
    ):
        graph = graph.add(Node(node_id, make_layer(data)))
        if last:
            graph = graph.connect(Edge(last, node_id))
        last = node_id
    return graph


def test_that_a_block_has_the_shapes_and_parameters_of_its_parts() -> None:
    graph = chain()
    parts = gathered(graph, ["a", "b"])
    small, block = grouped(graph, ["a", "b"], parts, saved_block("Hidden", parts))
    before, after = examine(graph, Shape((5,))), examine(small, Shape((5,)))
    assert after.total_parameters == before.total_parameters == 5 * 8 + 8 + 8 * 3 + 3
    assert after.shapes[block, "out"] == before.shapes["b", "out"]
    assert not after.errors


def test_that_expanding_gives_the_graph_the_block_was_made_of() -> None:
    graph = chain()
    parts = gathered(graph, ["a", "b", "c"])
    small, block = grouped(graph, ["a", "b", "c"], parts, saved_block("Hidden", parts))
    flat = expanded(small, examine(small, Shape((5,))))
    kinds = [flat.graph.nodes[i].layer for i in flat.graph.order]
    assert kinds == [graph.nodes[i].layer for i in graph.order]
    assert flat.stands_for == {block: f"{block}_c"}


def test_that_opening_brings_the_parts_back() -> None:
    graph = chain()
    parts = gathered(graph, ["a", "b"])
    small, block = grouped(graph, ["a", "b"], parts, saved_block("Hidden", parts))
    again, ids = opened(small, block, (Shape((5,)),))
    layers = [graph.nodes[i].layer for i in graph.order]
    assert [again.nodes[i].layer for i in again.order] == layers
    assert set(ids) == {"linear1", "relu1"}


def test_that_a_block_within_a_block_is_expanded() -> None:
    graph = chain()
    parts = gathered(graph, ["a", "b"])
    graph, inner = grouped(graph, ["a", "b"], parts, saved_block("Inner", parts))
    parts = gathered(graph, [inner, "c"])
    graph, outer = grouped(graph, [inner, "c"], parts, saved_block("Outer", parts))
    flat = expanded(graph, examine(graph, Shape((5,))))
    assert [n.layer.kind for n in flat.graph.nodes.values()].count("Linear") == 2
    assert not examine(flat.graph, Shape((5,))).errors
    assert flat.stands_for[outer] == f"{outer}_c"


def test_that_only_what_has_one_way_in_and_out_becomes_a_block() -> None:
    graph = chain().add(Node("add1", make_layer({"kind": "Add"})))
    graph = graph.connect(Edge("a", "add1")).connect(Edge("b", "add1"))
    with pytest.raises(GraphError, match="one way in and one way out"):
        gathered(graph, ["a", "b"])
    with pytest.raises(GraphError, match="must be selected too"):
        gathered(graph, ["a", "c"])
    with pytest.raises(GraphError, match="stays outside"):
        gathered(graph, ["input1", "a"])
    with pytest.raises(GraphError, match="two layers or more"):
        gathered(graph, ["a"])


def test_that_a_mistake_inside_is_told_with_the_name_of_the_part() -> None:
    graph = chain()
    parts = gathered(graph, ["a", "b"])
    with pytest.raises(ShapeError, match=r"Inside, Linear: .*add Flatten"):
        saved_block("Hidden", parts).infer(Shape((1, 8, 8)))


def test_that_hostile_contents_are_refused() -> None:
    nowhere = '{"nodes": [], "inputs": [["x", "in"]], "output": ["x", "out"]}'
    for content in ("{", "[]", '{"nodes": []}', nowhere):
        with pytest.raises(ValueError, match="block"):
            SavedBlock(content=content)
