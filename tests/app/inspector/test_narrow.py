"""The inspector at its least width cuts nothing off."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.inspector.view import NARROWEST, InspectorView
from playground.project.templates import build


@pytest.mark.parametrize("key", ["moons", "brackets", "sentences-gpt"])
def test_that_every_section_fits_the_least_width(key: str, qtbot: QtBot) -> None:
    document = Document(build(key))
    view = InspectorView(document)
    qtbot.addWidget(view)
    view.resize(NARROWEST, 700)
    view.show()
    content = view.widget()
    for chosen in ([], *([node_id] for node_id in document.graph.nodes)):
        document.select(chosen)
        qtbot.waitUntil(lambda: content.width() <= view.viewport().width() + 1)
        assert content.minimumSizeHint().width() <= view.viewport().width(), chosen


class TopLevels(QObject):
    """Notes every widget that is shown as a window."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_shown = event.type() == QEvent.Type.Show
        if is_shown and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(type(watched).__name__)
        return False


def test_that_no_part_of_the_inspector_is_shown_as_a_window(qtbot: QtBot) -> None:
    document = Document(build("moons"))
    view = InspectorView(document)
    qtbot.addWidget(view)
    view.show()
    watch = TopLevels()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(watch)
    for chosen in ([], *([node_id] for node_id in document.graph.nodes), ["linear1", "relu1"]):
        document.select(chosen)
    app.removeEventFilter(watch)
    assert watch.shown == []
