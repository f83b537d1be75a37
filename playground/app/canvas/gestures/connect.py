"""Drag from port to port to connect; released on empty canvas, it offers layers to add."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from playground.app import edits
from playground.app.canvas.gestures.gesture import Gesture, Modifiers
from playground.app.canvas.gestures.live_wire import LiveWire
from playground.app.canvas.gestures.surface import Surface
from playground.app.canvas.items.geometry import distance
from playground.app.canvas.items.node_item import PortKey
from playground.graph.graph import Edge

CLICK_PX = 6.0


class Connect(Gesture):
    """A new wire, from an output or from an input."""

    def __init__(self, surface: Surface, node_id: str, port: PortKey) -> None:
        super().__init__(surface)
        self.node_id, self.port = node_id, port
        self.wire = LiveWire(self.drawing, node_id, port, self.document.graph)
        self.wire.follow(self.wire.anchor, surface.camera.zoom)

    def move(self, at: QPointF, modifiers: Modifiers) -> None:
        """The wire follows the cursor; if a port does not accept it, the reason is shown."""
        self.wire.follow(at, self.surface.camera.zoom)
        self.surface.show_reason(self.wire.reason or "", at)

    def finish(self, at: QPointF, modifiers: Modifiers) -> None:
        """Add the wire, show why that is not possible, or offer the layers that fit."""
        self.wire.follow(at, self.surface.camera.zoom)
        target, reason, start = self.wire.target, self.wire.reason, self.wire.anchor
        self.cancel()
        if target is not None:
            reason = reason or edits.connect(self.document, self.wire.edge_to(*target))
            self.surface.refuse(reason, at)
            return
        moved_px = distance(at, start) * self.surface.camera.zoom
        if moved_px > CLICK_PX and self.drawing.node_at(at) is None:
            self._offer(at)

    def cancel(self) -> None:
        """Remove the unfinished wire."""
        self.wire.remove()
        self.surface.show_reason("", QPointF())

    def _offer(self, at: QPointF) -> None:
        name, is_output = self.port
        if is_output:
            self.surface.adding.offer_after(Edge(self.node_id, "", name), at)
        else:
            self.surface.adding.offer_before(Edge("", self.node_id, target_port=name), at)
