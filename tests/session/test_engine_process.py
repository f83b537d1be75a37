"""The window's end against a real engine process."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import psutil
import pytest

from playground.catalog.datasets.images import Digits
from playground.catalog.datasets.toy import Hills, Moons
from playground.catalog.layers.activation import ReLU
from playground.catalog.layers.convolution import Conv2d
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.regularization import Dropout
from playground.catalog.layers.reshape import Flatten
from playground.catalog.losses import CrossEntropy, MeanSquaredError
from playground.catalog.optimizers import SGD, Adam
from playground.project.file import STATE_NAMES, to_json
from playground.project.project import Project, empty_project
from playground.session import messages as m
from playground.session.client import Client
from tests.engine.nets import chain, mlp
from tests.session.conftest import Ear


def changed(project: Project) -> m.Change:
    return m.Change(to_json(project))


def without(project: Project, node_id: str) -> Project:
    return project.with_graph(project.graph.remove([node_id]))


def exploding(lr: float = 5.0) -> Project:
    return chain(
        Linear(out_features=16), ReLU(), Linear(out_features=16), ReLU(), Linear(out_features=1),
        data=Hills(count=100), loss=MeanSquaredError(), optimizer=SGD(lr=lr),
    )  # fmt: skip


def slow() -> Project:
    """A net of which a step takes seconds."""
    return chain(
        Conv2d(out_channels=256, padding=1), ReLU(), Conv2d(out_channels=256, padding=1),
        ReLU(), Conv2d(out_channels=256, padding=1), Flatten(), Linear(out_features=10),
        data=Digits(), loss=CrossEntropy(), batch_size=1200,
    )  # fmt: skip


def read_keyframe(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in STATE_NAMES}


# Opening, frames and grants


def test_that_the_engine_says_what_it_is(shared: Ear) -> None:
    ready = shared.events[0]
    assert isinstance(ready, m.Ready)
    assert ready.devices[0] == "cpu"
    assert set(ready.versions) == {"torch", "numpy"}


def test_that_a_project_is_opened_and_the_first_frame_comes_when_granted(ear: Ear) -> None:
    opened = ear.open(mlp())
    assert (opened.device, opened.parameters, opened.step) == ("cpu", 24 + 72 + 9, 0)
    assert opened.is_fresh
    assert not [e for e in ear.settle() if isinstance(e, m.Frame)]
    frame = ear.frame("history", "units")
    assert (frame.run, frame.step, frame.is_training) == (opened.run, 0, False)
    assert set(frame.readings) == {"history", "units"}
    assert frame.train_loss == pytest.approx(0.7, abs=0.2)
    assert 0 <= frame.metrics["accuracy"] <= 1


def test_that_one_grant_gives_one_frame(ear: Ear) -> None:
    ear.open(mlp())
    ear.send(m.Play())
    ear.wait_for(m.StatusChanged, lambda s: s.is_training)
    for _ in range(20):
        ear.frame("history", "gradients", that=lambda f: f.is_training)
        more = ear.settle()
        assert not [e for e in more if isinstance(e, m.Frame)]


def test_that_several_grants_give_no_more_frames_than_grants(ear: Ear) -> None:
    run = ear.open(mlp()).run
    ear.send(m.Play(), *[m.Grant(("activity",))] * 5)
    ear.wait_for(m.Frame)
    ear.send(m.Pause())
    ear.wait_for(m.StatusChanged, lambda s: not s.is_training)
    ear.settle()
    frames = [e for e in ear.events if isinstance(e, m.Frame) and e.run == run]
    assert 1 <= len(frames) <= 5


def test_that_a_grant_is_never_lost_however_it_falls_between_commands(ear: Ear) -> None:
    ear.open(mlp())
    for _ in range(25):
        # The grant waits for a step that is watched, and the pause comes first.
        ear.send(m.Play(), m.Grant(("activity",)), m.Pause())
        ear.wait_for(m.Frame)
        ear.send(m.Grant(("activity",)), m.Play())
        ear.wait_for(m.Frame)
        ear.send(m.Pause())
        ear.settle()
        ear.frame("history")


def test_that_hidden_probes_are_not_read(ear: Ear) -> None:
    ear.open(mlp())
    ear.send(m.Play())
    for _ in range(10):
        assert set(ear.frame("confusion").readings) <= {"confusion"}
        assert ear.frame().readings == {}


def test_that_nothing_new_gives_no_frame_while_paused(ear: Ear) -> None:
    ear.open(mlp())
    ear.frame("history")
    ear.send(m.Grant(("history",)))
    assert not [e for e in ear.settle() if isinstance(e, m.Frame)]
    # Another panel is shown: now there is something to send.
    assert set(ear.frame("history", "boundary").readings) == {"history", "boundary"}


def test_that_frames_come_after_play_although_one_was_granted_before(ear: Ear) -> None:
    ear.open(mlp())
    ear.frame("history")
    ear.send(m.Grant(("history",)))
    ear.settle()
    ear.send(m.Play())
    ear.wait_for(m.Frame, lambda f: f.is_training)


# Playing


def test_that_training_goes_on_until_paused(ear: Ear) -> None:
    ear.open(mlp())
    ear.send(m.Play())
    first = ear.frame(that=lambda f: f.step > 0)
    later = ear.frame(that=lambda f: True)
    assert first.is_training
    assert later.step > first.step
    ear.send(m.Pause())
    status = ear.wait_for(m.StatusChanged)
    assert (status.is_training, status.reason) == (False, "asked")
    rest = ear.frame()
    assert not rest.is_training
    assert rest.steps_per_s == 0
    assert [ear.save().step for _ in range(2)] == [rest.step] * 2


def test_that_playing_twice_is_playing_once(ear: Ear) -> None:
    ear.open(mlp())
    ear.send(m.Play(), m.Play())
    ear.frame(that=lambda f: f.step > 0)
    ear.send(m.Pause())
    ear.wait_for(m.StatusChanged, lambda s: not s.is_training)
    assert not ear.frame().is_training


@pytest.mark.parametrize(
    ("step", "at"),
    [
        (m.Step("batch"), 1),
        (m.Step("epoch"), 7),
        (m.Step("batch", 10), 10),
        (m.Step("epoch", 3), 21),
    ],
)
def test_that_a_step_is_just_that(ear: Ear, step: m.Step, at: int) -> None:
    ear.open(mlp())
    ear.send(step)
    status = ear.wait_for(m.StatusChanged)
    assert (status.is_training, status.reason) == (False, "stepped")
    frame = ear.frame("activity", "gradients")
    assert frame.step == at
    if step.unit == "batch":
        assert set(frame.readings) == {"activity", "gradients"}
    ear.send(step)
    ear.wait_for(m.StatusChanged)
    assert ear.frame().step == 2 * at


def test_that_a_step_while_playing_makes_it_pause(ear: Ear) -> None:
    ear.open(mlp())
    ear.send(m.Play(), m.Step("batch"))
    assert ear.wait_for(m.StatusChanged, lambda s: not s.is_training).reason == "stepped"


def test_that_restarting_pauses_and_gives_the_initial_weights_back(ear: Ear) -> None:
    ear.open(mlp())
    initial = ear.save().state
    ear.send(m.Play())
    ear.frame(that=lambda f: f.step > 10)
    ear.send(m.Restart())
    opened = ear.wait_for(m.Opened)
    assert (opened.step, opened.is_fresh) == (0, True)
    assert not ear.wait_for(m.StatusChanged).is_training
    frame = ear.frame("history")
    assert frame.step == 0
    assert frame.readings["history"]["step"].tolist() == [0]
    assert ear.save().state["weights.safetensors"] == initial["weights.safetensors"]


def test_that_training_pauses_after_the_epochs_that_are_set(ear: Ear) -> None:
    ear.open(mlp(max_epochs=3))
    ear.send(m.Play())
    status = ear.wait_for(m.StatusChanged, lambda s: not s.is_training)
    assert status.reason == "max_epochs"
    assert "3 epochs" in status.message
    assert ear.frame().epoch == 3
    ear.send(m.Play())
    assert ear.frame(that=lambda f: f.epoch > 4).is_training


def test_that_a_limit_set_while_playing_holds(ear: Ear) -> None:
    ear.open(mlp())
    ear.send(m.Play())
    at = ear.frame(that=lambda f: f.step > 0).epoch
    ear.send(changed(mlp(max_epochs=int(at) + 500)))
    status = ear.wait_for(m.StatusChanged, lambda s: not s.is_training)
    assert status.reason == "max_epochs"
    assert ear.frame().epoch == int(at) + 500
    ear.send(changed(mlp(max_epochs=0)), m.Play())
    ear.frame(that=lambda f: f.is_training and f.epoch > int(at) + 501)
    ear.send(changed(mlp(max_epochs=1)))
    assert ear.wait_for(m.StatusChanged, lambda s: not s.is_training).reason == "max_epochs"


# Editing


def test_that_an_edit_while_playing_keeps_playing(ear: Ear) -> None:
    ear.open(mlp())
    ear.send(m.Play())
    at = ear.frame(that=lambda f: f.step > 0).step
    ear.send(changed(mlp(optimizer=SGD(lr=0.01))))
    opened = ear.wait_for(m.Opened)
    assert opened.step >= at
    assert opened.kept == ("n1", "n3", "n5")
    assert not opened.is_fresh
    ear.frame(that=lambda f: f.is_training and f.step > opened.step)


def test_that_deleting_a_layer_pauses_and_a_valid_edit_goes_on(ear: Ear) -> None:
    ear.open(mlp())
    ear.send(m.Play())
    ear.frame(that=lambda f: f.step > 0)
    ear.send(changed(without(mlp(), "n3")))
    failed = ear.wait_for(m.Failed)
    assert failed.message
    assert not failed.detail
    assert ear.wait_for(m.StatusChanged).reason == "failed"
    frame = ear.frame()
    assert not frame.is_training
    mended = mlp().with_graph(mlp().graph.remove_and_join("n3"))
    ear.send(changed(mended))
    opened = ear.wait_for(m.Opened)
    assert opened.step == frame.step
    assert opened.kept == ("n1", "n5")
    ear.send(m.Play())
    ear.frame(that=lambda f: f.is_training and f.step > frame.step)


def test_that_a_project_that_could_not_be_opened_opens_once_mended(ear: Ear) -> None:
    ear.open(mlp())
    run = 7001
    ear.send(m.Open(run, to_json(empty_project())))
    assert ear.wait_for(m.Failed).run == run
    ear.send(m.Play(), m.Pause(), m.Rewind(), m.Restart(), m.Grant(("history",)))
    ear.send(changed(mlp()))
    opened = ear.wait_for(m.Opened)
    assert (opened.run, opened.step, opened.is_fresh) == (run, 0, True)
    assert ear.wait_for(m.Frame).run == run
    ear.send(m.Play())
    ear.frame(that=lambda f: f.is_training)


def test_that_a_state_waits_until_its_project_can_be_opened(ear: Ear) -> None:
    ear.open(mlp())
    ear.step("epoch", 2)
    state = ear.save().state
    ear.send(m.Open(7002, to_json(without(mlp(), "n3")), state))
    ear.wait_for(m.Failed)
    assert ear.save().state == state
    ear.send(changed(mlp()))
    opened = ear.wait_for(m.Opened)
    assert (opened.step, opened.is_fresh) == (14, False)


def test_that_a_fresh_start_ends_a_step_that_was_under_way(ear: Ear) -> None:
    ear.open(mlp(loss=MeanSquaredError()))
    ear.send(m.Step("epoch", 1_000_000))
    ear.frame(that=lambda f: f.step > 0)
    other = Project(mlp().graph, Hills(count=100), mlp(loss=MeanSquaredError()).training)
    ear.send(changed(other))
    assert ear.wait_for(m.Opened).is_fresh
    assert not ear.wait_for(m.StatusChanged).is_training
    assert ear.frame().step == 0


def test_that_a_lost_device_is_told_and_the_work_goes_on_on_the_cpu(ear: Ear) -> None:
    if "cuda" in shared_devices(ear):
        pytest.skip("there is a GPU")
    ear.open(mlp())
    ear.send(m.Play())
    at = ear.frame(that=lambda f: f.step > 0).step
    ear.send(changed(mlp(device="cuda")))
    lost = ear.wait_for(m.DeviceLost)
    assert (lost.device, lost.offer) == ("cuda", "cpu")
    assert "no GPU (CUDA)" in lost.message
    assert not ear.wait_for(m.StatusChanged).is_training
    ear.send(changed(mlp(device="cpu")), m.Play())
    assert ear.frame(that=lambda f: f.is_training).step > at
    ear.send(m.Open(7003, to_json(mlp(device="cuda"))))
    assert ear.wait_for(m.DeviceLost).run == 7003
    ear.send(changed(mlp(device="cpu")))
    assert ear.wait_for(m.Opened).device == "cpu"


def shared_devices(ear: Ear) -> tuple[str, ...]:
    ready = ear.events[0]
    assert isinstance(ready, m.Ready)
    return ready.devices


# Illness, saving, opening


def test_that_nan_pauses_and_rewinding_with_a_lower_rate_goes_on(ear: Ear) -> None:
    ear.open(exploding(lr=0.05))
    ear.step("batch", 200)
    ear.send(changed(exploding(lr=5.0)), m.Play())
    ill = ear.wait_for(m.Unhealthy)
    assert ill.step > ill.healthy_step >= 200
    assert ill.node in exploding().graph.nodes
    assert ill.what in ("activation", "gradient", "weight", "loss")
    assert not ear.frame().is_training
    assert ear.save().step == ill.healthy_step
    ear.send(m.Rewind())
    opened = ear.wait_for(m.Opened)
    assert (opened.step, opened.is_fresh) == (ill.healthy_step, False)
    frame = ear.frame("history")
    assert frame.readings["history"]["step"][-1] <= ill.healthy_step
    ear.send(changed(exploding(lr=0.01)), m.Play())
    ear.frame(that=lambda f: f.step > ill.healthy_step + 100 and (f.train_loss or 9) < 2)


def test_that_an_edit_after_nan_is_made_on_the_last_good_weights(ear: Ear) -> None:
    ear.open(exploding(lr=0.05))
    ear.step("batch", 50)
    ear.send(changed(exploding(lr=5.0)), m.Play())
    ill = ear.wait_for(m.Unhealthy)
    wider = exploding(lr=0.01)
    ear.send(changed(without(wider, "n3")))
    ear.wait_for(m.Failed)
    ear.send(changed(wider.with_graph(wider.graph.set_options("n3", out_features=20))))
    opened = ear.wait_for(m.Opened)
    assert opened.step == ill.healthy_step
    assert opened.kept == ("n1",)
    ear.send(m.Play())
    frame = ear.frame(that=lambda f: f.step > opened.step + 100)
    assert frame.train_loss is not None


def test_that_a_saved_state_opens_where_it_was_left(ear: Ear) -> None:
    project = chain(Linear(out_features=8), Dropout(), ReLU(), Linear(out_features=1))
    ear.open(project)
    ear.step("batch", 10)
    saved = ear.save()
    assert saved.step == 10
    ear.step("batch", 30)
    expected = ear.save().state["weights.safetensors"]
    opened = ear.open(project, saved.state)
    assert (opened.step, opened.is_fresh) == (10, False)
    ear.step("batch", 30)
    assert ear.save().state["weights.safetensors"] == expected


def test_that_a_run_that_was_opened_in_mid_course_can_play_for_long(ear: Ear) -> None:
    project = mlp(data=Moons(count=20_000))
    ear.open(project)
    ear.step("batch", 5)
    ear.open(project, ear.save().state)
    ear.send(m.Play())
    # Past the chores, within the epoch: nothing of an epoch's end is known yet.
    ear.frame(that=lambda f: f.step > 200)
    assert not [e for e in ear.settle() if isinstance(e, m.Failed)]


@pytest.mark.parametrize(
    "state",
    [
        {},
        dict.fromkeys(STATE_NAMES, b""),
        dict.fromkeys(STATE_NAMES, b"\x00" * 64),
        dict.fromkeys(STATE_NAMES, b'{"step": NaN}'),
        {name: bytes(range(256)) * 20 for name in STATE_NAMES},
    ],
    ids=["missing", "empty", "zeros", "nan", "noise"],
)
def test_that_a_hostile_state_is_told_and_the_net_starts_anew(
    ear: Ear, state: dict[str, bytes]
) -> None:
    opened = ear.open(mlp(), state)
    assert (opened.step, opened.is_fresh) == (0, True)
    assert "starts from its initial weights" in ear.wait_for(m.Failed).message
    ear.send(m.Step("batch"))
    assert ear.wait_for(m.StatusChanged).reason == "stepped"


def test_that_a_project_that_is_no_project_is_refused(ear: Ear) -> None:
    for text in ("", "{", "[]", '{"graph": 3}'):
        ear.send(m.Open(8000, text))
        assert ear.wait_for(m.Failed).message
    ear.open(mlp())


# Ends


def test_that_a_keyframe_is_on_disk_soon_after_play(ear: Ear, keyframe: Path) -> None:
    ear.open(mlp(), keyframe=keyframe)
    assert set(read_keyframe(keyframe)) == set(STATE_NAMES)
    first = keyframe.stat().st_mtime_ns
    began = time.monotonic()
    ear.send(m.Play())
    while keyframe.stat().st_mtime_ns == first and time.monotonic() - began < 10:
        ear.frame()
    assert time.monotonic() - began < 4
    assert set(read_keyframe(keyframe)) == set(STATE_NAMES)


def test_that_a_killed_engine_is_told_once_and_its_keyframe_goes_on(
    own: Ear, keyframe: Path, ear: Ear
) -> None:
    project = mlp(optimizer=Adam())
    own.open(project, keyframe=keyframe)
    own.step("batch", 500)
    own.send(m.Play())
    own.frame(that=lambda f: f.step > 600)
    assert own.client.pid is not None
    psutil.Process(own.client.pid).kill()
    own.wait_for_end()
    assert not own.client.is_alive
    own.send(m.Play(), m.Grant())  # into the void, without an error
    own.client.close()
    assert own.ended == 1
    opened = ear.open(project, read_keyframe(keyframe))
    assert opened.step >= 500
    assert not opened.is_fresh
    ear.send(m.Play())
    ear.frame("history", that=lambda f: f.step > opened.step)


def test_that_closing_ends_the_engine_within_a_second_even_in_a_slow_step(own: Ear) -> None:
    own.open(slow())
    own.send(m.Play())
    own.wait_for(m.StatusChanged)
    # The trainer is in its first step now, which outlasts the test.
    own.send(m.Grant())
    pid = own.client.pid
    assert pid is not None
    began = time.monotonic()
    own.client.close()
    assert time.monotonic() - began < 1
    assert not psutil.pid_exists(pid)
    assert own.ended == 0
    assert own.client.pid is None
    assert not own.client.is_alive
    own.client.close()
    own.client.kill()
    own.send(m.Play())


def test_that_closing_before_the_engine_is_up_takes_no_longer() -> None:
    client = Client(lambda event: None, lambda: None)
    began = time.monotonic()
    client.close()
    assert time.monotonic() - began < 1.2


def test_that_the_engine_ends_when_the_window_is_gone() -> None:
    window = (
        "from playground.session.client import Client\n"
        "import os, threading\n"
        "if __name__ == '__main__':\n"
        "    heard = threading.Event()\n"
        "    client = Client(lambda event: heard.set(), lambda: None)\n"
        "    assert heard.wait(30)\n"
        "    print(client.pid, flush=True)\n"
        "    os._exit(1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", window], capture_output=True, text=True, check=False, timeout=60
    )
    pid = int(done.stdout)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(10)
    assert not psutil.pid_exists(pid)


def test_that_the_window_can_end_the_engine_from_the_thread_that_is_told() -> None:
    done = threading.Event()
    clients: list[Client] = []

    def end() -> None:
        clients[0].kill()
        done.set()

    client = Client(lambda event: None, end)
    clients.append(client)
    assert client.pid is not None
    psutil.Process(client.pid).kill()
    assert done.wait(10)
    assert client.pid is None


def test_that_the_window_never_loads_torch() -> None:
    program = (
        "import playground.session.client, sys\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'torch'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
