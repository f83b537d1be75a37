"""The heading of a family in the palette; a click collapses or expands it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from playground.app.theme.draw import RIGHT, draw_text, text_width
from playground.app.theme.tokens import CAPTION_PX, body_font, colour, scaled_px, set_font, theme
from playground.translation import tr, trn

HEIGHT = 24


class Heading(QAbstractButton):
    """Capitals with a chevron, and the number of layers if it is collapsed."""

    folded = Signal(str, bool)
    """It was clicked: the family, and whether to collapse it."""

    def __init__(self, family: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.family = family
        self.is_folded = False
        self.count = 0
        title = tr(family)
        self.setText(title.upper())
        set_font(self, CAPTION_PX, bold=True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("Collapse or expand this family"))
        self.setAccessibleName(title)
        self.clicked.connect(lambda: self.folded.emit(self.family, not self.is_folded))
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedHeight(scaled_px(HEIGHT))
        self.update()

    def show_state(self, is_folded: bool, count: int) -> None:
        """Show whether the family is collapsed, and how many layers it has."""
        self.is_folded, self.count = is_folded, count
        shown = trn("{count} layer", "{count} layers", count)
        hidden = trn("{count} layer, collapsed", "{count} layers, collapsed", count)
        self.setAccessibleDescription(hidden if is_folded else shown)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(90, scaled_px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, scaled_px(HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter clicks as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint name and chevron, and the count if it is collapsed."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = "text" if self.underMouse() or self.hasFocus() else "muted"
        middle = self.height() / 2 + 3
        count = scaled_px(24)
        room = self.width() - (count + 10 if self.is_folded else 14 if tone == "text" else 0)
        name = QRectF(1, 6, room, self.height() - 6)
        draw_text(painter, name, self.text(), self.font(), tone)
        at = min(text_width(self.text(), self.font()) + 9, room + 2.0)
        if self.is_folded or tone == "text":
            painter.setPen(QPen(colour(tone if tone == "text" else "faint"), 1.2))
            self._draw_chevron(painter, at, middle)
        if self.is_folded:
            end = QRectF(self.width() - count, 6, count - 2, self.height() - 6)
            draw_text(painter, end, str(self.count), body_font(CAPTION_PX), "faint", RIGHT)
        if self.hasFocus():
            painter.setPen(QPen(colour("accent"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(-2, 4.5, -0.5, -0.5), 4, 4)

    def _draw_chevron(self, painter: QPainter, x: float, y: float) -> None:
        if self.is_folded:
            points = [QPointF(x, y - 3), QPointF(x + 3, y), QPointF(x, y + 3)]
        else:
            points = [QPointF(x - 1, y - 1.5), QPointF(x + 2, y + 1.5), QPointF(x + 5, y - 1.5)]
        painter.drawPolyline(QPolygonF(points))
