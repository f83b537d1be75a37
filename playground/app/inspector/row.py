"""A row of a form: the name of an option, and its field."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QWidget

from playground.app.inspector.fields.basic import Field, tooltip
from playground.app.theme.draw import text_width
from playground.app.theme.tokens import colour, scaled_px, theme
from playground.catalog.options import Option
from playground.translation import tr

LABEL_WIDTH = 106
DOT_ROOM = 8
STACKED_FROM = 150
"""The text scale from which the name stands above its field."""


class OptionLabel(QLabel):
    """The name of an option, with a dot if it takes effect while training runs."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(tr(option.title), parent)
        self.option = option
        self.setProperty("role", "muted")
        self.setWordWrap(True)
        self.setToolTip(tooltip(option))
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setContentsMargins(0, 5, DOT_ROOM, 0)

    def longest_word(self) -> float:
        """The width of the longest word, which cannot wrap, and of the dot."""
        widths = (text_width(word, self.font()) for word in self.text().split())
        return max(widths, default=0.0) + DOT_ROOM

    def paintEvent(self, event: QPaintEvent) -> None:
        """The dot stands beside the text, in a column of its own."""
        super().paintEvent(event)
        if self.option.is_live:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent", 0.8))
            painter.drawEllipse(QPointF(self.width() - 4, scaled_px(8.5) + 5), 1.5, 1.5)


class OptionRow(QWidget):
    """The name beside the field; above it if large text or a long word leaves too little room."""

    def __init__(self, option: Option, field: Field, label_width: int) -> None:
        super().__init__()
        self.label = OptionLabel(option)
        self.label.setBuddy(field)
        self._label_width = label_width
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.label)
        self._layout.addWidget(field, 1)
        theme.changed.connect(self._arrange)
        self._arrange()

    def _arrange(self) -> None:
        self.label.ensurePolished()
        is_wide = self.label.longest_word() > self._label_width
        if theme.text_scale >= STACKED_FROM or is_wide:
            self._layout.setDirection(QBoxLayout.Direction.TopToBottom)
            self._layout.setSpacing(1)
            self.label.setMinimumWidth(0)
            self.label.setMaximumWidth(16_777_215)
        else:
            self._layout.setDirection(QBoxLayout.Direction.LeftToRight)
            self._layout.setSpacing(4)
            self.label.setFixedWidth(self._label_width)
        self.label.update()


def labelled(option: Option, field: Field, label_width: int = LABEL_WIDTH) -> OptionRow:
    """The option's name and its field as a row."""
    return OptionRow(option, field, label_width)
