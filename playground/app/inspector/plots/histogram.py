"""The initial weights of a layer as a histogram, and the density that theory predicts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from playground.app.inspector.plots.figure import Figure
from playground.app.theme.draw import CENTRE, draw_text
from playground.app.theme.text import number_text, power_text
from playground.app.theme.tokens import TINY_PX, colour, mono_font, scaled_px
from playground.session.messages import Reading

LABEL = 14
NEEDLE = 3.0
THEORY_POINTS = 121


def density(reading: Reading, x: np.ndarray) -> np.ndarray | None:
    """The density that theory predicts at these places; None without a prediction."""
    parts = [part for part in reading.get("parts", ()) if part["std"] > 0]
    if not parts:
        return None
    predicted = [part["share"] * _part_density(part, x) for part in parts]
    return np.asarray(np.sum(predicted, axis=0))


def _part_density(part: Mapping[str, Any], x: np.ndarray) -> np.ndarray:
    away = x - part["mean"]
    if part["law"] == "uniform":
        reach = part["std"] * math.sqrt(3)
        return np.where(np.abs(away) <= reach, 1 / (2 * reach), 0.0)
    sigma = part.get("sigma") or part["std"]
    bell = np.exp(-((away / sigma) ** 2) / 2) / (sigma * math.sqrt(2 * math.pi))
    if "reach" not in part:
        return np.asarray(bell)
    inside = math.erf(part["reach"] / sigma / math.sqrt(2))
    return np.where(np.abs(away) <= part["reach"], bell / inside, 0.0)


class WeightHistogram(Figure):
    """Bars for the weights, a line for theory."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(104, parent)
        self.reading: Reading | None = None

    def show_weights(self, reading: Reading) -> None:
        self.reading = reading
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = self.paint_ground(painter)
        if self.reading is None:
            return
        inner = ground.adjusted(10, 9, -10, -scaled_px(LABEL) - 4)
        edges = np.asarray(self.reading["edges"], float)
        heights = np.asarray(self.reading["counts"], float)
        heights = heights / max(1, self.reading["count"]) / np.maximum(np.diff(edges), 1e-12)
        low, high = self._ends(edges)
        x = np.linspace(low, high, THEORY_POINTS)
        predicted = density(self.reading, x)
        top = max(heights.max(), predicted.max() if predicted is not None else 0.0) * 1.05
        scale = inner.width() / (high - low)
        self._paint_bars(painter, inner, (edges - low) * scale, heights / top)
        if predicted is not None:
            up = inner.bottom() - predicted / top * inner.height()
            across = inner.left() + (x - low) * scale
            painter.setPen(QPen(colour("warning"), 1.6))
            points = [QPointF(float(a), float(b)) for a, b in zip(across, up, strict=True)]
            painter.drawPolyline(QPolygonF(points))
        self._paint_axis(painter, inner, low, high)

    def _ends(self, edges: np.ndarray) -> tuple[float, float]:
        assert self.reading is not None
        low, high = float(edges[0]), float(edges[-1])
        std, mean = self.reading.get("theory_std") or 0.0, self.reading.get("mean", 0.0)
        is_flat = all(part["law"] == "uniform" for part in self.reading.get("parts", ()))
        reach = std * (2.0 if is_flat else 3.2)
        low, high = min(low, mean - reach), max(high, mean + reach)
        pad = (high - low) * 0.02 or 1.0
        return low - pad, high + pad

    def _paint_bars(
        self, painter: QPainter, inner: QRectF, across: np.ndarray, heights: np.ndarray
    ) -> None:
        painter.setPen(QPen(colour("field"), 0.5))
        painter.setBrush(colour("positive_fill", 0.75))
        if len(heights) == 1:  # all weights are equal: a narrow bar
            middle = float(across.mean())
            across = np.array([middle - NEEDLE, middle + NEEDLE])
        for left, right, height in zip(across[:-1], across[1:], heights, strict=True):
            tall = float(height) * inner.height()
            bar = QRectF(inner.left() + float(left), inner.bottom() - tall, 0, tall)
            bar.setWidth(max(float(right - left), 1.5))
            painter.drawRect(bar)

    def _paint_axis(self, painter: QPainter, inner: QRectF, low: float, high: float) -> None:
        painter.setPen(QPen(colour("border"), 1))
        painter.drawLine(inner.bottomLeft(), inner.bottomRight())
        for value in self._ticks(low, high):
            x = inner.left() + (value - low) / (high - low) * inner.width()
            room = QRectF(x - scaled_px(30), inner.bottom() + 3, scaled_px(60), scaled_px(LABEL))
            text = power_text(value).replace("-", "−", 1)
            draw_text(painter, room, text, mono_font(TINY_PX), "muted", CENTRE)

    def _ticks(self, low: float, high: float) -> tuple[float, float, float]:
        """The mean, and one place to either side of it, all of them visible."""
        assert self.reading is not None
        middle = self.reading.get("mean", 0.0)
        if not low < middle < high:
            middle = (low + high) / 2
        reach = 0.8 * min(middle - low, high - middle)
        return middle - reach, middle, middle + reach


def variance_text(std: float) -> str:
    """The square of a standard deviation, in three digits."""
    return number_text(std**2, 3)
