"""Layers added, moved, copied, renamed, deleted and fixed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.app.canvas import menus
from playground.app.canvas.view import CanvasView
from playground.app.document import Document
from playground.app.layer_mime import mime_of
from playground.catalog.registry import make_layer
from playground.graph.graph import Edge, Graph, Node
from tests.app.canvas.conftest import KINDS, Hand, small_graph
from tests.app.conftest import until

WIRE = Edge("linear1", "relu1")


def drop(view: CanvasView, kind: str, at: QPointF) -> None:
    """Drop a layer from the palette at a place of the scene."""
    place, data = view.mapFromScene(at), mime_of(kind)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(place, copy, data, left, none)
    view.dragEnterEvent(enter)
    assert enter.isAccepted()
    view.dropEvent(QDropEvent(QPointF(place), copy, data, left, none))


def test_that_a_layer_dropped_on_the_canvas_is_added_there(view: CanvasView) -> None:
    drop(view, "Linear", QPointF(300, 220))
    added = view.document.graph.nodes["linear2"]
    assert view.drawing.nodes["linear2"].frame.contains(QPointF(300, 220))
    assert view.document.undo_name == "Add Linear"
    assert view.document.selected == {added.id}


def test_that_an_unconnected_output_moves_aside_for_a_growing_chain(
    view: CanvasView,
) -> None:
    document = view.document
    document.edit_graph("Begin", small_graph(Edge("input1", "linear1"), Edge("linear1", "relu1")))
    document.select(["relu1"])
    heights = {node.y for node in document.graph.nodes.values()}
    for kind in ("Linear", "Tanh"):
        view.adding.add(kind)
    nodes, frames = document.graph.nodes, {i: n.frame for i, n in view.drawing.nodes.items()}
    chain = ["relu1", "linear2", "tanh1", "output1"]
    for before, after in itertools.pairwise(chain):
        assert frames[before].right() < frames[after].left()
    assert nodes["output1"].y in heights
    middle = [frames[i].center().y() for i in chain[:3]]
    assert max(middle) - min(middle) < 30, "the chain goes straight on"
    document.undo()
    assert "tanh1" not in document.graph.nodes
    assert document.undo_name == "Add Linear"


def test_that_a_layer_dropped_on_a_wire_is_inserted(view: CanvasView) -> None:
    wire = view.drawing.wires[WIRE, 0]
    drop(view, "Tanh", wire.points[len(wire.points) // 2])
    edges = view.document.graph.edges
    assert Edge("linear1", "tanh1") in edges
    assert Edge("tanh1", "relu1") in edges
    assert WIRE not in edges


def test_that_inserting_a_layer_makes_room_for_it(view: CanvasView) -> None:
    wire = view.drawing.wires[WIRE, 0]
    drop(view, "Tanh", wire.points[len(wire.points) // 2])
    frames = [view.drawing.nodes[i].frame for i in ("linear1", "tanh1", "relu1")]
    assert frames[0].right() < frames[1].left()
    assert frames[1].right() < frames[2].left()


def test_that_an_unconnected_node_dragged_onto_a_wire_is_inserted(
    view: CanvasView, hand: Hand
) -> None:
    graph = view.document.graph.add(Node("drop1", make_layer({"kind": "Dropout"}), x=300, y=240))
    view.document.edit_graph("Add Dropout", graph)
    start = view.drawing.nodes["drop1"].frame.center()
    wire = view.drawing.wires[WIRE, 0]
    hand.drag(start, wire.points[len(wire.points) // 2])
    assert Edge("linear1", "drop1") in view.document.graph.edges
    assert Edge("drop1", "relu1") in view.document.graph.edges
    assert view.document.undo_name == "Insert Dropout"


def test_that_dragging_moves_the_whole_selection_in_one_undo_step(
    view: CanvasView, hand: Hand
) -> None:
    view.document.select(["linear1", "relu1"])
    start = view.drawing.nodes["relu1"].frame.center()
    hand.drag(start, start + QPointF(0, 160))
    nodes = view.document.graph.nodes
    assert (nodes["linear1"].y, nodes["relu1"].y) == (160, 160)
    assert view.document.undo_name == "Move 2 layers"
    view.document.undo()
    assert view.drawing.nodes["relu1"].pos() == QPointF(400, 0)


def test_that_escape_puts_dragged_nodes_back(view: CanvasView, hand: Hand) -> None:
    before = view.document.graph
    start = view.drawing.nodes["relu1"].frame.center()
    hand.press(start)
    hand.move(start + QPointF(40, 80))
    assert view.drawing.nodes["relu1"].pos() != QPointF(400, 0)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    hand.release(start + QPointF(40, 80))
    assert view.drawing.nodes["relu1"].pos() == QPointF(400, 0)
    assert view.document.graph is before


def test_that_the_rubber_band_selects_what_it_touches(view: CanvasView, hand: Hand) -> None:
    hand.drag(QPointF(180, -60), QPointF(420, 60))
    assert view.document.selected == {"linear1", "relu1"}
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.document.selected


@pytest.mark.usefixtures("actions")
def test_that_undo_restores_the_deleted_node_on_the_canvas(view: CanvasView) -> None:
    view.document.select(["linear1"])
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert "linear1" not in view.drawing.nodes
    assert not view.drawing.wires
    view.document.undo()
    assert view.drawing.nodes["linear1"].pos() == QPointF(200, 0)
    assert len(view.drawing.wires) == 2


def test_that_an_edit_leaves_other_items_untouched(view: CanvasView) -> None:
    kept = dict(view.drawing.nodes)
    wires = dict(view.drawing.wires)
    view.edits.add_layer("Tanh", QPointF(0, 300))
    assert {i: view.drawing.nodes[i] for i in kept} == kept
    assert view.drawing.wires == wires
    view.document.undo()
    assert view.drawing.nodes == kept


def test_that_layers_are_copied_and_pasted_as_text(
    view: CanvasView, show: Callable[[Graph], CanvasView]
) -> None:
    view.document.select(["linear1", "relu1"])
    view.edits.copy()
    data = json.loads(QGuiApplication.clipboard().text())
    assert data["playground"] == 1
    assert len(data["nodes"]) == 2
    other = show(Graph())
    other.edits.paste()
    assert sorted(n.layer.kind for n in other.document.graph.nodes.values()) == ["Linear", "ReLU"]
    assert len(other.document.graph.edges) == 1
    assert other.document.selected == set(other.document.graph.nodes)
    assert other.document.undo_name == "Paste 2 layers"


def test_that_cut_removes_and_paste_restores(view: CanvasView) -> None:
    view.document.select(["relu1"])
    view.edits.cut()
    assert "relu1" not in view.document.graph.nodes
    assert view.document.undo_name == "Cut ReLU"
    view.edits.paste()
    assert len(view.document.graph.of_kind("ReLU")) == 1


@pytest.mark.parametrize(
    "text",
    ["", "hello", "[1]", '{"playground": 2}', '{"playground": 1, "nodes": 3}', "[" * 100_000],
)
def test_that_pasting_invalid_text_changes_nothing_and_shows_a_message(
    view: CanvasView, qtbot: QtBot, text: str
) -> None:
    QGuiApplication.clipboard().setText(text)
    before = view.document.graph
    with qtbot.waitSignal(view.message) as shown:
        view.edits.paste()
    assert shown.args[0]
    assert view.document.graph is before


def test_that_pasting_twice_does_not_overlap(view: CanvasView) -> None:
    view.document.select(["relu1"])
    view.edits.copy()
    view.edits.paste()
    view.edits.paste()
    places = [(n.x, n.y) for n in view.document.graph.of_kind("ReLU")]
    assert len(set(places)) == 3


def test_that_a_duplicate_keeps_the_wires_between_its_nodes(view: CanvasView) -> None:
    view.document.select(["linear1", "relu1"])
    view.edits.duplicate()
    assert Edge("linear2", "relu2") in view.document.graph.edges
    assert view.document.selected == {"linear2", "relu2"}


def test_that_the_button_on_a_node_applies_the_fix(show: Callable[[Graph], CanvasView]) -> None:
    graph = small_graph(Edge("input1", "linear1"), Edge("linear1", "output1")).remove(["relu1"])
    view = show(graph)
    item = view.drawing.nodes["output1"]
    assert item.card.note is not None
    assert item.card.note.tone == "error"
    assert "8" in item.card.note.text
    Hand(view).click(item.pos() + item.button_rect.center())
    assert view.document.graph.nodes["linear1"].layer.options()["out_features"] == 1
    assert view.document.undo_name == "Set Linear to 1"
    assert view.drawing.nodes["output1"].card.note is None


def test_that_the_fix_of_a_warning_can_be_applied(show: Callable[[Graph], CanvasView]) -> None:
    graph = small_graph(Edge("input1", "linear1"))
    graph, second = graph.add_layer(make_layer({"kind": "Linear"}), 400, 200)
    view = show(graph.connect(Edge("linear1", second)).connect(Edge(second, "output1")))
    note = view.drawing.nodes[second].card.note
    assert note is not None
    assert note.tone == "warning"
    view.edits.apply_fix(second)
    before = view.document.graph.incoming(second)[0].source
    assert view.document.graph.nodes[before].layer.kind == "ReLU"


def test_that_a_layer_is_added_after_the_selected_one(view: CanvasView) -> None:
    view.document.select(["relu1"])
    view.edits.add_layer("Linear")
    assert Edge("relu1", "linear2") in view.document.graph.edges
    frames = [item.frame for item in view.drawing.nodes.values()]
    added = view.drawing.nodes["linear2"].frame
    assert sum(added.intersects(frame) for frame in frames) == 1


def test_that_a_layer_that_does_not_fit_is_added_unconnected(view: CanvasView) -> None:
    view.document.select(["relu1"])
    view.edits.add_layer("Conv2d")
    added = next(iter(view.document.selected))
    assert view.document.graph.nodes[added].layer.kind == "Conv2d"
    assert not view.document.graph.incoming(added)


def test_that_a_layer_is_inserted_into_the_only_wire_of_the_selected_one(view: CanvasView) -> None:
    view.document.select(["linear1"])
    assert str(view.adding.current_shape) == "B × 8"
    view.edits.add_layer("Dropout")
    (added,) = view.document.selected
    assert set(view.document.graph.edges) >= {Edge("linear1", added), Edge(added, "relu1")}
    assert Edge("linear1", "relu1") not in view.document.graph.edges
    assert view.document.undo_name == "Insert Dropout"
    before = view.document.graph.edges
    view.edits.add_layer("Conv2d")
    assert view.document.graph.edges == before, "it does not fit there, so it stands free"


@pytest.mark.usefixtures("actions")
def test_that_the_search_adds_after_the_selected_layer(view: CanvasView, qtbot: QtBot) -> None:
    view.activateWindow()
    view.document.select(["linear1"])
    QTest.keyClick(view, Qt.Key.Key_Slash)
    popup = view.adding.popup
    assert popup is not None
    until(popup.field.hasFocus)
    QTest.keyClicks(popup.field, "dropout")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    (added,) = view.document.selected
    assert Edge("linear1", added) in view.document.graph.edges
    assert view.hasFocus()
    QTest.keyClick(view, Qt.Key.Key_Slash)
    popup = view.adding.popup
    assert popup is not None
    QTest.keyClick(popup.field, Qt.Key.Key_Escape)
    assert view.document.selected == {added}


@pytest.mark.usefixtures("actions")
def test_that_the_message_of_an_empty_search_disappears_with_the_query(view: CanvasView) -> None:
    QTest.keyClick(view, Qt.Key.Key_Slash)
    popup = view.adding.popup
    assert popup is not None
    QTest.keyClicks(popup.field, "qqqq")
    assert popup.note.text().startswith("No layer matches")
    popup.field.clear()
    assert popup.note.isHidden()


@pytest.mark.usefixtures("actions")
def test_that_slash_opens_the_search_and_escape_closes_it(view: CanvasView) -> None:
    QTest.keyClick(view, Qt.Key.Key_Slash)
    popup = view.adding.popup
    assert popup is not None
    assert popup.field.hasFocus()
    QTest.keyClick(popup.field, Qt.Key.Key_Escape)
    assert view.adding.popup is None
    assert view.hasFocus()


@pytest.mark.usefixtures("actions")
def test_that_a_node_is_renamed_in_place(view: CanvasView) -> None:
    view.document.select(["relu1"])
    QTest.keyClick(view, Qt.Key.Key_F2)
    field = QApplication.focusWidget()
    QTest.keyClicks(field, "hidden")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert view.document.graph.nodes["relu1"].name == "hidden"
    assert view.drawing.nodes["relu1"].card.title == "hidden"


def test_that_escape_cancels_renaming(view: CanvasView) -> None:
    view.gestures.rename("relu1")
    field = QApplication.focusWidget()
    QTest.keyClicks(field, "hidden")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert view.document.graph.nodes["relu1"].name == ""
    assert view.document.undo_name is None


def test_that_arrows_nudge_the_selection_in_one_undo_step(view: CanvasView) -> None:
    view.document.select(["relu1"])
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.document.graph.nodes["relu1"].x == 416
    view.document.undo()
    assert view.document.graph.nodes["relu1"].x == 400


@pytest.mark.usefixtures("actions")
def test_that_tab_selects_the_next_node_and_enter_inspects_it(
    view: CanvasView, qtbot: QtBot
) -> None:
    view.setFocus()
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Tab)
    chosen = view.document.selected
    assert len(chosen) == 1
    with qtbot.waitSignal(view.node_activated) as activated:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert activated.args == list(chosen)


def test_that_tidy_up_is_one_undo_step_and_leaves_no_overlap(view: CanvasView) -> None:
    view.document.edit_graph("pile", view.document.graph.move(dict.fromkeys(KINDS, (0.0, 0.0))))
    view.edits.tidy()
    frames = [item.footprint for item in view.drawing.nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(frames) for b in frames[:i])
    assert view.document.undo_name == "Tidy up"


def test_that_tidy_up_breaks_a_long_chain_into_rows(show: Callable[[Graph], CanvasView]) -> None:
    graph, last = Graph().add_layer(make_layer({"kind": "Input"}))
    for _ in range(15):
        graph, added = graph.add_layer(make_layer({"kind": "Tanh"}))
        graph, last = graph.connect(Edge(last, added)), added
    view = show(graph)
    view.edits.tidy()
    frames = [item.footprint for item in view.drawing.nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(frames) for b in frames[:i])
    assert len({round(frame.center().y()) for frame in frames}) > 1
    assert view.camera.zoom > 0.45


@pytest.mark.usefixtures("actions")
def test_that_delete_and_join_and_other_activations_are_offered(view: CanvasView) -> None:
    menu = menus.menu_at(view, view.drawing.nodes["relu1"].frame.center())
    texts = [action.text() for action in menu.actions()]
    assert "Change activation" in texts
    change = next(a for a in menu.actions() if a.text() == "Change activation").menu()
    next(a for a in change.actions() if a.text() == "Tanh").trigger()
    assert view.document.graph.nodes["relu1"].layer.kind == "Tanh"
    menu = menus.menu_at(view, view.drawing.nodes["linear1"].frame.center())
    next(a for a in menu.actions() if a.text() == "Delete and reconnect").trigger()
    assert view.document.graph.edges == (Edge("input1", "relu1"),)


def test_that_the_hint_disappears_with_the_first_layer(
    show: Callable[[Graph], CanvasView], qtbot: QtBot
) -> None:
    view = show(Graph())
    assert view.overlays.hint.isVisible()
    view.edits.add_layer("Linear")
    assert not view.overlays.hint.isVisible()


def test_that_opening_another_document_draws_it(view: CanvasView) -> None:
    document: Document = view.document
    document.open(document.project.with_graph(Graph()))
    assert not view.drawing.nodes
    assert not view.drawing.wires
