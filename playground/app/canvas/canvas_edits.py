"""The edits that menus, keys and the window's commands make on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QSize, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGraphicsView

from playground.app import edits
from playground.app.canvas import blocks, placing
from playground.app.canvas.adding import Adding
from playground.app.canvas.camera import Camera

PASTE_SHIFT = 40.0


class CanvasEdits(QObject):
    """Edits of the selection, each one undo step."""

    message = Signal(str)
    """Why an edit was not possible; "" after one that was."""

    def __init__(self, view: QGraphicsView, camera: Camera, adding: Adding) -> None:
        super().__init__(view)
        self._viewport = view.viewport()
        self._document, self._drawing = adding.document, adding.drawing
        self._camera, self._adding = camera, adding

    # Adding

    def add_layer(self, kind: str, at: QPointF | None = None) -> None:
        """Add a layer at a place; without one, after the selected node if it fits there."""
        self._adding.add(kind, at)

    def search_layer(self, at: QPointF | None = None) -> None:
        """Open the search for a layer to add at a place; without one, in the middle."""
        self._adding.search(at)

    def duplicate(self) -> None:
        """Add a copy of the selected nodes and of the wires between them."""
        edits.duplicate(self._document, self._document.selected)

    def paste(self) -> None:
        """Add the layers on the clipboard, or report that there are none."""
        text, visible = QGuiApplication.clipboard().text(), self._camera.visible_rect
        reason = edits.paste_text(self._document, text, PASTE_SHIFT, visible)
        if reason is not None:
            self.message.emit(reason)

    # The selection

    def select_all(self) -> None:
        """Select every node."""
        self._document.select(self._document.graph.nodes)

    def copy(self) -> None:
        """Copy the selected nodes to the clipboard, as text."""
        if self._document.selected:
            text = edits.as_text(self._document, self._document.selected)
            QGuiApplication.clipboard().setText(text)

    def cut(self) -> None:
        """Copy the selected nodes and remove them."""
        self.copy()
        edits.cut(self._document, self._document.selected)

    def delete(self) -> None:
        """Remove the selected nodes, or the selected wire."""
        if self._document.selected:
            edits.delete(self._document, self._document.selected)
        elif self._drawing.selected_wire is not None:
            edits.delete_wire(self._document, self._drawing.selected_wire)

    def apply_fix(self, node_id: str) -> None:
        """Apply the fix that the card of a node offers."""
        note = self._drawing.nodes[node_id].card.note
        if note is not None and note.fix is not None:
            edits.apply_fix(self._document, note.fix)

    # Blocks

    def make_block(self, name: str) -> bool:
        """Make a block of the selection; if that is not possible, report why and return False."""
        reason = blocks.make_block(self._document, name)
        self.message.emit(reason or "")
        return reason is None

    def open_block(self) -> None:
        """Replace the selected blocks by their layers, or report why that is not possible."""
        self.message.emit(blocks.open_blocks(self._document) or "")

    # Layout

    def tidy(self) -> None:
        """Lay out all nodes from left to right."""
        sizes = {i: item.card.size for i, item in self._drawing.nodes.items()}
        room: QSize = self._viewport.size()
        placing.tidy(self._document, sizes, (room.width(), room.height()))
        self._camera.fit()
