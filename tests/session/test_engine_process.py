"""The window's end against a real engine process."""

from __future__ import annotations

import pytest

from playground.catalog.datasets.toy import Hills
from playground.catalog.losses import MeanSquaredError
from playground.catalog.optimizers import SGD
from playground.project.file import to_json
from playground.project.project import Project, empty_project
from playground.session import messages as m
from tests.engine.nets import mlp
from tests.session.conftest import EngineRecorder


def changed(project: Project) -> m.Change:
    return m.Change(to_json(project))


def without(project: Project, node_id: str) -> Project:
    return project.with_graph(project.graph.remove([node_id]))


# Opening, frames and grants


def test_that_the_engine_reports_devices_and_versions(shared: EngineRecorder) -> None:
    ready = shared.events[0]
    assert isinstance(ready, m.Ready)
    assert ready.devices[0] == "cpu"
    assert set(ready.versions) == {"torch", "numpy"}


def test_that_a_project_is_opened_and_the_first_frame_comes_when_granted(
    engine: EngineRecorder,
) -> None:
    opened = engine.open(mlp())
    assert (opened.device, opened.parameters, opened.step) == ("cpu", 24 + 72 + 9, 0)
    assert opened.is_fresh
    assert not [e for e in engine.settle() if isinstance(e, m.Frame)]
    frame = engine.frame("history", "units")
    assert (frame.run, frame.step, frame.is_training) == (opened.run, 0, False)
    assert set(frame.readings) == {"history", "units"}
    assert frame.train_loss == pytest.approx(0.7, abs=0.2)
    assert 0 <= frame.metrics["accuracy"] <= 1


def test_that_one_grant_gives_one_frame(engine: EngineRecorder) -> None:
    engine.open(mlp())
    engine.send(m.Play())
    engine.wait_for(m.StatusChanged, lambda s: s.is_training)
    for _ in range(20):
        engine.frame("history", "gradients", that=lambda f: f.is_training)
        more = engine.settle()
        assert not [e for e in more if isinstance(e, m.Frame)]


def test_that_several_grants_give_no_more_frames_than_grants(engine: EngineRecorder) -> None:
    run = engine.open(mlp()).run
    engine.send(m.Play(), *[m.Grant(("activity",))] * 5)
    engine.wait_for(m.Frame)
    engine.send(m.Pause())
    engine.wait_for(m.StatusChanged, lambda s: not s.is_training)
    engine.settle()
    frames = [e for e in engine.events if isinstance(e, m.Frame) and e.run == run]
    assert 1 <= len(frames) <= 5


def test_that_a_grant_is_never_lost_however_it_falls_between_commands(
    engine: EngineRecorder,
) -> None:
    engine.open(mlp())
    for _ in range(25):
        # The grant waits for a step that is watched, and the pause comes first.
        engine.send(m.Play(), m.Grant(("activity",)), m.Pause())
        engine.wait_for(m.Frame)
        engine.send(m.Grant(("activity",)), m.Play())
        engine.wait_for(m.Frame)
        engine.send(m.Pause())
        engine.settle()
        engine.frame("history")


def test_that_hidden_probes_are_not_read(engine: EngineRecorder) -> None:
    engine.open(mlp())
    engine.send(m.Play())
    for _ in range(10):
        assert set(engine.frame("confusion").readings) <= {"confusion"}
        assert engine.frame().readings == {}


def test_that_nothing_new_gives_no_frame_while_paused(engine: EngineRecorder) -> None:
    engine.open(mlp())
    engine.frame("history")
    engine.send(m.Grant(("history",)))
    assert not [e for e in engine.settle() if isinstance(e, m.Frame)]
    # Another panel is shown: now there is something to send.
    assert set(engine.frame("history", "boundary").readings) == {"history", "boundary"}


def test_that_frames_come_after_play_although_one_was_granted_before(
    engine: EngineRecorder,
) -> None:
    engine.open(mlp())
    engine.frame("history")
    engine.send(m.Grant(("history",)))
    engine.settle()
    engine.send(m.Play())
    engine.wait_for(m.Frame, lambda f: f.is_training)


# Playing


def test_that_training_continues_until_paused(engine: EngineRecorder) -> None:
    engine.open(mlp())
    engine.send(m.Play())
    first = engine.frame(that=lambda f: f.step > 0)
    later = engine.frame(that=lambda f: True)
    assert first.is_training
    assert later.step > first.step
    engine.send(m.Pause())
    status = engine.wait_for(m.StatusChanged)
    assert (status.is_training, status.reason) == (False, "asked")
    rest = engine.frame()
    assert not rest.is_training
    assert rest.steps_per_s == 0
    assert [engine.save().step for _ in range(2)] == [rest.step] * 2


def test_that_playing_twice_is_playing_once(engine: EngineRecorder) -> None:
    engine.open(mlp())
    engine.send(m.Play(), m.Play())
    engine.frame(that=lambda f: f.step > 0)
    engine.send(m.Pause())
    engine.wait_for(m.StatusChanged, lambda s: not s.is_training)
    assert not engine.frame().is_training


@pytest.mark.parametrize(
    ("step", "at"),
    [
        (m.Step("batch"), 1),
        (m.Step("epoch"), 7),
        (m.Step("batch", 10), 10),
        (m.Step("epoch", 3), 21),
    ],
)
def test_that_a_step_is_just_that(engine: EngineRecorder, step: m.Step, at: int) -> None:
    engine.open(mlp())
    engine.send(step)
    status = engine.wait_for(m.StatusChanged)
    assert (status.is_training, status.reason) == (False, "stepped")
    frame = engine.frame("activity", "gradients")
    assert frame.step == at
    if step.unit == "batch":
        assert set(frame.readings) == {"activity", "gradients"}
    engine.send(step)
    engine.wait_for(m.StatusChanged)
    assert engine.frame().step == 2 * at


def test_that_a_step_while_playing_makes_it_pause(engine: EngineRecorder) -> None:
    engine.open(mlp())
    engine.send(m.Play(), m.Step("batch"))
    assert engine.wait_for(m.StatusChanged, lambda s: not s.is_training).reason == "stepped"


def test_that_restarting_pauses_and_gives_the_initial_weights_back(engine: EngineRecorder) -> None:
    engine.open(mlp())
    initial = engine.save().state
    engine.send(m.Play())
    engine.frame(that=lambda f: f.step > 10)
    engine.send(m.Restart())
    opened = engine.wait_for(m.Opened)
    assert (opened.step, opened.is_fresh) == (0, True)
    assert not engine.wait_for(m.StatusChanged).is_training
    frame = engine.frame("history")
    assert frame.step == 0
    assert frame.readings["history"]["step"].tolist() == [0]
    assert engine.save().state["weights.safetensors"] == initial["weights.safetensors"]


def test_that_training_pauses_after_the_epochs_that_are_set(engine: EngineRecorder) -> None:
    engine.open(mlp(max_epochs=3))
    engine.send(m.Play())
    status = engine.wait_for(m.StatusChanged, lambda s: not s.is_training)
    assert status.reason == "max_epochs"
    assert "3 epochs" in status.message
    assert engine.frame().epoch == 3
    engine.send(m.Play())
    assert engine.frame(that=lambda f: f.epoch > 4).is_training


@pytest.mark.slow
def test_that_a_limit_set_while_playing_holds(engine: EngineRecorder) -> None:
    engine.open(mlp())
    engine.send(m.Play())
    at = engine.frame(that=lambda f: f.step > 0).epoch
    engine.send(changed(mlp(max_epochs=int(at) + 500)))
    status = engine.wait_for(m.StatusChanged, lambda s: not s.is_training)
    assert status.reason == "max_epochs"
    assert engine.frame().epoch == int(at) + 500
    engine.send(changed(mlp(max_epochs=0)), m.Play())
    engine.frame(that=lambda f: f.is_training and f.epoch > int(at) + 501)
    engine.send(changed(mlp(max_epochs=1)))
    assert engine.wait_for(m.StatusChanged, lambda s: not s.is_training).reason == "max_epochs"


# Editing


def test_that_an_edit_while_playing_keeps_playing(engine: EngineRecorder) -> None:
    engine.open(mlp())
    engine.send(m.Play())
    at = engine.frame(that=lambda f: f.step > 0).step
    engine.send(changed(mlp(optimizer=SGD(lr=0.01))))
    opened = engine.wait_for(m.Opened)
    assert opened.step >= at
    assert opened.kept == ("n1", "n3", "n5")
    assert not opened.is_fresh
    engine.frame(that=lambda f: f.is_training and f.step > opened.step)


def test_that_deleting_a_layer_pauses_and_a_valid_edit_continues(engine: EngineRecorder) -> None:
    engine.open(mlp())
    engine.send(m.Play())
    engine.frame(that=lambda f: f.step > 0)
    engine.send(changed(without(mlp(), "n3")))
    failed = engine.wait_for(m.Failed)
    assert failed.message
    assert not failed.detail
    assert engine.wait_for(m.StatusChanged).reason == "failed"
    frame = engine.frame()
    assert not frame.is_training
    fixed = mlp().with_graph(mlp().graph.remove_and_join("n3"))
    engine.send(changed(fixed))
    opened = engine.wait_for(m.Opened)
    assert opened.step == frame.step
    assert opened.kept == ("n1", "n5")
    engine.send(m.Play())
    engine.frame(that=lambda f: f.is_training and f.step > frame.step)


def test_that_a_project_that_could_not_be_opened_opens_once_fixed(engine: EngineRecorder) -> None:
    engine.open(mlp())
    run = 7001
    engine.send(m.Open(run, to_json(empty_project())))
    assert engine.wait_for(m.Failed).run == run
    engine.send(m.Play(), m.Pause(), m.Rewind(), m.Restart(), m.Grant(("history",)))
    engine.send(changed(mlp()))
    opened = engine.wait_for(m.Opened)
    assert (opened.run, opened.step, opened.is_fresh) == (run, 0, True)
    assert engine.wait_for(m.Frame).run == run
    engine.send(m.Play())
    engine.frame(that=lambda f: f.is_training)


def test_that_a_state_waits_until_its_project_can_be_opened(engine: EngineRecorder) -> None:
    engine.open(mlp())
    engine.step("epoch", 2)
    state = engine.save().state
    engine.send(m.Open(7002, to_json(without(mlp(), "n3")), state))
    engine.wait_for(m.Failed)
    assert engine.save().state == state
    engine.send(changed(mlp()))
    opened = engine.wait_for(m.Opened)
    assert (opened.step, opened.is_fresh) == (14, False)


@pytest.mark.slow
def test_that_a_fresh_start_ends_a_step_that_was_under_way(engine: EngineRecorder) -> None:
    engine.open(mlp(loss=MeanSquaredError()))
    engine.send(m.Step("epoch", 1_000_000))
    engine.frame(that=lambda f: f.step > 0)
    other = Project(mlp().graph, Hills(count=100), mlp(loss=MeanSquaredError()).training)
    engine.send(changed(other))
    assert engine.wait_for(m.Opened).is_fresh
    assert not engine.wait_for(m.StatusChanged).is_training
    assert engine.frame().step == 0


@pytest.mark.slow
def test_that_a_lost_device_is_reported_and_training_continues_on_the_cpu(
    engine: EngineRecorder,
) -> None:
    if "cuda" in shared_devices(engine):
        pytest.skip("there is a GPU")
    engine.open(mlp())
    engine.send(m.Play())
    at = engine.frame(that=lambda f: f.step > 0).step
    engine.send(changed(mlp(device="cuda")))
    lost = engine.wait_for(m.DeviceLost)
    assert (lost.device, lost.offer) == ("cuda", "cpu")
    assert "No CUDA GPU found" in lost.message
    assert not engine.wait_for(m.StatusChanged).is_training
    engine.send(changed(mlp(device="cpu")), m.Play())
    assert engine.frame(that=lambda f: f.is_training).step > at
    engine.send(m.Open(7003, to_json(mlp(device="cuda"))))
    assert engine.wait_for(m.DeviceLost).run == 7003
    engine.send(changed(mlp(device="cpu")))
    assert engine.wait_for(m.Opened).device == "cpu"


def shared_devices(engine: EngineRecorder) -> tuple[str, ...]:
    ready = engine.events[0]
    assert isinstance(ready, m.Ready)
    return ready.devices
