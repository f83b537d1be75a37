"""An activation and its derivative, drawn over one number."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QLabel, QWidget

from playground.app.theme.tokens import RADIUS, colour, family_colour, mono_font, theme
from playground.catalog.layers.activation import Activation

REACH = 4.0
SAMPLES = 161


class FunctionPlot(QWidget):
    """f as a line, f′ dashed, and their names in the corner."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.z = np.linspace(-REACH, REACH, SAMPLES)
        self.value = np.zeros(SAMPLES)
        self.slope = np.zeros(SAMPLES)
        self._activation: Activation | None = None
        self.names = QLabel(self)
        self.names.setFont(mono_font(8.0))
        self.names.move(10, 7)
        self.setFixedHeight(112)
        theme.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        """As in the inspector."""
        return QSize(240, 112)

    def show_activation(self, activation: Activation) -> None:
        """Draw this one."""
        if activation == self._activation:
            return
        self._activation = activation
        self.value = np.asarray(activation.value(self.z), dtype=float)
        self.slope = np.asarray(activation.slope(self.z), dtype=float)
        self.setAccessibleName(f"{activation.label} and its derivative")
        self._restyle()

    def _restyle(self) -> None:
        if self._activation is not None:
            lines = zip(self._colours(), ("f(z)", "f′(z)"), strict=True)
            spans = [f'<span style="color:{tone.name()}">{text}</span>' for tone, text in lines]
            self.names.setText("<br>".join(spans))
            self.names.adjustSize()
        self.update()

    @staticmethod
    def _colours() -> tuple[QColor, QColor]:
        family = family_colour("Activation")
        # The family's yellow is too light to be read on white.
        f = family if theme.colours.name == "dark" else family.darker(150)
        return f, colour("positive")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, both axes and both lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colour("border"), 1))
        painter.setBrush(colour("field"))
        painter.drawRoundedRect(ground, RADIUS, RADIUS)
        if self._activation is None:
            return
        inner = ground.adjusted(10, 12, -10, -12)
        axes = np.array([[-REACH, 0], [REACH, 0], [0, self._low()], [0, self._high()]])
        points = self._points(axes[:, 0], axes[:, 1], inner)
        painter.setPen(QPen(colour("border"), 1))
        painter.drawLine(points[0], points[1])
        painter.drawLine(points[2], points[3])
        f, slope = self._colours()
        painter.setPen(QPen(slope, 1.2, Qt.PenStyle.DashLine))
        painter.drawPolyline(QPolygonF(self._points(self.z, self.slope, inner)))
        painter.setPen(QPen(f, 1.8))
        painter.drawPolyline(QPolygonF(self._points(self.z, self.value, inner)))

    def _low(self) -> float:
        return float(min(self.value.min(), self.slope.min(), -0.3))

    def _high(self) -> float:
        return float(max(min(self.value.max(), 2.2), self.slope.max(), 1.0))

    def _points(self, z: np.ndarray, y: np.ndarray, inner: QRectF) -> list[QPointF]:
        low, high = self._low(), self._high()
        across = inner.left() + (z + REACH) / (2 * REACH) * inner.width()
        up = inner.bottom() - (np.clip(y, low, high) - low) / (high - low) * inner.height()
        is_inside = y <= high + 1e-9
        pairs = zip(across[is_inside], up[is_inside], strict=True)
        return [QPointF(float(a), float(b)) for a, b in pairs]
