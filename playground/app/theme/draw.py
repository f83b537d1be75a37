"""Drawing of text that several widgets share."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from playground.app.theme.tokens import colour

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter


def text_width(text: str, font: QFont) -> float:
    """The width of a text in a font, in pixels."""
    return QFontMetricsF(font).horizontalAdvance(text)


def draw_text(
    painter: QPainter,
    room: QRectF,
    text: str,
    font: QFont,
    colour_name: str = "text",
    alignment: Qt.AlignmentFlag = LEFT,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    """Draw a text on one line, with an ellipsis if there is too little room."""
    painter.setFont(font)
    painter.setPen(colour(colour_name))
    elided = QFontMetricsF(font).elidedText(text, elide, room.width() + 0.5)
    painter.drawText(room, alignment, elided)
