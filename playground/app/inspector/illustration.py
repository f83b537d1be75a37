"""What a picked thing does, drawn: its formula, and its curve over time where it has one."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from playground.app.help.formula import FormulaView
from playground.app.help.link import ReferenceButton
from playground.app.theme.draw import RIGHT, draw_text
from playground.app.theme.text import power_text
from playground.app.theme.tokens import RADIUS, colour, mono_font, theme
from playground.graph.layer import Declaration

Values = npt.NDArray[np.float64]


@runtime_checkable
class Scheduled(Protocol):
    """Something that scales the learning rate over the epochs of a run."""

    @property
    def span(self) -> float:
        """How many epochs show what it does."""
        ...

    def curve(self, epochs: float) -> tuple[Values, Values]:
        """Epochs from 0, and what the learning rate is multiplied by at each."""
        ...


class FactorPlot(QWidget):
    """The factor of a schedule over the epochs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values = np.zeros(0)
        self.setFixedHeight(72)
        theme.changed.connect(self.update)

    def show_schedule(self, schedule: Scheduled) -> None:
        """Draw this one, over as many epochs as show what it does."""
        _, self.values = schedule.curve(schedule.span)
        text = f"The factor of the learning rate over {schedule.span:g} epochs"
        self.setToolTip(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, the line, and the largest and smallest factor."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colour("border"), 1))
        painter.setBrush(colour("field"))
        painter.drawRoundedRect(ground, RADIUS, RADIUS)
        is_number = np.isfinite(self.values)
        if not is_number.any():
            return
        inner = ground.adjusted(34, 20, -9, -9)
        high = max(float(self.values[is_number].max()), 1e-9)
        across = np.linspace(inner.left(), inner.right(), len(self.values))
        up = inner.bottom() - self.values / high * inner.height()
        points = zip(across[is_number], up[is_number], strict=True)
        painter.setPen(QPen(colour("border"), 1))
        painter.drawLine(inner.bottomLeft(), inner.bottomRight())
        painter.setPen(QPen(colour("accent"), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(float(x), float(y)) for x, y in points]))
        font = mono_font(7.0)
        labels = QRectF(2, inner.top() - 6, 28, 12)
        draw_text(painter, labels, f"×{power_text(high)}", font, "muted", RIGHT)
        draw_text(painter, labels.translated(0, inner.height()), "0", font, "muted", RIGHT)
        name = QRectF(inner.right() - 90, inner.top() - 16, 90, 12)  # above, where no curve is
        draw_text(painter, name, "learning rate", font, "faint", RIGHT)


class Illustration(QWidget):
    """Formula, curve, and the way to the reference."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.formula = FormulaView(waits=True)
        self.button = ReferenceButton()
        self.curve: FactorPlot | None = None
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.formula, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 1, 0, 2)
        self._column.setSpacing(4)
        self._column.addLayout(row)

    def show_declaration(self, declaration: Declaration) -> None:
        """Illustrate this; what has neither formula nor curve is not."""
        self.formula.show_formula(declaration.formula)
        self.button.lead_to(type(declaration))
        is_scheduled = isinstance(declaration, Scheduled)
        if isinstance(declaration, Scheduled):
            if self.curve is None:
                self.curve = FactorPlot()
                self._column.addWidget(self.curve)
            self.curve.show_schedule(declaration)
        if self.curve is not None:
            self.curve.setVisible(is_scheduled)
        self.setVisible(bool(declaration.formula) or is_scheduled)
