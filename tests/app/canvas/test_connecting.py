"""Wires are connected, refused, rerouted and deleted, by mouse and keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.app.canvas.view import CanvasView
from playground.graph.graph import Edge
from tests.app.canvas.conftest import Hand

LAST = Edge("relu1", "output1")


def test_that_dragging_from_an_output_to_an_input_connects(view: CanvasView, hand: Hand) -> None:
    hand.drag(hand.port("relu1", "out"), hand.port("output1", "in"))
    assert LAST in view.document.graph.edges
    assert view.document.undo_name == "Connect"
    assert (LAST, 0) in view.drawing.wires


def test_that_dragging_from_an_input_to_an_output_connects(view: CanvasView, hand: Hand) -> None:
    hand.drag(hand.port("output1", "in"), hand.port("relu1", "out"))
    assert LAST in view.document.graph.edges


def test_that_a_wire_dropped_on_a_card_ends_at_its_port(view: CanvasView, hand: Hand) -> None:
    middle = view.drawing.nodes["output1"].frame.center()
    hand.drag(hand.port("relu1", "out"), middle)
    assert LAST in view.document.graph.edges


def test_that_a_wire_snaps_to_a_port_nearby(view: CanvasView, hand: Hand) -> None:
    hand.drag(hand.port("relu1", "out"), hand.port("output1", "in") + QPointF(-18, 12))
    assert LAST in view.document.graph.edges


def test_that_a_wire_that_closes_a_loop_is_refused_with_a_reason(
    view: CanvasView, hand: Hand, qtbot: QtBot
) -> None:
    view.document.edit_graph("cut", view.document.graph.disconnect(Edge("input1", "linear1")))
    before = view.document.graph
    hand.press(hand.port("relu1", "out"))
    with qtbot.waitSignal(view.message) as shown:
        hand.move(hand.port("linear1", "in"))
    assert "loop" in shown.args[0]
    assert view.gestures.reason.isVisible()
    hand.release(hand.port("linear1", "in"))
    assert view.document.graph is before


def test_that_a_second_wire_to_an_input_is_refused_with_a_reason(
    view: CanvasView, hand: Hand, qtbot: QtBot
) -> None:
    before = view.document.graph
    with qtbot.waitSignal(view.message, check_params_cb=lambda text: "taken" in text):
        hand.drag(hand.port("input1", "out"), hand.port("relu1", "in"))
    assert view.document.graph is before


def test_that_escape_cancels_an_unfinished_wire(view: CanvasView, hand: Hand) -> None:
    before, items = view.document.graph, len(view.drawing.items())
    hand.press(hand.port("relu1", "out"))
    hand.move(hand.port("output1", "in"))
    assert view.drawing.nodes["output1"].hot_port == ("in", False)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    hand.release(hand.port("output1", "in"))
    assert view.document.graph is before
    assert len(view.drawing.items()) == items
    assert view.drawing.nodes["output1"].hot_port is None
    assert not view.drawing.nodes["output1"].open_ports


def test_that_a_wire_released_on_empty_canvas_offers_layers_that_fit(
    view: CanvasView, hand: Hand
) -> None:
    hand.drag(hand.port("relu1", "out"), QPointF(500, 200))
    popup = view.adding.popup
    assert popup is not None
    assert "Linear" in popup.shown_kinds()
    assert "Input" not in popup.shown_kinds()
    assert "Conv2d" not in popup.shown_kinds()
    QTest.keyClicks(popup.field, "tanh")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    assert Edge("relu1", "tanh1") in view.document.graph.edges
    assert view.adding.popup is None


def test_that_the_end_of_a_wire_can_be_dragged_to_another_input(
    view: CanvasView, hand: Hand
) -> None:
    hand.drag(hand.port("relu1", "in"), hand.port("output1", "in"))
    assert Edge("linear1", "output1") in view.document.graph.edges
    assert Edge("linear1", "relu1") not in view.document.graph.edges
    assert view.document.undo_name == "Reroute"


def test_that_a_wire_dragged_onto_empty_canvas_is_deleted(view: CanvasView, hand: Hand) -> None:
    hand.drag(hand.port("relu1", "in"), QPointF(360, 220))
    assert Edge("linear1", "relu1") not in view.document.graph.edges
    view.document.undo()
    assert view.drawing.wires[Edge("linear1", "relu1"), 0].isVisible()


def test_that_escape_puts_a_wire_back_on_its_input(view: CanvasView, hand: Hand) -> None:
    before = view.document.graph
    hand.press(hand.port("relu1", "in"))
    hand.move(QPointF(380, 160), QPointF(360, 220))
    wire = view.drawing.wires[Edge("linear1", "relu1"), 0]
    assert not wire.isVisible()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    hand.release(QPointF(360, 220))
    assert wire.isVisible()
    assert view.document.graph is before


@pytest.mark.usefixtures("actions")
def test_that_the_delete_key_deletes_the_selected_wire(view: CanvasView, hand: Hand) -> None:
    wire = view.drawing.wires[Edge("linear1", "relu1"), 0]
    hand.click(wire.points[len(wire.points) // 2])
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert Edge("linear1", "relu1") not in view.document.graph.edges


@pytest.mark.usefixtures("actions")
def test_that_layers_can_be_connected_by_keyboard(view: CanvasView) -> None:
    view.document.select(["relu1"])
    QTest.keyClick(view, Qt.Key.Key_C)
    assert view.gestures.current is not None
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert LAST in view.document.graph.edges
    assert view.gestures.current is None
