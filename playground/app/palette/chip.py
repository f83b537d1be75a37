"""A chip: one layer of the palette, to be dragged or chosen."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDrag,
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from playground.app.palette.formula import readable
from playground.app.theme.tokens import RADIUS, SMALL_PT, body_font, colour, family_colour
from playground.catalog.registry import declared
from playground.graph.layer import Layer

MIME = "application/x-playground-layer"
HEIGHT, TEXT_LEFT = 28, 10


class ChipView(QWidget):
    """Draws a layer's label with the bar of its family; starts the drag that carries its kind."""

    chosen = Signal(str)
    """It was double-clicked, or Enter was pressed on it."""
    stepped = Signal(str, int)
    """An arrow key was pressed on it: the kind, and the key."""

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.layer = declared(Layer)[kind]
        self.is_current = False
        self._pressed_at: QPoint | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self.setFont(body_font())
        self.setToolTip(tooltip(self.layer))
        self.setAccessibleName(self.layer.label)
        self.setAccessibleDescription(self.layer.help())

    def sizeHint(self) -> QSize:
        """As wide as the column lets it be."""
        return QSize(90, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Labels are cut where there is no room."""
        return QSize(50, HEIGHT)

    def set_current(self, is_current: bool) -> None:
        """Mark it as the one that Enter in the search field chooses."""
        if is_current != self.is_current:
            self.is_current = is_current
            self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chip, brighter under the cursor, framed where it is the current one."""
        painter = QPainter(self)
        is_lit = self.underMouse() or self.hasFocus()
        self.paint_on(painter, QRectF(self.rect()), is_lit, self.is_current or self.hasFocus())
        painter.end()

    def paint_on(self, painter: QPainter, place: QRectF, is_lit: bool, is_framed: bool) -> None:
        """Paint the chip anywhere: in the palette, or on what the cursor drags."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("accent" if is_framed else "border"), 1))
        painter.setBrush(colour("hover" if is_lit else "field"))
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(family_colour(self.layer.family))
        bar = QRectF(place.left() + 1, place.top() + 5, 3, place.height() - 10)
        painter.drawRoundedRect(bar, 1.5, 1.5)
        painter.setPen(colour("text"))
        room = place.adjusted(TEXT_LEFT, 0, -4, 0)
        label, font = self.layer.label, self.font()
        if QFontMetrics(font).horizontalAdvance(label) > room.width():
            font = body_font(SMALL_PT)  # rather smaller than cut
        painter.setFont(font)
        cut = QFontMetrics(font).elidedText(
            label, Qt.TextElideMode.ElideRight, int(room.width()) + 1
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, cut)

    def drag_pixmap(self) -> QPixmap:
        """What the cursor carries."""
        ratio = self.devicePixelRatioF()
        width = QFontMetrics(self.font()).horizontalAdvance(self.layer.label) + TEXT_LEFT + 16
        pixmap = QPixmap(int(width * ratio), int(HEIGHT * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint_on(painter, QRectF(0, 0, width, HEIGHT), True, True)
        painter.end()
        return pixmap

    # Mouse and keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag may begin."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin the drag once the cursor has moved far enough."""
        if self._pressed_at is None:
            return
        moved = event.position().toPoint() - self._pressed_at
        if moved.manhattanLength() >= QApplication.startDragDistance():
            self._pressed_at = None
            self._drag()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It was only a click."""
        self._pressed_at = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Choose this layer."""
        self._pressed_at = None
        self.chosen.emit(self.kind)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses, arrows move on."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.kind)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(self.kind, int(key))
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Brighter."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """As before."""
        self.update()

    def _drag(self) -> None:
        drag = QDrag(self)
        drag.setMimeData(mime_of(self.kind))
        pixmap = self.drag_pixmap()
        drag.setPixmap(pixmap)
        drag.setHotSpot(QPoint(int(pixmap.deviceIndependentSize().width() / 2), HEIGHT // 2))
        drag.exec(Qt.DropAction.CopyAction)
        self.update()


def mime_of(kind: str) -> QMimeData:
    """What a drag carries: the kind of the layer."""
    data = QMimeData()
    data.setData(MIME, kind.encode())
    return data


def tooltip(layer: type[Layer]) -> str:
    """Label, help, formula and source as a small card."""
    parts = [f"<b>{escape(layer.label)}</b>", f"<p>{escape(layer.help())}</p>"]
    if layer.formula:
        parts.append(f"<p><code>{escape(readable(layer.formula))}</code></p>")
    if layer.source:
        parts.append(f"<p><small>{escape(layer.source)}</small></p>")
    return f"<div style='max-width: 320px'>{''.join(parts)}</div>"
