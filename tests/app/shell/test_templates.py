"""Templates in the window with a real engine: what is shown, and that all buttons work on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.app.panels import Panel
from playground.app.shell.window import MainWindow
from playground.session.messages import Frame
from tests.app.conftest import until

SHOWN = {
    "perceptron": ("loss", "gradients", "boundary", "confusion"),
    "digits-autoencoder": ("loss", "gradients"),
    "first-symbol-lstm": ("loss", "gradients", "confusion"),
    "brackets": ("loss", "gradients", "confusion"),
    "sentences-gpt": ("loss", "gradients"),
    "sentences-bert": ("loss", "gradients"),
}


def frame_of(window: MainWindow) -> Frame:
    """The last frame."""
    assert window.run.last_frame is not None
    return window.run.last_frame


def step_of(window: MainWindow) -> int:
    """The step of the last frame; −1 before the first."""
    return window.run.last_frame.step if window.run.last_frame else -1


def shown(window: MainWindow) -> list[Panel]:
    """The visible panels."""
    return [window.panels.frames[key].panel for key in window.panels.shown]


@pytest.mark.slow
def test_that_templates_train_are_saved_restart_and_reload(
    window: MainWindow, tmp_path: Path
) -> None:
    for key, panels in SHOWN.items():  # in one window: an engine takes seconds to start
        window.project_files.start_from(key)
        until(lambda: step_of(window) == 0)
        assert window.panels.shown == panels, key
        _trains_and_reloads(window, tmp_path / f"{key}.nplay")


def _trains_and_reloads(window: MainWindow, path: Path) -> None:
    first = frame_of(window).val_loss
    window.commands.toggle_training()
    until(lambda: step_of(window) > 50 and not any(panel.is_empty for panel in shown(window)))
    window.commands.toggle_training()
    until(lambda: not window.run.is_training and not frame_of(window).is_training)
    reached = step_of(window)
    window.run.step("batch")
    until(lambda: step_of(window) == reached + 1)
    saved = frame_of(window)
    window.project_files.save_to(path)
    until(lambda: not window.document.is_modified)
    window.run.restart()
    until(lambda: step_of(window) == 0)
    assert frame_of(window).val_loss == first
    assert window.project_files.open_path(path)
    until(lambda: step_of(window) == reached + 1)
    assert frame_of(window).val_loss == saved.val_loss
    assert frame_of(window).metrics == saved.metrics
    assert not window.document.is_modified
