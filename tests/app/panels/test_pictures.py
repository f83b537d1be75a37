"""Every panel in both themes, compared with its reference picture."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.app import panels
from playground.app.document import Document
from playground.app.panels import Panel
from playground.app.panels.dock import PanelFrame
from playground.app.theme.tokens import theme
from tests.app.panels import sample_frames
from tests.app.pictures.comparison import CheckPicture

SIZE = (330, 280)
THEMES = ("dark", "light")


def shown(panel: type[Panel], qtbot: QtBot) -> PanelFrame:
    """A panel in its frame, which takes the keyboard focus from its buttons."""
    frame = PanelFrame(panel(Document(sample_frames.project())))
    qtbot.addWidget(frame)
    frame.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    frame.resize(*SIZE)
    frame.show()
    frame.setFocus()
    return frame


@pytest.mark.slow
@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("panel", panels.found(), ids=lambda panel: panel.key)
def test_that_a_panel_looks_as_stored(
    check_picture: CheckPicture, panel: type[Panel], name: str, qtbot: QtBot
) -> None:
    theme.use(name)
    frame = shown(panel, qtbot)
    frame.panel.show_frame(sample_frames.everything())
    QApplication.processEvents()
    check_picture(frame, f"panel-{panel.key}-{name}")


@pytest.mark.slow
@pytest.mark.parametrize("name", THEMES)
def test_that_a_panel_without_readings_looks_as_stored(
    check_picture: CheckPicture, name: str, qtbot: QtBot
) -> None:
    theme.use(name)
    frame = shown(panels.found()[0], qtbot)
    check_picture(frame, f"panel-empty-{name}")
