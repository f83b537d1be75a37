"""Export from the window: pictures are drawn here, the rest is written by `playground.export`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playground.app.run import Files

if TYPE_CHECKING:
    from playground.app.shell.commands import Commands

KINDS = "PyTorch script (*.py);;Picture (*.png);;Drawing (*.svg);;Curves (*.csv)"


def export(window: Commands, path: Path) -> None:
    """Write what the file's ending asks for, and say how it went."""
    if path.suffix.lower() == ".csv":
        # The curves are with the engine: it is asked for the state of the run first.
        window.run.save_state(
            lambda state: _reported(window, path, lambda: _write_curves(state, path))
        )
    else:
        _reported(window, path, lambda: _write(window, path))


def _reported(window: Commands, path: Path, write: Callable[[], object]) -> None:
    try:
        write()
    except (OSError, ValueError) as error:
        window.engine_events.tell_failed(f"{path.name} cannot be written: {error}")
    else:
        window.toast.tell(f"Exported {path.name}")


def _write(window: Commands, path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix == ".svg":
        window.canvas.to_svg(path)
    elif suffix == ".png":
        window.canvas.to_png(path)
    elif suffix == ".py":
        from playground.export.files import write_script  # not at start-up

        write_script(window.document.project, path)
    else:
        raise ValueError("choose .py, .png, .svg or .csv as its ending.")


def _write_curves(state: Files | None, path: Path) -> None:
    from playground.export.files import write_history

    write_history(state, path)
