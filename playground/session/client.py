"""The window's end of the border: starts the engine, sends commands, passes its events on."""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from playground import logs
from playground.session.messages import Close, Command, Event

SERVER = "playground.session.server"
log = logging.getLogger(__name__)

ASK_WITHIN_S = 0.1
END_WITHIN_S = 0.7


def _engine_main(connection: Connection) -> None:
    logs.start("engine")
    try:
        # Named, not imported: the window's process must never load torch.
        importlib.import_module(SERVER).serve(connection)
    except Exception:
        log.critical("the engine ends", exc_info=True)
        raise


class Client:
    """A separate engine process, and a thread that reads its events.

    `on_event` and `on_end` are called from that thread: with every event, and once when the
    engine has ended without having been asked to.
    """

    def __init__(self, on_event: Callable[[Event], None], on_end: Callable[[], None]) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._on_event, self._on_end = on_event, on_end
        self._is_closing = self._has_ended = self._is_gone = False
        self._sending = threading.Lock()
        self._process = context.Process(
            target=_engine_main, args=(theirs,), name="playground-engine", daemon=True
        )
        self._process.start()
        theirs.close()
        self._reader = threading.Thread(target=self._read, name="engine-events", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int | None:
        """The engine's process id; None once it was ended here."""
        return None if self._is_gone else self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the engine is running."""
        return not (self._is_closing or self._has_ended or self._is_gone)

    def send(self, command: Command) -> None:
        """Send a command; one to an engine that has ended is dropped, which `on_end` reports."""
        with self._sending:
            self._try_send(command)

    def _try_send(self, command: Command) -> None:
        try:
            self._connection.send(command)
        except (OSError, ValueError) as error:
            # The pipe is closed, by the engine's end or here; the reader finds that out as well.
            log.info("%s is not sent: %r", type(command).__name__, error)

    def _read(self) -> None:
        while True:
            try:
                event = self._connection.recv()
            except (EOFError, OSError):
                break  # the engine has ended, which on_end reports
            if not self._is_closing:
                self._on_event(event)
        self._has_ended = True
        if not self._is_closing:
            self._on_end()

    def close(self) -> None:
        """End the engine, by force if it does not answer; takes no longer than a second."""
        if self._is_closing:
            return
        self._is_closing = True
        if self._sending.acquire(timeout=ASK_WITHIN_S):
            self._try_send(Close())
            self._sending.release()
        self._process.join(END_WITHIN_S)
        self.kill()

    def kill(self) -> None:
        """End the engine at once; what it had not saved is lost, its keyframe stays."""
        self._is_closing = True
        if self._is_gone:
            return
        self._is_gone = True
        if self._process.is_alive():
            self._process.kill()
        self._process.join(5)
        # The reader reads the engine's last events to the end; only then can the pipe be closed.
        if threading.current_thread() is not self._reader:
            self._reader.join(5)
        self._connection.close()
        self._process.close()
