"""The main window: builds the parts, joins them, and takes what is dropped on it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from playground.app.canvas.view import CanvasView
from playground.app.document import Document
from playground.app.inspector.view import InspectorView
from playground.app.palette.view import PaletteView
from playground.app.panels.dock import PanelDock
from playground.app.run import Run
from playground.app.shell.actions import Actions
from playground.app.shell.commands import Commands
from playground.app.shell.engine_events import EngineEvents
from playground.app.shell.notifications import Notifications
from playground.app.shell.project_files import ProjectFiles
from playground.app.shell.space_key import SpaceKey
from playground.app.shell.top_bar import TopBar
from playground.app.theme.tokens import theme
from playground.app.widgets.notice import Notice
from playground.app.widgets.toast import Toast
from playground.catalog.datasets.files import CSV
from playground.project.library import Library
from playground.project.project import empty_project
from playground.project.recovery import Recovery
from playground.translation import tr

SMALLEST = (1000, 600)
FIRST_SIZE = (1440, 900)
COLUMN_WIDTHS = [196, 950, 294]
ROW_HEIGHTS = [520, 290]
TABLES = (".csv", ".tsv", ".txt")


class MainWindow(QMainWindow):
    """The whole app. Its parts know each other only through what it hands them."""

    def __init__(
        self,
        *,
        recovery: Recovery | None = None,
        settings: QSettings | None = None,
        library: Library | None = None,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.document = Document(empty_project(), self)
        self.run = Run(self.document, self, is_watched=self._is_watched)
        self.project_files = ProjectFiles(self.document, self.run, self, recovery, self._view)
        self._closes_for_good = False
        self.setMinimumSize(*SMALLEST)
        self.resize(*FIRST_SIZE)
        self.setAcceptDrops(True)
        self._build_parts(library or Library())
        self._lay_out()
        self._connect()
        self.engine_events = EngineEvents(
            self.run,
            self.document,
            display=self.top_bar,
            marker=self.canvas,
            notifications=self.notifications,
        )
        for consumer in (self.top_bar, self.canvas, self.panels, self.inspector):
            self.run.add_consumer(consumer)
        self._show_title()

    # Building

    def _build_parts(self, library: Library) -> None:
        self.palette_view = PaletteView(settings=self.settings)
        self.canvas = CanvasView(self.document)
        self.inspector = InspectorView(self.document)
        self.panels = PanelDock(self.document)
        self.notice = Notice()
        self.toast = Toast(self.canvas)
        self.notifications = Notifications(
            self.document, self.notice, self.toast, self.canvas.camera
        )
        self.commands = Commands(
            window=self,
            document=self.document,
            run=self.run,
            files=self.project_files,
            canvas=self.canvas,
            palette=self.palette_view,
            notifications=self.notifications,
            library=library,
            settings=self.settings,
        )
        self.command_actions = Actions(self.commands, self, self.canvas)
        self.menu = self.command_actions.menus(self)
        self.top_bar = TopBar(self.menu, self.command_actions)
        self.space_key = SpaceKey(self.canvas)

    def _lay_out(self) -> None:
        self.rows = QSplitter(Qt.Orientation.Vertical)
        self.rows.addWidget(self.canvas)
        self.rows.addWidget(self.panels)
        self.rows.setStretchFactor(0, 5)
        self.rows.setStretchFactor(1, 3)
        self.rows.setCollapsible(0, False)
        self.rows.setSizes(ROW_HEIGHTS)
        centre = _stacked(self.notice, self.rows)
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        for widget, stretch in ((self.palette_view, 0), (centre, 1), (self.inspector, 0)):
            self.columns.addWidget(widget)
            self.columns.setStretchFactor(self.columns.count() - 1, stretch)
        self.columns.setCollapsible(1, False)
        self.columns.setSizes(COLUMN_WIDTHS)
        self.setCentralWidget(_stacked(self.top_bar, self.columns))
        self.canvas.setFocus()

    def _connect(self) -> None:
        commands, files, canvas = self.commands, self.project_files, self.canvas
        palette, notifications = self.palette_view, self.notifications
        self.document.saved_state_changed.connect(self._show_title)
        self.document.notified.connect(notifications.show_passing)
        files.opened.connect(self._show_opened)
        files.notified.connect(notifications.show_passing)
        files.refused.connect(notifications.show_failure)
        palette.layer_chosen.connect(canvas.edits.add_layer)
        palette.hover.set_shape_source(lambda: canvas.adding.current_shape)
        palette.renaming_asked.connect(commands.rename_saved_block)
        palette.removal_asked.connect(commands.remove_saved_block)
        palette.reference_asked.connect(commands.show_reference)
        self.inspector.reference_asked.connect(commands.show_reference)
        canvas.message.connect(notifications.show_passing)
        canvas.node_activated.connect(lambda _: self.inspector.setFocus())
        self.space_key.pressed.connect(commands.toggle_training)
        run = self.run
        self.panels.arranged.connect(run.ask_again)
        run.opened.connect(lambda _: self.panels.arrange())
        run.ticked.connect(canvas.pulse.tick)
        run.status_changed.connect(lambda: canvas.display.set_training(run.is_training))

    # Showing

    def _is_watched(self) -> bool:
        return self.isVisible() and not self.isMinimized()

    def _view(self) -> dict[str, object]:
        return {
            "panels": self.panels.chosen,
            "theme": theme.colours.name,
            "metric": self.top_bar.metric_counter.chosen,
        }

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self.document.title}[*] – Playground")
        self.setWindowModified(self.document.is_modified)
        self.top_bar.show_title(self.document.title, self.document.is_modified)

    def _show_opened(self) -> None:
        panels = self.document.view.get("panels")
        is_known = isinstance(panels, list) and all(isinstance(key, str) for key in panels)
        self.panels.choose(panels if is_known else None)
        self.panels.clear()
        self.top_bar.clear()
        self.top_bar.metric_counter.choose(str(self.document.view.get("metric", "")))
        self.notice.hide()
        self._show_title()
        QTimer.singleShot(0, self.canvas, self.canvas.camera.fit)

    # Events

    def showEvent(self, event: QShowEvent) -> None:
        """Start the engine once the window is visible and responsive."""
        super().showEvent(event)
        if self.run.engine_pid is None:
            QTimer.singleShot(0, self.run.start_engine)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that nothing else took: Space trains, / searches, Esc returns to the canvas."""
        key = event.key()
        if key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.commands.toggle_training()
        elif key == Qt.Key.Key_Slash:
            self.palette_view.focus_search()
        elif key == Qt.Key.Key_Escape:
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files anywhere on the window."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open a project, or use a table as the data set."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        QTimer.singleShot(0, self, lambda: self.take_files(paths))

    def take_files(self, paths: list[Path]) -> None:
        """Open the first of the files: a project, or a table to be the data set."""
        if not paths:
            self.notifications.show_passing(tr("Only local files can be dropped here."))
            return
        path = paths[0]
        if path.suffix.lower() in TABLES:
            data = CSV(path=str(path.absolute()))
            project = self.document.project.with_data(data)
            self.document.edit(tr("Use {file} as the data set", file=path.name), project)
            self.document.select(n.id for n in self.document.graph.input_nodes)
        elif self.project_files.may_leave():
            self.project_files.open_path(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes, then end the engine."""
        if not self._closes_for_good and not self.project_files.may_leave():
            event.ignore()
            return
        if self.settings is not None:
            self.settings.setValue("geometry", self.saveGeometry())
        self.project_files.close()
        self.run.close()
        event.accept()

    def close_for_good(self) -> None:
        """Close and discard unsaved changes, for screenshots and scripts."""
        self._closes_for_good = True
        self.close()


def _stacked(upper: QWidget, lower: QWidget) -> QWidget:
    whole = QWidget()
    layout = QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(upper)
    layout.addWidget(lower, 1)
    return whole
