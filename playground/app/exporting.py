"""Export from the window: pictures are drawn here, the rest is written by `playground.export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.app.window import MainWindow

KINDS = "PyTorch script (*.py);;Picture (*.png);;Drawing (*.svg);;Curves (*.csv)"


def export(window: MainWindow, path: Path) -> None:
    """Write what the file's ending asks for, and say how it went."""
    try:
        _write(window, path)
    except (OSError, ValueError) as error:
        window.telling.tell_failed(f"{path.name} cannot be written: {error}")
    else:
        window.toast.tell(f"Exported {path.name}")


def _write(window: MainWindow, path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix == ".svg":
        window.canvas.to_svg(path)
    elif suffix == ".png":
        window.canvas.to_png(path)
    else:
        raise ValueError("choose .py, .png, .svg or .csv as its ending.")
