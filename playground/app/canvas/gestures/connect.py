"""Drag from a port to a port to draw a wire; on empty canvas, to be asked for a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from playground.app import edits
from playground.app.canvas.gestures.gesture import Gesture, Modifiers
from playground.app.canvas.gestures.live_wire import LiveWire
from playground.app.canvas.items.geometry import distance
from playground.app.canvas.items.node_item import PortKey
from playground.graph.graph import Edge

if TYPE_CHECKING:
    from playground.app.canvas.view import CanvasView

CLICK_PX = 6.0


class Connect(Gesture):
    """A new wire, from an output or from an input."""

    def __init__(self, view: CanvasView, node_id: str, port: PortKey) -> None:
        super().__init__(view)
        self.node_id, self.port = node_id, port
        self.wire = LiveWire(self.drawing, node_id, port, self.document.graph)
        self.wire.follow(self.wire.anchor, view.zoom)

    def move(self, at: QPointF, modifiers: Modifiers) -> None:
        """The wire follows; a port that refuses it says why at the cursor."""
        self.wire.follow(at, self.view.zoom)
        self.view.say(self.wire.reason or "", at)

    def finish(self, at: QPointF, modifiers: Modifiers) -> None:
        """Draw the wire, say why not, or offer the layers that fit."""
        self.wire.follow(at, self.view.zoom)
        target, reason, start = self.wire.target, self.wire.reason, self.wire.anchor
        self.cancel()
        if target is not None:
            reason = reason or edits.connect(self.document, self.wire.edge_to(*target))
            self.view.refuse(reason, at)
        elif self.drawing.node_at(at) is None and distance(at, start) * self.view.zoom > CLICK_PX:
            self._offer(at)

    def cancel(self) -> None:
        """No wire."""
        self.wire.remove()
        self.view.say("", QPointF())

    def _offer(self, at: QPointF) -> None:
        name, is_output = self.port
        if is_output:
            self.view.adding.offer_after(Edge(self.node_id, "", name), at)
        else:
            self.view.adding.offer_before(Edge("", self.node_id, target_port=name), at)
