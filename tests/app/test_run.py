"""The run with engines that are fake: what is requested, shown, and when it is discarded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.app.run_state import State
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


def kinds(engines: Engines) -> list[type]:
    """The kinds of commands that the latest engine was sent."""
    return [type(command) for command in engines.latest.sent]


def test_that_train_pressed_while_the_engine_starts_trains_once_it_is_open(
    engines: Engines,
) -> None:
    engines.run.play()
    assert not engines.run.is_training
    opened(engines)
    assert engines.run.is_training
    assert kinds(engines) == [m.Open, m.Play]


def test_that_pause_is_sent_once_and_ends_when_the_engine_reports_it(engines: Engines) -> None:
    opened(engines)
    run = engines.run
    run.play()
    run.pause()
    run.pause()
    assert kinds(engines).count(m.Pause) == 1
    assert (run.is_training, run.is_pausing) == (True, True)
    engines.say(m.StatusChanged(engines.opened().run, False, "asked"))
    assert (run.is_training, run.is_pausing) == (False, False)


def test_that_a_project_that_cannot_be_opened_is_sent_again_on_train(engines: Engines) -> None:
    engines.say(READY)
    run = engines.opened().run
    engines.say(m.Failed(run, "no GPU"), m.StatusChanged(run, False, "failed"))
    assert engines.run.state is State.READY
    engines.run.play()
    assert kinds(engines) == [m.Open, m.Open]


def test_that_engines_that_keep_ending_are_given_up_until_revived(engines: Engines) -> None:
    for _ in range(4):
        engines.end()
    assert engines.run.is_given_up
    assert len(engines.started) == 4
    engines.run.revive()
    assert len(engines.started) == 5
    opened(engines)
    assert engines.run.state is State.PAUSED


ACTIONS = ("play", "pause", "restart", "rewind", "open_project", "revive", "discard_readings")
EVENTS = ("ready", "opened", "frame", "started", "stopped", "unhealthy", "failed", "end", "tick")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(ACTIONS + EVENTS), max_size=40))
def test_that_no_order_of_requests_and_events_confuses_the_run(
    monkeypatch: pytest.MonkeyPatch, qapp: QApplication, moments: list[str]
) -> None:
    with fake_engines(build("moons"), monkeypatch) as engines:
        run = engines.run
        run.start_engine()
        run.open_project()
        for moment in moments:
            happen(engines, moment)
            assert run.is_training or not run.is_pausing
            assert run.is_ready or not run.is_training
            assert not (run.is_given_up and run.engine_pid is not None)
        # Whatever happened, there is a way to a net that trains.
        if run.is_given_up:
            run.revive()
        engines.say(READY)
        run.open_project()
        engines.say(engines.opened())
        run.play()
        assert run.is_training
        assert isinstance(engines.latest.sent[-1], m.Play)


def happen(engines: Engines, moment: str) -> None:
    """Let one thing happen: the person asks for it, or the engine reports it."""
    if moment in ACTIONS:
        getattr(engines.run, moment)()
        return
    if moment == "tick":
        engines.tick()
    if engines.run.engine_pid is None:
        return
    if moment == "end":
        engines.end()
    elif moment == "ready":
        engines.say(READY)
    elif any(isinstance(sent, m.Open) for sent in engines.latest.sent):
        run = engines.opened().run
        found: dict[str, m.Event] = {
            "opened": engines.opened(),
            "frame": engines.frame(),
            "started": m.StatusChanged(run, True),
            "stopped": m.StatusChanged(run, False, "asked"),
            "unhealthy": m.Unhealthy(run, 1, 0.1, "", "loss", "NaN", 0),
            "failed": m.Failed(run, "failed"),
        }
        if moment in found:
            engines.say(found[moment])
