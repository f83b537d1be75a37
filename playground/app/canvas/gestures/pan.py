"""Pan with the middle button, or with the left one while Space is held."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from playground.app.canvas.gestures.gesture import Gesture, Modifiers
from playground.app.canvas.gestures.surface import Surface


class Pan(Gesture):
    """The place that was pressed stays under the cursor."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, surface: Surface, at: QPointF) -> None:
        super().__init__(surface)
        self.pressed_at = at
        self.before = surface.camera.centre

    def move(self, at: QPointF, modifiers: Modifiers) -> None:
        """Scroll by the distance that the cursor has moved."""
        gap = (at - self.pressed_at) * self.surface.camera.zoom
        self.surface.camera.scroll_by(-gap.x(), -gap.y())

    def cancel(self) -> None:
        """Scroll back."""
        self.surface.camera.centre_on(self.before)
