"""One picture per panel, drawn by the app from a network that it has trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playground.app.offscreen import Offscreen
from playground.app.panels import Panel
from playground.project.templates import Template, templates

SIZE = (1440, 900)
"""Of the window."""
PANEL_SIZE = (560, 340)
EPOCHS = 60


class PictureError(RuntimeError):
    """A panel could not be drawn; the message names it."""


def draw(panels: Sequence[type[Panel]], folder: Path) -> dict[str, Path]:
    """Train the templates that the panels fit, and write a picture per panel; paths by key."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn: dict[str, Path] = {}
    stage = Offscreen(SIZE, "dark")
    try:
        for template in templates():
            fitting = [p for p in panels if p.key not in drawn and p.fits(template.build())]
            if fitting:
                drawn |= _draw_some(stage, template, fitting, folder)
    finally:
        stage.close()
    missing = [panel.key for panel in panels if panel.key not in drawn]
    if missing:
        raise PictureError(f"No template shows these panels: {', '.join(missing)}.")
    return drawn


def _draw_some(
    stage: Offscreen, template: Template, panels: Sequence[type[Panel]], folder: Path
) -> dict[str, Path]:
    window = stage.window
    window.project_files.start_from(template.key)
    stage.wait_for(window.run.opened)
    window.panels.choose([panel.key for panel in panels])
    stage.train(EPOCHS)
    drawn = {}
    for panel in panels:
        window.panels.choose([panel.key])
        stage.settle()
        frame = window.panels.frames[panel.key]
        if frame.panel.is_empty:
            continue  # another template may give it a reading
        frame.setFixedSize(*PANEL_SIZE)
        stage.settle()
        drawn[panel.key] = folder / f"{panel.key}.png"
        if not frame.grab().save(str(drawn[panel.key])):
            raise PictureError(f"{drawn[panel.key]} cannot be written.")
    return drawn
