"""How an engine ends, and what of its work is left."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import psutil
import pytest

from playground.catalog.datasets.images import Digits
from playground.catalog.layers.activation import ReLU
from playground.catalog.layers.convolution import Conv2d
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.reshape import Flatten
from playground.catalog.losses import CrossEntropy
from playground.catalog.optimizers import Adam
from playground.project.file import STATE_NAMES
from playground.project.project import Project
from playground.session import client as client_module
from playground.session import messages as m
from playground.session.client import Client
from tests.engine.nets import chain, mlp
from tests.session.conftest import EngineRecorder


def slow() -> Project:
    """A net of which a step takes about a second."""
    return chain(
        Conv2d(out_channels=128, padding=1), ReLU(), Conv2d(out_channels=128, padding=1),
        ReLU(), Conv2d(out_channels=128, padding=1), Flatten(), Linear(out_features=10),
        data=Digits(), loss=CrossEntropy(), batch_size=1200,
    )  # fmt: skip


def read_keyframe(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in STATE_NAMES}


@pytest.mark.slow
def test_that_a_keyframe_is_written_on_opening_and_again_while_playing(
    engine: EngineRecorder, keyframe: Path
) -> None:
    engine.open(mlp(), keyframe=keyframe)
    assert set(read_keyframe(keyframe)) == set(STATE_NAMES)
    first = keyframe.stat().st_mtime_ns
    engine.send(m.Play())
    engine.frame(that=lambda frame: keyframe.stat().st_mtime_ns != first)
    assert set(read_keyframe(keyframe)) == set(STATE_NAMES)


@pytest.mark.slow
def test_that_a_killed_engine_is_reported_once_and_its_keyframe_resumes(
    own_engine: EngineRecorder, keyframe: Path, engine: EngineRecorder
) -> None:
    project = mlp(optimizer=Adam())
    own_engine.open(project, keyframe=keyframe)
    own_engine.step("batch", 500)
    own_engine.send(m.Play())
    own_engine.frame(that=lambda f: f.step > 600)
    assert own_engine.client.pid is not None
    psutil.Process(own_engine.client.pid).kill()
    own_engine.wait_for_end()
    assert not own_engine.client.is_alive
    own_engine.send(m.Play(), m.Grant())  # into the void, without an error
    own_engine.client.close()
    assert own_engine.ended == 1
    opened = engine.open(project, read_keyframe(keyframe))
    assert opened.step >= 500
    assert not opened.is_fresh
    engine.send(m.Play())
    engine.frame("history", that=lambda f: f.step > opened.step)


@pytest.mark.slow
def test_that_closing_ends_the_engine_without_waiting_for_a_slow_step(
    own_engine: EngineRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client_module.ASK_WITHIN_S + client_module.END_WITHIN_S < 1
    monkeypatch.setattr(client_module, "END_WITHIN_S", 0)  # the step surely takes longer
    own_engine.open(slow())
    own_engine.send(m.Play())
    own_engine.wait_for(m.StatusChanged)
    # The trainer is in its first step now.
    own_engine.send(m.Grant())
    pid = own_engine.client.pid
    assert pid is not None
    heard = len(own_engine.events)
    own_engine.client.close()
    assert not own_engine.events[heard:], "the step was not waited for"
    assert not psutil.pid_exists(pid)
    assert own_engine.ended == 0
    assert own_engine.client.pid is None
    assert not own_engine.client.is_alive
    own_engine.client.close()
    own_engine.client.kill()
    own_engine.send(m.Play())


@pytest.mark.slow
def test_that_closing_ends_an_engine_that_is_still_starting() -> None:
    client = Client(lambda event: None, lambda: None)
    pid = client.pid
    assert pid is not None
    client.close()
    assert client.pid is None
    assert not psutil.pid_exists(pid)


@pytest.mark.slow
def test_that_the_engine_ends_when_the_window_is_gone() -> None:
    window = (
        "from playground.session.client import Client\n"
        "import os, threading\n"
        "if __name__ == '__main__':\n"
        "    heard = threading.Event()\n"
        "    client = Client(lambda event: heard.set(), lambda: None)\n"
        "    assert heard.wait(90)\n"
        "    print(client.pid, flush=True)\n"
        "    os._exit(1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", window], capture_output=True, text=True, check=False, timeout=110
    )
    pid = int(done.stdout)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(60)
    assert not psutil.pid_exists(pid)


def test_that_the_window_can_end_the_engine_from_the_reader_thread() -> None:
    done = threading.Event()
    clients: list[Client] = []

    def end() -> None:
        clients[0].kill()
        done.set()

    client = Client(lambda event: None, end)
    clients.append(client)
    assert client.pid is not None
    psutil.Process(client.pid).kill()
    assert done.wait(60)
    assert client.pid is None


@pytest.mark.slow
def test_that_the_window_never_loads_torch() -> None:
    program = (
        "import playground.session.client, sys\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'torch'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
