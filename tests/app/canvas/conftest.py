"""A visible canvas with a small net on it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.app.canvas.view import CanvasView
from playground.app.document import Document
from playground.app.shell.actions import Actions
from playground.catalog.registry import make_layer
from playground.graph.graph import Edge, Graph, Node
from playground.project.project import Project
from playground.session.messages import Frame
from tests.app.commands_on_canvas import install_commands

PLACES = {"input1": (0, 0), "linear1": (200, 0), "relu1": (400, 0), "output1": (640, 0)}
KINDS = {"input1": "Input", "linear1": "Linear", "relu1": "ReLU", "output1": "Output"}


def small_graph(*edges: Edge) -> Graph:
    """Input, Linear, ReLU and Output in a row, with these wires."""
    graph = Graph()
    for node_id, (x, y) in PLACES.items():
        graph = graph.add(Node(node_id, make_layer({"kind": KINDS[node_id]}), x=x, y=y))
    for edge in edges:
        graph = graph.connect(edge)
    return graph


class Hand:
    """A mouse on a canvas, moved in scene coordinates."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view

    def at(self, place: QPointF) -> QPoint:
        """A place of the scene in pixels of the viewport."""
        return self.view.mapFromScene(place)

    def port(self, node_id: str, name: str) -> QPointF:
        """Where a port is."""
        is_output = name == "out"
        return self.view.drawing.nodes[node_id].port_pos(name, is_output=is_output)

    def press(self, place: QPointF, modifiers: Qt.KeyboardModifier | None = None) -> None:
        """Press the left button."""
        held = modifiers or Qt.KeyboardModifier.NoModifier
        button = Qt.MouseButton.LeftButton
        QTest.mousePress(self.view.viewport(), button, held, self.at(place))

    def move(self, *places: QPointF) -> None:
        """Move through places."""
        for place in places:
            QTest.mouseMove(self.view.viewport(), self.at(place))

    def release(self, place: QPointF) -> None:
        """Release the left button."""
        none = Qt.KeyboardModifier.NoModifier
        QTest.mouseRelease(self.view.viewport(), Qt.MouseButton.LeftButton, none, self.at(place))

    def drag(self, start: QPointF, end: QPointF) -> None:
        """Press, move and release."""
        self.press(start)
        self.move((start + end) / 2, end)
        self.release(end)

    def click(self, place: QPointF) -> None:
        """Press and release."""
        self.press(place)
        self.release(place)


@pytest.fixture
def show(qtbot: QtBot) -> Callable[[Graph], CanvasView]:
    """Shows a graph on a canvas."""

    def made(graph: Graph) -> CanvasView:
        view = CanvasView(Document(Project(graph)))
        qtbot.addWidget(view)
        view.resize(1000, 600)
        with qtbot.waitExposed(view):
            view.show()
        view.camera.set_zoom(1.0)
        view.centerOn(360, 60)
        return view

    return made


@pytest.fixture
def view(show: Callable[[Graph], CanvasView]) -> CanvasView:
    """A canvas with a net in which ReLU and Output are not connected yet."""
    return show(small_graph(Edge("input1", "linear1"), Edge("linear1", "relu1")))


@pytest.fixture
def actions(view: CanvasView, qtbot: QtBot) -> Actions:
    """The commands on that canvas, which has the focus."""
    found = install_commands(view, qtbot)
    view.activateWindow()
    view.setFocus()
    return found


@pytest.fixture
def hand(view: CanvasView) -> Hand:
    """A mouse on that canvas."""
    return Hand(view)


@pytest.fixture
def frame() -> Frame:
    """A frame as the engine sends it, in which unit 2 of the ReLU is dead."""
    dead = np.zeros(8, bool)
    dead[2] = True
    return Frame(
        run=1,
        step=10,
        epoch=1.0,
        is_training=True,
        train_loss=0.25,
        readings={
            "activity": {
                "nodes": ("input1", "linear1", "relu1"),
                "activation": np.array([1.0, 0.5, 0.1], np.float32),
                "gradient": np.array([1e-9, 1e-2, 1e-2], np.float32),
            },
            "units": {
                "maps": {"linear1": np.full((8, 9, 9), 127, np.int8)},
                "scale": {"linear1": 1.0},
                "units": {"linear1": 8},
                "extent": (-1.0, 1.0, -1.0, 1.0),
            },
            "dead_units": {
                "nodes": ("relu1",),
                "dead": {"relu1": dead},
                "since": {"relu1": np.full(8, np.nan, np.float32)},
                "firing": {"relu1": np.full(8, 0.5, np.float32)},
                "causes": {"relu1": "the rate is too large"},
            },
        },
    )
