"""The inspector at its least width cuts nothing off."""

from __future__ import annotations

import pytest
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
