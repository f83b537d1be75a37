"""The commands of the table as QActions of one window, kept up to date."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from playground.app.canvas.view import CanvasView
from playground.app.shell.command import Command
from playground.app.shell.command_table import COMMANDS, MENUS
from playground.app.shell.commands import Commands
from playground.translation import tr

ICON = "iconName"
"""The property of an action that names its icon; a button draws it in a colour of the theme."""


class Actions(QObject):
    """Makes a QAction for every command, and the menus of them."""

    def __init__(self, commands: Commands, window: QWidget, canvas: CanvasView) -> None:
        super().__init__(window)
        self._commands, self._canvas = commands, canvas
        self._actions = {command.id: self._action(command) for command in COMMANDS}
        for command in COMMANDS:
            owner = canvas if command.scope == "canvas" else window
            owner.addAction(self._actions[command.id])
        canvas.set_menu_commands(self.fill_menu)
        canvas.installEventFilter(self)
        for changed in (
            commands.document.changed,
            commands.document.selection_changed,
            commands.run.status_changed,
        ):
            changed.connect(self.refresh)
        self.refresh()

    def __getitem__(self, command_id: str) -> QAction:
        return self._actions[command_id]

    def _action(self, command: Command) -> QAction:
        action = QAction(self)
        action.setObjectName(command.id)
        action.setShortcuts(command.shortcuts())
        if command.scope == "canvas":
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setMenuRole(command.role)
        action.setCheckable(command.is_checked is not None)
        action.setStatusTip(tr(command.help))
        action.setProperty(ICON, command.icon)
        action.triggered.connect(lambda _=False: self._run(command))
        return action

    def _run(self, command: Command) -> None:
        command.act(self._commands)
        self.refresh()

    # As things stand

    def refresh(self) -> None:
        """Show on every action how the document and the run are now."""
        for command in COMMANDS:
            self._refresh(command, self._actions[command.id])

    def _refresh(self, command: Command, action: QAction) -> None:
        now = command.title_now
        title = now(self._commands) if now is not None else tr(command.title)
        keys = command.keys_text()
        name = tr("{title} ({keys})", title=title, keys=keys) if keys else title
        action.setText(title)
        action.setIconText(tr(command.button) if command.button else title)
        action.setToolTip(f"{name}\n{tr(command.help)}")
        if command.icon_now is not None:
            action.setProperty(ICON, command.icon_now(self._commands))
        action.setEnabled(command.is_enabled(self._commands))
        if command.is_checked is not None:
            action.setChecked(command.is_checked(self._commands))

    # Menus

    def menus(self, parent: QWidget) -> QMenu:
        """The menu of all commands, with a submenu for File, Edit, Train, View and Help."""
        whole = QMenu(tr("Menu"), parent)
        menus = {name: whole.addMenu(tr(name)) for name in MENUS}
        submenus: dict[str, QMenu] = {}
        for command in COMMANDS:
            menu = menus[command.menu]
            if command.starts_group:
                menu.addSeparator()
            if command.submenu:
                if command.submenu not in submenus:
                    submenus[command.submenu] = menu.addMenu(tr(command.submenu))
                menu = submenus[command.submenu]
            menu.addAction(self._actions[command.id])
        for menu in menus.values():
            menu.aboutToShow.connect(self.refresh)
        if sys.platform == "darwin" and isinstance(parent, QMainWindow):
            for menu in menus.values():
                parent.menuBar().addMenu(menu)
        return whole

    def fill_menu(self, menu: QMenu, context: str) -> None:
        """Add the commands that a context menu of the canvas offers for what is selected."""
        self.refresh()
        for command in COMMANDS:
            if context in command.contexts and command.is_offered(self._commands):
                if command.starts_group and not menu.isEmpty():
                    menu.addSeparator()
                menu.addAction(self._actions[command.id])

    # Keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A gesture of the canvas gets the keys before the canvas's own shortcuts."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._canvas.gestures.current is not None
            and self._is_of_canvas(event)
        ):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _is_of_canvas(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        pressed = QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key())))
        return any(pressed in action.shortcuts() for action in self._canvas.actions())
