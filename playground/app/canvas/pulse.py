"""What moves the gradient along the wires: one timer, only while there is something to see."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QRectF, Qt, QTimer

from playground.app.canvas.node_item import DETAIL_FROM
from playground.app.canvas.paper import PaperView
from playground.app.canvas.wire_item import WireItem

FRAME_MS, SLOW_FRAME_MS = 16, 50
MANY_WIRES = 60
"""With more pulsing wires in sight than this, they move at 20 Hz: nobody follows so many."""
STALE_S = 3.0
"""Without a frame for this long the run has stalled, and the pulses stop to say so."""


class Pulse(QObject):
    """Advances the wires that are in sight and carry a gradient."""

    def __init__(self, view: PaperView) -> None:
        super().__init__(view)
        self._view = view
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._is_training = False
        self._last_tick = self._last_frame = 0.0

    @property
    def is_running(self) -> bool:
        """Whether wires are being moved."""
        return self._timer.isActive()

    def note_frame(self, is_training: bool) -> None:
        """A frame came: run while training, as long as the view is in sight."""
        self._is_training = is_training
        self._last_frame = time.monotonic()
        self.settle()

    def settle(self) -> None:
        """Start or stop, by whether there is anything to move and anybody to see it."""
        wanted = self._is_training and self._view.isVisible() and self._view.zoom >= DETAIL_FROM
        if wanted and not self._timer.isActive():
            self._last_tick = time.monotonic()
            self._timer.start(FRAME_MS)
        elif not wanted:
            self._timer.stop()

    def _tick(self) -> None:
        now = time.monotonic()
        elapsed, self._last_tick = now - self._last_tick, now
        if now - self._last_frame > STALE_S:
            self._timer.stop()
            return
        wires = self._in_sight(self._view.in_sight())
        for wire in wires:
            wire.advance_pulse(min(elapsed, 0.1))
        interval = SLOW_FRAME_MS if len(wires) > MANY_WIRES else FRAME_MS
        if interval != self._timer.interval():
            self._timer.setInterval(interval)

    def _in_sight(self, seen: QRectF) -> list[WireItem]:
        wires = self._view.drawing.wires.values()
        return [wire for wire in wires if wire.is_pulsing and seen.intersects(wire.rect())]
