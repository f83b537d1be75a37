"""Drag a wire off its input to lead it elsewhere; let it go on empty canvas to remove it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from playground.app import edits
from playground.app.canvas.gestures.gesture import Gesture, Modifiers
from playground.app.canvas.gestures.live_wire import LiveWire
from playground.app.canvas.items.geometry import distance
from playground.graph.graph import Edge

if TYPE_CHECKING:
    from playground.app.canvas.view import CanvasView

LEAVE_PX = 10.0
"""How far the cursor must go before a press on a wire's end is more than a click."""


class Reroute(Gesture):
    """An existing wire whose end is in the hand."""

    def __init__(self, view: CanvasView, edge: Edge, at: QPointF) -> None:
        super().__init__(view)
        self.edge, self.pressed_at = edge, at
        self.live: LiveWire | None = None

    def move(self, at: QPointF, modifiers: Modifiers) -> None:
        """Once it has left its port, the wire follows."""
        if self.live is None and distance(at, self.pressed_at) * self.view.zoom > LEAVE_PX:
            without = self.document.graph.disconnect(self.edge)
            port = (self.edge.source_port, True)
            self.live = LiveWire(self.drawing, self.edge.source, port, without)
            self._show_old(False)
        if self.live is not None:
            self.live.follow(at, self.view.zoom)
            self.view.say(self.live.reason or "", at)

    def finish(self, at: QPointF, modifiers: Modifiers) -> None:
        """Lead it to the port at hand, put it back where that refuses it, or remove it."""
        live = self.live
        if live is None:
            self.drawing.select_wire(self.edge)
            return
        live.follow(at, self.view.zoom)
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
        self.view.refuse(reason, at)

    def cancel(self) -> None:
        """The wire is where it was."""
        self._show_old(True)
        self.view.say("", QPointF())
        if self.live is not None:
            self.live.remove()
            self.live = None

    def _show_old(self, is_shown: bool) -> None:
        wire = self.drawing.wires.get((self.edge, 0))
        if wire is not None:
            wire.setVisible(is_shown)
