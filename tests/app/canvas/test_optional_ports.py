"""Optional ports on the canvas: apart from the others, named, and connected by hitting them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from playground.app import edits
from playground.app.canvas.gestures.choose import PORT_PX
from playground.app.canvas.view import CanvasView
from playground.catalog.datasets.sequences import Brackets
from playground.catalog.registry import declared, make_layer
from playground.graph.graph import Edge, Graph, Node
from playground.graph.layer import Layer, required
from playground.graph.shape import Shape
from tests.app.canvas.conftest import Hand

KINDS = {"input1": "Input", "embed": "Embedding", "mean": "MeanOverTime", "output1": "Output"}
PADDING = Edge("input1", "mean", target_port="padding")


@pytest.fixture
def view(show: Callable[[Graph], CanvasView]) -> CanvasView:
    """Input, Embedding, Mean over time and Output in a row, wired but for the padding."""
    graph, before = Graph(), ""
    for rank, (node_id, kind) in enumerate(KINDS.items()):
        graph = graph.add(Node(node_id, make_layer({"kind": kind}), x=220 * rank, y=0))
        graph = graph.connect(Edge(before, node_id)) if before else graph
        before = node_id
    view = show(graph)
    view.document.edit("data", view.document.project.with_data(Brackets(count=20)))
    return view


@pytest.mark.parametrize(
    "kind", [kind for kind, one in declared(Layer).items() if required(one.inputs) != one.inputs]
)
def test_that_an_optional_port_is_below_the_others_and_can_be_hit(
    kind: str, show: Callable[[Graph], CanvasView]
) -> None:
    view = show(Graph().add(Node("it", make_layer({"kind": kind}))))
    item = view.drawing.nodes["it"]
    *others, optional = (item.card.port_at(port.name, is_output=False) for port in item.card.inputs)
    if len(others) == 1:  # a chain through it stays level
        assert others[0][1] == item.card.port_at("out", is_output=True)[1]
    heights = [y for _, y in (*others, optional)]
    assert heights == sorted(heights)
    assert heights[-1] < item.card.height - 4
    for port in item.card.inputs:  # under a cursor exactly there
        found = view.drawing.port_at(item.port_pos(port.name, is_output=False), PORT_PX)
        assert found is not None
        assert found[1] == (port.name, False)


def test_that_a_wire_dropped_on_an_optional_port_connects(view: CanvasView, hand: Hand) -> None:
    hand.drag(hand.port("input1", "out"), hand.port("mean", "padding"))
    assert PADDING in view.document.graph.edges
    assert not view.document.examined.at("mean")


def test_that_a_wire_dropped_on_the_card_never_ends_at_an_optional_port(
    view: CanvasView, hand: Hand, qtbot: QtBot
) -> None:
    before = view.document.graph
    middle = view.drawing.nodes["mean"].frame.center() + QPointF(20, -10)
    with qtbot.waitSignal(view.message, check_params_cb=lambda text: "taken" in text):
        hand.drag(hand.port("input1", "out"), middle)
    assert view.document.graph is before


def test_that_a_wire_can_be_dragged_off_an_optional_port(view: CanvasView, hand: Hand) -> None:
    edits.connect(view.document, PADDING)
    hand.drag(hand.port("mean", "padding"), QPointF(330, 300))
    assert PADDING not in view.document.graph.edges
    assert Edge("embed", "mean") in view.document.graph.edges


@pytest.mark.usefixtures("actions")
def test_that_keys_offer_required_ports_before_optional_ones(view: CanvasView) -> None:
    view.document.edit_graph("cut", view.document.graph.disconnect(Edge("mean", "output1")))
    view.document.select(["embed"])
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_C)
    assert view.drawing.nodes["output1"].hot_port == ("in", False)
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert view.drawing.nodes["mean"].hot_port == ("padding", False)
    QTest.keyClick(view, Qt.Key.Key_Escape)


def test_that_the_tooltip_names_the_port_and_what_it_expects(view: CanvasView, hand: Hand) -> None:
    for name, text in (("padding", "padding (optional): The token ids"), ("in", "in")):
        at = hand.at(hand.port("mean", name))
        event = QHelpEvent(QEvent.Type.ToolTip, at, view.viewport().mapToGlobal(at))
        QApplication.sendEvent(view.viewport(), event)
        assert QToolTip.text().startswith(text)
    QToolTip.hideText()
    assert view.drawing.nodes["output1"].port_tooltip(("in", False)) == ""


def test_that_layers_are_offered_by_their_required_inputs(view: CanvasView) -> None:
    assert edits.accepts("MeanOverTime", Shape((7, 16)))
    assert edits.accepts("EncoderBlock", Shape((7, 16)))
    assert not edits.accepts("MeanOverTime", Shape((7,), "int"))
