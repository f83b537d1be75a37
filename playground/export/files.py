"""Writing what is exported: from the command line and from the window alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from playground.export.history import history_csv
from playground.export.script import script
from playground.project.project import Project


def write_script(project: Project, out: Path) -> tuple[Path, ...]:
    """Write a script that builds and trains the same net; the files that were written.

    A data set that a script cannot make by itself is written beside it as numbers. Raises
    ExportError, DataError or OSError.
    """
    found = script(project, out.stem)
    out.write_text(found.text, encoding="utf-8")
    if found.stored is None:
        return (out,)
    beside = out.with_name(found.stored_name)
    beside.write_bytes(found.stored)
    return (out, beside)


def write_history(state: Mapping[str, bytes] | None, out: Path) -> None:
    """Write the curves in the state of a .nplay as a table; raises ExportError or OSError."""
    out.write_text(history_csv(state), encoding="utf-8", newline="")
