"""The initializer of the whole net, and the spread of every layer's weights."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.inspector.sections.summary import SummarySection
from playground.app.inspector.sections.whole_net import WholeNetSection
from playground.app.inspector.view import InspectorView
from playground.catalog.initializers import HeNormal, XavierUniform
from playground.catalog.layers.base.weighted import Weighted
from playground.catalog.registry import make_layer
from playground.project.project import empty_project


@pytest.fixture
def view(document: Document, qtbot: QtBot) -> InspectorView:
    found = InspectorView(document)
    qtbot.addWidget(found)
    return found


@pytest.fixture
def section(view: InspectorView) -> WholeNetSection:
    assert isinstance(view.upper, SummarySection)
    return view.upper.weights


def pick(section: WholeNetSection, kind: str) -> None:
    box = section.picker.box
    box.setCurrentIndex(box.findData(kind))
    box.activated.emit(box.findData(kind))


def kinds(document: Document) -> set[str]:
    layers = (node.layer for node in document.graph.nodes.values())
    return {layer.initializer.kind for layer in layers if isinstance(layer, Weighted)}


def test_that_one_choice_sets_every_layer_in_one_undo_step(
    document: Document, section: WholeNetSection
) -> None:
    before = document.graph
    pick(section, "he_normal")
    assert kinds(document) == {"he_normal"}
    assert document.undo_name == "Set initializer of all layers to He normal"
    assert section.picker.box.currentText() == "He normal"
    document.undo()
    assert document.graph == before


def test_that_layers_that_differ_are_shown_as_such_and_can_be_made_equal(
    document: Document, section: WholeNetSection
) -> None:
    graph = document.graph.set_options("linear1", initializer=HeNormal())
    document.edit_graph("One", graph.set_options("linear2", initializer=XavierUniform()))
    assert section.picker.box.currentIndex() == -1
    assert section.picker.box.placeholderText() == "varies by layer"
    assert section.minimumSizeHint().width() <= 250
    section.grab()
    pick(section, "xavier_uniform")
    assert kinds(document) == {"xavier_uniform"}


def test_that_the_variance_of_every_layer_is_shown(
    document: Document, section: WholeNetSection
) -> None:
    assert section.table.isHidden()
    found = {"counts": np.array([3]), "edges": np.array([0.0, 1.0]), "count": 3, "std": 0.5}
    reading = {"weights": {"linear1": found | {"theory_std": 0.4}, "linear2": found}}
    section.show_initial(reading)
    text = section.table.text()
    assert "Var 0.25" in text
    assert "theory 0.16" in text
    assert text.index("Linear 1") < text.index("Linear 2")
    assert text.count("theory") == 1


def test_that_a_net_without_weights_has_no_initializer_section(
    document: Document, section: WholeNetSection
) -> None:
    assert not section.isHidden()
    document.open(empty_project())
    document.select([])
    assert section.isHidden()


def test_that_the_initializer_of_all_layers_does_not_change_scale_factors(
    document: Document, view: InspectorView, section: WholeNetSection
) -> None:
    linear = document.graph.of_kind("Linear")[1]
    norm = make_layer({"kind": "BatchNorm"})
    document.edit_graph("Norm", document.graph.insert_before(linear.id, "in", norm))
    pick(section, "he_normal")
    (found,) = document.graph.of_kind("BatchNorm")
    assert found.layer == norm
    assert document.graph.nodes[linear.id].layer.options()["initializer"]["kind"] == "he_normal"
    assert section.picker.box.currentText() == "He normal"
