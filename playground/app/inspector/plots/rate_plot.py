"""The learning rate over the epochs of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from playground.app.inspector.plots.figure import Figure
from playground.app.theme.draw import LEFT, RIGHT, draw_text
from playground.app.theme.text import number_text
from playground.app.theme.tokens import TINY_PX, body_font, colour, mono_font, scaled_px
from playground.translation import tr, trn

Values = npt.NDArray[np.float64]
TEXT = 12
"""Height of a line of text."""


@runtime_checkable
class Scheduled(Protocol):
    """Something that scales the learning rate over the epochs of a run."""

    @property
    def span(self) -> float:
        """How many epochs show what it does."""
        ...

    def curve(self, epochs: float, warmup: float = 0.0) -> tuple[Values, Values]:
        """Epochs from 0, and what the learning rate is multiplied by at each."""
        ...


@dataclass(frozen=True, slots=True)
class Course:
    """What else decides the learning rate: its first value, the run's length, the warm-up."""

    rate: float = 1.0
    epochs: float = 0.0
    """0 if the run has no end of its own."""
    warmup: float = 0.0


class RatePlot(Figure):
    """The curve of a schedule, with its largest value and the warm-up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(86, parent)
        self.epochs = 0.0
        self.warmup = 0.0
        self.note = ""
        self.values = np.zeros(0)

    def show_schedule(self, schedule: Scheduled, course: Course) -> None:
        """Draw this one over the run's epochs; without an end, over as many as show what it does.

        A schedule that depends on the validation loss is drawn as far as it is known.
        """
        self.warmup = course.warmup
        self.epochs = course.epochs or course.warmup + schedule.span
        _, factors = schedule.curve(self.epochs, course.warmup)
        self.values = factors * course.rate
        epochs = f"{self.epochs:g}"
        text = tr("Learning rate over {epochs} epochs.", epochs=epochs)
        self.setAccessibleName(text)
        self.note = ""
        if bool(getattr(schedule, "needs_validation", False)):
            self.note = tr("drops when the validation loss stalls")
            text = tr(
                "Learning rate over {epochs} epochs. It drops when the validation loss stalls.",
                epochs=epochs,
            )
        self.setToolTip(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = self.paint_ground(painter)
        is_number = np.isfinite(self.values)
        if not is_number.any():
            return
        left, top, bottom = scaled_px(42), scaled_px(21), scaled_px(18)
        inner = ground.adjusted(left, top, -9, -bottom)
        high = max(float(self.values[is_number].max()), 1e-12)
        across = np.linspace(inner.left(), inner.right(), len(self.values))
        up = inner.bottom() - self.values / high * inner.height()
        points = zip(across[is_number], up[is_number], strict=True)
        painter.setPen(QPen(colour("border"), 1))
        painter.drawLine(inner.bottomLeft(), inner.bottomRight())
        self._paint_warmup(painter, inner)
        style = Qt.PenStyle.DashLine if self.note else Qt.PenStyle.SolidLine
        painter.setPen(QPen(colour("accent"), 1.6, style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(float(x), float(y)) for x, y in points]))
        self._paint_labels(painter, inner, high)

    def _paint_warmup(self, painter: QPainter, inner: QRectF) -> None:
        if 0 < self.warmup < self.epochs:
            x = inner.left() + self.warmup / self.epochs * inner.width()
            painter.setPen(QPen(colour("faint"), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, inner.top()), QPointF(x, inner.bottom()))

    def _paint_labels(self, painter: QPainter, inner: QRectF, high: float) -> None:
        font, height = mono_font(TINY_PX), scaled_px(TEXT)
        labels = QRectF(2, inner.top() - height / 2, inner.left() - 8, height)
        draw_text(painter, labels, number_text(high, 2), font, "muted", RIGHT)
        draw_text(painter, labels.translated(0, inner.height()), "0", font, "muted", RIGHT)
        below = QRectF(inner.left(), inner.bottom() + 3, inner.width(), height)
        number = f"{self.epochs:,.0f}" if self.epochs >= 100 else f"{self.epochs:.3g}"
        count = 1 if self.epochs == 1 else 2  # "1 epoch", but "0.5 epochs"
        epochs = trn("{number} epoch", "{number} epochs", count, number=number)
        draw_text(painter, below, epochs, font, "muted", RIGHT)
        draw_text(painter, below, "0", font, "muted", LEFT)
        above = QRectF(inner.left(), inner.top() - height - 4, inner.width(), height)
        draw_text(painter, above, tr("learning rate"), font, "faint", RIGHT)
        if self.note:
            middle = QRectF(inner.left(), inner.center().y() - height / 2, inner.width(), height)
            draw_text(painter, middle, self.note, body_font(TINY_PX), "muted", RIGHT)
