"""The window when its engine fails or is slow: it is replaced, and training can continue."""

from __future__ import annotations

from typing import Any

import psutil
import pytest
from PySide6.QtWidgets import QAbstractButton, QMessageBox

from playground.app import run
from playground.app.main import application
from playground.app.shell.window import MainWindow
from playground.catalog.datasets.dataset import Dataset
from playground.catalog.losses import Loss
from playground.catalog.optimizers import Optimizer
from playground.catalog.registry import make
from playground.session import client
from tests.app.conftest import step_of, until


def offer(window: MainWindow, words: str) -> QAbstractButton:
    """The button of the notice that says so."""
    return next(b for b in window.notice.buttons if words in b.text())


@pytest.mark.slow
def test_that_a_killed_engine_is_replaced_and_offers_to_continue(window: MainWindow) -> None:
    window.commands.toggle_training()
    until(lambda: window.run.keyframe_state() is not None and step_of(window) > 3000)
    pid, graph = window.run.engine_pid, window.document.graph
    assert pid is not None
    psutil.Process(pid).kill()
    until(lambda: "stopped unexpectedly" in window.notice.label.text())
    assert window.document.graph is graph
    button = offer(window, "Continue")
    until(lambda: window.run.is_ready)
    until(lambda: step_of(window) > 0 and not window.run.is_training)
    step = step_of(window)
    button.click()
    until(lambda: step_of(window) > step + 100)


@pytest.mark.slow
def test_that_an_engine_that_was_not_started_yet_is_shown_as_starting() -> None:
    application()
    early = MainWindow()
    early.project_files.start_from("moons")
    assert early.run.engine_pid is None
    assert early.top_bar.device_text.text() == "starting…"
    early.close_for_good()
    early.deleteLater()


@pytest.mark.slow
def test_that_an_engine_that_keeps_crashing_is_not_restarted(window: MainWindow) -> None:
    for _ in range(4):
        until(lambda: window.run.is_ready)
        pid = window.run.engine_pid
        assert pid is not None
        psutil.Process(pid).kill()
        until(lambda pid=pid: window.run.engine_pid != pid)
    assert "not restarted" in window.notice.label.text()
    assert window.top_bar.device_text.text() == "no engine"
    offer(window, "Restart engine").click()
    until(lambda: window.run.is_ready)


@pytest.mark.slow
def test_that_nan_pauses_marks_the_layer_and_goes_back(window: MainWindow) -> None:
    optimizer = make(Optimizer, {"kind": "sgd", "lr": 5.0})
    project = window.document.project.with_training(loss=make(Loss, "mse"), optimizer=optimizer)
    window.document.edit("Make it explode", project)
    window.commands.toggle_training()
    until(lambda: "NaN or infinite" in window.notice.label.text())
    assert not window.run.is_training
    assert window.canvas.drawing.non_finite_node in window.document.graph.nodes
    offer(window, "learning rate to 0.5").click()
    until(
        lambda: window.run.last_frame is not None and window.run.last_frame.train_loss is not None
    )
    assert window.document.project.training.optimizer.lr == pytest.approx(0.5)
    assert window.canvas.drawing.non_finite_node is None


@pytest.mark.slow
def test_that_a_missing_gpu_is_reported_and_the_cpu_offered(window: MainWindow) -> None:
    if "cuda" in window.run.devices:
        pytest.skip("there is a GPU")
    window.document.edit("Device", window.document.project.with_training(device="cuda"))
    until(lambda: "No CUDA GPU found" in window.notice.label.text())
    offer(window, "Continue on CPU").click()
    window.commands.toggle_training()
    until(lambda: step_of(window) > 50)
    assert window.document.project.training.device == "cpu"


def slow_net(window: MainWindow) -> None:
    """Give the window a net of which one step takes about a second."""
    graph = window.document.graph
    for node in ("linear1", "linear2"):
        graph = graph.set_options(node, out_features=2048)
    data = make(Dataset, {"kind": "moons", "count": 8_000})
    project = window.document.project.with_graph(graph).with_data(data)
    window.document.edit("Slow", project.with_training(batch_size=6_000))


@pytest.fixture
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that gives a step little time to end, so that the slow one surely outlasts it."""
    assert run.PAUSE_WITHIN_MS < 1000
    monkeypatch.setattr(run, "PAUSE_WITHIN_MS", 1)


def train_slowly(window: MainWindow) -> int:
    """Start training the slow net; the pid of the engine, which is inside its first step."""
    opened: list[Any] = []
    window.run.opened.connect(opened.append)
    slow_net(window)
    until(lambda: bool(opened))
    window.commands.toggle_training()
    until(lambda: window.run.is_training)
    pid = window.run.engine_pid
    assert pid is not None
    engine = psutil.Process(pid)
    before = engine.cpu_times().user
    until(lambda: engine.cpu_times().user > before + 0.1)
    return pid


@pytest.mark.slow
@pytest.mark.usefixtures("short_pause")
def test_that_a_pause_ends_a_slow_step_with_its_engine(window: MainWindow) -> None:
    pid = train_slowly(window)
    reasons: list[str] = []
    window.run.paused_by_itself.connect(reasons.append)
    window.commands.toggle_training()
    until(lambda: not window.run.is_training)
    assert not psutil.pid_exists(pid), "the step was not waited for"
    assert "took too long" in reasons[0]
    until(lambda: window.run.is_ready)
    assert window.document.graph.nodes["linear1"].layer.options()["out_features"] == 2048


@pytest.mark.slow
def test_that_closing_does_not_wait_for_a_slow_step(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = train_slowly(window)
    monkeypatch.setattr(client, "END_WITHIN_S", 0)
    discard = QMessageBox.StandardButton.Discard
    monkeypatch.setattr(QMessageBox, "question", lambda *_: discard)
    frame = window.run.last_frame
    assert window.close()
    assert window.run.last_frame is frame, "the step was not waited for"
    assert window.run.engine_pid is None
    assert not psutil.pid_exists(pid)
