"""The engine's end of the border: a command thread that listens, a trainer thread that works."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from multiprocessing.connection import Connection

from playground.engine.device import available
from playground.session.messages import Close, Command, Event, Ready
from playground.session.worker import Worker


def serve(connection: Connection) -> None:
    """Work for the window at the other end until it closes or is gone."""
    # Ctrl+C in a terminal reaches the whole group; the window decides when the engine ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    inbox: deque[Command] = deque()
    wake = threading.Event()
    sending = threading.Lock()

    def send(event: Event) -> None:
        with sending:
            try:
                connection.send(event)
            except (BrokenPipeError, OSError):
                os._exit(0)

    def listen() -> None:
        while True:
            try:
                command = connection.recv()
            except (EOFError, OSError):
                os._exit(0)
            if isinstance(command, Close):
                # At once, also out of the middle of a step that takes long.
                os._exit(0)
            inbox.append(command)
            wake.set()

    threading.Thread(target=listen, name="commands", daemon=True).start()
    send(Ready(available(), versions()))
    Worker(inbox, wake, send).work()


def versions() -> dict[str, str]:
    """The versions of what computes."""
    import numpy
    import torch

    # A plain str: torch's own version type would have the window import torch to read it.
    return {"torch": str(torch.__version__), "numpy": numpy.__version__}
