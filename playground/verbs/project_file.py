"""Reading the FILE that most verbs take."""

from __future__ import annotations

from pathlib import Path

from playground.project.file import FileError, Saved, read
from playground.verbs.error import VerbError

SUFFIXES = (".nplay", ".json")


def opened(path: Path) -> Saved:
    """What the file holds; complains in a line that names the file."""
    try:
        return read(path)
    except FileError as error:
        text = str(error)
        raise VerbError(text if path.name in text else f"{path}: {text}") from error


def refuse_other_suffix(path: Path) -> None:
    """Complain about a project's file that would not be known as one."""
    if path.suffix not in SUFFIXES:
        raise VerbError(f"{path}: a project's name ends in .nplay, or in .json without weights.")
