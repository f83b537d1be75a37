"""The window and a real engine: training, failures, saving."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QInputDialog,
    QLineEdit,
    QMessageBox,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from playground.app import run
from playground.app.main import application
from playground.app.shell.window import MainWindow
from playground.app.widgets.counter import EMPTY
from playground.catalog.datasets.dataset import Dataset
from playground.catalog.losses import Loss
from playground.catalog.optimizers import Optimizer
from playground.catalog.registry import make, make_layer
from playground.project.file import read
from playground.session import client
from tests.app.conftest import until


def step_of(window: MainWindow) -> int:
    """The step of the last frame."""
    return window.run.last_frame.step if window.run.last_frame else 0


def offer(window: MainWindow, words: str) -> QAbstractButton:
    """The button of the notice that says so."""
    return next(b for b in window.notice.buttons if words in b.text())


def test_that_train_trains_and_pause_pauses(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.top_bar.train, Qt.MouseButton.LeftButton)
    until(lambda: step_of(window) > 200)
    assert "Pause" in window.top_bar.train.text()
    qtbot.mouseClick(window.top_bar.train, Qt.MouseButton.LeftButton)
    until(lambda: not window.run.is_training)
    assert "Train" in window.top_bar.train.text()
    assert float(window.top_bar.counters["train"].value.text()) < 0.6
    assert window.document.is_modified


@pytest.mark.slow
def test_that_pressing_train_twice_in_a_row_does_no_harm(window: MainWindow) -> None:
    window.commands.toggle_training()
    window.commands.toggle_training()
    until(lambda: not window.run.is_training)
    window.commands.toggle_training()
    until(lambda: step_of(window) > 100)
    assert window.run.is_training


@pytest.mark.slow
def test_that_step_trains_one_batch_or_one_epoch(window: MainWindow) -> None:
    window.command_actions["step_batch"].trigger()
    until(lambda: step_of(window) == 1)
    window.command_actions["step_epoch"].trigger()
    until(lambda: step_of(window) == 11 and not window.run.is_training)  # ⌈350 / 32⌉ = 11


@pytest.mark.slow
def test_that_restart_goes_back_to_the_same_initial_loss(window: MainWindow) -> None:
    until(lambda: window.run.last_frame is not None)
    first = window.run.last_frame
    assert first is not None
    window.run.step("epoch", 3)
    until(lambda: step_of(window) == 33 and not window.run.is_training)
    window.run.restart()
    until(lambda: step_of(window) == 0)
    again = window.run.last_frame
    assert again is not None
    assert again.val_loss == first.val_loss
    window.commands.restart_with_new_weights()
    until(lambda: window.run.last_frame is not again and step_of(window) == 0)
    other = window.run.last_frame
    assert other is not None
    assert other.val_loss != first.val_loss
    assert window.document.undo_name == "New initial weights (seed 2)"


@pytest.mark.slow
def test_that_an_edit_reaches_the_running_net_and_keeps_its_weights(window: MainWindow) -> None:
    opened: list[Any] = []
    window.commands.toggle_training()
    until(lambda: step_of(window) > 100)
    window.run.opened.connect(opened.append)
    graph = window.document.graph.set_layer("relu2", make_layer({"kind": "Tanh"}))
    window.document.edit_graph("Change activation", graph)
    until(lambda: bool(opened))
    assert opened[0].kept == ("linear1", "linear2", "linear3")
    assert not opened[0].is_fresh
    before = step_of(window)
    until(lambda: step_of(window) > before + 100)


@pytest.mark.slow
def test_that_deleting_a_layer_while_training_pauses_until_undo(
    window: MainWindow,
) -> None:
    window.commands.toggle_training()
    until(lambda: step_of(window) > 50)
    window.document.select(["linear2"])
    window.canvas.edits.delete()
    until(lambda: not window.run.is_training)
    window.commands.toggle_training()
    assert "Can't start training" in window.notice.label.text()
    window.document.undo()
    window.commands.toggle_training()
    until(lambda: window.run.is_training)
    step = step_of(window)
    until(lambda: step_of(window) > step + 50)


@pytest.mark.slow
def test_that_saving_and_opening_restores_the_run(window: MainWindow, tmp_path: Path) -> None:
    window.run.step("epoch", 5)
    until(lambda: step_of(window) == 55 and not window.run.is_training)
    saved = window.run.last_frame
    path = tmp_path / "mine.nplay"
    window.top_bar.metric_counter.choose("f1")
    window.project_files.save_to(path)
    until(lambda: not window.document.is_modified)
    assert window.windowTitle().startswith("mine.nplay")
    assert read(path).state is not None
    window.project_files.start_from("spiral-residual")
    assert window.top_bar.metric_counter.chosen == ""
    until(lambda: window.run.last_frame is not None and step_of(window) == 0)
    assert window.project_files.open_path(path)
    assert window.top_bar.metric_counter.chosen == "f1"
    until(lambda: step_of(window) == 55)
    back = window.run.last_frame
    assert back is not None
    assert saved is not None
    assert back.val_loss == saved.val_loss
    assert not window.document.is_modified


@pytest.mark.slow
def test_that_a_killed_engine_is_replaced_and_offers_to_continue(window: MainWindow) -> None:
    window.commands.toggle_training()
    until(lambda: window.run.keyframe_state() is not None and step_of(window) > 3000)
    pid, graph = window.run.engine_pid, window.document.graph
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
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
        os.kill(pid, signal.SIGKILL)
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


def test_that_closing_asks_about_unsaved_changes(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def cancel(*words: Any) -> QMessageBox.StandardButton:
        asked.append(words[2])
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "question", cancel)
    window.document.edit_graph("Rename", window.document.graph.rename("linear1", "first"))
    assert not window.close()
    assert window.isVisible()
    assert "Save the changes to untitled?" in asked[0]


@pytest.mark.slow
def test_that_a_block_made_of_a_selection_appears_in_the_palette(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("Hidden", True))
    window.document.select(["linear1", "relu1"])
    window.commands.make_block()
    assert "Block:Hidden" in window.palette_view.chips
    window.canvas.edits.add_layer("Block:Hidden")
    titles = [node.title for node in window.document.graph.nodes.values()]
    assert titles.count("Hidden") == 2
    window.commands.toggle_training()
    until(lambda: step_of(window) > 50)
    window.palette_view.toggle_favourite("Block:Hidden")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("Deep", True))
    window.palette_view.renaming_asked.emit("Hidden")
    assert "Block:Hidden" not in window.palette_view.chips
    assert window.palette_view.shown[0] == "Block:Deep", "it stays a favourite"
    window.palette_view.removal_asked.emit("Deep")
    assert "Block:Deep" not in window.palette_view.chips


@pytest.mark.slow
def test_that_hidden_panels_request_no_probes(window: MainWindow) -> None:
    assert "boundary" in window.run.wanted_probes()
    window.panels.toggle("boundary", False)
    assert "boundary" not in window.run.wanted_probes()
    window.hide()
    assert window.run.wanted_probes() == ()


def test_that_a_table_dropped_on_the_window_becomes_the_data(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "flowers.csv"
    path.write_text("a,b,kind\n" + "\n".join(f"{i},{-i},{'xy'[i % 2]}" for i in range(20)))
    window.take_files([path])
    assert window.document.project.data.kind == "csv"
    assert window.document.undo_name == "Use flowers.csv as the data set"
    path.unlink()
    window.document.edit_graph("Rename", window.document.graph.rename("linear1", "first"))
    assert any(d.code == "data" for d in window.document.examined.errors)


@pytest.mark.slow
def test_that_the_data_preview_is_shown_although_the_network_has_errors(window: MainWindow) -> None:
    until(lambda: window.canvas.drawing.preview is not None)
    before = window.canvas.drawing.preview
    project = window.document.project
    broken = project.with_graph(project.graph.remove(["linear1"]))
    window.document.edit("Take spiral", broken.with_data(make(Dataset, "spiral")))
    assert window.document.examined.errors
    until(lambda: window.canvas.drawing.preview != before)


@pytest.mark.slow
def test_that_readings_of_other_data_are_cleared_if_the_network_has_errors(
    window: MainWindow,
) -> None:
    loss = window.top_bar.counters["val"].value
    until(lambda: loss.text() != EMPTY)
    project = window.document.project
    broken = project.with_graph(project.graph.remove(["linear1"]))
    window.document.edit("Take spiral", broken.with_data(make(Dataset, "spiral")))
    until(lambda: loss.text() == EMPTY)
    window.document.undo()
    until(lambda: loss.text() != EMPTY)


@pytest.mark.slow
def test_that_changes_that_follow_other_labels_are_reported(window: MainWindow) -> None:
    project = window.document.project
    window.document.edit("Take Iris", project.with_data(make(Dataset, "iris")))
    assert "the loss is now Cross-entropy" in window.toast.text()
    until(lambda: window.run.last_frame is not None and not window.document.examined.errors)


@pytest.mark.slow
def test_that_a_file_that_is_not_a_project_is_refused_and_the_work_kept(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "picture.nplay"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    project = window.document.project
    window.take_files([path])
    assert "picture.nplay" in window.notice.label.text()
    assert window.document.project is project


@pytest.mark.slow
def test_that_every_control_has_a_tooltip(window: MainWindow) -> None:
    window.document.select(["linear1"])
    controls = (QAbstractButton, QComboBox, QLineEdit, QSlider)
    bare = [
        widget
        for kind in controls
        for widget in window.findChildren(kind)
        if widget.isVisibleTo(window) and not _has_tip(widget)
    ]
    assert [f"{type(w).__name__} {w.objectName()} {w.accessibleName()}" for w in bare] == []


def _has_tip(widget: QWidget) -> bool:
    # A field inside a combo or a spin box speaks for its owner.
    parent = widget.parentWidget()
    return bool(widget.toolTip()) or (isinstance(parent, QComboBox) and bool(parent.toolTip()))


@pytest.mark.slow
def test_that_escape_returns_from_fields_to_the_canvas(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    window.document.select(["linear1"])
    window.inspector.setFocus()
    field = window.inspector.focusWidget()
    assert isinstance(field, QLineEdit)
    until(field.hasFocus)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert window.canvas.hasFocus()
    window.palette_view.chips["ReLU"].setFocus()
    qtbot.keyClick(window.palette_view.chips["ReLU"], Qt.Key.Key_Slash)
    assert window.palette_view.field.hasFocus()
    qtbot.keyClick(window.palette_view.field, Qt.Key.Key_Escape)
    assert window.canvas.hasFocus()
    assert window.document.selected == {"linear1"}


@pytest.mark.slow
def test_that_a_space_in_the_search_or_in_a_name_does_not_train(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.activateWindow()
    window.canvas.edits.search_layer()
    popup = window.canvas.adding.popup
    assert popup is not None
    until(popup.field.hasFocus)
    qtbot.keyClicks(popup.field, "fully connected")
    assert not window.run.is_training
    assert popup.field.text() == "fully connected"
    qtbot.keyClick(popup.field, Qt.Key.Key_Escape)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    assert window.run.is_training
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    until(lambda: not window.run.is_training)
