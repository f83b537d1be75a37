"""Automatic layout: from left to right, and no card upon another."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.catalog.registry import make_layer
from playground.graph.graph import Edge, Graph, Node
from playground.graph.layout import GAP_X, GAP_Y, arrange
from tests.catalog.generated import graphs


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_that_wires_run_to_the_right_and_cards_never_touch(
    graph: Graph, data: st.DataObject
) -> None:
    side = st.floats(40, 300)
    sizes = {node_id: (data.draw(side), data.draw(side)) for node_id in graph.nodes}
    places = arrange(graph, sizes)
    assert set(places) == set(graph.nodes)
    for edge in graph.edges:
        assert places[edge.source][0] + sizes[edge.source][0] < places[edge.target][0]
    ids = sorted(places)
    for i, one in enumerate(ids):
        for other in ids[:i]:
            (ax, ay), (bx, by) = places[one], places[other]
            (aw, ah), (bw, bh) = sizes[one], sizes[other]
            is_apart_x = ax + aw + GAP_X <= bx + 1e-6 or bx + bw + GAP_X <= ax + 1e-6
            is_apart_y = ay + ah + GAP_Y <= by + 1e-6 or by + bh + GAP_Y <= ay + 1e-6
            assert is_apart_x or is_apart_y


def test_that_a_loop_is_not_moved() -> None:
    layer = make_layer({"kind": "Add"})
    nodes = {"a": Node("a", layer, x=3), "b": Node("b", layer, x=7)}
    graph = Graph(nodes, (Edge("a", "b"), Edge("b", "a")))
    assert arrange(graph, {}) == {"a": (3, 0), "b": (7, 0)}


def test_that_two_branches_do_not_cross() -> None:
    graph = Graph()
    for name in "abcde":
        graph = graph.add(Node(name, make_layer({"kind": "Add"})))
    for pair in ("ab", "ac", "cd", "be", "de"):
        graph = graph.connect(Edge(*pair))
    places = arrange(graph, {})
    above = places["b"][1] < places["c"][1]
    assert above == (places["b"][1] < places["d"][1]) or places["b"][0] != places["d"][0]
