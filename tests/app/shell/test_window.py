"""The window and a real engine: training, editing, saving, data, and the keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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

from playground.app.shell.window import MainWindow
from playground.app.widgets.counter import EMPTY
from playground.catalog.datasets.dataset import Dataset
from playground.catalog.registry import make, make_layer
from playground.project.file import read
from tests.app.conftest import step_of, until


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
    trained = read(path).state
    window.project_files.save()  # at once: the engine has not even compiled it
    assert read(path).state == trained
    assert window.top_bar.metric_counter.chosen == "f1"
    until(lambda: step_of(window) == 55)
    back = window.run.last_frame
    assert back is not None
    assert saved is not None
    assert back.val_loss == saved.val_loss
    assert not window.document.is_modified


@pytest.mark.slow
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


@pytest.mark.slow
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
