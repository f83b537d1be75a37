"""How strong signals are at every layer before any training, forward and back."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from playground.app.document import Document
from playground.app.inspector.section import Section
from playground.app.readings import node_names
from playground.app.theme.draw import LEFT, RIGHT, draw_text
from playground.app.theme.text import power_text
from playground.app.theme.tokens import (
    CAPTION_PX,
    RADIUS,
    SMALL_PX,
    TINY_PX,
    body_font,
    colour,
    mono_font,
    theme,
)
from playground.app.widgets.cards import heading, line
from playground.session.messages import Reading

FEWEST = 3
FADED, EXPLODED = 1 / 30, 30.0
SIDES = (("activation", "positive", "activations"), ("gradient", "negative", "gradients"))


def verdict(activation: np.ndarray, gradient: np.ndarray) -> str:
    """What becomes of the scale from one end of the net to the other, in words.

    The last layer is left out: how large it is, is a matter of the loss.
    """
    said = []
    if len(activation) > FEWEST:
        activation, gradient = activation[:-1], gradient[:-1]
    for name, values, ends in (
        ("Activations", activation, (0, -1)),
        ("Gradients", gradient, (-1, 0)),
    ):
        is_there = np.isfinite(values) & (values > 0)
        found = values[is_there]
        if len(found) < 2:
            if np.any(values == 0):
                said.append(f"{name} are all 0.")
            continue
        ratio = float(found[ends[1]] / found[ends[0]])
        if ratio < FADED:
            said.append(f"{name} fade to {power_text(ratio)} of their size.")
        elif ratio > EXPLODED:
            said.append(f"{name} grow {power_text(ratio)} times.")
    return " ".join(said) or "Both keep their scale from end to end."


class DepthPlot(QWidget):
    """Two lines over the layers on a logarithmic scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: list[str] = []
        self.values: dict[str, np.ndarray] = {}
        self.setFixedHeight(104)
        theme.changed.connect(self.update)

    def show_scales(self, names: list[str], reading: Reading) -> None:
        """Draw these, a place a layer."""
        self.names = names
        self.values = {key: np.asarray(reading[key], float) for key, _, _ in SIDES}
        self.setAccessibleName("Scale of activations and gradients over the layers")
        self.update()

    def _logs(self, key: str) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log10(self.values[key])
        return np.where(np.isfinite(logs), logs, np.nan)

    def _inner(self) -> QRectF:
        return QRectF(self.rect()).adjusted(40, 24, -12, -12)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, the two lines with their names, and the ends of the scale."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colour("border"), 1))
        painter.setBrush(colour("field"))
        painter.drawRoundedRect(ground, RADIUS, RADIUS)
        logs = {key: self._logs(key) for key in self.values}
        every = np.concatenate([*logs.values(), np.zeros(0)])
        every = every[np.isfinite(every)]
        if not len(every):
            return
        low, high = float(every.min()), float(every.max())
        middle, span = (low + high) / 2, max(high - low, 1.0)
        low, high = middle - span / 2, middle + span / 2
        inner = self._inner()
        self._paint_scale(painter, inner, low, high)
        left = 10.0
        for key, tone, name in SIDES:
            draw_text(painter, QRectF(left, 5, 90, 14), name, body_font(CAPTION_PX), tone, LEFT)
            left += 70
            self._paint_line(painter, inner, (logs[key] - low) / (high - low), tone)

    def _paint_scale(self, painter: QPainter, inner: QRectF, low: float, high: float) -> None:
        for value, y in ((high, inner.top()), (low, inner.bottom())):
            painter.setPen(QPen(colour("border"), 1))
            painter.drawLine(QPointF(inner.left(), y), QPointF(inner.right(), y))
            room = QRectF(2, y - 7, inner.left() - 7, 14)
            draw_text(painter, room, power_text(10**value), mono_font(TINY_PX), "muted", RIGHT)

    def _paint_line(self, painter: QPainter, inner: QRectF, up: np.ndarray, tone: str) -> None:
        places = self._places(len(up))
        is_there = np.isfinite(up)
        points = [
            QPointF(float(x), inner.bottom() - float(y) * inner.height())
            for x, y in zip(places[is_there], up[is_there], strict=True)
        ]
        painter.setPen(QPen(colour(tone), 1.6))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(colour(tone))
        for point in points if len(points) <= 40 else ():
            painter.drawEllipse(point, 1.6, 1.6)

    def _places(self, count: int) -> np.ndarray:
        inner = self._inner()
        return np.linspace(inner.left(), inner.right(), max(count, 2))[:count]

    def text_at(self, x: float) -> str:
        """The layer nearest to a place, and its scales."""
        if not self.names:
            return ""
        at = int(np.abs(self._places(len(self.names)) - x).argmin())
        parts = [f"{name} {power_text(float(self.values[key][at]))}" for key, _, name in SIDES]
        return f"{self.names[at]}: {', '.join(parts)}"

    def event(self, event: QEvent) -> bool:
        """Read off where the mouse rests."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.text_at(event.pos().x()), self)
            return True
        return super().event(event)


class DepthSection(Section):
    """Fed by the reading "initial"; says nothing until there is one of a net with some depth."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.plot = DepthPlot()
        self.verdict = line("", "muted", SMALL_PX)
        title = heading("Scale through depth before training")
        title.setToolTip(
            "Standard deviation of what every layer puts out for one batch, and of the gradient "
            "there. Training is easiest where both stay level."
        )
        for part in (title, self.plot, self.verdict):
            self.body.addWidget(part)
        self.hide()

    def show_initial(self, reading: Reading) -> None:
        """Draw the scales over the layers."""
        nodes = list(reading["nodes"])
        names = node_names(self.document.graph, nodes)
        self.plot.show_scales([names[i] for i in nodes], reading)
        self.verdict.setText(
            verdict(np.asarray(reading["activation"]), np.asarray(reading["gradient"]))
        )
        self.setVisible(len(nodes) >= FEWEST)
