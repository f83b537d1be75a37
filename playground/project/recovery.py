"""Autosave: what is kept beside the file, and what is offered after a crash.

Every window keeps two files: `ID.nplay`, the project as it is now, and `ID.lock`, which its process
holds locked. However the process ends, the system lets go of the lock, so what lies beside a free
lock was left behind. (A process number alone would not do: it is soon another program's.)
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import platformdirs

from playground.project.file import (
    FileError,
    NewerVersionError,
    Saved,
    UnavailableError,
    read,
    write,
)
from playground.translation import tr

log = logging.getLogger(__name__)

WINDOW_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
KEY = "recovery"

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@dataclass(frozen=True)
class Recovered:
    """Work that a window left behind when its process ended."""

    window_id: str
    saved: Saved
    original_path: Path | None
    """The file that was open; None if it had never been saved."""
    kept_at: float
    """When it was kept, in seconds since 1970."""
    pid: int
    """The process that kept it."""


class Recovery:
    """Keeps what is unsaved, a window at a time, in a folder that outlives the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(platformdirs.user_state_dir("playground")) / "recovery"
        self._locks: dict[str, int] = {}
        self.set_aside: list[Path] = []
        """Damaged files that were found and kept under another name."""

    def keep(self, window_id: str, saved: Saved, original_path: Path | None) -> None:
        """Keep a window's work, in place of what was kept before; raises FileError."""
        path = self._path(window_id, ".nplay")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(
                tr(
                    "Can't create {folder}: {error}.",
                    folder=self.folder,
                    error=error.strerror or error,
                )
            ) from error
        if window_id not in self._locks and not self._lock(window_id):
            raise FileError(tr("{path} is in use by another window.", path=path))
        about = {"path": str(original_path or ""), "kept_at": time.time(), "pid": os.getpid()}
        write(path, replace(saved, view={**saved.view, KEY: about}))

    def discard(self, window_id: str) -> None:
        """Forget what was kept for a window: it was saved, or is not wanted."""
        _delete(self._path(window_id, ".nplay"))
        self._unlock(window_id)

    def found(self) -> tuple[Recovered, ...]:
        """What was left behind by processes that are gone, the newest first."""
        try:
            paths = list(self.folder.glob("*.nplay"))
        except OSError:
            log.warning("%s cannot be read; nothing is offered for recovery", self.folder)
            return ()
        left = [self._left(path.stem) for path in paths if WINDOW_ID.fullmatch(path.stem)]
        return tuple(sorted((one for one in left if one), key=lambda one: -one.kept_at))

    def claim(self, window_id: str) -> Recovered | None:
        """Take over what was left behind; None if another window was quicker.

        It stays kept under its id, now as this process's own, until it is saved again or discarded.
        """
        if window_id in self._locks or not self._lock(window_id):
            return None
        found = self._read(window_id)
        if found is None:
            self._unlock(window_id)
        return found

    def close(self) -> None:
        """Let go of every lock without discarding, as the end of the process does."""
        for descriptor in self._locks.values():
            os.close(descriptor)
        self._locks.clear()

    # Files and locks

    def _path(self, window_id: str, suffix: str) -> Path:
        if not WINDOW_ID.fullmatch(window_id):
            raise ValueError(
                tr("A window's id is letters, digits, _ and -, got {id}.", id=repr(window_id))
            )
        return self.folder / (window_id + suffix)

    def _left(self, window_id: str) -> Recovered | None:
        if window_id in self._locks or not self._lock(window_id):
            return None
        found = self._read(window_id)
        self._unlock(window_id)
        return found

    def _read(self, window_id: str) -> Recovered | None:
        path = self._path(window_id, ".nplay")
        try:
            return _recovered(window_id, read(path))
        except (NewerVersionError, UnavailableError) as error:
            # Not damaged: the version that kept it, or another start, can still offer it.
            log.info("%s is not recovered: %s", path, error)
            return None
        except FileError as error:
            log.warning("%s is damaged and set aside: %s", path, error)
            return self._part_of_damaged(window_id, path)

    def _part_of_damaged(self, window_id: str, path: Path) -> Recovered | None:
        """Set a damaged file aside; its network takes its place if that is whole."""
        try:
            whole = read(path, with_state=False)
        except FileError:
            whole = None
        aside = self._path(window_id, ".damaged.nplay")
        try:
            os.replace(path, aside)
        except OSError:
            log.exception("%s cannot be set aside", path)
            return None
        self.set_aside.append(aside)
        if whole is None:
            return None
        try:
            write(path, whole)
        except FileError as error:
            log.warning("the network of %s is not offered: %s", aside, error)
            return None
        return _recovered(window_id, whole)

    def _lock(self, window_id: str) -> bool:
        path = self._path(window_id, ".lock")
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            log.warning("%s cannot be opened", path, exc_info=True)
            return False
        try:
            _try_lock(descriptor)
        except OSError:  # another window holds it, which is what locks are for
            os.close(descriptor)
            return False
        self._locks[window_id] = descriptor
        return True

    def _unlock(self, window_id: str) -> None:
        descriptor = self._locks.pop(window_id, None)
        if descriptor is None:
            return
        os.close(descriptor)
        if not self._path(window_id, ".nplay").exists():
            _delete(self._path(window_id, ".lock"))


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        log.warning("%s cannot be deleted", path, exc_info=True)


def _recovered(window_id: str, saved: Saved) -> Recovered:
    view = dict(saved.view)
    about = view.pop(KEY, None)
    about = about if isinstance(about, dict) else {}
    path = about.get("path")
    return Recovered(
        window_id,
        replace(saved, view=view),
        Path(path) if isinstance(path, str) and path else None,
        _finite(about.get("kept_at")),
        int(_finite(about.get("pid"))),
    )


def _finite(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < 1e15 else 0.0
