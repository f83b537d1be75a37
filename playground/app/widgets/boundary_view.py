"""Draws the output of a network over a plane or a line, and the examples on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from playground.app.theme.draw import LEFT, RIGHT, draw_text
from playground.app.theme.maps import class_colour, diverging, image, mapped, ramp
from playground.app.theme.text import number_text
from playground.app.theme.tokens import TINY_PX, colour, mono_font, scaled_px, theme
from playground.catalog.datasets.dataset import Examples
from playground.translation import tr

Floats = npt.NDArray[np.floating]
Extent = tuple[float, float, float, float]
SHOWN_EXAMPLES = 1500
FADE_MS = 90
TICKS = 14


@dataclass(frozen=True, eq=False)
class Seen:
    """A reading of the probe "boundary", with the examples it is drawn with."""

    kind: str
    extent: Extent
    grid: Floats
    """Probability of class 1, confidence, or value: h × w, row 0 on top. For a curve, its y."""
    classes: npt.NDArray[np.integer[Any]] | None
    curve_x: Floats
    examples: Examples | None
    class_names: tuple[str, ...]

    @classmethod
    def read(
        cls, reading: Mapping[str, Any], examples: Examples | None, class_names: tuple[str, ...]
    ) -> Seen:
        """Made of the plain values of a reading."""
        kind = str(reading["kind"])
        nothing = np.empty(0, dtype=np.float32)
        if kind == "curve":
            x, y = np.asarray(reading["x"]), np.asarray(reading["y"])
            extent = _curve_extent(x, y, examples)
            return cls(kind, extent, y, None, x, examples, class_names)
        grid = np.asarray(reading["confidence"] if kind == "classes" else reading["grid"])
        classes = np.asarray(reading["classes"]) if kind == "classes" else None
        left, right, bottom, top = (float(v) for v in reading["extent"])
        extent = (left, right, bottom, top)
        return cls(kind, extent, grid, classes, nothing, examples, class_names)

    @property
    def value_range(self) -> tuple[float, float]:
        """From the lowest to the highest label, which the colours of values are spread over."""
        if self.examples is not None and self.examples.y_train.size:
            low, high = float(self.examples.y_train.min()), float(self.examples.y_train.max())
        else:
            low, high = float(np.nanmin(self.grid)), float(np.nanmax(self.grid))
        return (low, high) if high > low else (low - 1, low + 1)

    def picture(self) -> QImage:
        """The plane in colours; null for a curve."""
        if self.kind == "binary":
            # Class 0 is blue and class 1 orange, as the points are.
            return mapped(self.grid, 0, 1, ramp("positive_fill", "neutral", "negative_fill"))
        if self.kind == "values":
            return mapped(self.grid, *self.value_range, diverging())
        if self.classes is None:
            return QImage()
        return class_picture(self.classes, self.grid)

    def text_at(self, x: float, y: float) -> str:
        """The place, and the prediction there."""
        left, right, bottom, top = self.extent
        if self.kind == "curve":
            if not len(self.curve_x):
                return ""
            y = float(self.grid[int(np.abs(self.curve_x - x).argmin())])
            return tr("x {x} · prediction {y}", x=f"{x:.2f}", y=f"{y:.3f}")
        height, width = self.grid.shape
        column = min(width - 1, max(0, int((x - left) / (right - left) * width)))
        row = min(height - 1, max(0, int((top - y) / (top - bottom) * height)))
        return f"({x:.2f}, {y:.2f}) · {self._prediction(row, column)}"

    def _prediction(self, row: int, column: int) -> str:
        value = float(self.grid[row, column])
        if self.kind == "values":
            return f"{value:.3f}"
        number = int(self.classes[row, column]) if self.classes is not None else int(value >= 0.5)
        is_named = number < len(self.class_names)
        name = self.class_names[number] if is_named else tr("class {number}", number=number)
        confidence = value if self.classes is not None or number else 1 - value
        return f"{name} {confidence:.0%}"


def class_picture(classes: npt.NDArray[np.integer[Any]], confidence: Floats) -> QImage:
    """One colour per class, fainter where the prediction is less confident."""
    count = int(classes.max(initial=0)) + 1
    colours = [class_colour(number) for number in range(count)]
    table = np.array([(c.blue(), c.green(), c.red(), 255) for c in colours], dtype=np.float32)
    ground = colour("neutral")
    base = np.array([ground.blue(), ground.green(), ground.red(), 255], dtype=np.float32)
    guess = 1 / max(count, 2)
    share = np.clip((confidence - guess) / (1 - guess), 0, 1)[..., None]
    return image((base + (table[classes] - base) * (0.12 + 0.8 * share)).astype(np.uint8))


def _curve_extent(x: Floats, y: Floats, examples: Examples | None) -> Extent:
    ys = y if examples is None or not examples.y_train.size else examples.y_train.astype(float)
    ys = ys[np.isfinite(ys)] if np.isfinite(ys).any() else np.zeros(1)
    margin = 0.12 * (float(ys.max() - ys.min()) or 1.0)
    return (float(x.min()), float(x.max()), float(ys.min()) - margin, float(ys.max()) + margin)


class BoundaryView(QWidget):
    """The predictions, fading from one reading to the next, below the examples."""

    pointed = Signal(str)
    """The prediction under the mouse; "" after it left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seen: Seen | None = None
        self.is_pointed = False
        self._picture = QImage()
        self._before = QImage()
        self._points = QPixmap()
        self._points_key: tuple[object, ...] = ()
        self._fade = QVariantAnimation(self)
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self._fade.setDuration(FADE_MS)
        self._fade.valueChanged.connect(self.update)
        self.setMouseTracking(True)
        self.setMinimumSize(60, 60)
        theme.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        return QSize(200, 200)

    def show_seen(self, seen: Seen) -> None:
        """Draw a reading."""
        is_same_kind = self.seen is not None and self.seen.kind == seen.kind
        self._before = self._picture if is_same_kind else QImage()
        self.seen = seen
        self._picture = seen.picture()
        if self.isVisible() and not self._before.isNull():
            self._fade.start()
        self.update()

    def forget(self) -> None:
        """Show nothing."""
        self._fade.stop()
        self.seen, self._picture, self._before = None, QImage(), QImage()

    def _restyle(self) -> None:
        self._before, self._points_key = QImage(), ()
        self._picture = self.seen.picture() if self.seen is not None else QImage()
        self.update()

    # Places

    def area(self) -> QRectF:
        """The rectangle of the plane: as large as fits with the aspect ratio of the data."""
        room = QRectF(self.rect()).adjusted(0, 0, -4, 0)
        if self.seen is None or self.seen.kind == "curve":
            return room.adjusted(0, 0, 0, -scaled_px(TICKS))
        left, right, bottom, top = self.seen.extent
        wide, high = right - left, top - bottom
        scale = min(room.width() / wide, room.height() / high)
        return QRectF(0, 0, wide * scale, high * scale)

    def _to_screen(self, x: Floats, y: Floats, area: QRectF, extent: Extent) -> list[QPointF]:
        left, right, bottom, top = extent
        across = area.left() + (x - left) / (right - left) * area.width()
        down = area.top() + (top - y) / (top - bottom) * area.height()
        return [QPointF(float(a), float(b)) for a, b in zip(across, down, strict=True)]

    # Looks

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.seen is None:
            return
        painter = QPainter(self)
        area = self.area()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.seen.kind == "curve":
            self._paint_ground(painter, area)
        else:
            if self._fade.state() == QVariantAnimation.State.Running and not self._before.isNull():
                painter.drawImage(area, self._before)
                painter.setOpacity(float(self._fade.currentValue()))
            painter.drawImage(area, self._picture)
            painter.setOpacity(1.0)
        painter.drawPixmap(0, 0, self._points_over(area))
        if self.seen.kind == "curve":
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(area)
            painter.setPen(QPen(colour("accent"), 2.0))
            line = self._to_screen(self.seen.curve_x, self.seen.grid, area, self.seen.extent)
            painter.drawPolyline(QPolygonF(line))

    def _paint_ground(self, painter: QPainter, area: QRectF) -> None:
        assert self.seen is not None
        painter.fillRect(area, colour("canvas"))
        left, right, bottom, top = self.seen.extent
        font = mono_font(TINY_PX)
        below = QRectF(area.left(), area.bottom() + 1, area.width(), scaled_px(TICKS) - 1)
        draw_text(painter, below, number_text(left, 3), font, "muted", LEFT)
        draw_text(painter, below, number_text(right, 3), font, "muted", RIGHT)
        corner = QRectF(area.left() + 4, area.top() + 2, scaled_px(60), scaled_px(12))
        draw_text(painter, corner, number_text(top, 3), font, "muted", LEFT)
        corner.moveBottom(area.bottom() - 2)
        draw_text(painter, corner, number_text(bottom, 3), font, "muted", LEFT)

    def _points_over(self, area: QRectF) -> QPixmap:
        seen = self.seen
        assert seen is not None
        key = (
            id(seen.examples),
            seen.extent,
            self.size(),
            theme.colours.name,
            self.devicePixelRatio(),
        )
        if key != self._points_key:
            self._points_key = key
            ratio = self.devicePixelRatio()
            self._points = QPixmap(self.size() * ratio)
            self._points.setDevicePixelRatio(ratio)
            self._points.fill(Qt.GlobalColor.transparent)
            if seen.examples is not None:
                painter = QPainter(self._points)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setClipRect(area)
                self._paint_examples(painter, area, seen, seen.examples)
                painter.end()
        return self._points

    def _paint_examples(
        self, painter: QPainter, area: QRectF, seen: Seen, examples: Examples
    ) -> None:
        total = len(examples.x_train) + len(examples.x_val)
        every = max(1, -(-total // SHOWN_EXAMPLES))
        radius = 2.6 if total / every <= 400 and area.width() > 120 else 2.0
        parts = (
            (examples.x_train[::every], examples.y_train[::every], True),
            (examples.x_val[::every], examples.y_val[::every], False),
        )
        # A value in the middle has the colour of the map there: its edge must be visible.
        edge = colour("text", 0.6) if seen.kind == "values" else colour("canvas")
        for x, y, is_filled in parts:
            heights = x[:, 1] if seen.kind != "curve" else y.reshape(len(y), -1)[:, 0].astype(float)
            places = self._to_screen(x[:, 0], heights, area, seen.extent)
            for place, tone in zip(places, example_colours(seen, y), strict=True):
                if is_filled:
                    painter.setPen(QPen(edge, 0.9))
                    painter.setBrush(tone)
                else:
                    painter.setPen(QPen(tone, 1.3))
                    painter.setBrush(colour("canvas"))
                painter.drawEllipse(place, radius, radius)

    # Hover

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the prediction at the mouse."""
        area = self.area()
        if self.seen is None or not area.contains(event.position()):
            self._point("")
            return
        left, right, bottom, top = self.seen.extent
        x = left + (event.position().x() - area.left()) / area.width() * (right - left)
        y = top - (event.position().y() - area.top()) / area.height() * (top - bottom)
        self._point(self.seen.text_at(x, y))

    def leaveEvent(self, event: QEvent) -> None:
        self._point("")
        super().leaveEvent(event)

    def _point(self, text: str) -> None:
        if text or self.is_pointed:
            self.is_pointed = bool(text)
            self.pointed.emit(text)


def example_colours(seen: Seen, y: npt.NDArray[Any]) -> list[QColor]:
    """One colour per example: by its class, or by its value on the map of the plane."""
    if seen.kind == "curve":
        return [colour("positive_fill")] * len(y)
    if seen.kind != "values":
        table = [class_colour(number) for number in range(max(2, len(seen.class_names)))]
        return [table[int(label)] for label in y.reshape(-1)]
    low, high = seen.value_range
    shades = diverging()
    values = y.reshape(len(y), -1)[:, 0]
    places = np.clip((values - low) / (high - low) * 255, 0, 255).astype(np.uint8)
    return [QColor(int(r), int(g), int(b)) for b, g, r, _ in shades[places]]
