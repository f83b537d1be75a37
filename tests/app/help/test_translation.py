"""Every text of the reference, the palette and the panels is in the catalogue of translations."""

from __future__ import annotations

import gettext

import pytest
from messages import catalogue
from pytestqt.qtbot import QtBot

from playground import translation
from playground.app import panels
from playground.app.document import Document
from playground.app.help.html import html
from playground.app.help.reference import ReferenceWindow
from playground.app.palette.view import PaletteView
from playground.app.panels.dock import PanelDock
from playground.reference.page import pages
from tests.app.panels import sample_frames


class Recorder(gettext.NullTranslations):
    """Keeps every text that is to be translated."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()

    def gettext(self, message: str) -> str:
        self.texts.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.texts.add(msgid1)
        return msgid1 if n == 1 else msgid2


@pytest.mark.slow
def test_that_every_text_that_is_shown_is_in_the_catalogue(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    recorder = Recorder()
    monkeypatch.setattr(translation, "_translations", lambda: recorder)
    for page in pages().values():
        html(page)
    dock = PanelDock(Document(sample_frames.project()))
    for widget in (ReferenceWindow(), PaletteView(), dock):
        qtbot.addWidget(widget)
    dock.choose([panel.key for panel in panels.found()])
    dock.fill_menu()
    for frame in dock.frames.values():
        frame.panel.show_frame(sample_frames.everything())
    ids = (message.id for message in catalogue())
    known = {found if isinstance(found, str) else found[0] for found in ids}
    assert recorder.texts - known == set()
