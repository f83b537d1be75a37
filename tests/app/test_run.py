"""The run with engines that are fake: what is requested, shown, and when it is discarded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from playground.project.templates import build
from playground.session import messages as m
from tests.app.fake_engine import READY, Engines, fake_engines


class Recorder:
    """A consumer that records what it is handed."""

    def __init__(self, *probes: str) -> None:
        self.probes = probes
        self.frames: list[m.Frame] = []
        self.cleared = 0

    def show_frame(self, frame: m.Frame) -> None:
        """Record the frame."""
        self.frames.append(frame)

    def clear(self) -> None:
        """Count."""
        self.cleared += 1


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Engines]:
    """A run on the two moons, its engine started and silent."""
    with fake_engines(build("moons"), monkeypatch) as found:
        found.run.start_engine()
        found.run.open_project()
        yield found


def opened(engines: Engines) -> None:
    """Let the engine start and open the project."""
    engines.say(READY)
    engines.say(engines.opened())


def test_that_frames_are_requested_with_the_probes_of_all_consumers(engines: Engines) -> None:
    for consumer in (Recorder("boundary", "activity"), Recorder(), Recorder("activity", "units")):
        engines.run.add_consumer(consumer)
    opened(engines)
    engines.tick()
    assert engines.latest.sent[-1] == m.Grant(("boundary", "activity", "units"))


def test_that_every_consumer_is_handed_every_frame(engines: Engines) -> None:
    consumers = [Recorder("boundary"), Recorder()]
    for consumer in consumers:
        engines.run.add_consumer(consumer)
    opened(engines)
    engines.say(engines.frame(boundary={"x": 1}))
    assert [[f.readings for f in c.frames] for c in consumers] == [[{"boundary": {"x": 1}}]] * 2


def test_that_consumers_are_cleared_when_another_run_begins(engines: Engines) -> None:
    consumer = Recorder()
    engines.run.add_consumer(consumer)
    engines.say(READY)
    engines.say(engines.opened(is_fresh=False))
    assert consumer.cleared == 0
    engines.say(engines.opened(is_fresh=True))
    assert consumer.cleared == 1


def test_that_discarded_readings_clear_consumers_and_send_the_project_again(
    engines: Engines,
) -> None:
    consumer = Recorder()
    engines.run.add_consumer(consumer)
    opened(engines)
    engines.run.send_change()
    assert not any(isinstance(sent, m.Change) for sent in engines.latest.sent)
    engines.run.discard_readings()
    engines.run.send_change()
    assert consumer.cleared == 2
    assert isinstance(engines.latest.sent[-1], m.Change)


def test_that_a_window_that_is_not_visible_requests_no_probes(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    with fake_engines(build("moons"), monkeypatch, is_watched=lambda: False) as engines:
        engines.run.add_consumer(Recorder("boundary"))
        engines.run.start_engine()
        engines.run.open_project()
        opened(engines)
        engines.tick()
        assert engines.latest.sent[-1] == m.Grant(())
