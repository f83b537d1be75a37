"""Readings prepared for painting: maps as images, wires as widths and colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log10
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from playground.app.canvas.items.style import mixed, style
from playground.app.theme.tokens import colour
from playground.app.vanishing import LEAST, is_solved, is_vanishing
from playground.session.messages import Reading
from playground.translation import tr, trn

DECADES = 3.0
"""How many powers of ten below the largest gradient of the net a pulse becomes invisible."""


@dataclass
class NodeReading:
    """The last readings of a node."""

    sheet: QImage | None = None
    """The maps of the units, one below the other."""
    shown: int = 0
    units: int = 0
    dead: npt.NDArray[np.bool_] | None = None
    firing: npt.NDArray[np.float32] | None = None
    cause: str = ""
    lines: tuple[str, ...] = ()
    _values: npt.NDArray[np.uint8] | None = field(default=None, repr=False)

    @property
    def dead_count(self) -> int:
        """The number of units that never fire."""
        return 0 if self.dead is None else int(self.dead.sum())

    @property
    def dead_total(self) -> int:
        """The number of all units, dead or not."""
        return 0 if self.dead is None else len(self.dead)

    @property
    def badge(self) -> tuple[str, str]:
        """The text of the badge and the token of its colour; two empty texts for no badge."""
        count = self.dead_count
        if not count or self.dead is None:
            return "", ""
        text = trn("{count} dead", "{count} dead", count)
        return text, "danger" if count >= 0.25 * len(self.dead) else "negative"

    def is_dead(self, unit: int) -> bool:
        """Whether a unit is known to be dead."""
        return self.dead is not None and unit < len(self.dead) and bool(self.dead[unit])

    def set_maps(self, maps: npt.NDArray[np.int8], units: int) -> None:
        """Set the maps of k units, k × g × g, as an image with a colour table."""
        k, height, width = maps.shape
        stride = (width + 3) // 4 * 4  # a line of a QImage starts at a multiple of four bytes
        values = np.full((k * height, stride), 128, np.uint8)
        values[:, :width] = (maps.astype(np.int16) + 128).reshape(k * height, width)
        self._values = values  # the image reads this memory
        image = QImage(values.data, width, k * height, stride, QImage.Format.Format_Indexed8)
        image.setColorTable(style().colour_table)
        self.sheet, self.shown, self.units = image, k, units

    def recolour(self) -> None:
        """Use the colours of the current theme."""
        if self.sheet is not None:
            self.sheet.setColorTable(style().colour_table)


@dataclass(frozen=True)
class WireLook:
    """How a wire is painted: its line, and the gradient that flows back through it."""

    width: float
    colour: QColor
    pulse: float = 0.0
    """From 0, invisible, to 1, the largest gradient of the net."""
    is_vanishing: bool = False
    activation: float | None = None
    gradient: float | None = None


class RunReadings:
    """The last readings of a run."""

    def __init__(self) -> None:
        self.nodes: dict[str, NodeReading] = {}
        self.activation: dict[str, float] = {}
        self.gradient: dict[str, float] = {}
        self._is_solved = False

    def note_loss(self, train_loss: float | None) -> None:
        """Note the loss: if it is very small, small gradients are expected."""
        self._is_solved = is_solved(train_loss)

    def take(self, readings: Mapping[str, Reading]) -> set[str]:
        """Update from a frame; returns the ids of the nodes that changed."""
        changed: set[str] = set()
        if "activity" in readings:
            self._take_activity(readings["activity"])
        if "units" in readings:
            changed |= self._take_units(readings["units"])
        if "dead_units" in readings:
            changed |= self._take_dead(readings["dead_units"])
        if "gradients" in readings:
            changed |= self._take_gradients(readings["gradients"])
        return changed

    def _of(self, node_id: str) -> NodeReading:
        return self.nodes.setdefault(node_id, NodeReading())

    def _take_activity(self, reading: Reading) -> None:
        nodes = reading.get("nodes", ())
        self.activation = dict(zip(nodes, map(float, reading["activation"]), strict=False))
        self.gradient = dict(zip(nodes, map(float, reading["gradient"]), strict=False))

    def _take_units(self, reading: Reading) -> set[str]:
        maps: Mapping[str, Any] = reading.get("maps", {})
        units: Mapping[str, int] = reading.get("units", {})
        for node_id, values in maps.items():
            if len(values):
                self._of(node_id).set_maps(values, int(units.get(node_id, len(values))))
        return set(maps)

    def _take_dead(self, reading: Reading) -> set[str]:
        changed = set()
        causes: Mapping[str, str] = reading.get("causes", {})
        firing: Mapping[str, Any] = reading.get("firing", {})
        for node_id, dead in reading.get("dead", {}).items():
            node = self._of(node_id)
            node.dead = np.asarray(dead, bool)
            found = firing.get(node_id)
            node.firing = None if found is None else np.asarray(found, np.float32)
            node.cause = causes.get(node_id, "")
            changed.add(node_id)
        return changed

    def _take_gradients(self, reading: Reading) -> set[str]:
        nodes = reading.get("nodes", ())
        for node_id, norm, update in zip(nodes, reading["norms"], reading["updates"], strict=False):
            size = f"{update:.1e}" if np.isfinite(update) else "–"
            change = tr("W-update {size}", size=size)
            self._of(node_id).lines = (f"∂L/∂W {norm:.1e}", change)
        return set(nodes)

    @property
    def largest_gradient(self) -> float:
        """The largest finite gradient at any node."""
        return max((g for g in self.gradient.values() if np.isfinite(g)), default=0.0)

    def wire(self, source: str, largest: float) -> WireLook | None:
        """How a wire from `source` is painted; None if nothing is known of it."""
        activation, gradient = self.activation.get(source), self.gradient.get(source)
        if activation is None or gradient is None:
            return None
        scale = min(1.0, max(0.0, (log10(max(activation, 1e-9)) + 2.5) / 3.5))
        line = mixed(colour("border"), colour("positive"), 0.3 + 0.7 * scale)
        if np.isnan(gradient) and np.isfinite(activation):
            # No layer before this one is trained, so there is no gradient: that is no error.
            return WireLook(1.6 + 3.4 * scale, line, 0.0, False, activation, None)
        if not np.isfinite(activation) or not np.isfinite(gradient):
            return WireLook(2.0, colour("danger"), 0.0, False, activation, gradient)
        # If the loss has no slope at all, no gradient vanishes on its way.
        if is_vanishing(gradient, largest, solved=self._is_solved or largest == 0):
            return WireLook(1.3, colour("danger"), 0.0, True, activation, gradient)
        if gradient < LEAST:
            return WireLook(1.6 + 3.4 * scale, line, 0.0, False, activation, gradient)
        pulse = min(1.0, max(0.05, 1 + log10(gradient / largest) / DECADES))
        return WireLook(1.6 + 3.4 * scale, line, pulse, False, activation, gradient)
