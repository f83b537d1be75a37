"""The log: what goes wrong, in files that rotate, for the window and for the engine.

Each of the two processes writes a separate file, `window.log` and `engine.log`, in the log folder
of the user (`PLAYGROUND_LOG_DIR` names another one): no lock, and no order between processes, is
needed. A file holds at most 1 MB; then it is renamed, and three of the older ones are kept. Crashes
of native code go to `window-crash.log` and `engine-crash.log`. Windows of the same user share the
files: records are appended whole, and a window that has a renamed file open continues in it.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Literal, TextIO

import platformdirs

Process = Literal["window", "engine"]

FOLDER_VARIABLE = "PLAYGROUND_LOG_DIR"
MAX_BYTES, OLD_FILES = 1_000_000, 3
FORMAT = "%(asctime)s %(levelname)s %(name)s [%(process)d %(threadName)s] %(message)s"
TAIL_BYTES = 64 * 1024

log = logging.getLogger(__name__)
_crash_file: TextIO | None = None


def folder() -> Path:
    """The folder of the log files; it may not exist yet."""
    return Path(os.environ.get(FOLDER_VARIABLE) or platformdirs.user_log_dir("playground"))


def start(process: Process) -> None:
    """Log to the process's file, uncaught exceptions, warnings and native crashes included.

    Without a folder that can be written to, the log goes to stderr.
    """
    logging.getLogger().setLevel(logging.INFO)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    try:
        folder().mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder() / f"{process}.log",
            maxBytes=MAX_BYTES,
            backupCount=OLD_FILES,
            encoding="utf-8",
            errors="backslashreplace",
        )
        _watch_for_crashes(process)
    except OSError as error:
        log.warning("no log file can be written in %s: %s", folder(), error)
        return
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.getLogger().addHandler(handler)
    log.info("%s process started, Python %s", process, sys.version.split()[0])


def _watch_for_crashes(process: Process) -> None:
    # A separate file: faulthandler needs one that stays open, and a log file is rotated.
    global _crash_file
    path = folder() / f"{process}-crash.log"
    mode: Literal["w", "a"] = "w" if path.exists() and path.stat().st_size > MAX_BYTES else "a"
    _crash_file = open(path, mode, encoding="utf-8")  # noqa: SIM115 — open until the process ends
    faulthandler.enable(_crash_file)


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        log.critical("uncaught exception", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)


def _log_uncaught_in_thread(hooked: threading.ExceptHookArgs) -> None:
    if hooked.exc_value is not None:
        name = hooked.thread.name if hooked.thread else "a thread"
        trace = (hooked.exc_type, hooked.exc_value, hooked.exc_traceback)
        log.critical("uncaught exception in %s", name, exc_info=trace)
    threading.__excepthook__(hooked)


def recent(lines: int = 60) -> str:
    """The last lines of every log file, each under its name; "" if nothing was logged."""
    found = []
    for path in sorted(folder().glob("*.log")):
        tail = _tail(path, lines)
        if tail:
            found.append(f"{path.name}:\n{tail}")
    return "\n\n".join(found)


def _tail(path: Path, lines: int) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError as error:
        return f"cannot be read: {error}"
    return "\n".join(text.splitlines()[-lines:])
