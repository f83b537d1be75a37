"""Export from the window: pictures are drawn here, the rest is written by `playground.export`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from playground.app.document import Document
from playground.app.run import Run
from playground.app.shell.notifications import Notifications
from playground.app.training_state import Files
from playground.translation import tr

FORMATS = ("py", "png", "svg", "csv")


class Drawing(Protocol):
    """Writes itself as a picture: the canvas."""

    def to_svg(self, path: Path) -> None:
        """As vectors; raises OSError."""
        ...

    def to_png(self, path: Path) -> None:
        """As pixels; raises OSError."""
        ...


def filters() -> str:
    """The formats, as a file dialog lists them."""
    return ";;".join(
        (
            tr("PyTorch script (*.py)"),
            tr("Picture (*.png)"),
            tr("Vector drawing (*.svg)"),
            tr("Learning curves (*.csv)"),
        )
    )


class Exporter:
    """Writes the document in the format of a file's suffix, and reports how it went."""

    def __init__(
        self, document: Document, run: Run, drawing: Drawing, notifications: Notifications
    ) -> None:
        self._document, self._run = document, run
        self._drawing, self._notifications = drawing, notifications

    def export(self, path: Path) -> None:
        """Write the file; the format is that of its suffix."""
        suffix = path.suffix.lower().removeprefix(".")
        if suffix == "csv":
            # The curves are with the engine: it is asked for the state of the run first.
            self._run.save_state(lambda state: self._report(path, lambda: _curves(state, path)))
        elif suffix in FORMATS:
            self._report(path, lambda: self._write(path, suffix))
        else:
            self._notifications.show_failure(
                tr(
                    "{file} cannot be exported. Use the suffix .py, .png, .svg or .csv.",
                    file=path.name,
                )
            )

    def _report(self, path: Path, write: Callable[[], object]) -> None:
        try:
            write()
        except (OSError, ValueError) as error:
            self._notifications.show_failure(
                tr("{file} cannot be written: {reason}", file=path.name, reason=error)
            )
        else:
            self._notifications.show_passing(tr("Exported {file}", file=path.name))

    def _write(self, path: Path, suffix: str) -> None:
        if suffix == "svg":
            self._drawing.to_svg(path)
        elif suffix == "png":
            self._drawing.to_png(path)
        else:
            from playground.export.files import write_script  # not needed for the start

            write_script(self._document.project, path)


def _curves(state: Files | None, path: Path) -> None:
    from playground.export.files import write_history

    write_history(state, path)
