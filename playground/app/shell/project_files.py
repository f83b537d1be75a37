"""Opening, saving, autosave, and recovery after a crash."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from playground.app.document import Document
from playground.app.run import Run
from playground.app.training_state import Files
from playground.project import templates
from playground.project.file import FileError, Saved, read, write
from playground.project.project import Project
from playground.project.recovery import Recovered, Recovery
from playground.translation import tr

KEEP_AFTER_MS = 3000
WAIT_MS, ANSWER_MS = 1500, 900
"""How long closing waits for a save, and for the engine's part of it."""


class ProjectFiles(QObject):
    """Reads and writes the open document; asks before anything unsaved would be lost."""

    opened = Signal()
    """Another project is open."""
    notified = Signal(str)
    """A message that disappears by itself: "Saved moons.nplay"."""
    refused = Signal(str)
    """Something failed; the message says what and why."""

    def __init__(
        self,
        document: Document,
        run: Run,
        window: QWidget,
        recovery: Recovery | None,
        view: Callable[[], dict[str, object]] = dict,
    ) -> None:
        """`view` returns what a file holds about the window."""
        super().__init__(window)
        self.document, self.run, self.window = document, run, window
        self.recovery = recovery
        self._view = view
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
        """Replace the open project."""
        self._saved_step = -1 if state else 0
        self.document.open(project, path)
        self.run.open_project(state)
        self.opened.emit()

    def open_path(self, path: Path) -> bool:
        """Open a file; whether that succeeded. Otherwise the open project stays."""
        try:
            saved = read(path)
        except FileError as error:
            self.refused.emit(str(error))
            return False
        self.document.set_view(saved.view)
        # A bare project.json is a start, not a file to write weights to.
        keeps_path = path.suffix != ".json"
        self.show_project(saved.project, path if keeps_path else None, saved.state)
        return True

    def ask_and_open(self) -> None:
        """Let the person choose a file, and open it."""
        if not self.may_leave():
            return
        name, _ = QFileDialog.getOpenFileName(
            self.window,
            tr("Open"),
            self._folder(),
            f"{tr('Projects (*.nplay *.json)')};;{tr('All files (*)')}",
        )
        if name:
            self.open_path(Path(name))

    def start_from(self, key: str) -> None:
        """Open a new project made from a template."""
        self.document.set_view({})
        self.show_project(templates.build(key), None, None)

    def _folder(self) -> str:
        return str(self.document.path.parent) if self.document.path else str(Path.home())

    # Saving

    def save(self, then: Callable[[], None] | None = None, within_ms: int = 4000) -> None:
        """Save to the current file, or ask for one; `then` is called once it is written."""
        if self.document.path is None:
            self.save_as(then, within_ms)
        else:
            self.save_to(self.document.path, then, within_ms)

    def save_as(self, then: Callable[[], None] | None = None, within_ms: int = 4000) -> None:
        """Ask for a file, and save to it."""
        start = Path(self._folder()) / (self.document.path or Path("untitled.nplay")).name
        whole, bare = tr("Playground projects (*.nplay)"), tr("Projects without weights (*.json)")
        name, chosen = QFileDialog.getSaveFileName(
            self.window, tr("Save as"), str(start), f"{whole};;{bare}"
        )
        if not name:
            return
        path = Path(name)
        if not path.suffix:
            path = path.with_suffix(".json" if chosen == bare else ".nplay")
        self.save_to(path, then, within_ms)

    def save_to(
        self, path: Path, then: Callable[[], None] | None = None, within_ms: int = 4000
    ) -> None:
        """Save to a file: the project as it is now, with the weights that the engine sends."""
        project, view = self.document.project, self._view()
        frame = self.run.last_frame

        def finish(state: Files | None) -> None:
            try:
                write(path, Saved(project, view, state))
            except FileError as error:
                self.refused.emit(str(error))
                return
            if frame is not None:
                self._saved_step = frame.step
            self.document.mark_saved(path, project)
            self._discard()
            self.notified.emit(tr("Saved {file}", file=path.name))
            if then is not None:
                then()

        self.run.save_state(finish, within_ms)

    def note_step(self, step: int) -> None:
        """Count weights that were trained since the last save as unsaved changes."""
        if self._saved_step < 0:
            self._saved_step = step
        elif step != self._saved_step:
            self.document.mark_modified()
            if not self._keep.isActive():
                self._keep.start()

    def may_leave(self) -> bool:
        """Whether the open project may be closed: it is saved, or the person discards it."""
        if not self.document.is_modified:
            return True
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self.window,
            tr("Unsaved changes"),
            tr(
                "Save the changes to {file}?\nThe trained weights are saved too.",
                file=self.document.title,
            ),
            buttons.Save | buttons.Discard | buttons.Cancel,
            buttons.Save,
        )
        if answer == buttons.Save:
            self._save_and_wait()
            return not self.document.is_modified
        return answer == buttons.Discard

    def _save_and_wait(self) -> None:
        # The engine answers between two steps; one that is busy is not waited for.
        self.run.pause()
        loop = QEventLoop()
        QTimer.singleShot(WAIT_MS, loop.quit)
        self.refused.connect(loop.quit)
        path = self.document.path
        self.save(loop.quit, within_ms=ANSWER_MS)
        if self.document.is_modified and (path or self.document.path):
            loop.exec()

    # Recovery

    def keep_unsaved(self) -> None:
        """Autosave unsaved work so that it can be recovered at the next start."""
        if self.recovery is None or not self.document.is_modified:
            return
        saved = Saved(self.document.project, self._view(), self.run.keyframe_state())
        try:
            self.recovery.keep(self._id, saved, self.document.path)
        except FileError as error:
            self.notified.emit(tr("Autosave failed: {reason}", reason=error))

    def _discard(self) -> None:
        if self.recovery is not None:
            self.recovery.discard(self._id)

    def left_behind(self) -> tuple[Recovered | None, Sequence[Path]]:
        """The newest unsaved work of a process that has ended, and damaged files set aside."""
        if self.recovery is None:
            return None, ()
        found = self.recovery.found()
        return (found[0] if found else None), self.recovery.set_aside

    def recover(self, left: Recovered) -> None:
        """Open recovered work; it is still unsaved."""
        if self.recovery is None or self.recovery.claim(left.window_id) is None:
            self.refused.emit(tr("This work is already open in another window."))
            return
        self._discard()
        self._id = left.window_id
        self.document.set_view(left.saved.view)
        self.show_project(left.saved.project, left.original_path, left.saved.state)
        self.document.mark_modified()

    def forget(self, left: Recovered) -> None:
        """Discard recovered work."""
        if self.recovery is not None and self.recovery.claim(left.window_id) is not None:
            self.recovery.discard(left.window_id)

    def close(self) -> None:
        """Close normally: nothing is left to recover."""
        self._keep.stop()
        self._discard()
        if self.recovery is not None:
            self.recovery.close()
