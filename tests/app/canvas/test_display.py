"""The canvas as a consumer of readings: the probes that it asks for, and what it shows of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from playground.app.canvas.view import CanvasView
from playground.app.readings import ReadingsConsumer
from playground.catalog.datasets.toy import Moons
from playground.graph.graph import Edge, Graph
from playground.session.messages import Frame
from tests.app.canvas.conftest import small_graph
from tests.app.conftest import until

WHOLE = (Edge("input1", "linear1"), Edge("linear1", "relu1"), Edge("relu1", "output1"))


def test_that_the_canvas_is_a_consumer_of_readings(view: CanvasView, frame: Frame) -> None:
    consumer: ReadingsConsumer = view
    consumer.show_frame(frame)
    assert view.drawing.readings.activation
    consumer.clear()
    assert not view.drawing.readings.activation


def test_that_the_loss_history_is_requested_only_with_an_output(
    view: CanvasView, show: Callable[[Graph], CanvasView]
) -> None:
    assert "history" in view.probes
    assert "history" not in show(Graph()).probes


def test_that_the_loss_curve_is_drawn_in_the_order_of_epochs(
    view: CanvasView, frame: Frame
) -> None:
    history = {"epoch": np.array([2.0, 1.0]), "train_loss": np.array([0.3, 0.6])}
    view.show_frame(replace(frame, readings={"history": history}))
    assert view.drawing.curve == ((1.0, 0.6), (2.0, 0.3))
    assert view.drawing.nodes["output1"].curve == view.drawing.curve
    view.clear()
    assert not view.drawing.nodes["output1"].curve


def test_that_examples_are_requested_until_the_current_data_set_is_shown(
    show: Callable[[Graph], CanvasView], frame: Frame
) -> None:
    view = show(small_graph(*WHOLE).set_options("linear1", out_features=1))
    assert not view.document.examined.errors
    assert "examples" in view.probes
    examples = {"x": np.random.default_rng(0).normal(size=(9, 2)), "y": np.zeros(9)}
    view.show_frame(replace(frame, readings={"examples": examples}))
    assert view.drawing.nodes["input1"].preview is not None
    assert "examples" not in view.probes
    view.document.edit("data", view.document.project.with_data(Moons(count=40)))
    assert "examples" in view.probes


def test_that_the_data_set_of_a_network_with_errors_is_shown_without_the_engine(
    view: CanvasView, qtbot: QtBot
) -> None:
    assert view.document.examined.errors
    view.document.edit("data", view.document.project.with_data(Moons(count=40)))
    until(lambda: view.drawing.preview is not None)
    assert "examples" not in view.probes


def test_that_the_tooltip_of_a_wire_names_only_the_known_numbers(
    view: CanvasView, frame: Frame
) -> None:
    wire = view.drawing.wires[Edge("linear1", "relu1"), 0]
    assert wire.tooltip == "shape: B × 8"
    activity = dict(frame.readings["activity"])
    activity["gradient"] = np.array([np.nan, np.nan, np.nan], np.float32)
    view.show_frame(replace(frame, readings={"activity": activity}))
    assert "activation" in wire.tooltip
    assert "gradient" not in wire.tooltip


def test_that_a_layer_that_is_bypassed_in_a_file_is_drawn_faint(
    show: Callable[[Graph], CanvasView],
) -> None:
    view = show(small_graph().set_bypassed(["relu1"], True))
    assert view.drawing.nodes["relu1"].opacity() < 1
    assert view.drawing.nodes["linear1"].opacity() == 1
