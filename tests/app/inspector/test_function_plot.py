"""The picture of an activation, its numbers, and what is said beside it."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.inspector.plots.function_plot import FunctionPlot, traits_text
from playground.app.inspector.sections.node import NodeSection
from playground.app.inspector.view import InspectorView
from playground.catalog.layers.base.activation import Activation
from playground.catalog.layers.base.activation_analysis import traits_of
from playground.catalog.registry import declared, make_layer
from playground.graph.layer import Layer

KINDS = [kind for kind, layer in declared(Layer).items() if layer.is_activation]


def activation(**options: Any) -> Activation:
    layer = make_layer(options)
    assert isinstance(layer, Activation)
    return layer


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"kind": "Tanh"}, "Range −1 to 1 · zero-centred · saturates at both ends"),
        (
            {"kind": "ReLU"},
            "Range 0 to ∞ · not zero-centred (mean 0.4) · flat on the negative side",
        ),
        ({"kind": "Step"}, "Range 0 to 1 · not zero-centred (mean 0.5) · no gradient anywhere"),
        (
            {"kind": "LeakyReLU", "negative_slope": 1.0},
            "Range −∞ to ∞ · zero-centred · does not saturate",
        ),
        (
            {"kind": "LogSoftmax"},
            "Range −∞ to 0 · not zero-centred (mean −0.81) · flat on the positive side",
        ),
    ],
)
def test_that_the_properties_of_an_activation_are_described(
    options: dict[str, Any], text: str
) -> None:
    assert traits_text(traits_of(activation(**options))) == text


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_that_every_activation_is_drawn_with_its_properties(
    kind: str, document: Document, qtbot: QtBot
) -> None:
    view = InspectorView(document)
    qtbot.addWidget(view)
    document.edit_graph("Change", document.graph.set_layer("relu1", make_layer({"kind": kind})))
    document.select(["relu1"])
    assert isinstance(view.upper, NodeSection)
    assert view.upper.plot is not None
    assert view.upper.traits.text().startswith("Range ")
    view.grab()


def test_that_the_properties_follow_an_option(document: Document, qtbot: QtBot) -> None:
    view = InspectorView(document)
    qtbot.addWidget(view)
    elu = make_layer({"kind": "ELU"})
    document.edit_graph("Change", document.graph.set_layer("relu1", elu))
    document.select(["relu1"])
    assert isinstance(view.upper, NodeSection)
    assert view.upper.traits.text().startswith("Range −1 to ∞")
    document.edit_graph("Alpha", document.graph.set_options("relu1", alpha=2.0))
    assert view.upper.traits.text().startswith("Range −2 to ∞")


@pytest.mark.parametrize(
    ("options", "ticks"),
    [
        ({"kind": "ReLU"}, [1.0]),
        ({"kind": "Tanh"}, [1.0, -1.0]),
        ({"kind": "ELU", "alpha": 10.0}, [10.0, -9.0]),
        ({"kind": "Hardtanh", "min_val": -3.0, "max_val": 3.0}, [1.0, -3.0]),
    ],
)
def test_that_the_vertical_axis_has_numbers(
    options: dict[str, Any], ticks: list[float], qtbot: QtBot
) -> None:
    plot = FunctionPlot()
    qtbot.addWidget(plot)
    plot.show_activation(activation(**options))
    assert plot.ticks == ticks


def test_that_an_upper_bound_is_visible_and_the_names_overlap_no_curve(qtbot: QtBot) -> None:
    plot = FunctionPlot()
    qtbot.addWidget(plot)
    plot.resize(plot.sizeHint())
    for options in (
        {"kind": "Hardtanh", "min_val": -3.0, "max_val": 3.0},
        {"kind": "LogSoftmax"},
        {"kind": "Step", "straight_through": True},
    ):
        plot.show_activation(activation(**options))
        inner = QRectF(plot.rect()).adjusted(10.5, 12.5, -10.5, -12.5)
        lines = plot._points(plot.z, plot.value, inner) + plot._points(plot.z, plot.slope, inner)
        names = QRectF(plot.names.geometry())
        assert sum(names.contains(point) for point in lines) == 0
        assert len(lines) == 2 * len(plot.z), "nothing is cut off above"
