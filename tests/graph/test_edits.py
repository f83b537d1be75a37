"""Whatever is done to a graph, it stays a graph; and the value before it stays as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.catalog.registry import make_layer
from playground.graph.graph import ID_PATTERN, Edge, Graph, GraphError, Node, input_port
from tests.catalog.generated import graphs, layers

Edit = Callable[[Graph, st.DataObject], Graph]


def node_of(graph: Graph, data: st.DataObject) -> str:
    return data.draw(st.sampled_from(sorted(graph.nodes)), label="node")


def edge_of(graph: Graph, data: st.DataObject) -> Edge:
    if not graph.edges:
        raise GraphError("there is no edge")
    return data.draw(st.sampled_from(graph.edges), label="edge")


def add(graph: Graph, data: st.DataObject) -> Graph:
    return graph.add_layer(data.draw(layers()))[0]


def connect(graph: Graph, data: st.DataObject) -> Graph:
    ports = st.sampled_from(["in", "out", "other"])
    ends = node_of(graph, data), node_of(graph, data)
    if data.draw(st.booleans(), label="usual ports"):
        return graph.connect(Edge(*ends))
    return graph.connect(Edge(*ends, data.draw(ports), data.draw(ports)))


def disconnect(graph: Graph, data: st.DataObject) -> Graph:
    return graph.disconnect(edge_of(graph, data))


def remove(graph: Graph, data: st.DataObject) -> Graph:
    return graph.remove([node_of(graph, data)])


def remove_and_join(graph: Graph, data: st.DataObject) -> Graph:
    return graph.remove_and_join(node_of(graph, data))


def set_layer(graph: Graph, data: st.DataObject) -> Graph:
    return graph.set_layer(node_of(graph, data), data.draw(layers()))


def rename(graph: Graph, data: st.DataObject) -> Graph:
    return graph.rename(node_of(graph, data), data.draw(st.text(max_size=5)))


def move(graph: Graph, data: st.DataObject) -> Graph:
    return graph.move({node_of(graph, data): (1.0, 2.0)})


def insert_on(graph: Graph, data: st.DataObject) -> Graph:
    graph, node_id = graph.add_layer(data.draw(layers()))
    return graph.insert_on(edge_of(graph, data), node_id)


def insert_before(graph: Graph, data: st.DataObject) -> Graph:
    return graph.insert_before(node_of(graph, data), "in", data.draw(layers()))


def paste(graph: Graph, data: st.DataObject) -> Graph:
    chosen = data.draw(st.sets(st.sampled_from(sorted(graph.nodes)), max_size=4))
    return graph.paste(graph.to_dict(chosen), make_layer)[0]


EDITS: list[Edit] = [add, connect, disconnect, remove, remove_and_join, set_layer, rename, move]
EDITS += [insert_on, insert_before, paste]


def assert_is_sound(graph: Graph) -> None:
    assert len(graph.order) == len(graph.nodes), "a loop"
    place = {node_id: i for i, node_id in enumerate(graph.order)}
    taken = set()
    for node_id, node in graph.nodes.items():
        assert node.id == node_id
        assert ID_PATTERN.fullmatch(node_id)
    for edge in graph.edges:
        assert place[edge.source] < place[edge.target]
        assert edge.source_port in {port.name for port in graph.nodes[edge.source].layer.outputs}
        port = input_port(graph.nodes[edge.target].layer, edge.target_port)
        assert port is not None
        assert port.many or (edge.target, edge.target_port) not in taken, "a double input"
        taken.add((edge.target, edge.target_port))


def frozen(graph: Graph) -> str:
    return json.dumps(graph.to_dict())


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(graphs(), st.lists(st.sampled_from(EDITS), max_size=12), st.data())
def test_that_any_edits_keep_a_graph_valid_and_earlier_values_unchanged(
    graph: Graph, edits: list[Edit], data: st.DataObject
) -> None:
    history = [(graph, frozen(graph))]
    for edit in edits:
        if graph.nodes or edit is add:
            try:
                graph = edit(graph, data)
            except GraphError:
                continue
        assert_is_sound(graph)
        history.append((graph, frozen(graph)))
    for earlier, text in history:
        assert frozen(earlier) == text


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(graphs())
def test_that_plain_values_give_the_same_graph_back(graph: Graph) -> None:
    again = Graph.from_dict(json.loads(frozen(graph)), make_layer)
    assert again == graph
    assert list(again.nodes) == list(graph.nodes)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(graphs())
def test_that_pasting_a_whole_graph_doubles_it_under_fresh_ids(graph: Graph) -> None:
    pasted, ids = graph.paste(graph.to_dict(), make_layer)
    assert not set(ids) & set(graph.nodes)
    assert len(ids) == len(set(ids)) == len(graph.nodes)
    assert len(pasted.edges) == 2 * len(graph.edges)
    assert_is_sound(pasted)
    only_new = pasted.remove(graph.nodes)
    assert [n.layer for n in only_new.nodes.values()] == [n.layer for n in graph.nodes.values()]


@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_that_moving_and_renaming_leave_the_net_the_same(graph: Graph, data: st.DataObject) -> None:
    if graph.nodes:
        node_id = node_of(graph, data)
        assert graph.move({node_id: (5, 5)}).rename(node_id, "new").same_net(graph)


# One edit at a time


def drawn(*kinds: str, edges: str = "") -> Graph:
    """Nodes "a", "b", ... of these kinds; edges as "ab bc"."""
    graph = Graph()
    for i, kind in enumerate(kinds):
        graph = graph.add(Node(chr(ord("a") + i), make_layer({"kind": kind})))
    for pair in edges.split():
        graph = graph.connect(Edge(*pair))
    return graph


def ends(graph: Graph) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in graph.edges]


@pytest.mark.parametrize(
    ("edge", "reason"),
    [
        (Edge("a", "a"), "cannot feed itself"),
        (Edge("b", "c"), "connected already"),
        (Edge("a", "c"), "it is taken"),
        (Edge("d", "a"), "close a loop"),
        (Edge("a", "z"), "is gone"),
        (Edge("a", "d", "left"), "no output 'left'"),
        (Edge("a", "d", "out", "left"), "no input 'left'"),
    ],
)
def test_that_an_invalid_wire_is_refused_with_the_reason(edge: Edge, reason: str) -> None:
    graph = drawn("ReLU", "ReLU", "ReLU", "Add", edges="ab bc cd")
    assert reason in str(graph.why_not(edge))
    with pytest.raises(GraphError, match=reason):
        graph.connect(edge)


def test_that_a_merge_of_one_output_with_itself_keeps_one_wire_as_another_layer() -> None:
    graph = Graph().add(Node("a", make_layer({"kind": "Input"})))
    graph = graph.add(Node("m", make_layer({"kind": "Multiply"})))
    graph = graph.connect(Edge("a", "m")).connect(Edge("a", "m"))
    assert graph.set_layer("m", make_layer({"kind": "ReLU"})).edges == (Edge("a", "m"),)


def test_that_a_merge_takes_the_same_output_twice_and_gives_one_back() -> None:
    graph = drawn("Input", "Add", edges="ab ab")
    assert ends(graph) == [("a", "b"), ("a", "b")]
    assert ends(graph.disconnect(Edge("a", "b"))) == [("a", "b")]


def test_that_a_layer_put_on_a_wire_keeps_the_order_of_a_merge() -> None:
    graph = drawn("Input", "ReLU", "Tanh", "Concatenate", "Sigmoid", edges="ab ac bd cd")
    graph = graph.insert_on(Edge("b", "d"), "e")
    assert [edge.source for edge in graph.inputs_in_order("d")] == ["e", "c"]
    assert ("b", "e") in ends(graph)


def test_that_a_layer_cut_out_of_a_chain_keeps_the_order_of_a_merge() -> None:
    graph = drawn("Input", "ReLU", "Tanh", "Concatenate", edges="ab ac bd cd")
    graph = graph.remove_and_join("b")
    assert [edge.source for edge in graph.inputs_in_order("d")] == ["a", "c"]


def test_that_an_input_or_output_cannot_be_inserted_on_a_wire() -> None:
    graph = drawn("Input", "ReLU", "Output", edges="ab")
    with pytest.raises(GraphError, match="cannot be inserted into a wire"):
        graph.insert_on(Edge("a", "b"), "c")


def test_that_a_merge_exchanged_for_a_plain_layer_keeps_only_its_first_wire() -> None:
    graph = drawn("Input", "ReLU", "Add", edges="ab ac bc")
    graph = graph.set_layer("c", make_layer({"kind": "Tanh"}))
    assert ends(graph) == [("a", "b"), ("a", "c")]


def test_that_options_out_of_bounds_are_refused_and_change_nothing() -> None:
    graph = drawn("Linear")
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        graph.set_options("a", out_features=0)
    assert graph.set_options("a", out_features=3).nodes["a"].layer.options()["out_features"] == 3


def test_that_names_are_one_line() -> None:
    graph = drawn("ReLU").rename("a", "  first\nhidden  ")
    assert graph.nodes["a"].title == "first hidden"
    assert graph.rename("a", "").nodes["a"].title == "ReLU"
    assert len(graph.rename("a", "x" * 500).nodes["a"].name) == 200


def test_that_fresh_ids_fill_gaps_and_never_clash() -> None:
    graph = Graph()
    for _ in range(3):
        graph, _id = graph.add_layer(make_layer({"kind": "ReLU"}))
    assert list(graph.nodes) == ["relu1", "relu2", "relu3"]
    assert graph.remove(["relu2"]).fresh_id(make_layer({"kind": "ReLU"})) == "relu2"


@pytest.mark.parametrize("bad", ["", "1a", "a b", "a.b", "ä", "a" * 65, "_a", "a-b"])
def test_that_ids_that_could_not_name_a_variable_are_refused(bad: str) -> None:
    with pytest.raises(GraphError, match="cannot be called"):
        Graph().add(Node(bad, make_layer({"kind": "ReLU"})))


def test_that_reachable_and_order_follow_the_wires() -> None:
    graph = drawn("Output", "ReLU", "Input", "Tanh", edges="cb ba cd")
    assert graph.reachable(["b"]) == {"b", "a"}
    assert graph.reachable(["a"], backwards=True) == {"a", "b", "c"}
    order: Any = graph.order
    assert order.index("c") < order.index("b") < order.index("a")
