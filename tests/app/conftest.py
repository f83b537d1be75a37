"""The window of the app with a real engine, for the tests of what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from pytestqt.qtbot import QtBot

from playground.app.main import application
from playground.app.shell.window import MainWindow
from playground.catalog.registry import declared, set_saved_blocks
from playground.graph.layer import Layer
from tests.app.pictures.comparison import check_picture

__all__ = ["check_picture"]

WITHIN_MS = 90_000
"""Generous, for a busy machine: a wait ends as soon as its claim holds."""


@pytest.fixture(autouse=True)
def no_saved_blocks() -> Iterator[None]:
    """A block that a test saves is not in the catalog of the next one."""
    before = list(declared(Layer))
    yield
    if list(declared(Layer)) != before:
        set_saved_blocks(())


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The window on the two moons, its engine ready."""
    application()
    shown = MainWindow()
    shown.project_files.start_from("moons")
    shown.show()
    with qtbot.waitSignal(shown.run.opened, timeout=WITHIN_MS):
        pass
    yield shown
    shown.close_for_good()
    shown.deleteLater()


def step_of(window: MainWindow) -> int:
    """The step of the last frame."""
    return window.run.last_frame.step if window.run.last_frame else 0


def until(claim: Callable[[], Any], within_ms: int = WITHIN_MS) -> None:
    """Run the app until a claim holds; it is asked again after every event of the window."""
    loop = QEventLoop()
    watch = QTimer()
    watch.timeout.connect(lambda: claim() and loop.quit())
    watch.start(10)
    QTimer.singleShot(within_ms, loop.quit)
    loop.exec()
    watch.stop()  # or it would ask on in the tests after a failed one
    assert claim(), f"not within {within_ms} ms"
