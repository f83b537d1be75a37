"""An activation and its derivative over one number, and its properties in words."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from playground.app.inspector.plots.figure import Figure
from playground.app.theme.draw import CENTRE, RIGHT, draw_text
from playground.app.theme.text import power_text
from playground.app.theme.tokens import (
    SMALL_PX,
    TINY_PX,
    colour,
    family_colour,
    mono_font,
    scaled_px,
    set_font,
    theme,
)
from playground.catalog.layers.base.activation import Activation
from playground.catalog.layers.base.activation_analysis import Traits, traits_of
from playground.translation import N_, tr

REACH = 4.0
SAMPLES = 801
HIGHEST = 2.2
"""The top of the plot for a function without an upper bound."""
TICK = 11
TRAITS_TIP = N_(
    "Range: the values that f(z) can take. Zero-centred: the mean of f(z) is 0 if z is drawn from "
    "the standard normal distribution. Saturating: flat for large z, so that no gradient passes."
)


def traits_text(traits: Traits) -> str:
    """The range, whether it is zero-centred, and where it saturates."""
    span = tr("Range {low} to {high}", low=_end(traits.low), high=_end(traits.high))
    centre = tr("zero-centred")
    if not traits.is_zero_centred:
        centre = tr("not zero-centred (mean {mean})", mean=_end(traits.mean))
    if not traits.has_gradient:
        flat = tr("no gradient anywhere")
    elif traits.is_saturating:
        flat = tr("saturates at both ends")
    elif traits.is_flat_below:
        flat = tr("flat on the negative side")
    elif traits.is_flat_above:
        flat = tr("flat on the positive side")
    else:
        flat = tr("does not saturate")
    return " · ".join((span, centre, flat))


def _end(value: float) -> str:
    shown = round(value, 2) + 0.0  # no −0
    return power_text(shown).replace("-", "−") if math.isfinite(value) else power_text(value)


class FunctionPlot(Figure):
    """f as a line, f′ dashed, and their names in the corner."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._activation: Activation | None = None
        self._has_ceiling = False
        super().__init__(112, parent)
        self.z = np.linspace(-REACH, REACH, SAMPLES)
        self.value = np.zeros(SAMPLES)
        self.slope = np.zeros(SAMPLES)
        self.names = QLabel(self)
        set_font(self.names, SMALL_PX, is_mono=True)

    def show_activation(self, activation: Activation) -> None:
        """Draw this one, with numbers at its axes."""
        if activation == self._activation:
            return
        self._activation = activation
        self.value = np.asarray(activation.value(self.z), dtype=float)
        self.slope = np.asarray(activation.slope(self.z), dtype=float)
        self._has_ceiling = math.isfinite(traits_of(activation).high)
        self.setAccessibleName(tr("{layer} and its derivative", layer=tr(activation.label)))
        self._restyle()

    def _restyle(self) -> None:
        super()._restyle()
        if self._activation is not None:
            lines = list(zip(self._colours(), ("f(z)", "f′(z)"), strict=True))
            if not self._activation.is_elementwise:
                lines.append((colour("faint"), tr("beside a 0")))
            spans = [f'<span style="color:{tone.name()}">{text}</span>' for tone, text in lines]
            self.names.setText("<br>".join(spans))
            self.names.adjustSize()
            self._place_names()

    def _place_names(self) -> None:
        ground = QRectF(self.rect()).adjusted(10, 7, -10, -7)
        size = QRectF(0, 0, self.names.width(), self.names.height())
        corners = [size.translated(ground.topLeft()), QRectF(size), QRectF(size)]
        corners[1].moveBottomRight(ground.bottomRight())
        corners[2].moveBottomLeft(ground.bottomLeft())
        self.names.move(self._free(corners, self._inner()).topLeft().toPoint())

    def _free(self, places: list[QRectF], inner: QRectF) -> QRectF:
        """The rectangle that the lines cross least; the first of equals."""
        lines = [*self._points(self.z, self.value, inner), *self._points(self.z, self.slope, inner)]
        return min(places, key=lambda place: sum(place.contains(point) for point in lines))

    def _inner(self) -> QRectF:
        return QRectF(self.rect()).adjusted(10.5, 12.5, -10.5, -12.5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._activation is not None:
            self._place_names()

    @staticmethod
    def _colours() -> tuple[QColor, QColor]:
        family = family_colour("Activation")
        # The family's yellow is too light to be read on white.
        f = family if theme.colours.name == "dark" else family.darker(150)
        return f, colour("positive")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_ground(painter)
        if self._activation is None:
            return
        inner = self._inner()
        axes = np.array([[-REACH, 0], [REACH, 0], [0, self._low()], [0, self._high()]])
        points = self._points(axes[:, 0], axes[:, 1], inner)
        painter.setPen(QPen(colour("border"), 1))
        painter.drawLine(points[0], points[1])
        painter.drawLine(points[2], points[3])
        self._paint_numbers(painter, inner)
        f, slope = self._colours()
        painter.setPen(QPen(slope, 1.2, Qt.PenStyle.DashLine))
        painter.drawPolyline(QPolygonF(self._points(self.z, self.slope, inner)))
        painter.setPen(QPen(f, 1.8))
        painter.drawPolyline(QPolygonF(self._points(self.z, self.value, inner)))

    def _paint_numbers(self, painter: QPainter, inner: QRectF) -> None:
        tick = scaled_px(TICK)
        font, (left, right) = mono_font(TINY_PX), self._points(*_ends_of_axis(), inner)
        for place, text in ((left, f"−{REACH:.0f}"), (right, f"{REACH:.0f}")):
            room = QRectF(place.x() - tick, place.y() + 1, 2 * tick, tick)
            room.moveLeft(min(max(room.left(), inner.left() - 4), inner.right() - 2 * tick + 4))
            room = self._free([room, room.translated(0, -tick - 2)], inner)
            draw_text(painter, room, text, font, "faint", CENTRE)
        for number in self.ticks:
            (place,) = self._points(np.zeros(1), np.array([number]), inner)
            painter.setPen(QPen(colour("faint"), 1))
            painter.drawLine(QPointF(place.x() - 2, place.y()), QPointF(place.x() + 2, place.y()))
            room = QRectF(place.x() - 5 - 2 * tick, place.y() - tick / 2, 2 * tick, tick)
            draw_text(painter, room, f"{number:g}".replace("-", "−"), font, "faint", RIGHT)

    @property
    def ticks(self) -> list[float]:
        """The numbers at the vertical axis: 1, or a larger one on a long axis, and one below 0."""
        high, low = self._high(), self._low()
        top = 1.0 if high < 4 else float(math.floor(high))
        return [top] if low > -0.95 else [top, float(math.ceil(low - 0.05))]

    def _low(self) -> float:
        return float(max(min(self.value.min(), self.slope.min(), -0.3), -10.0))

    def _high(self) -> float:
        top = self.value.max() if self._has_ceiling else min(self.value.max(), HIGHEST)
        return float(max(top, self.slope.max(), 1.0))

    def _points(self, z: np.ndarray, y: np.ndarray, inner: QRectF) -> list[QPointF]:
        low, high = self._low(), self._high()
        across = inner.left() + (z + REACH) / (2 * REACH) * inner.width()
        up = inner.bottom() - (np.clip(y, low, high) - low) / (high - low) * inner.height()
        is_inside = y <= high + 1e-9  # an unbounded line ends at the rim
        pairs = zip(across[is_inside], up[is_inside], strict=True)
        return [QPointF(float(a), float(b)) for a, b in pairs]


def _ends_of_axis() -> tuple[np.ndarray, np.ndarray]:
    return np.array([-REACH, REACH]), np.zeros(2)
