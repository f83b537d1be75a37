"""A recorder of engine events, an engine shared by many tests; no process is left running."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from playground.project.file import to_json
from playground.project.project import Project
from playground.session import messages as m
from playground.session.client import Client

E = TypeVar("E")
WAIT_S = 90.0


class EngineRecorder:
    """An engine process with all events it has sent, and waiting for one of them."""

    def __init__(self) -> None:
        self.events: list[m.Event] = []
        self.ended = 0
        self._reported = threading.Condition()
        self._run = 0
        self._at = 0
        self.client = Client(self._receive, self._end)

    def _receive(self, event: m.Event) -> None:
        with self._reported:
            self.events.append(event)
            self._reported.notify_all()

    def _end(self) -> None:
        with self._reported:
            self.ended += 1
            self._reported.notify_all()

    def wait_for(
        self,
        kind: type[E],
        that: Callable[[E], bool] = lambda event: True,
        within_s: float = WAIT_S,
    ) -> E:
        """The next event of a kind after those already waited for; events before it are skipped."""
        until = time.monotonic() + within_s
        with self._reported:
            while True:
                while self._at < len(self.events):
                    event = self.events[self._at]
                    self._at += 1
                    if isinstance(event, kind) and that(event):
                        return event
                left = until - time.monotonic()
                if left <= 0 or not self._reported.wait(left):
                    raise AssertionError(f"no {kind.__name__} came; last: {self.events[-3:]}")

    def wait_for_end(self, within_s: float = WAIT_S) -> None:
        """Wait until the end of the engine was reported."""
        with self._reported:
            assert self._reported.wait_for(lambda: self.ended > 0, within_s)

    def send(self, *commands: m.Command) -> None:
        """One after the other."""
        for command in commands:
            self.client.send(command)

    def open(
        self, project: Project, state: Mapping[str, bytes] | None = None, keyframe: Path | str = ""
    ) -> m.Opened:
        """Open a project as a new run."""
        self._run += 1
        self.send(m.Open(self._run, to_json(project), state, str(keyframe)))
        run = self._run
        return self.wait_for(m.Opened, lambda event: event.run == run)

    def frame(self, *probes: str, that: Callable[[m.Frame], bool] = lambda frame: True) -> m.Frame:
        """Grant frames, one after the other, until one is like that."""
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            self.send(m.Grant(probes))
            frame = self.wait_for(m.Frame)
            if that(frame):
                return frame
        raise AssertionError(f"no such frame came; the last was {frame}")

    def step(self, unit: m.Unit = "batch", count: int = 1) -> None:
        """Train for so many batches or epochs, and wait until that is done."""
        self.send(m.Step(unit, count))
        self.wait_for(m.StatusChanged, lambda status: not status.is_training)

    def save(self) -> m.Saved:
        """The state as it is now."""
        self.send(m.Save(-2))
        return self.wait_for(m.Saved, lambda saved: saved.request == -2)

    def settle(self) -> list[m.Event]:
        """The events up to the time when everything sent so far is done."""
        start = self._at
        self.send(m.Save(-1))
        self.wait_for(m.Saved, lambda saved: saved.request == -1)
        return self.events[start : self._at - 1]


@pytest.fixture(scope="module")
def shared() -> Iterator[EngineRecorder]:
    """An engine that the tests of a module share."""
    engine = EngineRecorder()
    engine.wait_for(m.Ready)
    yield engine
    engine.client.close()


@pytest.fixture
def engine(shared: EngineRecorder) -> Iterator[EngineRecorder]:
    """The shared engine, nothing training before or after."""
    yield shared
    assert shared.ended == 0
    shared.send(m.Pause())
    shared.settle()


@pytest.fixture
def own_engine() -> Iterator[EngineRecorder]:
    """An engine of the test alone, which it may end."""
    engine = EngineRecorder()
    engine.wait_for(m.Ready)
    yield engine
    engine.client.kill()


@pytest.fixture
def keyframe(tmp_path: Path) -> Path:
    """The file for the keyframe of the engine."""
    return tmp_path / "keyframe.zip"


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """No thread and no engine outlives a test, but for the engine that is shared."""
    if "engine" in request.fixturenames:
        request.getfixturevalue("shared")
    threads = set(threading.enumerate())
    processes = engines()
    yield
    left = [thread.name for thread in set(threading.enumerate()) - threads]
    assert not left, f"threads left running: {left}"
    born = [process.pid for process in engines() - processes]
    assert not born, f"engines left running: {born}"


def engines() -> set[psutil.Process]:
    """Processes that multiprocessing spawned from here, without its resource tracker."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        try:
            if "resource_tracker" not in " ".join(process.cmdline()):
                found.add(process)
        except psutil.NoSuchProcess:
            continue
    return found
