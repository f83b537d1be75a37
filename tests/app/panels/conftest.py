"""A document, the dark theme, and the text scale of 100 %."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.theme.tokens import theme
from tests.app.panels import sample_frames


@pytest.fixture(autouse=True)
def dark() -> Iterator[None]:
    """Every test starts and ends in the dark theme and with the text scale of 100 %."""
    theme.use("dark")
    yield
    theme.use("dark")
    theme.set_text_scale(100)


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    """Two hidden layers over a spiral."""
    return Document(sample_frames.project())
