"""The decision boundary."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.examples import examples_of
from playground.app.panels.boundary import BoundaryPanel
from playground.app.widgets.boundary_view import example_colours
from playground.catalog.datasets.dataset import Dataset
from playground.catalog.datasets.sequences import FirstSymbol
from playground.catalog.datasets.toy import Hills, Spiral, Wave
from playground.catalog.objectives import Autoencoder
from tests.app.conftest import until
from tests.app.panels import sample_frames


def shown(document: Document, qtbot: QtBot, kind: str) -> BoundaryPanel:
    panel = BoundaryPanel(document)
    qtbot.addWidget(panel)
    panel.resize(300, 300)
    panel.show_frame(sample_frames.frame(boundary=sample_frames.boundary(kind)))
    panel.show()
    return panel


def test_that_class_0_is_blue_and_class_1_orange_like_their_examples(
    document: Document, qtbot: QtBot
) -> None:
    panel = shown(document, qtbot, "binary")
    assert panel.view.seen is not None
    picture = panel.view.seen.picture()
    left, right = picture.pixelColor(2, 10), picture.pixelColor(17, 10)
    assert left.blue() > left.red()
    assert right.red() > right.blue()
    examples = examples_of(document.project.data)
    assert examples is not None
    colours = example_colours(panel.view.seen, examples.y_train)
    for label, colour in zip(examples.y_train, colours, strict=True):
        assert colour.name() == (right if label else left).name()


def test_that_the_plane_keeps_its_aspect(document: Document, qtbot: QtBot) -> None:
    panel = shown(document, qtbot, "binary")
    area = panel.view.area()
    assert area.width() / area.height() == pytest.approx(3.6 / 3.0)
    assert area.width() <= panel.view.width()


def test_that_the_examples_lie_on_the_picture(document: Document, qtbot: QtBot) -> None:
    panel = shown(document, qtbot, "binary")
    examples = examples_of(document.project.data)
    assert examples is not None
    x, y = examples.x_train[0]
    area, image = panel.view.area(), panel.view.grab().toImage()
    place = QPointF((x + 1.8) / 3.6 * area.width(), (1.5 - y) / 3.0 * area.height()).toPoint()
    around = {image.pixelColor(place + QPoint(dx, 0)).name() for dx in range(-4, 5)}
    assert len(around) > 3, "there is no point here"


def test_that_the_footer_shows_the_prediction_under_the_mouse_and_then_the_metric_again(
    document: Document, qtbot: QtBot
) -> None:
    panel = shown(document, qtbot, "binary")
    assert panel.footer.text() == "val accuracy 0.982"
    qtbot.mouseMove(panel.view, QPoint(5, 5))
    qtbot.mouseMove(panel.view, panel.view.area().center().toPoint() + QPoint(40, 0))
    until(lambda: "orange 100%" in panel.footer.text())
    panel.view._point("")
    assert panel.footer.text() == "val accuracy 0.982"


def test_that_every_class_has_its_own_colour(qtbot: QtBot) -> None:
    panel = shown(Document(sample_frames.project(Spiral(count=60, arms=4))), qtbot, "classes")
    assert panel.view.seen is not None
    picture = panel.view.seen.picture()
    assert picture.pixelColor(2, 10) != picture.pixelColor(17, 10)
    assert "arm 2 90%" in panel.view.seen.text_at(1.0, 0.0)
    panel.grab()


@pytest.mark.parametrize(("data", "kind"), [(Hills(count=50), "values"), (Wave(count=50), "curve")])
def test_that_regression_is_drawn_and_its_value_shown(
    data: Hills | Wave, kind: str, qtbot: QtBot
) -> None:
    panel = shown(Document(sample_frames.project(data)), qtbot, kind)
    assert panel.view.seen is not None
    assert panel.view.seen.text_at(1.0, 0.0)
    before = panel.view.grab().toImage()
    reading = sample_frames.boundary(kind)
    reading["y" if kind == "curve" else "grid"] = -reading["y" if kind == "curve" else "grid"]
    panel.show_frame(sample_frames.frame({"r2": 0.93, "rmse": 0.2}, boundary=reading))
    panel.view._fade.stop()
    assert panel.footer.text() == "val R² 0.930"
    assert panel.footer.property("role") == "healthy", "R² decides, not the size of the error"
    assert panel.view.grab().toImage() != before


def test_that_it_fits_data_of_one_or_two_features_only() -> None:
    assert BoundaryPanel.fits(sample_frames.project(Spiral()))
    assert BoundaryPanel.fits(sample_frames.project(Wave()))
    assert not BoundaryPanel.fits(sample_frames.project(FirstSymbol(length=2, symbols=2)))
    again = sample_frames.project(Spiral()).with_training(objective=Autoencoder())
    assert not BoundaryPanel.fits(again)


@pytest.mark.parametrize("kind", ["binary", "classes", "values", "curve"])
@pytest.mark.parametrize("data", [Wave(), Hills(), Spiral()], ids=lambda data: data.kind)
def test_that_a_reading_of_the_previous_data_set_is_not_drawn(
    data: Dataset, kind: str, document: Document, qtbot: QtBot
) -> None:
    document.edit("Change the data set", document.project.with_data(data))
    panel = shown(document, qtbot, kind)
    fitting = {"wave": {"curve"}, "hills": {"values"}, "spiral": {"binary", "classes"}}[data.kind]
    assert panel.is_empty == (kind not in fitting)
    panel.grab()
