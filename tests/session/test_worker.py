"""The trainer thread without a process around it: what a real one cannot be made to do."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path
from typing import Any, TypeVar

import pytest
import torch

from playground.engine.probe import Probe
from playground.engine.probes.boundary import BoundaryProbe
from playground.engine.snapshot import Snapshot
from playground.engine.trainer import Trainer
from playground.project.file import to_json
from playground.project.project import Project
from playground.session import messages as m
from playground.session.worker import Worker
from tests.engine.nets import mlp

E = TypeVar("E")


class Bench:
    """A worker, a hand that feeds it commands, and what it says."""

    def __init__(self) -> None:
        self.inbox: deque[m.Command] = deque()
        self.said: list[m.Event] = []
        self.worker = Worker(self.inbox, threading.Event(), self.said.append)

    def do(self, *commands: m.Command) -> list[m.Event]:
        """What it says to these."""
        before = len(self.said)
        self.inbox.extend(commands)
        self.worker.work_once()
        return self.said[before:]

    def only(self, kind: type[E], events: list[m.Event]) -> E:
        """The one event of that kind."""
        (found,) = [event for event in events if isinstance(event, kind)]
        return found

    def open(self, project: Project | None = None, **options: Any) -> m.Opened:
        """Open a project."""
        return self.only(m.Opened, self.do(m.Open(1, to_json(project or mlp()), **options)))


@pytest.fixture
def bench() -> Bench:
    """A worker at rest with a project open."""
    bench = Bench()
    bench.open()
    return bench


def failing(error: Exception) -> Any:
    def fail(*args: Any, **options: Any) -> Any:
        raise error

    return fail


def test_that_a_full_gpu_is_reported_with_an_offer(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.do(m.Step("batch", 3))
    trainer = bench.worker._trainer
    assert trainer is not None
    with monkeypatch.context() as patch:
        patch.setattr(trainer, "device", torch.device("cuda"))
        patch.setattr(trainer, "run", failing(torch.OutOfMemoryError("CUDA out of memory.")))
        said = bench.do(m.Play())
    lost = bench.only(m.DeviceLost, said)
    assert (lost.device, lost.offer) == ("cuda", "cpu")
    assert "full" in lost.message
    assert "smaller batch" in lost.message
    assert said[-1] == m.StatusChanged(1, False, "failed")
    said = bench.do(m.Change(to_json(mlp(device="cpu", batch_size=4))))
    opened = bench.only(m.Opened, said)
    assert (opened.device, opened.step, opened.is_fresh) == ("cpu", 3, False)
    assert bench.only(m.StatusChanged, bench.do(m.Step("batch", 2))).reason == "stepped"


def test_that_full_memory_of_the_cpu_has_no_offer_of_the_cpu(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = bench.worker._trainer
    assert trainer is not None
    words = "DefaultCPUAllocator: can't allocate memory"
    monkeypatch.setattr(trainer, "run", failing(RuntimeError(words)))
    said = bench.do(m.Play())
    assert not [event for event in said if isinstance(event, m.DeviceLost)]
    assert "memory of the CPU is full" in bench.only(m.Failed, said).message


def test_that_a_gpu_that_is_gone_costs_no_more_than_since_the_last_keyframe(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = getattr(torch, "AcceleratorError", None)
    if gone is None:
        pytest.skip("this torch does not tell a device that is gone")
    bench.do(m.Step("batch", 12))
    trainer = bench.worker._trainer
    assert trainer is not None
    monkeypatch.setattr(trainer, "device", torch.device("cuda"))
    error = gone("CUDA error: the device fell off the bus\nCUDA kernel errors might be")
    monkeypatch.setattr(trainer, "run", failing(error))
    # Nothing can be read back from it.
    monkeypatch.setattr("playground.session.worker.change", failing(error))
    lost = bench.only(m.DeviceLost, bench.do(m.Play()))
    assert lost.message == (
        "The GPU (CUDA) stopped working: CUDA error: the device fell off the bus"
    )
    opened = bench.only(m.Opened, bench.do(m.Change(to_json(mlp(device="cpu")))))
    assert (opened.device, opened.step, opened.is_fresh) == ("cpu", 12, False)
    assert bench.only(m.StatusChanged, bench.do(m.Step("batch", 2))).reason == "stepped"


def test_that_keyframes_lie_in_the_memory_of_the_cpu(bench: Bench) -> None:
    keyframe = bench.worker._keyframes.latest
    assert isinstance(keyframe, Snapshot)
    tensors = [*keyframe.weights.values(), *keyframe.tensors.values()]
    assert {tensor.device.type for tensor in tensors} == {"cpu"}


def test_that_an_unexpected_error_is_reported_and_the_engine_survives(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = bench.worker._trainer
    assert trainer is not None
    with monkeypatch.context() as patch:
        patch.setattr(trainer, "run", failing(ZeroDivisionError("by zero")))
        failed = bench.only(m.Failed, bench.do(m.Play()))
    assert failed.message == "The engine failed: by zero"
    assert "ZeroDivisionError" in failed.detail
    assert bench.only(m.StatusChanged, bench.do(m.Step())).reason == "stepped"


def test_that_a_failing_probe_is_reported_once_and_the_frame_still_arrives(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BoundaryProbe, "read", failing(ValueError("crooked")))
    said = bench.do(m.Grant(("boundary", "history")))
    assert "crooked" in bench.only(m.Failed, said).message
    assert set(bench.only(m.Frame, said).readings) == {"history"}
    said = bench.do(m.Step(), m.Grant(("boundary", "history")))
    said += bench.do()
    assert not [event for event in said if isinstance(event, m.Failed)]
    assert [set(e.readings) for e in said if isinstance(e, m.Frame)] == [{"history"}]


def test_that_probes_of_one_project_know_nothing_of_another(bench: Bench) -> None:
    bench.do(m.Step("epoch", 3))
    bench.do(m.Grant(("dead_units", "gradients")))
    state = bench.only(m.Saved, bench.do(m.Save(1))).state
    bench.do(m.Step("epoch", 3))
    bench.do(m.Grant(("dead_units", "gradients")))
    bench.do(m.Open(2, to_json(mlp()), state))
    frame = bench.only(m.Frame, bench.do(m.Grant(("dead_units",))))
    # What was saved at epoch 3 came back, what was read after that did not.
    assert frame.readings["dead_units"]["over_time"]["epoch"].tolist() == [3]


def test_that_a_frame_asked_for_before_a_step_comes_after_it(bench: Bench) -> None:
    bench.open()
    bench.do(m.Grant(("history",)))  # answered at once: there is news
    assert bench.do(m.Grant(("history",))) == []  # waits for something to happen
    frame = bench.only(m.Frame, bench.do(m.Step("batch")))
    assert frame.step == 1


def test_that_saving_without_a_project_is_answered(bench: Bench) -> None:
    bench.do(m.Open(2, "no project"))
    assert bench.do(m.Save(7)) == [m.Saved(7, {}, 0)]


def test_that_rewinding_without_a_keyframe_is_reported(bench: Bench) -> None:
    bench.worker._keyframes.latest = None
    said = bench.do(m.Rewind())
    assert "Restart training instead" in bench.only(m.Failed, said).message


def test_that_rewinding_goes_back_to_the_last_keyframe(bench: Bench) -> None:
    bench.do(m.Step("batch", 12))
    trainer = bench.worker._trainer
    assert trainer is not None
    for _ in range(5):
        next(trainer.run())
    assert trainer.step == 17
    opened = bench.only(m.Opened, bench.do(m.Rewind()))
    assert (opened.step, opened.is_fresh, opened.kept) == (12, False, ("n1", "n3", "n5"))


def test_that_a_keyframe_that_cannot_be_written_does_not_stop_training(tmp_path: Path) -> None:
    bench = Bench()
    bench.open(keyframe_path=str(tmp_path / "nowhere" / "keyframe.zip"))
    assert bench.only(m.StatusChanged, bench.do(m.Step("batch", 5))).reason == "stepped"
    assert not [event for event in bench.said if isinstance(event, m.Failed)]


def test_that_a_change_that_fails_after_nan_changes_nothing(bench: Bench) -> None:
    bench.do(m.Step("batch", 5))
    trainer = bench.worker._trainer
    assert trainer is not None
    with torch.no_grad():
        trainer.net.get_parameter("n5.bias").fill_(torch.nan)
    broken = mlp().with_graph(mlp().graph.remove(["n3"]))
    said = bench.do(m.Change(to_json(broken)))
    assert bench.only(m.Failed, said)
    assert bench.worker._trainer is trainer
    assert trainer.is_non_finite
    assert trainer.step == 5
    opened = bench.only(m.Opened, bench.do(m.Change(to_json(mlp(l2=0.1)))))
    assert opened.step == 5
    assert not trainer.is_non_finite


def test_that_infinite_initial_weights_are_reported() -> None:
    bench = Bench()
    bench.open()
    trainer = bench.worker._trainer
    assert trainer is not None
    with torch.no_grad():
        trainer.net.get_parameter("n1.bias").fill_(torch.inf)
    bench.worker._keyframes.latest = None
    said = bench.do(m.Step())
    unhealthy = bench.only(m.Unhealthy, said)
    assert (unhealthy.node, unhealthy.healthy_step) == ("", 0)
    assert said[-1] == m.StatusChanged(1, False, "stepped")


def test_that_commands_without_a_project_are_ignored() -> None:
    bench = Bench()
    commands = (m.Play(), m.Step(), m.Pause(), m.Restart(), m.Rewind(), m.Grant(("history",)))
    assert bench.do(*commands) == []
    assert bench.do(m.Change("nonsense"))


def test_that_every_probe_is_a_probe_of_a_trainer() -> None:
    assert Probe().read(Trainer(mlp())) is None


def test_that_early_stopping_pauses_and_reports_why() -> None:
    bench = Bench()
    bench.open(mlp(early_stopping=1, min_delta=0.5))
    said = bench.do(m.Grant(), m.Play())
    ended = [event for event in said if isinstance(event, m.StatusChanged)][-1]
    assert (ended.is_training, ended.reason) == (False, "early_stopping")
    assert "are restored" in ended.message


def test_that_a_frame_carries_the_learning_rate_and_the_clipped_steps() -> None:
    bench = Bench()
    bench.open(mlp(clip_norm=1e-6, warmup_epochs=1))
    bench.do(m.Step("batch", 3))
    frame = bench.only(m.Frame, bench.do(m.Grant()))
    assert frame.lr == pytest.approx(0.01 * (0.01 + 0.99 * 2 * 16 / 105))
    assert frame.clipped_steps == 3
