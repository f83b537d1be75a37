"""A layer can be frozen and bypassed: in the drawing, in files, and in what is found wrong."""

from __future__ import annotations

import pytest

from playground.catalog.registry import make_layer
from playground.graph.diagnose import examine
from playground.graph.graph import Edge, Graph, GraphError, Node
from playground.graph.shape import Shape
from playground.project.project import Project


def drawn(*kinds: str, **options: object) -> Graph:
    """Input, these kinds as n1, n2, ..., Output; the options are those of n1."""
    graph = Graph({"a": Node("a", make_layer({"kind": "Input"}))})
    names = ["a"]
    for number, kind in enumerate((*kinds, "Output"), 1):
        name = f"n{number}" if number <= len(kinds) else "z"
        layer = make_layer({"kind": kind, **(options if number == 1 else {})})
        graph = graph.add(Node(name, layer)).connect(Edge(names[-1], name))
        names.append(name)
    return graph


def test_that_flags_are_written_only_if_set_and_are_read_back() -> None:
    graph = drawn("Linear", "ReLU")
    assert "is_frozen" not in str(graph.to_dict())
    flagged = graph.set_frozen(["n1"]).set_bypassed(["n2"]).set_recomputed(["n1", "n2"])
    plain = flagged.to_dict()
    assert [node.get("is_frozen") for node in plain["nodes"]] == [None, True, None, None]
    assert [node.get("is_bypassed") for node in plain["nodes"]] == [None, None, True, None]
    assert [node.get("is_recomputed") for node in plain["nodes"]] == [None, True, True, None]
    assert Graph.from_dict(plain, make_layer) == flagged
    unset = flagged.set_frozen(["n1"], False).set_bypassed(["n2"], False)
    assert unset.set_recomputed(["n1", "n2"], False) == graph


def test_that_flags_that_are_not_booleans_are_refused() -> None:
    plain = drawn("Linear").to_dict()
    plain["nodes"][1]["is_frozen"] = "yes"
    with pytest.raises(GraphError, match="\"is_frozen\" must be true or false, got 'yes'"):
        Graph.from_dict(plain, make_layer)


def test_that_flags_count_as_another_net_but_not_in_parameters() -> None:
    graph = drawn("Linear", "ReLU")
    changed = graph.set_frozen(["n1"]), graph.set_bypassed(["n2"]), graph.set_recomputed(["n2"])
    for other in changed:
        assert not graph.same_net(other)
        assert examine(other, Shape((3,))).parameters == examine(graph, Shape((3,))).parameters
    assert graph.same_net(graph.rename("n1", "x"))


def test_that_a_layer_that_changes_the_shape_cannot_be_bypassed() -> None:
    graph = drawn("Linear", "ReLU", out_features=5).set_bypassed(["n1"])
    (error,) = examine(graph, Shape((3,))).errors
    assert (error.code, error.node) == ("bypass_shape", "n1")
    assert "turns 3 into 5" in error.message
    assert error.fix is not None
    assert not examine(Project(graph).apply(error.fix).graph, Shape((3,))).errors
    assert not examine(graph, Shape((5,))).errors


def test_that_a_bypassed_layer_has_only_its_first_output() -> None:
    graph = drawn("GRU", hidden_size=4).set_bypassed(["n1"])
    assert not examine(graph, Shape(("T", 4))).errors
    wire = graph.incoming("z")[0]
    graph = graph.disconnect(wire).connect(Edge("n1", "z", "state"))
    (error,) = examine(graph, Shape(("T", 4))).errors
    assert error.code == "bypass_port"
    assert "'state'" in error.message


def test_that_open_lengths_flow_through_a_net_of_sequences() -> None:
    graph = drawn(
        "Embedding", "SinusoidalEncoding", "SelfAttention", "LayerNorm", "Linear", "GELU", "LSTM",
        "Permute", "GlobalAvgPool", embedding_dim=8,
    )  # fmt: skip
    examined = examine(graph, Shape(("T",), "int"))
    assert examined.errors == ()
    assert examined.shapes["n9", "out"] == Shape((32,))
    assert examined.shapes["n1", "out"] == Shape(("T", 8))
    assert examined.shapes["n6", "out"] == Shape(("T", 8))
    assert examined.shapes["n7", "out"] == Shape(("T", 32))
    assert examined.shapes["n7", "state"] == Shape((32,))
    assert examined.shapes["n8", "out"] == Shape((32, "T"))
