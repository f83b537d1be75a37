"""The main window: puts the rooms together and lets commands act on them."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QMenu,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from playground.app.canvas.view import CanvasView
from playground.app.document import Document
from playground.app.inspector.view import InspectorView
from playground.app.palette.view import PaletteView
from playground.app.panels.dock import PanelDock
from playground.app.run import Run
from playground.app.shell.command_table import COMMANDS, MENUS, Command
from playground.app.shell.commands import Commands
from playground.app.shell.engine_events import EngineEvents
from playground.app.shell.project_files import ProjectFiles
from playground.app.shell.top_bar import TopBar
from playground.app.theme.tokens import theme
from playground.app.widgets.notice import Notice
from playground.app.widgets.toast import Toast
from playground.catalog.datasets.files import CSV
from playground.project.library import Library
from playground.project.project import empty_project
from playground.project.recovery import Recovery

SMALLEST = (1000, 600)
FIRST_SIZE = (1440, 900)


class MainWindow(Commands):
    """The whole app: makes its parts, joins them, and takes what is dropped on it."""

    def __init__(
        self,
        *,
        recovery: Recovery | None = None,
        settings: QSettings | None = None,
        library: Library | None = None,
    ) -> None:
        super().__init__()
        self.library = library or Library()
        self.settings = settings
        self.document = Document(empty_project(), self)
        self.run = Run(self.document, self, is_watched=self._is_watched)
        self.project_files = ProjectFiles(self.document, self.run, self, recovery)
        self.actions_by_key: dict[str, QAction] = {}
        self._reference = None
        self._space_was_used = True
        self._closes_for_good = False
        self.setMinimumSize(*SMALLEST)
        self.resize(*FIRST_SIZE)
        self.setAcceptDrops(True)
        self._build_actions()
        self._build()
        self._connect()
        self.engine_events = EngineEvents(self)
        self._show_title()
        self._show_document()

    # Building

    def _build_actions(self) -> None:
        self.menu = QMenu("Menu", self)
        menus = {name: self.menu.addMenu(name) for name in MENUS}
        for command in COMMANDS:
            menu = menus[command.menu]
            if command.starts_group:
                menu.addSeparator()
            menu.addAction(self._action(command))
        if sys.platform == "darwin":
            for menu in menus.values():
                self.menuBar().addMenu(menu)

    def _action(self, command: Command) -> QAction:
        action = QAction(command.text, self)
        # Space pans in the canvas and presses buttons, so it is no shortcut of the window's.
        keys = [QKeySequence(k) for k in command.shortcuts if k != "Space"]
        action.setShortcuts(keys)
        if command.is_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setToolTip(command.help)
        action.setStatusTip(command.help)
        action.triggered.connect(lambda: getattr(self, command.key)())
        self.actions_by_key[command.key] = action
        if not command.is_canvas:
            self.addAction(action)
        return action

    def _build(self) -> None:
        self.top_bar = TopBar(self.menu)
        self.palette_view = PaletteView(settings=self.settings)
        self.canvas = CanvasView(self.document)
        self.inspector = InspectorView(self.document)
        self.notice = Notice()
        self.panels = PanelDock(self.document)
        self.toast = Toast(self.canvas)
        middle = QSplitter(Qt.Orientation.Vertical)
        middle.addWidget(self.canvas)
        middle.addWidget(self.panels)
        middle.setStretchFactor(0, 5)
        middle.setStretchFactor(1, 3)
        middle.setCollapsible(0, False)
        centre = QWidget()
        stacked = QVBoxLayout(centre)
        stacked.setContentsMargins(0, 0, 0, 0)
        stacked.setSpacing(0)
        stacked.addWidget(self.notice)
        stacked.addWidget(middle, 1)
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        for widget, stretch in ((self.palette_view, 0), (centre, 1), (self.inspector, 0)):
            self.columns.addWidget(widget)
            self.columns.setStretchFactor(self.columns.count() - 1, stretch)
        self.columns.setCollapsible(1, False)
        self.columns.setSizes([196, 950, 294])
        self.rows = middle
        self.rows.setSizes([520, 290])
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        layout.addWidget(self.columns, 1)
        self.setCentralWidget(whole)
        self.canvas.setFocus()

    def _connect(self) -> None:
        bar, run, document = self.top_bar, self.run, self.document
        bar.train_pressed.connect(self.toggle_training)
        bar.step_pressed.connect(run.step)
        bar.restart_pressed.connect(self.restart)
        bar.restart_with_new_weights_pressed.connect(self.restart_with_new_weights)
        bar.theme_pressed.connect(self.toggle_theme)
        document.changed.connect(self._show_document)
        document.saved_state_changed.connect(self._show_title)
        self.project_files.view = lambda: {
            "panels": self.panels.chosen,
            "theme": theme.colours.name,
            "metric": bar.metric_counter.chosen,
        }
        self.project_files.opened.connect(self._show_opened)
        self.project_files.notified.connect(self.toast.tell)
        self.document.notified.connect(self.toast.tell)
        self.palette_view.layer_chosen.connect(self.canvas.add_kind)
        self.palette_view.hover.current_shape = lambda: self.canvas.adding.current_shape
        self.canvas.block_asked.connect(self.make_block)
        self.palette_view.renaming_asked.connect(self.rename_kept_block)
        self.palette_view.removal_asked.connect(
            lambda name: self._change_library(lambda: self.library.forget(name))
        )
        self.palette_view.reference_asked.connect(self.show_reference)
        self.inspector.reference_asked.connect(self.show_reference)
        self.canvas.message.connect(self.toast.tell)
        self.canvas.node_activated.connect(lambda _: self.inspector.setFocus())
        self.panels.arranged.connect(run.ask_again)
        run.ticked.connect(self.canvas.pulse.tick)
        for part in (self.canvas, self.canvas.viewport()):
            part.installEventFilter(self)

    # Showing

    def _is_watched(self) -> bool:
        return self.isVisible() and not self.isMinimized()

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self.document.title}[*] – Playground")
        self.setWindowModified(self.document.is_modified)
        self.top_bar.show_title(self.document.title, self.document.is_modified)

    def _show_document(self) -> None:
        undo, redo = self.actions_by_key["undo"], self.actions_by_key["redo"]
        undo.setText(f"Undo {self.document.undo_name or ''}".strip())
        undo.setEnabled(self.document.undo_name is not None)
        redo.setText(f"Redo {self.document.redo_name or ''}".strip())
        redo.setEnabled(self.document.redo_name is not None)

    def _show_opened(self) -> None:
        panels = self.document.view.get("panels")
        known = isinstance(panels, list) and all(isinstance(key, str) for key in panels)
        self.panels.choose(panels if known else None)
        self.panels.clear()
        self.top_bar.clear()
        self.top_bar.metric_counter.choose(str(self.document.view.get("metric", "")))
        self.notice.hide()
        self._show_title()
        QTimer.singleShot(0, self.canvas, self.canvas.fit)

    # Events

    def showEvent(self, event: QShowEvent) -> None:
        """Start the engine once the window can be seen and used."""
        super().showEvent(event)
        if self.run.engine_pid is None:
            QTimer.singleShot(0, self.run.start_engine)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space trains, / searches, Esc leads back to the canvas, where nothing else wants them."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.toggle_training()
            event.accept()
            return
        if event.key() == Qt.Key.Key_Slash:
            self.palette_view.focus_search()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the canvas Space and a drag pan, Space alone trains."""
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            self._space_was_used = True
        elif isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            if event.isAutoRepeat():
                return super().eventFilter(watched, event)
            if kind == QEvent.Type.KeyPress:
                self._space_was_used = bool(event.modifiers())
            elif kind == QEvent.Type.KeyRelease and not self._space_was_used:
                self._space_was_used = True  # a field over the canvas lets the next release through
                self.toggle_training()
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files can be dropped anywhere on the window."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open a project, or take a table as the data set."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        QTimer.singleShot(0, self, lambda: self.take_files(paths))

    def take_files(self, paths: list[Path]) -> None:
        """Open the first of the files: a project, or a table as the data set."""
        if not paths:
            self.toast.tell("Only files of this computer can be dropped here.")
            return
        path = paths[0]
        if path.suffix.lower() in (".csv", ".tsv", ".txt"):
            data = CSV(path=str(path.absolute()))
            project = self.document.project.with_data(data)
            self.document.edit(f"Take {path.name} as data", project)
            self.document.select(n.id for n in self.document.graph.input_nodes)
        elif self.project_files.may_leave():
            self.project_files.open_path(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about what is unsaved, then end the engine."""
        if not self._closes_for_good and not self.project_files.may_leave():
            event.ignore()
            return
        if self.settings is not None:
            self.settings.setValue("geometry", self.saveGeometry())
        self.project_files.close()
        self.run.close()
        event.accept()

    def close_for_good(self) -> None:
        """Close without asking, for pictures and scripts."""
        self._closes_for_good = True
        self.close()
