"""Blocks: made of a selection, examined, put in place, opened."""

from __future__ import annotations

import pytest

from playground.catalog.layers.base.user_block import SavedBlock, saved_block
from playground.catalog.registry import make_layer
from playground.graph.block import expanded, opened
from playground.graph.diagnose import examine
from playground.graph.graph import Edge, Graph, GraphError, Node
from playground.graph.grouping import gathered, grouped
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
    small, block = grouped(graph, ["a", "b"], saved_block("Hidden", parts))
    before, after = examine(graph, Shape((5,))), examine(small, Shape((5,)))
    assert after.total_parameters == before.total_parameters == 5 * 8 + 8 + 8 * 3 + 3
    assert after.shapes[block, "out"] == before.shapes["b", "out"]
    assert not after.errors


def test_that_expanding_gives_the_graph_the_block_was_made_of() -> None:
    graph = chain()
    parts = gathered(graph, ["a", "b", "c"])
    small, block = grouped(graph, ["a", "b", "c"], saved_block("Hidden", parts))
    flat = expanded(small, examine(small, Shape((5,))))
    kinds = [flat.graph.nodes[i].layer for i in flat.graph.order]
    assert kinds == [graph.nodes[i].layer for i in graph.order]
    assert flat.stands_for == {block: f"{block}/c"}


def test_that_opening_brings_the_parts_back_under_their_ids() -> None:
    graph = chain()
    parts = gathered(graph, ["a", "b"])
    small, block = grouped(graph, ["a", "b"], saved_block("Hidden", parts))
    again, ids = opened(small, block, (Shape((5,)),))
    assert [again.nodes[i].layer for i in again.order] == [
        graph.nodes[i].layer for i in graph.order
    ]
    assert set(ids) == {"a", "b"}
    assert set(again.edges) == set(graph.edges)


def test_that_a_part_whose_id_is_taken_gets_another_one() -> None:
    graph = chain()
    block = saved_block("Hidden", gathered(graph, ["a", "b"]))
    graph, block_id = graph.add_layer(block)
    graph, ids = opened(graph.connect(Edge("c", block_id)), block_id, (Shape((3,)),))
    assert ids == ["linear1", "relu1"]
    assert Edge("linear1", "relu1") in graph.edges


def test_that_a_block_within_a_block_is_expanded() -> None:
    graph = chain()
    parts = gathered(graph, ["a", "b"])
    graph, inner = grouped(graph, ["a", "b"], saved_block("Inner", parts))
    parts = gathered(graph, [inner, "c"])
    graph, outer = grouped(graph, [inner, "c"], saved_block("Outer", parts))
    flat = expanded(graph, examine(graph, Shape((5,))))
    assert [n.layer.kind for n in flat.graph.nodes.values()].count("Linear") == 2
    assert not examine(flat.graph, Shape((5,))).errors
    assert flat.stands_for[outer] == f"{outer}/c"


def test_that_a_selection_that_cannot_become_a_block_is_refused() -> None:
    graph = chain()
    with pytest.raises(GraphError, match="must be selected too"):
        gathered(graph, ["a", "c"])
    with pytest.raises(GraphError, match="stays outside"):
        gathered(graph, ["input1", "a"])
    with pytest.raises(GraphError, match="two layers or more"):
        gathered(graph, ["a"])


def test_that_an_error_inside_a_block_names_the_part() -> None:
    graph = chain()
    parts = gathered(graph, ["a", "b"])
    with pytest.raises(ShapeError, match=r"Inside, Linear expects .*add Flatten"):
        saved_block("Hidden", parts).infer(Shape((1, 8, 8)))


PART = '"nodes": [{"id": "a", "kind": "ReLU"}], "edges": []'
WAY_OUT = '"outputs": [{"name": "out", "from": ["a", "out"]}]'


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "3",
        '{"nodes": []}',
        '{"nodes": [], "inputs": [["x", "in"]], "output": ["x", "out"]}',
        f'{{{PART}, "inputs": [], {WAY_OUT}}}',
        f'{{{PART}, "inputs": [{{"name": "in", "to": [["a", "in"]]}}], "outputs": []}}',
        f'{{{PART}, "inputs": [{{"name": "", "to": [["a", "in"]]}}], {WAY_OUT}}}',
        f'{{{PART}, "inputs": [{{"name": "in", "to": [["b", "in"]]}}], {WAY_OUT}}}',
        f'{{{PART}, "inputs": [{{"name": "in", "to": [["a", "query"]]}}], {WAY_OUT}}}',
        f'{{{PART}, "inputs": [{{"name": "in", "to": [["a", "in", -1]]}}], {WAY_OUT}}}',
        f'{{{PART}, "inputs": [{{"name": "in", "to": [["a", "in"], ["a", "in"]]}}], {WAY_OUT}}}',
        f'{{{PART}, "inputs": [{{"name": "in", "to": [[]]}}], {WAY_OUT}}}',
        f'{{{PART}, "inputs": [{{"name": "in", "to": [[{{}}, "in"]]}}], {WAY_OUT}}}',
        f'{{{PART}, "inputs": {{"in": ["a", "in"]}}, {WAY_OUT}}}',
    ],
)
def test_that_hostile_contents_are_refused(content: str) -> None:
    with pytest.raises(ValueError, match="block"):
        SavedBlock(content=content)


def test_that_the_content_of_older_files_is_read() -> None:
    old = {
        "nodes": [{"id": "a", "kind": "Linear"}, {"id": "b", "kind": "Add"}],
        "edges": [{"source": "a", "target": "b"}],
        "inputs": [["a", "in"], ["b", "in"]],
        "output": ["b", "out"],
    }
    block = make_layer({"kind": "Block", "name": "Old", "content": old})
    assert isinstance(block, SavedBlock)
    assert block.parts().inputs == {"in": (("a", "in"), ("b", "in"))}
    assert block.parts().outputs == {"out": ("b", "out")}
    assert make_layer({"kind": "Block", **block.options()}) == block
