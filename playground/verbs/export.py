"""export: a project as a script, an image or a table, by the suffix of the file name."""

from __future__ import annotations

from pathlib import Path

from playground.project.file import Saved
from playground.translation import tr
from playground.verbs.error import VerbError
from playground.verbs.project_file import opened

SUFFIXES = (".py", ".png", ".svg", ".csv")


def export_file(path: Path, out: Path) -> int:
    """Export a project in the format of the suffix of `out`."""
    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        raise VerbError(
            tr(
                "{path}: unknown export format. Available: {known}.",
                path=out,
                known=", ".join(SUFFIXES),
            )
        )
    for written in _written(opened(path), out, suffix):
        print(written)
    return 0


def _written(saved: Saved, out: Path, suffix: str) -> tuple[Path, ...]:
    from playground.export.files import write_history, write_script
    from playground.verbs.window import draw_canvas

    if suffix == ".py":
        return write_script(saved.project, out)
    if suffix == ".csv":
        write_history(saved.state, out)
    else:
        draw_canvas(saved.project, out)
    return (out,)
