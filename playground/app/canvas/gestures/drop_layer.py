"""Drag a layer from the palette onto the canvas or onto a wire."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsRectItem

from playground.app import edits
from playground.app.canvas import placing
from playground.app.canvas.gestures.gesture import Gesture, Modifiers
from playground.app.canvas.gestures.surface import Surface
from playground.app.canvas.gestures.wire_target import WireTarget
from playground.app.canvas.items.geometry import snapped
from playground.app.theme.tokens import colour
from playground.catalog.registry import declared
from playground.graph.layer import Layer


class DropLayer(Gesture):
    """A layer dragged over the canvas: an outline shows where it would be added."""

    def __init__(self, surface: Surface, kind: str) -> None:
        super().__init__(surface)
        self.kind = kind
        self.target = WireTarget(self.drawing, declared(Layer)[kind])
        graph, node_id = edits.grown(self.document, kind, None)
        card = placing.card_in(self.document, graph, node_id)
        self._size = QPointF(card.width, card.height)
        self._ghost = QGraphicsRectItem(0, 0, card.width, card.height)
        pen = QPen(colour("accent"), 1.4)
        pen.setStyle(Qt.PenStyle.DashLine)
        self._ghost.setPen(pen)
        self._ghost.setBrush(colour("accent", 0.06))
        self._ghost.setZValue(4)
        self.drawing.addItem(self._ghost)

    def _corner(self, at: QPointF) -> QPointF:
        return QPointF(snapped(at.x() - self._size.x() / 2), snapped(at.y() - self._size.y() / 2))

    def move(self, at: QPointF, modifiers: Modifiers) -> None:
        """The outline follows the cursor; a wire under it is highlighted."""
        self._ghost.setPos(self._corner(at))
        self.target.follow(at)

    def finish(self, at: QPointF, modifiers: Modifiers) -> None:
        """Add the layer, or insert it into the wire."""
        self.target.follow(at)
        edge = self.target.edge
        self.cancel()
        self.surface.adding.put(self.kind, self._corner(at) + self._size / 2, edge)

    def cancel(self) -> None:
        """Remove the outline."""
        self.target.clear()
        self.drawing.removeItem(self._ghost)
