"""What the person can tell the window to do: one method a command of `actions.COMMANDS`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMainWindow

from playground.app import edits
from playground.app.canvas.view import CanvasView
from playground.app.document import Document
from playground.app.palette.view import PaletteView
from playground.app.run import Run
from playground.app.shell import dialogs, exporting
from playground.app.shell.project_files import ProjectFiles
from playground.app.theme.tokens import theme
from playground.app.widgets.notice import Notice
from playground.app.widgets.toast import Toast
from playground.catalog.layers.base.user_block import SavedBlock
from playground.project.library import Library

if TYPE_CHECKING:
    from playground.app.help.reference import ReferenceWindow
    from playground.app.shell.engine_events import EngineEvents


class Commands(QMainWindow):
    """The commands of the main window, which makes the parts that they act on."""

    settings: QSettings | None
    library: Library
    document: Document
    run: Run
    project_files: ProjectFiles
    canvas: CanvasView
    palette_view: PaletteView
    notice: Notice
    toast: Toast
    engine_events: EngineEvents
    _reference: ReferenceWindow | None

    # Commands: files

    def new_project(self) -> None:
        """Start from a template."""
        if self.project_files.may_leave():
            key = dialogs.choose_template(self)
            if key is not None:
                self.project_files.start_from(key)

    def open_project(self) -> None:
        """Open a file."""
        self.project_files.ask_and_open()

    def save(self) -> None:
        """Save to the file at hand."""
        self.project_files.save()

    def save_as(self) -> None:
        """Save under another name."""
        self.project_files.save_as()

    def export(self) -> None:
        """Write a script, a picture or a table."""
        name, _ = QFileDialog.getSaveFileName(
            self, "Export", str(Path.home() / "net.py"), exporting.KINDS
        )
        if name:
            exporting.export(self, Path(name))

    # Commands: editing

    def undo(self) -> None:
        """Take the last edit back."""
        self.document.undo()

    def redo(self) -> None:
        """Do what was undone again."""
        self.document.redo()

    def cut(self) -> None:
        """Copy the selection and delete it."""
        self.canvas.cut()

    def copy(self) -> None:
        """Copy the selection as text."""
        self.canvas.copy()

    def paste(self) -> None:
        """Paste what was copied."""
        self.canvas.paste()

    def duplicate(self) -> None:
        """Copy and paste at once."""
        self.canvas.duplicate_selected()

    def delete(self) -> None:
        """Delete the selection."""
        self.canvas.delete_selected()

    def select_all(self) -> None:
        """Select every layer."""
        self.canvas.select_all()

    def add_layer(self) -> None:
        """Add a layer by name."""
        self.canvas.open_search()

    def rename(self) -> None:
        """Name the selected layer."""
        self.canvas.rename()

    def make_block(self) -> None:
        """Make one node of the selection."""
        if len(self.document.selected) < 2:
            self.toast.tell("Select two layers or more to make a block of them.")
            return
        name, is_wanted = QInputDialog.getText(self, "Make block", "What is the block called?")
        name = name.strip()[:80]
        if is_wanted and name and self.canvas.make_block(name):
            (block_id,) = self.document.selected
            layer = self.document.graph.nodes[block_id].layer
            if isinstance(layer, SavedBlock):
                self._change_library(lambda: self.library.keep(name, layer.content))

    def rename_kept_block(self, name: str) -> None:
        """Call a block of the palette something else."""
        new, is_wanted = QInputDialog.getText(
            self, "Rename block", "What is the block called?", text=name
        )
        new = new.strip()[:80]
        if not is_wanted or new in ("", name):
            return
        try:
            self._change_library(lambda: self._rename_kept(name, new))
        except ValueError as error:
            self.toast.tell(str(error))

    def _rename_kept(self, name: str, new: str) -> None:
        self.library.rename(name, new)
        self.palette_view.preferences.rename(
            f"{SavedBlock.kind}:{name}", f"{SavedBlock.kind}:{new}"
        )

    def _change_library(self, change: Callable[[], None]) -> None:
        try:
            change()
        except OSError as error:
            self.engine_events.tell_failed(f"The palette's blocks cannot be kept: {error}")
        self.palette_view.refresh_layers()

    def open_block(self) -> None:
        """Replace the selected block by its parts."""
        self.canvas.open_block()

    def toggle_frozen(self) -> None:
        """Hold the weights of the selected layers, or let them learn."""
        edits.freeze(self.document)

    def toggle_bypass(self) -> None:
        """Pass by the selected layers, or take them up again."""
        edits.bypass(self.document)

    # Commands: training

    def toggle_training(self) -> None:
        """Train, or pause."""
        if self.run.is_training:
            self.run.pause()
            return
        errors = self.document.examined.errors
        if errors:
            self.engine_events.tell_errors(errors)
            return
        self.notice.hide()
        self.run.play()

    def step_batch(self) -> None:
        """Train for one batch."""
        self.run.step("batch")

    def step_epoch(self) -> None:
        """Train for one epoch."""
        self.run.step("epoch")

    def restart(self) -> None:
        """Back to the same initial weights."""
        self.run.restart()

    def restart_with_new_weights(self) -> None:
        """Back to new initial weights."""
        seed = (self.document.project.training.seed + 1) % 2**31
        project = self.document.project.with_training(seed=seed)
        self.document.edit(f"New initial weights (seed {seed})", project)
        self.run.restart()

    # Commands: view

    def fit(self) -> None:
        """Show the whole net."""
        self.canvas.fit()

    def zoom_in(self) -> None:
        """Larger."""
        self.canvas.zoom_in()

    def zoom_out(self) -> None:
        """Smaller."""
        self.canvas.zoom_out()

    def reset_zoom(self) -> None:
        """One to one."""
        self.canvas.reset_zoom()

    def tidy(self) -> None:
        """Lay the layers out."""
        self.canvas.tidy()

    def toggle_theme(self) -> None:
        """Dark or light."""
        theme.use("light" if theme.colours.name == "dark" else "dark")
        if self.settings is not None:
            self.settings.setValue("theme", theme.colours.name)

    def full_screen(self) -> None:
        """Full screen and back."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def show_shortcuts(self) -> None:
        """All keys and gestures on one sheet."""
        dialogs.shortcut_sheet(self).exec()

    def show_reference(self, page: str = "") -> None:
        """A page for everything that can be picked."""
        from playground.app.help.reference import ReferenceWindow  # not needed for the start

        if self._reference is None:
            self._reference = ReferenceWindow(self)
        self._reference.open_page(page)

    def show_about(self) -> None:
        """Versions and devices."""
        dialogs.show_about(self, self.run)
