"""The name of a family over its layers; a click folds them away."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from playground.app.theme.draw import RIGHT, draw_text, text_width
from playground.app.theme.tokens import CAPTION_PX, body_font, colour, set_font, theme

HEIGHT = 24


class Heading(QAbstractButton):
    """Small capitals with a chevron; how many layers are folded away stands at its end."""

    folded = Signal(str, bool)
    """It was clicked: the family, and whether it is folded now."""

    def __init__(self, family: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.family = family
        self.is_folded = False
        self.count = 0
        self.setText(family.upper())
        set_font(self, CAPTION_PX, bold=True)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Fold this family away, or open it")
        self.setAccessibleName(family)
        self.clicked.connect(lambda: self.folded.emit(self.family, not self.is_folded))
        theme.changed.connect(self.update)

    def show_state(self, is_folded: bool, count: int) -> None:
        """Whether its layers are folded away, and how many there are."""
        self.is_folded, self.count = is_folded, count
        self.setAccessibleDescription(f"{count} layers{', folded away' if is_folded else ''}")
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the list lets it be."""
        return QSize(90, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """The text is cut where there is no room."""
        return QSize(40, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter folds as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name, chevron, and the count where it is folded."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = "text" if self.underMouse() or self.hasFocus() else "muted"
        middle = self.height() / 2 + 3
        room = self.width() - (34 if self.is_folded else 14 if tone == "text" else 0)
        name = QRectF(1, 6, room, self.height() - 6)
        draw_text(painter, name, self.text(), self.font(), tone)
        at = min(text_width(self.text(), self.font()) + 9, room + 2.0)
        if self.is_folded or tone == "text":
            painter.setPen(QPen(colour(tone if tone == "text" else "faint"), 1.2))
            self._draw_chevron(painter, at, middle)
        if self.is_folded:
            end = QRectF(self.width() - 24, 6, 22, self.height() - 6)
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
