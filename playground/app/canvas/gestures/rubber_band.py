"""Drag over empty canvas to select the nodes that a rectangle touches."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsRectItem

from playground.app.canvas.gestures.gesture import Gesture, Modifiers
from playground.app.canvas.gestures.surface import Surface
from playground.app.theme.tokens import colour


class RubberBand(Gesture):
    """A rectangle; with `adds`, the earlier selection stays selected."""

    def __init__(self, surface: Surface, at: QPointF, *, adds: bool) -> None:
        super().__init__(surface)
        self.pressed_at = at
        self.before = self.document.selected
        self.kept = self.before if adds else frozenset()
        self._band = QGraphicsRectItem()
        pen = QPen(colour("accent", 0.8), 1)
        pen.setCosmetic(True)
        self._band.setPen(pen)
        self._band.setBrush(colour("accent", 0.08))
        self._band.setZValue(6)
        self.drawing.addItem(self._band)
        self.document.select(self.kept)

    def move(self, at: QPointF, modifiers: Modifiers) -> None:
        """Select the nodes that the rectangle touches."""
        band = QRectF(self.pressed_at, at).normalized()
        self._band.setRect(band)
        touched = {i for i, item in self.drawing.nodes.items() if item.frame.intersects(band)}
        self.document.select(self.kept | touched)

    def finish(self, at: QPointF, modifiers: Modifiers) -> None:
        """Keep the selection."""
        self.drawing.removeItem(self._band)

    def cancel(self) -> None:
        """Restore the earlier selection."""
        self.drawing.removeItem(self._band)
        self.document.select(self.before)
