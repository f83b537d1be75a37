"""Large text: the inspector and the panels follow it at once, and nothing is clipped sideways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.inspector.view import InspectorView
from playground.app.main import application
from playground.app.theme.draw import text_width
from playground.app.theme.tokens import BODY_PX, SMALL_PX, TINY_PX, theme
from playground.app.widgets.plot import CurvePlot
from tests.app.inspector.test_drawn import initial
from tests.app.panels import sample_frames

pytestmark = pytest.mark.slow

SELECTIONS = ([], ["linear1"], ["relu2"], ["input1"], ["output1"], ["linear1", "linear2"])


@pytest.fixture(autouse=True)
def normal_size() -> Iterator[None]:
    yield
    theme.set_text_scale(100)


@pytest.fixture
def view(document: Document, qtbot: QtBot) -> InspectorView:
    application()
    found = InspectorView(document)
    qtbot.addWidget(found)
    found.resize(290, 900)
    with qtbot.waitExposed(found):
        found.show()
    found.show_frame(sample_frames.frame(initial=dict(initial(document))))
    return found


def clipped(content: QWidget) -> list[str]:
    """What reaches beyond the width of the content, or has a word that does not fit."""
    found = []
    for widget in content.findChildren(QWidget):
        if not widget.isVisibleTo(content):
            continue
        left = widget.mapTo(content, QPoint(0, 0)).x()
        if left < 0 or left + widget.width() > content.width():
            found.append(f"{type(widget).__name__} {widget.accessibleName()!r} is outside")
        if isinstance(widget, QLabel) and "<" not in widget.text():
            room = widget.contentsRect().width() + 1
            words = widget.text().split() if widget.wordWrap() else [widget.text()]
            found += [word for word in words if text_width(word, widget.font()) > room]
        is_button = isinstance(widget, QAbstractButton)
        if is_button and text_width(widget.text(), widget.font()) > widget.width():
            found.append(widget.text())
    return found


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_that_nothing_is_clipped_at_any_text_scale(
    percent: int, document: Document, view: InspectorView
) -> None:
    theme.set_text_scale(percent)
    view.resize(view.sizeHint().width(), 900)
    for selected in SELECTIONS:
        document.select(selected)
        QApplication.processEvents()
        content = view.widget()
        assert content.minimumSizeHint().width() <= view.viewport().width(), selected
        assert clipped(content) == [], selected


@pytest.mark.parametrize("percent", [150, 200])
def test_that_open_forms_follow_the_text_scale(
    percent: int, document: Document, view: InspectorView
) -> None:
    document.select(["relu2"])
    view.show_frame(sample_frames.everything())
    lines, labels = view.findChildren(QLineEdit), view.findChildren(QLabel)
    before = {widget: widget.font().pixelSize() for widget in (*lines, *labels)}
    assert set(before.values()) >= {SMALL_PX, BODY_PX}
    theme.set_text_scale(percent)
    for widget, pixels in before.items():
        assert widget.font().pixelSize() == round(pixels * percent / 100)
    theme.set_text_scale(100)
    assert {widget: widget.font().pixelSize() for widget in before} == before


@pytest.mark.parametrize("percent", [150, 200])
def test_that_the_numbers_of_plots_follow_the_text_scale(percent: int, qtbot: QtBot) -> None:
    plot = CurvePlot()
    qtbot.addWidget(plot)
    plot.resize(300, 160)
    axis = plot.getPlotItem().getAxis("left")
    width = axis.fixedWidth
    theme.set_text_scale(percent)
    assert axis.style["tickFont"].pixelSize() == round(TINY_PX * percent / 100)
    assert axis.fixedWidth == pytest.approx(width * percent / 100, abs=1)
    assert plot.legend.font().pixelSize() == round(SMALL_PX * percent / 100)
