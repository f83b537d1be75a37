"""The verbs that open a window or draw one: they reach Qt through the app alone."""

from __future__ import annotations

import os
from pathlib import Path

from playground.project.project import Project
from playground.translation import tr
from playground.verbs.error import VerbError
from playground.verbs.project_file import opened


def open_file(path: Path | None) -> int:
    """Open the app, on a file if one is given."""
    if path is not None and not path.exists():
        raise VerbError(tr("File not found: {path}.", path=path))
    from playground.app.main import open_window

    return open_window(path)


def run_demo() -> int:
    """Open the app on the first template; without a display, train it and draw a picture."""
    from playground.app.offscreen import demo

    return demo()


def draw_window(
    path: Path, out: Path, *, epochs: int, size: tuple[int, int], theme: str, panel: str | None
) -> int:
    """Draw the real window offscreen, after some epochs of training."""
    if out.suffix.lower() != ".png":
        raise VerbError(tr("{path}: the name of a screenshot must end in .png.", path=out))
    opened(path)  # report an unreadable file before anything starts
    prepare_offscreen()
    from playground.app.offscreen import screenshot

    screenshot(path, out, epochs=epochs, size=size, theme=theme, panel=panel)
    print(out)
    return 0


def draw_canvas(project: Project, out: Path) -> None:
    """Draw the canvas of a project, and nothing around it, as .png or .svg."""
    prepare_offscreen()
    from playground.app.offscreen import canvas_picture

    canvas_picture(project, out)


def prepare_offscreen() -> None:
    """Use Qt's offscreen platform and hide its warnings about missing features."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")
