"""The parts of a block in the inspector: their options are set without opening it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.app.canvas import blocks
from playground.app.document import Document
from playground.app.inspector.sections.node import NodeSection
from playground.app.inspector.sections.parts import PartsSection
from playground.app.inspector.view import InspectorView
from playground.catalog.layers.base.user_block import SavedBlock
from playground.graph.layer import Layer


@pytest.fixture
def view(document: Document, qtbot: QtBot) -> InspectorView:
    """The inspector over a block of Linear, ReLU, Linear."""
    found = InspectorView(document)
    qtbot.addWidget(found)
    found.resize(290, 800)
    with qtbot.waitExposed(found):
        found.show()
    document.select(["linear1", "relu1", "linear2"])
    assert blocks.make_block(document, "Hidden") is None
    return found


def parts_in(view: InspectorView) -> PartsSection:
    assert isinstance(view.upper, NodeSection)
    (found,) = [s for s in view.upper.sections if isinstance(s, PartsSection)]
    return found


def part(document: Document, *path: str) -> Layer:
    """A layer within the block that is selected."""
    (block_id,) = document.selected
    layer = document.graph.nodes[block_id].layer
    for node_id in path:
        assert isinstance(layer, SavedBlock)
        layer = layer.parts().graph.nodes[node_id].layer
    return layer


def type_in(parts: PartsSection, path: tuple[str, ...], option: str, text: str) -> None:
    """Type another value of an option, and Enter."""
    line = parts.forms[path].fields[option].focusProxy()
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_that_the_layers_of_a_block_are_collapsed_and_in_the_order_they_run(
    view: InspectorView,
) -> None:
    parts = parts_in(view)
    assert [head.text() for head in parts.headings.values()] == ["Linear linear1", "Linear linear2"]
    assert [head.part.summary for head in parts.headings.values()] == ["2 → 16", "16 → 16"]
    assert parts.forms == {}
    QTest.mouseClick(parts.headings["linear1",], Qt.MouseButton.LeftButton)
    assert parts.forms["linear1",].isVisible()
    QTest.keyClick(parts.headings["linear1",], Qt.Key.Key_Return)
    assert not parts.forms["linear1",].isVisible()


def test_that_an_edit_within_a_block_is_one_undo_step(
    document: Document, view: InspectorView
) -> None:
    parts = parts_in(view)
    before = document.project
    parts.headings["linear1",].click()
    type_in(parts, ("linear1",), "out_features", "4")
    assert part(document, "linear1").options()["out_features"] == 4
    assert document.undo_name == "Set units of Linear linear1 in Hidden to 4"
    assert parts_in(view) is parts, "refreshed in place, so that the cursor stays"
    assert [head.part.summary for head in parts.headings.values()] == ["2 → 4", "4 → 16"]
    document.undo()
    assert document.project == before
    assert parts.forms["linear1",].fields["out_features"].value == 16


def test_that_a_value_that_a_layer_of_a_block_refuses_is_explained(
    document: Document, view: InspectorView
) -> None:
    parts = parts_in(view)
    before = document.project
    parts.headings["linear1",].click()
    type_in(parts, ("linear1",), "out_features", "0")
    assert document.project is before
    assert "at least 1" in parts.forms["linear1",].fields["out_features"].message.text()


def test_that_layers_of_a_nested_block_are_shown_with_both_names(
    document: Document, view: InspectorView
) -> None:
    document.select([*document.selected, "relu2"])
    assert blocks.make_block(document, "Outer") is None
    parts = parts_in(view)
    (inner,) = {path[0] for path in parts.headings}
    assert parts.headings[inner, "linear2"].text() == "Hidden › Linear linear2"
    assert parts.headings[inner, "linear2"].part.summary == "16 → 16"
    parts.headings[inner, "linear2"].click()
    type_in(parts, (inner, "linear2"), "out_features", "5")
    assert part(document, inner, "linear2").options()["out_features"] == 5
    assert part(document, inner, "linear1").options()["out_features"] == 16


def test_that_an_undo_that_changes_the_layers_of_a_block_rebuilds_them(
    document: Document, view: InspectorView
) -> None:
    parts = parts_in(view)
    (block_id,) = document.selected
    fewer = SavedBlock(name="Other")
    document.edit_graph("Exchange", document.graph.set_layer(block_id, fewer))
    assert [head.text() for head in parts.headings.values()] == ["Linear"]
    document.undo()
    assert len(parts.headings) == 2


def test_that_an_unconnected_block_shows_its_layers(
    document: Document, view: InspectorView
) -> None:
    graph, block_id = document.graph.add_layer(SavedBlock())
    document.edit_graph("Add block", graph)
    document.select([block_id])
    assert [head.part.summary for head in parts_in(view).headings.values()] == [""]
