"""The ground that the inspector's plots are drawn on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from playground.app.theme.tokens import RADIUS, colour, scaled_px, theme


class Figure(QWidget):
    """A plot with a rounded frame, whose height follows the text scale."""

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._height = height
        self._restyle()
        theme.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        return QSize(240, scaled_px(self._height))

    def _restyle(self) -> None:
        self.setFixedHeight(scaled_px(self._height))
        self.update()

    def paint_ground(self, painter: QPainter) -> QRectF:
        """Fill the frame; returns its rectangle."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colour("border"), 1))
        painter.setBrush(colour("field"))
        painter.drawRoundedRect(ground, RADIUS, RADIUS)
        return ground
