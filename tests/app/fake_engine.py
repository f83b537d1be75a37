"""An engine that only records what it is sent, and says what a test has it say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from playground.app import run as run_module
from playground.app.document import Document
from playground.app.run import Run
from playground.project.project import Project
from playground.session import messages as m


class FakeClient:
    """Stands in for `session.client.Client`; no process is started."""

    def __init__(self, on_event: Callable[[m.Event], None], on_end: Callable[[], None]) -> None:
        self.on_event, self.on_end = on_event, on_end
        self.sent: list[m.Command] = []
        self.is_ended = False

    @property
    def pid(self) -> int | None:
        """A number that no process has."""
        return None if self.is_ended else -1

    def send(self, command: m.Command) -> None:
        """Record a command."""
        self.sent.append(command)

    def close(self) -> None:
        """End."""
        self.is_ended = True

    def kill(self) -> None:
        """End by force."""
        self.is_ended = True


class Engines:
    """A run over fake engines, and every engine that it has started."""

    def __init__(self, run: Run, started: list[FakeClient]) -> None:
        self.run, self.started = run, started

    @property
    def latest(self) -> FakeClient:
        """The engine that was started last."""
        return self.started[-1]

    def say(self, *events: m.Event) -> None:
        """Let the latest engine say something, and the run hear it."""
        for event in events:
            self.latest.on_event(event)
        QCoreApplication.sendPostedEvents(self.run, QEvent.Type.MetaCall)

    def end(self) -> None:
        """Let the latest engine end unasked."""
        self.latest.on_end()
        QCoreApplication.sendPostedEvents(self.run, QEvent.Type.MetaCall)

    def tick(self) -> None:
        """One tick of the run, as its timer gives sixty times per second."""
        self.run._tick()

    def opened(self, *, is_fresh: bool = True) -> m.Opened:
        """The answer to the latest Open."""
        opens = [sent.run for sent in self.latest.sent if isinstance(sent, m.Open)]
        return m.Opened(opens[-1], "cpu", "", 1, 0, 0.0, is_fresh=is_fresh)

    def frame(self, **readings: m.Reading) -> m.Frame:
        """A frame of the latest run."""
        return m.Frame(self.opened().run, 1, 0.1, is_training=False, readings=readings)


READY = m.Ready(("cpu",), {"torch": "2"})


@contextmanager
def fake_engines(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    is_watched: Callable[[], bool] = lambda: True,
) -> Iterator[Engines]:
    """A run of a project whose engines are fake; its timers do not fire by themselves."""
    started: list[FakeClient] = []

    def start(on_event: Callable[[m.Event], None], on_end: Callable[[], None]) -> FakeClient:
        started.append(FakeClient(on_event, on_end))
        return started[-1]

    monkeypatch.setattr(run_module, "Client", start)
    run = Run(Document(project), is_watched=is_watched)
    try:
        yield Engines(run, started)
    finally:
        run.close()
