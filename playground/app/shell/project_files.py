"""Opening, saving, exporting, and what a crash left behind."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from playground.app.document import Document
from playground.app.run import Files, Run
from playground.project import templates
from playground.project.file import FileError, Saved, read, write
from playground.project.project import Project
from playground.project.recovery import Recovered, Recovery

KEEP_AFTER_MS = 3000
PROJECTS = "Playground projects (*.nplay);;Bare projects (*.json)"


class ProjectFiles(QObject):
    """Reads and writes the open document; asks before anything unsaved would be lost."""

    opened = Signal()
    """Another project is open."""
    notified = Signal(str)
    """Something to say in passing: "Saved as ..."."""
    refused = Signal(str)
    """Something could not be done."""

    def __init__(
        self, document: Document, run: Run, window: QWidget, recovery: Recovery | None
    ) -> None:
        super().__init__(window)
        self.document, self.run, self.window = document, run, window
        self.recovery = recovery
        self.view: Callable[[], dict[str, object]] = dict
        self._id = uuid.uuid4().hex
        self._saved_step = 0
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(KEEP_AFTER_MS)
        self._keep.timeout.connect(self.keep_unsaved)
        document.changed.connect(self._keep.start)
        run.frame_arrived.connect(lambda frame: self.note_step(frame.step))

    # Opening

    def show_project(self, project: Project, path: Path | None, state: Files | None) -> None:
        """Take a project as the open one."""
        self._saved_step = -1 if state else 0
        self.document.open(project, path)
        self.run.open_project(state)
        self.opened.emit()

    def open_path(self, path: Path) -> bool:
        """Open a file; whether that went well. Nothing changes where it did not."""
        try:
            saved = read(path)
        except FileError as error:
            self.refused.emit(str(error))
            return False
        self.document.view = dict(saved.view)
        # A bare project.json is a start, not a file to write weights to.
        keeps_path = path.suffix != ".json"
        self.show_project(saved.project, path if keeps_path else None, saved.state)
        return True

    def ask_and_open(self) -> None:
        """Let the person choose a file, and open it."""
        if not self.may_leave():
            return
        name, _ = QFileDialog.getOpenFileName(
            self.window, "Open", self._folder(), "Projects (*.nplay *.json);;All files (*)"
        )
        if name:
            self.open_path(Path(name))

    def start_from(self, key: str) -> None:
        """Open a fresh project made from a template."""
        self.document.view = {}
        self.show_project(templates.build(key), None, None)

    def _folder(self) -> str:
        return str(self.document.path.parent) if self.document.path else str(Path.home())

    # Saving

    def save(self, then: Callable[[], None] | None = None, within_ms: int = 4000) -> None:
        """Save to the file at hand, or ask for one; `then` is called once it is written."""
        if self.document.path is None:
            self.save_as(then, within_ms)
        else:
            self.save_to(self.document.path, then, within_ms)

    def save_as(self, then: Callable[[], None] | None = None, within_ms: int = 4000) -> None:
        """Ask for a file, and save to it."""
        start = Path(self._folder()) / (self.document.path or Path("untitled.nplay")).name
        name, chosen = QFileDialog.getSaveFileName(self.window, "Save as", str(start), PROJECTS)
        if not name:
            return
        path = Path(name)
        if not path.suffix:
            path = path.with_suffix(".json" if "json" in chosen else ".nplay")
        self.save_to(path, then, within_ms)

    def save_to(
        self, path: Path, then: Callable[[], None] | None = None, within_ms: int = 4000
    ) -> None:
        """Save to a file: the project at once as it is, with the weights the engine sends."""
        project, view = self.document.project, self.view()
        frame = self.run.last_frame
        has_trained = frame is not None and frame.step > 0

        def finish(state: Files | None) -> None:
            try:
                write(path, Saved(project, view, state if has_trained else None))
            except FileError as error:
                self.refused.emit(str(error))
                return
            self._saved_step = frame.step if frame else 0
            self.document.mark_saved(path, project)
            self._discard()
            self.notified.emit(f"Saved as {path.name}")
            if then is not None:
                then()

        self.run.save_state(finish, within_ms)

    def note_step(self, step: int) -> None:
        """Weights that were trained since the last save are unsaved changes."""
        if self._saved_step < 0:
            self._saved_step = step
        elif step != self._saved_step:
            self.document.mark_modified()
            if not self._keep.isActive():
                self._keep.start()

    def may_leave(self) -> bool:
        """Whether the open project may be left: saved, or given up knowingly."""
        if not self.document.is_modified:
            return True
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self.window,
            "Unsaved changes",
            f"Save the changes to {self.document.title}?\nWhat was trained is saved with it.",
            buttons.Save | buttons.Discard | buttons.Cancel,
            buttons.Save,
        )
        if answer == buttons.Save:
            self._save_and_wait()
            return not self.document.is_modified
        return answer == buttons.Discard

    def _save_and_wait(self) -> None:
        # The engine is asked between two steps; one that is busy is not waited for.
        from PySide6.QtCore import QEventLoop

        self.run.pause()
        loop = QEventLoop()
        QTimer.singleShot(1500, loop.quit)
        self.refused.connect(loop.quit)
        path = self.document.path
        self.save(loop.quit, within_ms=900)
        if self.document.is_modified and (path or self.document.path):
            loop.exec()

    # What a crash leaves behind

    def keep_unsaved(self) -> None:
        """Keep what is unsaved where the next start finds it."""
        if self.recovery is None or not self.document.is_modified:
            return
        saved = Saved(self.document.project, self.view(), self.run.keyframe_state())
        try:
            self.recovery.keep(self._id, saved, self.document.path)
        except FileError as error:
            self.notified.emit(f"Autosave does not work: {error}")

    def _discard(self) -> None:
        if self.recovery is not None:
            self.recovery.discard(self._id)

    def left_behind(self) -> Recovered | None:
        """The newest work that a process which is gone left behind."""
        found = self.recovery.found() if self.recovery else ()
        return found[0] if found else None

    def recover(self, left: Recovered) -> None:
        """Open what was left behind, unsaved as it was."""
        if self.recovery is None or self.recovery.claim(left.window_id) is None:
            self.refused.emit("Another window has opened that already.")
            return
        self._discard()
        self._id = left.window_id
        self.document.view = dict(left.saved.view)
        self.show_project(left.saved.project, left.original_path, left.saved.state)
        self.document.mark_modified()

    def forget(self, left: Recovered) -> None:
        """Throw away what was left behind."""
        if self.recovery is not None and self.recovery.claim(left.window_id) is not None:
            self.recovery.discard(left.window_id)

    def close(self) -> None:
        """The window closes properly: nothing is left to recover."""
        self._keep.stop()
        self._discard()
        if self.recovery is not None:
            self.recovery.close()
