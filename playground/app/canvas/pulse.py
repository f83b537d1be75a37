"""Moves the gradient along the wires while training, if the wires are visible."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QRectF
from PySide6.QtWidgets import QWidget

from playground.app.canvas.camera import Camera
from playground.app.canvas.items.node_item import DETAIL_FROM
from playground.app.canvas.items.wire_item import WireItem
from playground.app.canvas.scene import CanvasScene

SLOW_FRAME_S = 0.045
MANY_WIRES = 60
"""If more pulsing wires than this are visible, they move at 20 Hz, which is enough for so many."""
STALE_S = 3.0
"""Without a frame for this long the run has stalled, and the pulses stop."""


class Pulse(QObject):
    """Advances the visible wires that carry a gradient."""

    def __init__(self, view: QWidget, drawing: CanvasScene, camera: Camera) -> None:
        super().__init__(view)
        self._view, self._drawing, self._camera = view, drawing, camera
        self.is_running = False
        self._is_training = False
        self._interval_s = 0.0
        self._last_tick = self._last_frame = 0.0
        camera.moved.connect(self.settle)

    def note_frame(self, is_training: bool) -> None:
        """A frame arrived: run while training, as long as the view is visible."""
        self._is_training = is_training
        self._last_frame = time.monotonic()
        self.settle()

    def settle(self) -> None:
        """Start or stop, after training, visibility or zoom have changed."""
        wanted = self._is_training and self._view.isVisible() and self._camera.zoom >= DETAIL_FROM
        if wanted and not self.is_running:
            self._last_tick = time.monotonic()
        self.is_running = wanted

    def tick(self) -> None:
        """Advance the wires; the window calls this with every frame it draws."""
        now = time.monotonic()
        if not self.is_running or now - self._last_tick < self._interval_s:
            return
        elapsed, self._last_tick = now - self._last_tick, now
        if now - self._last_frame > STALE_S:
            self.is_running = False
            return
        wires = self._pulsing(self._camera.visible_rect)
        for wire in wires:
            wire.advance_pulse(min(elapsed, 0.1))
        self._interval_s = SLOW_FRAME_S if len(wires) > MANY_WIRES else 0.0

    def _pulsing(self, visible: QRectF) -> list[WireItem]:
        wires = self._drawing.wires.values()
        return [wire for wire in wires if wire.is_pulsing and visible.intersects(wire.rect())]
