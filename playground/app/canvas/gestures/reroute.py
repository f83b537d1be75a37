"""Drag the end of a wire to another input, or onto empty canvas to delete the wire."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from playground.app import edits
from playground.app.canvas.gestures.gesture import Gesture, Modifiers
from playground.app.canvas.gestures.live_wire import LiveWire
from playground.app.canvas.gestures.surface import Surface
from playground.app.canvas.items.geometry import distance
from playground.graph.graph import Edge

LEAVE_PX = 10.0
"""The distance from which a press on the end of a wire is a drag, not a click."""


class Reroute(Gesture):
    """An existing wire whose end is dragged."""

    def __init__(self, surface: Surface, edge: Edge, at: QPointF) -> None:
        super().__init__(surface)
        self.edge, self.pressed_at = edge, at
        self.live: LiveWire | None = None

    def move(self, at: QPointF, modifiers: Modifiers) -> None:
        """Once it has left its port, the wire follows the cursor."""
        moved_px = distance(at, self.pressed_at) * self.surface.camera.zoom
        if self.live is None and moved_px > LEAVE_PX:
            without = self.document.graph.disconnect(self.edge)
            port = (self.edge.source_port, True)
            self.live = LiveWire(self.drawing, self.edge.source, port, without)
            self._show_old(False)
        if self.live is not None:
            self.live.follow(at, self.surface.camera.zoom)
            self.surface.show_reason(self.live.reason or "", at)

    def finish(self, at: QPointF, modifiers: Modifiers) -> None:
        """Connect it to the port under the cursor; put it back if that refuses; else delete it."""
        live = self.live
        if live is None:
            self.drawing.select_wire(self.edge)
            return
        live.follow(at, self.surface.camera.zoom)
        target, reason = live.target, live.reason
        self.cancel()
        if target is None:
            edits.delete_wire(self.document, self.edge)
            return
        if reason is None:
            item, port = target
            reason = edits.reroute(
                self.document, self.edge, edits.moved_end(self.edge, item.node_id, port[0])
            )
        self.surface.refuse(reason, at)

    def cancel(self) -> None:
        """Put the wire back."""
        self._show_old(True)
        self.surface.show_reason("", QPointF())
        if self.live is not None:
            self.live.remove()
            self.live = None

    def _show_old(self, is_shown: bool) -> None:
        wire = self.drawing.wires.get((self.edge, 0))
        if wire is not None:
            wire.setVisible(is_shown)
