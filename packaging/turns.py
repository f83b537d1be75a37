"""One set-up at a time: two that write to .venv together would leave it broken."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from commands import say

if sys.platform == "win32":
    import msvcrt

    def try_to_take(lock: IO[str]) -> bool:
        """Lock without waiting; False when another process holds it."""
        try:
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def take(lock: IO[str]) -> None:
        """Wait for the lock: LK_LOCK itself gives up after ten seconds."""
        while True:
            try:
                return msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
            except OSError:
                continue

else:
    import fcntl

    def try_to_take(lock: IO[str]) -> bool:
        """Lock without waiting; False when another process holds it."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take(lock: IO[str]) -> None:
        """Wait for the lock."""
        fcntl.flock(lock, fcntl.LOCK_EX)


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Hold the lock file `path`; the system lets go of it even when this process is killed."""
    with path.open("w", encoding="utf-8") as lock:
        if not try_to_take(lock):
            say("setup: waiting for another dev.py that is setting up")
            take(lock)
        yield
