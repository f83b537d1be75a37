"""The weights of a layer as they are drawn, against what the initializer promises."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from playground.app.document import Document
from playground.app.inspector.fields.penalties import number_in_latex
from playground.app.inspector.section import Section
from playground.app.theme.draw import CENTRE, draw_text
from playground.app.theme.text import number_text, power_text
from playground.app.theme.tokens import RADIUS, SMALL_PX, TINY_PX, colour, mono_font, theme
from playground.app.widgets.cards import heading, line
from playground.app.widgets.formula import FormulaView
from playground.catalog.layers.base.weighted import Weighted
from playground.session.messages import Reading

LABEL = 14
NEEDLE = 3.0
THEORY_POINTS = 121


def density(reading: Reading, x: np.ndarray) -> np.ndarray | None:
    """The density that theory promises at these places; None where it tells nothing."""
    parts = [part for part in reading.get("parts", ()) if part["std"] > 0]
    if not parts:
        return None
    promised = [part["share"] * _part_density(part, x) for part in parts]
    return np.asarray(np.sum(promised, axis=0))


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
        if len(heights) == 1:  # all the same number: a needle, not a wall
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
            room = QRectF(x - 30, inner.bottom() + 3, 60, LABEL)
            text = power_text(value).replace("-", "−", 1)
            draw_text(painter, room, text, mono_font(TINY_PX), "muted", CENTRE)

    def _ticks(self, low: float, high: float) -> tuple[float, float, float]:
        """The middle of the draw, and as far to either side as is in sight."""
        assert self.reading is not None
        middle = self.reading.get("mean", 0.0)
        if not low < middle < high:
            middle = (low + high) / 2
        reach = 0.8 * min(middle - low, high - middle)
        return middle - reach, middle, middle + reach


class DrawnWeights(Section):
    """Fed by the reading "initial"; says nothing until there is one of this node."""

    def __init__(self, document: Document, node_id: str, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.node_id = node_id
        self.histogram = WeightHistogram()
        self.facts = line("", "muted", SMALL_PX)
        self.variance = FormulaView()
        title = heading("Weights as drawn")
        for part in (title, self.histogram, self.facts, self.variance):
            self.body.addWidget(part)
        self.hide()

    def show_initial(self, reading: Reading) -> None:
        """Draw the weights that this node starts with."""
        own: dict[str, Any] | None = reading["weights"].get(self.node_id)
        self.setVisible(own is not None)
        if own is None:
            return
        self.histogram.show_weights(own)
        text = f"{own['count']:,} weights · Var {variance_text(own['std'])}"
        if "theory_std" in own:
            tone = colour("warning").name()
            notified = variance_text(own["theory_std"])
            text += f' · <span style="color:{tone}">theory {notified}</span>'
        self.facts.setText(text)
        self.facts.setToolTip(f"Standard deviation {power_text(own['std'])}")
        self.variance.show_formula(self._variance_formula(own))
        self.histogram.setAccessibleName(f"Histogram: {own['count']} weights")

    def _variance_formula(self, own: Mapping[str, Any]) -> str:
        """Var(W) in n_in and n_out, with their numbers, where the initializer counts them."""
        layer = self.document.graph.nodes[self.node_id].layer
        if "fans" not in own or "theory_std" not in own or not isinstance(layer, Weighted):
            return ""
        one = layer.initializer
        stated = one.variance(*own["fans"])
        # Some layers and draws of torch's have a variance of their own: the formula is not theirs.
        if stated is None or not math.isclose(stated, own["theory_std"] ** 2, rel_tol=1e-6):
            return ""
        numbers = one.spread
        for sign, fan in zip((r"n_{in}", r"n_{out}"), own["fans"], strict=True):
            numbers = numbers.replace(sign, rf"\cdot {fan}" if f"3 {sign}" in numbers else str(fan))
        steps = dict.fromkeys(filter(None, (one.spread, numbers)))
        return " = ".join((r"\mathrm{Var}(W)", *steps, number_in_latex(stated, 3)))


def variance_text(std: float) -> str:
    """The square of a standard deviation, in three digits."""
    return number_text(std**2, 3)
