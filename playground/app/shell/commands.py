"""What the commands do, as far as that is more than one call of one part of the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from playground import diagnostics
from playground.app import edits
from playground.app.canvas.view import CanvasView
from playground.app.document import Document
from playground.app.help.reference import ReferenceWindow
from playground.app.palette.view import PaletteView
from playground.app.run import Run
from playground.app.shell import dialogs, exporting, welcome
from playground.app.shell.notifications import Notifications
from playground.app.shell.project_files import ProjectFiles
from playground.app.theme.tokens import theme
from playground.catalog.layers.base.user_block import SavedBlock
from playground.project.library import Library
from playground.translation import tr

LONGEST_NAME = 80
LARGEST_SEED = 2**31


class Commands:
    """The parts of a window that commands act on, and the acts that need several of them."""

    def __init__(
        self,
        *,
        window: QWidget,
        document: Document,
        run: Run,
        files: ProjectFiles,
        canvas: CanvasView,
        palette: PaletteView,
        notifications: Notifications,
        library: Library,
        settings: QSettings | None = None,
    ) -> None:
        self.window, self.document, self.run, self.files = window, document, run, files
        self.canvas, self.palette, self.library = canvas, palette, library
        self.notifications, self.settings = notifications, settings
        self._exporter = exporting.Exporter(document, run, canvas, notifications)
        self._reference: ReferenceWindow | None = None

    # Files

    def new_project(self) -> None:
        """Open a project made from a template that the person chooses."""
        if self.files.may_leave():
            key = welcome.choose_template(self.window)
            if key is not None:
                self.files.start_from(key)

    def export(self) -> None:
        """Ask for a file and export to it."""
        name, _ = QFileDialog.getSaveFileName(
            self.window, tr("Export"), str(Path.home() / "net.py"), exporting.filters()
        )
        if name:
            self._exporter.export(Path(name))

    # Layers

    def delete_and_join(self) -> None:
        """Delete the selected layer, and connect what fed it to what it fed."""
        for node_id in self.document.selected:
            edits.delete_and_join(self.document, node_id)

    # Blocks

    def make_block(self) -> None:
        """Replace the selected layers by one block, and save it in the palette."""
        if len(self.document.selected) < 2:
            self.notifications.show_passing(tr("Select two or more layers to make a block."))
            return
        name = self._ask_name(tr("Make block"))
        if name and self.canvas.edits.make_block(name):
            (block_id,) = self.document.selected
            layer = self.document.graph.nodes[block_id].layer
            if isinstance(layer, SavedBlock):
                self._change_library(lambda: self.library.keep(name, layer.content))

    def rename_saved_block(self, name: str) -> None:
        """Ask for another name of a block in the palette."""
        new = self._ask_name(tr("Rename block"), name)
        if new in ("", name):
            return
        try:
            self._change_library(lambda: self._rename_saved(name, new))
        except ValueError as error:
            self.notifications.show_passing(str(error))

    def remove_saved_block(self, name: str) -> None:
        """Remove a block from the palette; nets that contain it keep it."""
        self._change_library(lambda: self.library.forget(name))

    def _ask_name(self, title: str, name: str = "") -> str:
        answer, is_wanted = QInputDialog.getText(self.window, title, tr("Block name:"), text=name)
        return answer.strip()[:LONGEST_NAME] if is_wanted else ""

    def _rename_saved(self, name: str, new: str) -> None:
        self.library.rename(name, new)
        kind = SavedBlock.kind
        self.palette.preferences.rename(f"{kind}:{name}", f"{kind}:{new}")

    def _change_library(self, change: Callable[[], None]) -> None:
        try:
            change()
        except OSError as error:
            self.notifications.show_failure(
                tr("Could not save the palette's blocks: {reason}", reason=error)
            )
        self.palette.refresh_layers()

    # Training

    def toggle_training(self) -> None:
        """Train or pause; with errors in the network, show the first of them instead."""
        if self.run.is_training:
            self.run.pause()
            return
        errors = self.document.examined.errors
        if errors:
            self.notifications.show_errors(errors)
            return
        self.notifications.close()
        self.run.play()

    def restart_with_new_weights(self) -> None:
        """Restart with the initial weights of the next seed."""
        seed = (self.document.project.training.seed + 1) % LARGEST_SEED
        project = self.document.project.with_training(seed=seed)
        self.document.edit(tr("New initial weights (seed {seed})", seed=seed), project)
        self.run.restart()

    # View

    def toggle_theme(self) -> None:
        """Switch between the dark and the light theme, and remember it."""
        theme.use("light" if theme.colours.name == "dark" else "dark")
        self._remember("theme", theme.colours.name)

    def toggle_full_screen(self) -> None:
        """Fill the screen with the window, or restore its size."""
        if self.window.isFullScreen():
            self.window.showNormal()
        else:
            self.window.showFullScreen()

    def set_text_size(self, percent: int) -> None:
        """Show all text at this percentage of its size, and remember it."""
        theme.set_text_scale(percent)
        self._remember("text_size", theme.text_scale)

    def _remember(self, key: str, value: object) -> None:
        if self.settings is not None:
            self.settings.setValue(key, value)

    # Help

    def show_reference(self, page: str = "") -> None:
        """Open the reference, at a page if one is given."""
        if self._reference is None:
            self._reference = ReferenceWindow(self.window)
        self._reference.open_page(page)

    def copy_diagnostics(self) -> None:
        """Copy versions, devices and the end of the log to the clipboard."""
        QGuiApplication.clipboard().setText(diagnostics.report(self.run.devices))
        self.notifications.show_passing(tr("Diagnostics copied to the clipboard."))

    def show_about(self) -> None:
        """Show versions and devices."""
        dialogs.show_about(self.window, self.run)
