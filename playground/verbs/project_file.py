"""Reading the FILE that most verbs take."""

from __future__ import annotations

from pathlib import Path

from playground.project.file import FileError, Saved, read
from playground.translation import tr
from playground.verbs.error import VerbError

SUFFIXES = (".nplay", ".json")


def opened(path: Path) -> Saved:
    """Read a project file; raises VerbError with a message that names the file."""
    try:
        return read(path)
    except FileError as error:
        text = str(error)
        raise VerbError(text if path.name in text else f"{path}: {text}") from error


def refuse_other_suffix(path: Path) -> None:
    """Raise VerbError for a path that does not end as project files do."""
    if path.suffix not in SUFFIXES:
        raise VerbError(
            tr(
                "{path}: the name of a project must end in .nplay, or in .json (without weights).",
                path=path,
            )
        )
