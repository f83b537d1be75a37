"""The whole drawing, small, with a frame around the visible part; a click goes there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from playground.app.theme.tokens import colour
from playground.translation import tr

WIDTH, HEIGHT, INSET = 152, 84, 9.0


class Minimap(QWidget):
    """Draws nodes as rectangles, into a pixmap: panning redraws only the frame."""

    place_clicked = Signal(QPointF)
    """A place was clicked or dragged to, in scene coordinates."""

    def __init__(self, parent: QWidget, rects: Callable[[], list[QRectF]]) -> None:
        super().__init__(parent)
        self._rects = rects
        self._nodes: list[QRectF] = []
        self._covered = QRectF()
        self._visible_rect = QRectF()
        self._pixmap: QPixmap | None = None
        self.setFixedSize(QSize(WIDTH, HEIGHT))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Overview of the drawing"))
        self.hide()

    def refresh(self) -> None:
        """Draw the nodes again, after some were added, removed or moved."""
        self._nodes = self._rects()
        covered = QRectF()
        for rect in self._nodes:
            covered = covered.united(rect)
        self._covered = covered
        self._pixmap = None
        self._show_if_needed()

    def show_visible_rect(self, visible_rect: QRectF) -> None:
        """Frame another part of the scene."""
        self._visible_rect = visible_rect
        self._show_if_needed()

    def _show_if_needed(self) -> None:
        # It is not needed while all nodes are visible.
        is_needed = bool(self._nodes) and not self._visible_rect.contains(self._covered)
        if self.isHidden() == is_needed:
            self.setVisible(is_needed)
        self.update()

    def _scale(self) -> tuple[float, QPointF]:
        world = self._covered.adjusted(-40, -40, 40, 40)
        room = QRectF(self.rect()).adjusted(INSET, INSET, -INSET, -INSET)
        scale = min(room.width() / world.width(), room.height() / world.height(), 0.2)
        return scale, room.center() - world.center() * scale

    def _mapped(self, rect: QRectF) -> QRectF:
        scale, shift = self._scale()
        return QRectF(rect.topLeft() * scale + shift, rect.size() * scale)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The nodes, and the frame of the visible part."""
        if self._pixmap is None:
            self._pixmap = self._drawn()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.rect().adjusted(2, 2, -2, -2))
        painter.setPen(QPen(colour("accent"), 1.2))
        painter.setBrush(colour("accent", 0.07))
        painter.drawRoundedRect(self._mapped(self._visible_rect), 2, 2)
        painter.end()

    def _drawn(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("border"), 1))
        painter.setBrush(colour("surface", 0.94))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("muted", 0.75))
        for rect in self._nodes:
            painter.drawRoundedRect(self._mapped(rect), 1.5, 1.5)
        painter.end()
        return pixmap

    def restyle(self) -> None:
        """Use the colours of the current theme."""
        self._pixmap = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the clicked place."""
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing more: the press has shown the place."""
        event.accept()

    def _go(self, event: QMouseEvent) -> None:
        scale, shift = self._scale()
        self.place_clicked.emit((event.position() - shift) / scale)
