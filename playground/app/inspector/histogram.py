"""The weights of a layer as they are drawn, against what the initializer promises."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from playground.app.document import Document
from playground.app.inspector.cards import heading, line
from playground.app.inspector.section import Section
from playground.app.theme.draw import CENTRE, draw_text
from playground.app.theme.text import power_text
from playground.app.theme.tokens import RADIUS, SMALL_PT, colour, mono_font, theme
from playground.session.messages import Reading

LABEL = 14
THEORY_POINTS = 121


def density(reading: Reading, x: np.ndarray) -> np.ndarray | None:
    """The density that theory promises at these places; None where it tells nothing."""
    std, mean = reading.get("theory_std"), reading.get("mean", 0.0)
    if not std:
        return None
    if reading["law"] == "uniform":
        reach = std * math.sqrt(3)
        return np.where(np.abs(x - mean) <= reach, 1 / (2 * reach), 0.0)
    return np.asarray(np.exp(-(((x - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi)))


class WeightHistogram(QWidget):
    """Bars for the weights, a line for theory."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reading: Reading | None = None
        self.setFixedHeight(104)
        theme.changed.connect(self.update)

    def show_weights(self, reading: Reading) -> None:
        """Draw these."""
        self.reading = reading
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, bars, line, and three places on the axis."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colour("border"), 1))
        painter.setBrush(colour("field"))
        painter.drawRoundedRect(ground, RADIUS, RADIUS)
        if self.reading is None:
            return
        inner = ground.adjusted(10, 9, -10, -LABEL - 4)
        edges = np.asarray(self.reading["edges"], float)
        heights = np.asarray(self.reading["counts"], float)
        heights = heights / max(1, self.reading["count"]) / np.maximum(np.diff(edges), 1e-12)
        low, high = self._ends(edges)
        x = np.linspace(low, high, THEORY_POINTS)
        promised = density(self.reading, x)
        top = max(heights.max(), promised.max() if promised is not None else 0.0) * 1.05
        scale = inner.width() / (high - low)
        self._paint_bars(painter, inner, (edges - low) * scale, heights / top)
        if promised is not None:
            up = inner.bottom() - promised / top * inner.height()
            across = inner.left() + (x - low) * scale
            painter.setPen(QPen(colour("warning"), 1.6))
            points = [QPointF(float(a), float(b)) for a, b in zip(across, up, strict=True)]
            painter.drawPolyline(QPolygonF(points))
        self._paint_axis(painter, inner, low, high)

    def _ends(self, edges: np.ndarray) -> tuple[float, float]:
        assert self.reading is not None
        low, high = float(edges[0]), float(edges[-1])
        std, mean = self.reading.get("theory_std") or 0.0, self.reading.get("mean", 0.0)
        reach = std * (2.0 if self.reading.get("law") == "uniform" else 3.2)
        low, high = min(low, mean - reach), max(high, mean + reach)
        pad = (high - low) * 0.02 or 1.0
        return low - pad, high + pad

    def _paint_bars(
        self, painter: QPainter, inner: QRectF, across: np.ndarray, heights: np.ndarray
    ) -> None:
        painter.setPen(QPen(colour("field"), 0.5))
        painter.setBrush(colour("positive_fill", 0.75))
        for left, right, height in zip(across[:-1], across[1:], heights, strict=True):
            tall = float(height) * inner.height()
            bar = QRectF(inner.left() + float(left), inner.bottom() - tall, 0, tall)
            bar.setWidth(max(float(right - left), 1.5))
            painter.drawRect(bar)

    def _paint_axis(self, painter: QPainter, inner: QRectF, low: float, high: float) -> None:
        painter.setPen(QPen(colour("border"), 1))
        painter.drawLine(inner.bottomLeft(), inner.bottomRight())
        for part in (0.12, 0.5, 0.88):
            value = low + part * (high - low)
            value = 0.0 if abs(value) < 1e-3 * (high - low) else value
            room = QRectF(inner.left() + part * inner.width() - 30, inner.bottom() + 3, 60, LABEL)
            text = power_text(value).replace("-", "−", 1)
            draw_text(painter, room, text, mono_font(7.0), "muted", CENTRE)


class DrawnWeights(Section):
    """Fed by the reading "initial"; says nothing until there is one of this node."""

    def __init__(self, document: Document, node_id: str, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.node_id = node_id
        self.histogram = WeightHistogram()
        self.facts = line("", "muted", SMALL_PT)
        for part in (heading("Weights as drawn"), self.histogram, self.facts):
            self.body.addWidget(part)
        self.hide()

    def show_initial(self, reading: Reading) -> None:
        """Draw the weights that this node starts with."""
        own: dict[str, Any] | None = reading["weights"].get(self.node_id)
        self.setVisible(own is not None)
        if own is None:
            return
        self.histogram.show_weights(own)
        theory = own.get("theory_std")
        text = f"{own['count']:,} weights · std {power_text(own['std'])}"
        if theory is not None:
            tone = colour("warning").name()
            text += f' · <span style="color:{tone}">theory {power_text(theory)}</span>'
        self.facts.setText(text)
        self.histogram.setAccessibleName(f"Histogram: {own['count']} weights")
