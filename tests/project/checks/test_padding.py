"""What is said where layers and data set do not mean the same by padding."""

from __future__ import annotations

import pytest

from playground.catalog.datasets.sequences import Brackets, Sentences
from playground.catalog.registry import make_layer
from playground.graph.diagnose import Diagnostic
from playground.graph.fix import SetOptions
from playground.graph.graph import Edge, Graph, Node
from playground.project.check import check
from playground.project.project import Project

PADDING = Edge("x", "it", target_port="padding")


def reading(kind: str = "MeanOverTime", **options: object) -> Project:
    """Input, Embedding, a layer that may take a padding mask, Linear, Output, on brackets."""
    layers = {
        "x": {"kind": "Input"},
        "embed": {"kind": "Embedding", "num_embeddings": 40, "embedding_dim": 8},
        "it": {"kind": kind, **options},
        "last": {"kind": "LastStep"},
        "head": {"kind": "Linear", "out_features": 1},
        "y": {"kind": "Output"},
    }
    if kind in ("MeanOverTime", "LastStep"):
        del layers["last"]
    graph, before = Graph(), ""
    for node_id, given in layers.items():
        graph = graph.add(Node(node_id, make_layer(given)))
        graph = graph.connect(Edge(before, node_id)) if before else graph
        before = node_id
    if "last" in layers:
        graph = graph.connect(Edge("x", "last", target_port="padding"))
    return Project(graph, Brackets(count=20))


def found(project: Project, code: str) -> list[Diagnostic]:
    return [one for one in check(project).diagnostics if one.code == code]


def connected(project: Project) -> Project:
    return project.with_graph(project.graph.connect(PADDING))


@pytest.mark.parametrize("kind", ["MeanOverTime", "LastStep", "SelfAttention", "EncoderBlock"])
def test_that_a_padding_token_other_than_the_data_set_s_is_reported_and_fixed(kind: str) -> None:
    project = connected(reading(kind, padding_idx=3))
    (one,) = found(project, "padding_differs")
    assert (one.severity, one.node) == ("warning", "it")
    assert "token 3 (“)”)" in one.message
    assert "token 1 (“·”)" in one.message
    assert one.fix is not None
    fixed = project.apply(one.fix)
    assert fixed.graph.nodes["it"].layer.options()["padding_idx"] == 1
    assert check(fixed).diagnostics == ()


def test_that_the_padding_of_an_embedding_is_checked() -> None:
    project = connected(reading()).edited(SetOptions((("padding_idx", 9),), "embed"))
    (one,) = found(project, "padding_differs")
    assert one.node == "embed"
    assert "token 9 as padding" in one.message
    assert one.fix is not None
    assert check(project.apply(one.fix)).diagnostics == ()
    assert not found(
        connected(reading()).edited(SetOptions((("padding_idx", 1),), "embed")), one.code
    )


def test_that_data_without_padding_gives_no_padding_hint() -> None:
    project = connected(reading()).with_data(Sentences(count=20))
    project = project.edited(SetOptions((("padding_idx", 0),), "embed"))
    embedding, mean = found(project, "padding_differs")
    assert (embedding.node, mean.node) == ("embed", "it")
    assert "token 1 (“ ”)" in mean.message
    assert embedding.fix is not None
    assert mean.fix is not None
    fixed = project.apply(embedding.fix).apply(mean.fix)
    assert not found(fixed, "padding_differs")
    assert PADDING not in fixed.graph.edges


@pytest.mark.parametrize("kind", ["MeanOverTime", "LastStep", "SelfAttention", "DecoderBlock"])
def test_that_a_layer_without_a_padding_wire_gets_a_hint(kind: str) -> None:
    project = reading(kind)
    (one,) = found(project, "padding_untold")
    assert (one.severity, one.node) == ("hint", "it")
    assert one.fix is not None
    fixed = project.apply(one.fix)
    assert PADDING in fixed.graph.edges
    assert check(fixed).diagnostics == ()


def test_that_there_is_no_hint_without_padding_or_for_another_sequence() -> None:
    assert not found(reading().with_data(Sentences(count=20)), "padding_untold")
    graph = reading().graph.insert_before("it", "in", make_layer({"kind": "Permute"}))
    assert not found(reading().with_graph(graph), "padding_untold")


def test_that_a_bypassed_layer_is_not_checked_for_its_padding_token() -> None:
    project = connected(reading("SelfAttention", padding_idx=3))
    assert found(project, "padding_differs")
    bypassed = project.with_graph(project.graph.set_bypassed(["it"]))
    assert not found(bypassed, "padding_differs")
