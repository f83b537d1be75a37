"""A panel of a plug-in that fails is replaced by a message, and the others are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from playground import plugins
from playground.app import panels
from playground.app.document import Document
from playground.app.panels import Panel, dock
from playground.app.panels.dock import PanelDock
from playground.app.run import Run
from playground.session.messages import Frame
from tests.app.panels import sample_frames

KEY = "acme.failing"
PLUGIN = plugins.Plugin("acme", "acme_views", "acme-views", "1.0")


def fail(*_: object) -> NoReturn:
    raise RuntimeError("out of ink")


def failing(method: str, key: str = KEY) -> type[Panel]:
    """A panel, before those of the program, of which one method fails."""
    contents: dict[str, object] = {
        "key": key,
        "title": "Failing",
        "probes": ("history",),
        "order": -1,
        "is_shown_first": True,
        method: classmethod(fail) if method == "fits" else fail,
    }
    return type("Failing", (Panel,), contents)


class Recorder:
    """A consumer that counts frames."""

    probes = ("history",)

    def __init__(self) -> None:
        self.shown = 0

    def show_frame(self, frame: Frame) -> None:
        self.shown += 1

    def clear(self) -> None:
        self.shown = 0


@pytest.fixture
def dock_with(
    document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Callable[[type[Panel]], PanelDock]:
    """A visible dock that has one more panel, of a plug-in."""

    def make(panel: type[Panel]) -> PanelDock:
        found = (panel, *panels.found())
        monkeypatch.setattr(plugins, "installed", lambda: (PLUGIN,))
        monkeypatch.setattr(plugins, "_failures", {})
        monkeypatch.setattr(dock, "found", lambda: found)
        made = PanelDock(document)
        qtbot.addWidget(made)
        made.resize(1200, 300)
        with qtbot.waitExposed(made):
            made.show()
        return made

    return make


@pytest.mark.parametrize("method", ["__init__", "controls", "fits", "show_frame", "clear"])
def test_that_a_failing_panel_of_a_plugin_is_named_and_the_others_are_shown(
    method: str, dock_with: Callable[[type[Panel]], PanelDock]
) -> None:
    made = dock_with(failing(method))
    made.choose(None)
    assert made.shown[:2] == (KEY, "loss")
    made.show_frame(sample_frames.everything())
    assert not made.frames["loss"].panel.is_empty
    made.clear()
    made.show_frame(sample_frames.everything())
    assert made.shown[:2] == (KEY, "loss")
    texts = [label.text() for label in made.frames[KEY].findChildren(QLabel)]
    failed = "The panel Failing of plug-in acme failed. See Help → Copy diagnostics."
    assert failed in texts
    assert "Failing" in texts
    (failure,) = plugins.failures()
    assert failure == plugins.Failure("acme", f"panels {KEY}", "RuntimeError: out of ink")
    made.fill_menu()
    made.toggle(KEY, False)
    assert KEY not in made.shown
    made.toggle(KEY, True)
    assert made.shown[:2] == (KEY, "loss")
    assert made.probes.count("history") == 1


def test_that_consumers_after_the_dock_get_frames_if_a_panel_fails(
    document: Document, dock_with: Callable[[type[Panel]], PanelDock], qtbot: QtBot
) -> None:
    made = dock_with(failing("show_frame"))
    made.choose([KEY])
    run, later = Run(document), Recorder()
    run.add_consumer(made)
    run.add_consumer(later)
    for _ in range(2):
        run._show(sample_frames.everything())
    assert later.shown == 2
    run.close()


def test_that_an_error_in_a_panel_of_the_program_is_raised(
    dock_with: Callable[[type[Panel]], PanelDock],
) -> None:
    made = dock_with(failing("__init__", "own"))
    with pytest.raises(RuntimeError, match="out of ink"):
        made.choose(["own"])
