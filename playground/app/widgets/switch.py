"""A switch that is on or off."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from playground.app.theme.tokens import colour, theme

WIDTH, HEIGHT = 30, 16


class Switch(QAbstractButton):
    """A check box drawn as a switch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for the focus ring as well."""
        return QSize(WIDTH + 4, HEIGHT + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track, the knob, and a ring around both while it has focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(2, (self.height() - HEIGHT) / 2, WIDTH, HEIGHT)
        if self.hasFocus():
            painter.setPen(QPen(colour("accent"), 1))
            painter.drawRoundedRect(track.adjusted(-1.5, -1.5, 1.5, 1.5), 9.5, 9.5)
        is_on = self.isChecked()
        painter.setPen(QPen(colour("accent" if is_on else "faint"), 1))
        painter.setBrush(colour("accent" if is_on else "field"))
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        left = track.right() - HEIGHT + 3 if is_on else track.left() + 3
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("on_accent" if is_on else "muted"))
        painter.drawEllipse(QRectF(left, track.top() + 3, HEIGHT - 6, HEIGHT - 6))
