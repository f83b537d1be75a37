"""A chip: one layer of the palette, which can be dragged or chosen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QEnterEvent,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from playground.app.layer_mime import mime_of
from playground.app.theme.tokens import (
    BODY_PX,
    CAPTION_PX,
    RADIUS,
    SMALL_PX,
    body_font,
    colour,
    family_colour,
    scaled_px,
    set_font,
)
from playground.app.widgets.star import draw_star, star_place
from playground.catalog.registry import declared
from playground.graph.layer import Layer
from playground.translation import tr

HEIGHT, TEXT_LEFT, TEXT_RIGHT = 28, 10, 4
FONT_SIZES = (BODY_PX, SMALL_PX, CAPTION_PX)
"""The largest in which the label fits; if none fits, the chip takes both columns."""


class ChipView(QWidget):
    """Draws a layer's label with the bar of its family; starts the drag that carries its kind."""

    chosen = Signal(str)
    """It was double-clicked, or Enter was pressed on it."""
    stepped = Signal(str, int)
    """An arrow key was pressed on it: the kind, and the key."""
    pointed_at = Signal(bool)
    """The cursor or the focus entered or left it."""
    grasped = Signal()
    """It was pressed or is dragged: the help card must close."""
    starred = Signal(str)
    """Its star was clicked: add it to the favourites, or remove it."""
    menu_asked = Signal(str, QPoint)

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.layer = declared(Layer)[kind]
        self.label = tr(self.layer.label)
        self.is_current = False
        self.is_favourite = False
        self._star_is_lit = False
        self._pressed_at: QPoint | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_font(self)
        self.setMouseTracking(True)
        self.restyle()
        self.setAccessibleName(self.label)
        self.setAccessibleDescription(tr(self.layer.help()))

    def sizeHint(self) -> QSize:
        return QSize(90, scaled_px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(50, scaled_px(HEIGHT))

    def restyle(self) -> None:
        """Follow the text scale and the colours of the theme."""
        self.setFixedHeight(scaled_px(HEIGHT))
        self.update()

    @property
    def width_needed(self) -> int:
        """The width at which its label is not elided, in the smallest of its fonts."""
        text = QFontMetrics(body_font(FONT_SIZES[-1])).horizontalAdvance(self.label)
        return TEXT_LEFT + text + TEXT_RIGHT

    def set_favourite(self, is_favourite: bool) -> None:
        """Fill or empty its star."""
        self.is_favourite = is_favourite
        self.update()

    def set_current(self, is_current: bool) -> None:
        """Mark it as the chip that Enter in the search field chooses."""
        if is_current != self.is_current:
            self.is_current = is_current
            self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chip, brighter under the cursor, framed if it is the current one."""
        painter = QPainter(self)
        is_lit = self.underMouse() or self.hasFocus()
        self.paint_on(painter, QRectF(self.rect()), is_lit, self.is_current or self.hasFocus())
        if self.underMouse():
            self._paint_star(painter)
        painter.end()

    def paint_on(self, painter: QPainter, place: QRectF, is_lit: bool, is_framed: bool) -> None:
        """Paint the chip at `place`: in the palette, or on the pixmap of a drag."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("accent" if is_framed else "border"), 1))
        painter.setBrush(colour("hover" if is_lit else "field"))
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(family_colour(self.layer.family))
        bar = QRectF(place.left() + 1, place.top() + 5, 3, place.height() - 10)
        painter.drawRoundedRect(bar, 1.5, 1.5)
        painter.setPen(colour("text"))
        room = place.adjusted(TEXT_LEFT, 0, -TEXT_RIGHT, 0)
        label, font = self.label, self._font_for(room.width())
        painter.setFont(font)
        cut = QFontMetrics(font).elidedText(
            label, Qt.TextElideMode.ElideRight, int(room.width()) + 1
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, cut)

    def _font_for(self, width: float) -> QFont:
        for pixels in FONT_SIZES:
            font = body_font(pixels)
            if QFontMetrics(font).horizontalAdvance(self.label) <= width:
                break
        return font

    def _paint_star(self, painter: QPainter) -> None:
        place = star_place(QRectF(self.rect()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("hover"))
        painter.drawRect(place.adjusted(-2, 0, 2, 0))
        draw_star(painter, place, self.is_favourite, self._star_is_lit)

    def drag_pixmap(self) -> QPixmap:
        """The pixmap of a drag."""
        ratio = self.devicePixelRatioF()
        width = QFontMetrics(self.font()).horizontalAdvance(self.label) + TEXT_LEFT + 16
        height = scaled_px(HEIGHT)
        pixmap = QPixmap(int(width * ratio), int(height * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint_on(painter, QRectF(0, 0, width, height), True, True)
        painter.end()
        return pixmap

    # Mouse and keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note where a drag may start; on the star, toggle the favourite."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._is_on_star(event):
            self.starred.emit(self.kind)
            return
        self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Start the drag once the cursor has moved far enough."""
        if self._star_is_lit != self._is_on_star(event):
            self._star_is_lit = not self._star_is_lit
            shape = "PointingHandCursor" if self._star_is_lit else "OpenHandCursor"
            self.setCursor(Qt.CursorShape[shape])
            self.update()
        if self._pressed_at is None:
            return
        moved = event.position().toPoint() - self._pressed_at
        if moved.manhattanLength() >= QApplication.startDragDistance():
            self._pressed_at = None
            self.grasped.emit()
            self._drag()

    def _is_on_star(self, event: QMouseEvent) -> bool:
        return star_place(QRectF(self.rect())).contains(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click without a drag does nothing."""
        self._pressed_at = None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Request the context menu."""
        self.grasped.emit()
        self.menu_asked.emit(self.kind, event.globalPos())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Choose this layer."""
        self._pressed_at = None
        if not self._is_on_star(event):
            self.grasped.emit()
            self.chosen.emit(self.kind)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses, arrow keys move the focus."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.kind)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(self.kind, int(key))
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        self.pointed_at.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        self._star_is_lit = False
        self.update()
        self.pointed_at.emit(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.pointed_at.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointed_at.emit(False)

    def _drag(self) -> None:
        drag = QDrag(self)
        drag.setMimeData(mime_of(self.kind))
        pixmap = self.drag_pixmap()
        drag.setPixmap(pixmap)
        middle = pixmap.deviceIndependentSize() / 2
        drag.setHotSpot(QPoint(int(middle.width()), int(middle.height())))
        drag.exec(Qt.DropAction.CopyAction)
        self.update()
