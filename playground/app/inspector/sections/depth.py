"""The scale of activations and gradients at every layer before training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from playground.app.document import Document
from playground.app.inspector.plots.figure import Figure
from playground.app.inspector.section import InitialSection
from playground.app.readings import node_names
from playground.app.theme.draw import LEFT, RIGHT, draw_text, text_width
from playground.app.theme.text import power_text
from playground.app.theme.tokens import (
    CAPTION_PX,
    SMALL_PX,
    TINY_PX,
    body_font,
    colour,
    mono_font,
    scaled_px,
)
from playground.app.widgets.cards import heading, line
from playground.session.messages import Reading
from playground.translation import N_, tr

FEWEST = 3
FADED, EXPLODED = 1 / 30, 30.0
SIDES = (("activation", "positive", N_("activations")), ("gradient", "negative", N_("gradients")))


@dataclass(frozen=True, slots=True)
class Sentences:
    """What is said of a scale that is 0, shrinks, or grows."""

    zero: str
    shrinks: str
    grows: str


FORWARD = Sentences(
    N_("Activations are all 0."),
    N_("Activations shrink to {ratio} of their size."),
    N_("Activations grow by a factor of {ratio}."),
)
BACKWARD = Sentences(
    N_("Gradients are all 0."),
    N_("Gradients shrink to {ratio} of their size."),
    N_("Gradients grow by a factor of {ratio}."),
)


def verdict(activation: np.ndarray, gradient: np.ndarray) -> str:
    """How the scales change from one end of the net to the other, in words.

    The last layer is left out: its scale depends on the loss.
    """
    if len(activation) > FEWEST:
        activation, gradient = activation[:-1], gradient[:-1]
    found = [_trend(activation, FORWARD), _trend(gradient[::-1], BACKWARD)]
    text = " ".join(filter(None, found))
    return text or tr("Activations and gradients keep their scale through all layers.")


def _trend(values: np.ndarray, sentences: Sentences) -> str:
    """What happens to a scale from its first value to its last; "" if it stays level."""
    found = values[np.isfinite(values) & (values > 0)]
    if len(found) < 2:
        return tr(sentences.zero) if np.any(values == 0) else ""
    ratio = float(found[-1] / found[0])
    if ratio < FADED:
        return tr(sentences.shrinks, ratio=power_text(ratio))
    return tr(sentences.grows, ratio=power_text(ratio)) if ratio > EXPLODED else ""


class DepthPlot(Figure):
    """Two lines over the layers on a logarithmic scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(104, parent)
        self.names: list[str] = []
        self.values: dict[str, np.ndarray] = {}

    def show_scales(self, names: list[str], reading: Reading) -> None:
        """Draw these, one place per layer."""
        self.names = names
        self.values = {key: np.asarray(reading[key], float) for key, _, _ in SIDES}
        self.setAccessibleName(tr("Scale of activations and gradients over the layers"))
        self.update()

    def _logs(self, key: str) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log10(self.values[key])
        return np.where(np.isfinite(logs), logs, np.nan)

    def _inner(self) -> QRectF:
        return QRectF(self.rect()).adjusted(scaled_px(46), scaled_px(24), -12, -12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_ground(painter)
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
            text, font = tr(name), body_font(CAPTION_PX)
            room = QRectF(left, 5, self.width() - 10 - left, scaled_px(14))
            draw_text(painter, room, text, font, tone, LEFT)
            left += text_width(text, font) + 12
            self._paint_line(painter, inner, (logs[key] - low) / (high - low), tone)

    def _paint_scale(self, painter: QPainter, inner: QRectF, low: float, high: float) -> None:
        for value, y in ((high, inner.top()), (low, inner.bottom())):
            painter.setPen(QPen(colour("border"), 1))
            painter.drawLine(QPointF(inner.left(), y), QPointF(inner.right(), y))
            room = QRectF(4, y - scaled_px(7), inner.left() - 10, scaled_px(14))
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
        activation, gradient = (power_text(float(self.values[key][at])) for key, _, _ in SIDES)
        return tr(
            "{layer}: activations {activation}, gradients {gradient}",
            layer=self.names[at],
            activation=activation,
            gradient=gradient,
        )

    def event(self, event: QEvent) -> bool:
        """The tooltip shows the values at the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.text_at(event.pos().x()), self)
            return True
        return super().event(event)


class DepthSection(InitialSection):
    """The plot and its verdict; hidden until a net with some depth has been read."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.plot = DepthPlot()
        self.verdict = line("", "muted", SMALL_PX)
        self._depth = 0
        title = heading(tr("Signal scale by layer, before training"))
        title.setToolTip(
            tr(
                "Standard deviation of each layer's output, and of its gradient, for one batch. "
                "Training is easiest if both stay level."
            )
        )
        for part in (title, self.plot, self.verdict):
            self.body.addWidget(part)
        self.refresh()

    def refresh(self) -> None:
        """A net with errors has no scales."""
        self.setVisible(self._depth >= FEWEST and not self.document.examined.errors)

    def show_initial(self, reading: Reading) -> None:
        """Draw the scales over the layers."""
        nodes = list(reading["nodes"])
        names = node_names(self.document.graph, nodes)
        self.plot.show_scales([names[i] for i in nodes], reading)
        self.verdict.setText(
            verdict(np.asarray(reading["activation"]), np.asarray(reading["gradient"]))
        )
        self._depth = len(nodes)
        self.refresh()
