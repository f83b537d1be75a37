"""Mistakes with single layers are reported, and fixed with one click if the fix is obvious."""

from __future__ import annotations

import pytest

from playground.catalog.registry import make_layer
from playground.graph.diagnose import examine
from playground.graph.fix import Fix, InsertBefore
from playground.graph.graph import Edge, Graph, Node
from playground.graph.shape import Shape, ShapeError
from playground.project.project import Project
from tests.catalog.layer_errors import LAYER_ERRORS, LayerError


def error_of(mistake: LayerError) -> ShapeError:
    layer = make_layer({"kind": mistake.kind, **mistake.options})
    with pytest.raises(ShapeError) as caught:
        layer.infer(*mistake.shapes)
    return caught.value


@pytest.mark.parametrize("mistake", LAYER_ERRORS, ids=lambda m: f"{m.kind}-{m.code}")
def test_that_a_mistake_is_reported_in_a_sentence_with_its_fix(mistake: LayerError) -> None:
    error = error_of(mistake)
    assert error.code == mistake.code
    assert error.message.endswith(".")
    assert "\n" not in error.message
    assert (error.fix.label if error.fix else None) == mistake.fix
    received = {text for shape in mistake.shapes for text in (shape.example, *map(str, shape.dims))}
    received |= set(map(str, mistake.options.values()))
    assert any(text in error.message for text in received), error.message


@pytest.mark.parametrize(
    "mistake", [m for m in LAYER_ERRORS if len(m.shapes) == 1 and m.fix], ids=lambda m: str(m.fix)
)
def test_that_the_fix_removes_the_mistake_from_the_graph(mistake: LayerError) -> None:
    graph = Graph()
    for node_id, layer in {
        "a": make_layer({"kind": "Input"}),
        "b": make_layer({"kind": mistake.kind, **mistake.options}),
        "c": make_layer({"kind": "Output"}),
    }.items():
        graph = graph.add(Node(node_id, layer))
    graph = graph.connect(Edge("a", "b")).connect(Edge("b", "c"))
    (found,) = [d for d in examine(graph, mistake.shapes[0]).errors if d.node == "b"]
    assert found.fix is not None
    fixed = examine(Project(graph).apply(found.fix).graph, mistake.shapes[0])
    assert mistake.code not in {d.code for d in fixed.errors if d.node == "b"}


def test_that_a_linear_layer_is_put_before_a_merge_with_the_width_it_needs() -> None:
    graph = Graph()
    for node_id, kind in {"a": "Input", "b": "Linear", "c": "Add", "d": "Output"}.items():
        graph = graph.add(Node(node_id, make_layer({"kind": kind})))
    for edge in (Edge("a", "b"), Edge("a", "c"), Edge("b", "c"), Edge("c", "d")):
        graph = graph.connect(edge)
    (error,) = examine(graph, Shape((3,))).errors
    assert error.fix is not None
    fixed = Project(graph).apply(error.fix)
    assert examine(fixed.graph, Shape((3,))).errors == ()


def test_that_a_fix_of_a_layer_is_placed_at_its_node() -> None:
    (edit,) = Fix.inserting("Insert Flatten", "Flatten").at("b").edits
    assert edit == InsertBefore("Flatten", "b")
