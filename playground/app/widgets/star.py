"""The star that marks a favourite."""

from __future__ import annotations

from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from playground.app.theme.tokens import colour

SIZE = 16.0


def star_place(place: QRectF) -> QRectF:
    """The rectangle of a chip's star, at its right end."""
    return QRectF(place.right() - SIZE - 3, place.center().y() - SIZE / 2, SIZE, SIZE)


def draw_star(painter: QPainter, place: QRectF, is_full: bool, is_lit: bool) -> None:
    """A star of five points; full for a favourite."""
    middle = place.center()
    points = []
    for corner in range(10):
        radius = (5.2 if corner % 2 == 0 else 2.3) + (0.4 if is_lit else 0.0)
        angle = -pi / 2 + corner * pi / 5
        points.append(QPointF(middle.x() + radius * cos(angle), middle.y() + radius * sin(angle)))
    tone = colour("warning" if is_full or is_lit else "faint")
    painter.setPen(QPen(tone, 1.1))
    painter.setBrush(tone if is_full else Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF(points))
