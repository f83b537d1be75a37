"""Drag the paper: with the middle button, or with the left one while space is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from playground.app.canvas.gestures.gesture import Gesture, Modifiers

if TYPE_CHECKING:
    from playground.app.canvas.view import CanvasView


class Pan(Gesture):
    """The place that was pressed stays under the cursor."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, view: CanvasView, at: QPointF) -> None:
        super().__init__(view)
        self.pressed_at = at
        self.before = view.mapToScene(view.viewport().rect().center())

    def move(self, at: QPointF, modifiers: Modifiers) -> None:
        """Scroll by what the cursor has moved."""
        gap = (at - self.pressed_at) * self.view.zoom
        self.view.scroll_by(-gap.x(), -gap.y())

    def cancel(self) -> None:
        """Back to where the view was."""
        self.view.centerOn(self.before)
