"""What a picked thing does, drawn: its formula, and its curve over time where it has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from playground.app.theme.draw import LEFT, RIGHT, draw_text
from playground.app.theme.text import number_text
from playground.app.theme.tokens import RADIUS, TINY_PX, body_font, colour, mono_font, theme
from playground.app.widgets.formula import FormulaView
from playground.app.widgets.reference_button import ReferenceButton
from playground.graph.declaration import Declaration

Values = npt.NDArray[np.float64]


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
    """What else decides how the learning rate goes: the rate, the run's length, the warm-up."""

    rate: float = 1.0
    epochs: float = 0.0
    """0 where the run has no end of its own."""
    warmup: float = 0.0


class RatePlot(QWidget):
    """The learning rate over the epochs of a run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.epochs = 0.0
        self.warmup = 0.0
        self.note = ""
        self.values = np.zeros(0)
        self.setFixedHeight(86)
        theme.changed.connect(self.update)

    def show_schedule(self, schedule: Scheduled, course: Course) -> None:
        """Draw this one over the run's epochs; without an end, over as many as show what it does.

        What goes by the validation loss is drawn as far as it is known, and that is said.
        """
        self.warmup = course.warmup
        self.epochs = course.epochs or course.warmup + schedule.span
        _, factors = schedule.curve(self.epochs, course.warmup)
        self.values = factors * course.rate
        is_open = bool(getattr(schedule, "needs_validation", False))
        self.note = "drops when the validation loss stalls" if is_open else ""
        text = f"The learning rate over {self.epochs:g} epochs"
        self.setToolTip(f"{text}; it {self.note}" if is_open else text)
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, the line, its largest and smallest value, and the epochs."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colour("border"), 1))
        painter.setBrush(colour("field"))
        painter.drawRoundedRect(ground, RADIUS, RADIUS)
        is_number = np.isfinite(self.values)
        if not is_number.any():
            return
        inner = ground.adjusted(42, 21, -9, -18)
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
        self._paint_words(painter, inner, high)

    def _paint_warmup(self, painter: QPainter, inner: QRectF) -> None:
        if 0 < self.warmup < self.epochs:
            x = inner.left() + self.warmup / self.epochs * inner.width()
            painter.setPen(QPen(colour("faint"), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, inner.top()), QPointF(x, inner.bottom()))

    def _paint_words(self, painter: QPainter, inner: QRectF, high: float) -> None:
        font = mono_font(TINY_PX)
        labels = QRectF(2, inner.top() - 6, 36, 12)
        draw_text(painter, labels, number_text(high, 2), font, "muted", RIGHT)
        draw_text(painter, labels.translated(0, inner.height()), "0", font, "muted", RIGHT)
        below = QRectF(inner.left(), inner.bottom() + 3, inner.width(), 12)
        epochs = f"{self.epochs:,.0f}" if self.epochs >= 100 else f"{self.epochs:.3g}"
        draw_text(painter, below, f"{epochs} epochs", font, "muted", RIGHT)
        draw_text(painter, below, "0", font, "muted", LEFT)
        above = QRectF(inner.left(), inner.top() - 16, inner.width(), 12)  # where no curve is
        draw_text(painter, above, "learning rate", font, "faint", RIGHT)
        if self.note:
            middle = QRectF(inner.left(), inner.center().y() - 6, inner.width(), 12)
            draw_text(painter, middle, self.note, body_font(TINY_PX), "muted", RIGHT)


class Illustration(QWidget):
    """Formula, curve, and the way to the reference."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.formula = FormulaView(waits=True)
        self.button = ReferenceButton()
        self.curve: RatePlot | None = None
        self.course = Course()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.formula, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 1, 0, 2)
        self._column.setSpacing(4)
        self._column.addLayout(row)

    def show_over(self, declaration: Declaration, course: Course) -> None:
        """Illustrate this as it goes in a run."""
        self.course = course
        self.show_declaration(declaration)

    def show_formula(self, kind: type[Declaration], formula: str) -> None:
        """Illustrate a sort of thing by a formula of it."""
        self.formula.show_formula(formula)
        self.button.lead_to(kind)
        self.setVisible(bool(formula))

    def show_declaration(self, declaration: Declaration) -> None:
        """Illustrate this as it is set; what has neither formula nor curve is not."""
        formula = str(getattr(declaration, "rule", declaration.formula))
        self.show_formula(type(declaration), formula)
        if isinstance(declaration, Scheduled):
            if self.curve is None:
                self.curve = RatePlot()
                self._column.addWidget(self.curve)
            self.curve.show_schedule(declaration, self.course)
        is_scheduled = isinstance(declaration, Scheduled)
        if self.curve is not None:
            self.curve.setVisible(is_scheduled)
        self.setVisible(bool(formula) or is_scheduled)
