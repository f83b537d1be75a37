"""The command table: its keys, its texts, and that everything else is drawn from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from playground import __version__
from playground.app.canvas.view import CanvasView
from playground.app.document import Document
from playground.app.main import application
from playground.app.shell.actions import Actions
from playground.app.shell.command_docs import markdown, with_table
from playground.app.shell.command_table import COMMANDS, MENUS, gesture_rows, shortcut_groups
from playground.app.shell.shortcut_sheet import ShortcutSheet
from playground.app.shell.window import MainWindow
from playground.app.theme.tokens import theme
from playground.project.templates import build
from tests.app.commands_on_canvas import install_commands
from tests.app.conftest import until

README = Path(__file__).parents[3] / "README.md"


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    """A canvas with a network, larger than the view."""
    application()
    canvas = CanvasView(Document(build("spiral-residual")))
    canvas.resize(500, 300)
    return canvas


@pytest.fixture
def actions(view: CanvasView, qtbot: QtBot) -> Actions:
    """The commands on that canvas, which has the focus."""
    found = install_commands(view, qtbot)
    with qtbot.waitExposed(view):
        view.show()
    view.activateWindow()
    view.setFocus()
    return found


def test_that_ids_and_keys_are_unique_and_texts_are_complete(actions: Actions) -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    keys = [key.toString() for command in COMMANDS for key in command.shortcuts()]
    keys += [key for command in COMMANDS for key in command.watched_keys]
    assert sorted(keys) == sorted(set(keys))
    for command in COMMANDS:
        assert command.menu in MENUS
        assert command.help.endswith("."), command.id
        assert command.help.strip(".") != command.title, command.id


def test_that_standard_keys_are_there_and_so_are_the_keys_of_the_readme(actions: Actions) -> None:
    for command in COMMANDS:
        found = actions[command.id].shortcuts()
        assert all(QKeySequence(key) in found for key in command.keys), command.id
        if command.standard is not None:
            standard = QKeySequence.keyBindings(command.standard)
            assert all(key in found for key in standard), command.id


def test_that_ctrl_0_fits_the_network_and_ctrl_1_is_actual_size(
    view: CanvasView, actions: Actions
) -> None:
    view.camera.fit()
    fitted = view.camera.zoom
    assert fitted != 1.0
    QTest.keyClick(view, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert view.camera.zoom == 1.0
    QTest.keyClick(view, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert view.camera.zoom == fitted


def test_that_commands_are_enabled_and_checked_as_the_selection_asks(
    view: CanvasView, actions: Actions
) -> None:
    assert not actions["copy"].isEnabled()
    assert not actions["freeze"].isEnabled()
    view.document.select(["linear1"])
    assert actions["copy"].isEnabled()
    assert not actions["freeze"].isChecked()
    actions["freeze"].trigger()
    assert actions["freeze"].isChecked()
    assert actions["undo"].isEnabled()
    assert actions["undo"].text() == f"Undo: {view.document.undo_name}"
    actions["undo"].trigger()
    assert not actions["freeze"].isChecked()
    assert not actions["undo"].isEnabled()


def test_that_a_gesture_gets_the_keys_before_the_commands(
    view: CanvasView, actions: Actions
) -> None:
    view.document.select(["linear1"])
    QTest.keyClick(view, Qt.Key.Key_C)
    assert view.gestures.current is not None
    before = view.document.graph
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert view.document.graph is before
    assert view.gestures.current is not None
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.gestures.current is None


def test_that_the_context_menu_of_the_canvas_adds_at_the_place_clicked(
    view: CanvasView, actions: Actions
) -> None:
    from playground.app.canvas.menus import menu_at

    place = view.mapToScene(30, 280)
    menu = menu_at(view, place)
    titles = [action.text() for action in menu.actions() if action.text()]
    assert titles == ["Add layer…", "Paste", "Select all", "Fit the whole network", "Tidy up"]
    actions["add_layer"].trigger()
    assert view.adding.popup is not None
    QTest.keyClicks(view.adding.popup.field, "tanh")
    QTest.keyClick(view.adding.popup.field, Qt.Key.Key_Return)
    (added,) = view.document.selected
    assert view.drawing.nodes[added].frame.contains(place)


def test_that_diagnostics_are_copied_as_text(view: CanvasView, actions: Actions) -> None:
    actions["copy_diagnostics"].trigger()
    assert f"playground: {__version__}" in QGuiApplication.clipboard().text()


@pytest.mark.slow
def test_that_the_text_size_goes_from_100_to_200_percent(
    view: CanvasView, actions: Actions
) -> None:
    assert not actions["smaller_text"].isEnabled()
    try:
        for _ in range(10):
            assert actions["larger_text"].isEnabled()
            actions["larger_text"].trigger()
        assert theme.text_scale == 200
        assert not actions["larger_text"].isEnabled()
        actions["reset_text"].trigger()
        assert theme.text_scale == 100
    finally:
        theme.set_text_scale(100)


def test_that_the_table_in_the_readme_is_the_command_table() -> None:
    text = README.read_text(encoding="utf-8")
    assert markdown() in text
    assert with_table(text) == text, "run python -m playground.app.shell.command_docs README.md"


def test_that_the_shortcut_sheet_shows_every_command_with_keys(qtbot: QtBot) -> None:
    application()
    owner = QLabel()
    qtbot.addWidget(owner)
    sheet = ShortcutSheet(shortcut_groups(), gesture_rows(), owner)
    texts = {label.text() for label in sheet.findChildren(QLabel)}
    for command in COMMANDS:
        if command.keys or command.watched_keys:
            assert {command.keys_text(), command.title} <= texts, command.id
    assert "F5, Space" in texts


@pytest.mark.slow
def test_that_buttons_of_the_top_bar_are_the_actions(window: MainWindow, qtbot: QtBot) -> None:
    bar, actions = window.top_bar, window.command_actions
    assert bar.step.toolTip() == actions["step_batch"].toolTip()
    bar.unit.setCurrentIndex(1)
    assert bar.step.toolTip() == actions["step_epoch"].toolTip()
    assert bar.train.toolTip() == "Train (F5, Space)\nStart or pause training."
    assert bar.restart.text() == " Restart"
    qtbot.mouseClick(bar.step, Qt.MouseButton.LeftButton)
    until(lambda: window.run.last_frame is not None and window.run.last_frame.step == 11)
    assert window.run.last_frame is not None
    assert window.run.last_frame.epoch == pytest.approx(1)


@pytest.mark.slow
def test_that_the_top_bar_fits_a_small_window_at_any_text_size(window: MainWindow) -> None:
    bar = window.top_bar
    try:
        for percent in (100, 150, 200):
            theme.set_text_scale(percent)
            window.resize(1366, 768)
            QApplication.processEvents()
            assert window.width() == 1366, percent
            shown = [
                w for w in (bar.train, bar.step, bar.device, bar.theme_button) if w.isVisible()
            ]
            assert len(shown) == 4
            assert all(bar.rect().contains(w.geometry()) for w in shown), percent
    finally:
        theme.set_text_scale(100)


@pytest.mark.slow
def test_that_space_trains_and_pauses_after_a_click_on_a_button(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.activateWindow()
    window.canvas.setFocus()
    qtbot.mouseClick(window.top_bar.train, Qt.MouseButton.LeftButton)
    until(lambda: window.run.is_training)
    assert window.canvas.hasFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    until(lambda: not window.run.is_training)
    qtbot.mouseClick(window.top_bar.step, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.top_bar.restart, Qt.MouseButton.LeftButton)
    focused = window.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, Qt.Key.Key_Space)
    until(lambda: window.run.is_training)
