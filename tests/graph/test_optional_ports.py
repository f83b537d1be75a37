"""An optional input may stay without a wire, and a wrong wire at it is led where it belongs."""

from __future__ import annotations

import pytest

from playground.catalog.registry import make_layer
from playground.graph.diagnose import examine
from playground.graph.graph import Edge, Graph, GraphError, Node
from playground.graph.shape import Shape
from playground.project.project import Project

IDS = Shape((7,), "int")


def chain(kind: str = "MeanOverTime") -> Graph:
    """Input, Embedding, a layer with an optional port, Output; that port has no wire."""
    graph = Graph()
    for node_id, name in {"x": "Input", "embed": "Embedding", "it": kind, "y": "Output"}.items():
        graph = graph.add(Node(node_id, make_layer({"kind": name})))
    return graph.connect(Edge("x", "embed")).connect(Edge("embed", "it")).connect(Edge("it", "y"))


PADDING = Edge("x", "it", target_port="padding")


def test_that_a_node_is_complete_without_its_optional_input() -> None:
    assert examine(chain(), IDS).diagnostics == ()
    assert examine(chain(), IDS).inputs["it"] == (Shape((7, 32)),)
    with_wire = examine(chain().connect(PADDING), IDS)
    assert with_wire.diagnostics == ()
    assert with_wire.inputs["it"] == (Shape((7, 32)), IDS)


def test_that_a_node_with_only_its_optional_wire_still_waits_for_its_input() -> None:
    graph = chain().connect(PADDING).disconnect(Edge("embed", "it"))
    (found,) = examine(graph, IDS).errors
    assert (found.code, found.node) == ("missing_input", "it")
    assert "its input" in found.message


@pytest.mark.parametrize("kind", ["MeanOverTime", "SelfAttention", "EncoderBlock"])
def test_that_vectors_at_the_padding_input_are_replaced_by_the_tokens(kind: str) -> None:
    graph = chain(kind).connect(Edge("embed", "it", target_port="padding"))
    (found,) = examine(graph, IDS).errors
    assert (found.code, found.node) == ("not_token_ids", "it")
    assert found.fix is not None
    assert found.fix.label == "Connect padding to the Input"
    fixed = Project(graph).apply(found.fix).graph
    assert PADDING in fixed.edges
    assert not examine(fixed, IDS).errors


def test_that_a_padding_wire_without_tokens_is_removed_by_the_fix() -> None:
    graph = chain().remove_and_join("embed").connect(PADDING)
    (found,) = examine(graph, Shape((7, 4))).errors
    assert found.fix is not None
    assert found.fix.label == "Remove this wire"
    fixed = Project(graph).apply(found.fix).graph
    assert PADDING not in fixed.edges
    assert not examine(fixed, Shape((7, 4))).errors


def test_that_tokens_of_another_length_are_reported_and_unplugged() -> None:
    graph = chain().connect(PADDING)
    graph = graph.insert_before("it", "in", make_layer({"kind": "Permute"}))
    (found,) = examine(graph, IDS).errors
    assert (found.code, found.node) == ("padding_mismatch", "it")
    assert "32 in all, got 7" in found.message
    assert found.fix is not None
    assert not examine(Project(graph).apply(found.fix).graph, IDS).errors


def test_that_an_open_length_is_known_by_its_letter() -> None:
    assert not examine(chain().connect(PADDING), Shape(("T",), "int")).errors


def test_that_cutting_a_layer_out_joins_what_went_through_it() -> None:
    graph = chain("SelfAttention").connect(PADDING).remove_and_join("it")
    assert graph.edges == (Edge("x", "embed"), Edge("embed", "y"))


def test_that_a_bypassed_layer_passes_its_first_input_on() -> None:
    graph = chain("SelfAttention").connect(PADDING).set_bypassed(["it"])
    assert not examine(graph, IDS).errors


def test_that_an_optional_input_takes_one_wire_and_says_which_is_taken() -> None:
    with pytest.raises(GraphError, match=r"The input 'padding' of Mean over time is taken\."):
        chain().connect(PADDING).connect(Edge("embed", "it", target_port="padding"))


def test_that_another_layer_in_its_place_drops_the_optional_wire() -> None:
    graph = chain().connect(PADDING)
    kept = graph.set_layer("it", make_layer({"kind": "LastStep"}))
    assert kept.edges == graph.edges
    assert PADDING not in graph.set_layer("it", make_layer({"kind": "Flatten"})).edges
