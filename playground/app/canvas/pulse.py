"""What moves the gradient along the wires, only while there is something to see."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QRectF

from playground.app.canvas.base_view import PaperView
from playground.app.canvas.items.node_item import DETAIL_FROM
from playground.app.canvas.items.wire_item import WireItem

SLOW_FRAME_S = 0.045
MANY_WIRES = 60
"""With more pulsing wires in sight than this, they move at 20 Hz: nobody follows so many."""
STALE_S = 3.0
"""Without a frame for this long the run has stalled, and the pulses stop to say so."""


class Pulse(QObject):
    """Advances the wires that are in sight and carry a gradient."""

    def __init__(self, view: PaperView) -> None:
        super().__init__(view)
        self._view = view
        self.is_running = False
        """Whether wires are being moved."""
        self._is_training = False
        self._interval_s = 0.0
        self._last_tick = self._last_frame = 0.0

    def note_frame(self, is_training: bool) -> None:
        """A frame came: run while training, as long as the view is in sight."""
        self._is_training = is_training
        self._last_frame = time.monotonic()
        self.settle()

    def settle(self) -> None:
        """Start or stop, by whether there is anything to move and anybody to see it."""
        wanted = self._is_training and self._view.isVisible() and self._view.zoom >= DETAIL_FROM
        if wanted and not self.is_running:
            self._last_tick = time.monotonic()
        self.is_running = wanted

    def tick(self) -> None:
        """Move the wires on; the window calls this with every frame it draws."""
        now = time.monotonic()
        if not self.is_running or now - self._last_tick < self._interval_s:
            return
        elapsed, self._last_tick = now - self._last_tick, now
        if now - self._last_frame > STALE_S:
            self.is_running = False
            return
        wires = self._visible_rect(self._view.visible_rect())
        for wire in wires:
            wire.advance_pulse(min(elapsed, 0.1))
        self._interval_s = SLOW_FRAME_S if len(wires) > MANY_WIRES else 0.0

    def _visible_rect(self, seen: QRectF) -> list[WireItem]:
        wires = self._view.drawing.wires.values()
        return [wire for wire in wires if wire.is_pulsing and seen.intersects(wire.rect())]
