"""A number of the top bar, and what it counts."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from playground.app.theme.tokens import SMALL_PX, SPACE, VALUE_PX, colour, scaled_px, set_font

EMPTY = "–"


class Counter(QWidget):
    """A small caption over a number in fixed-width digits, so that it does not jitter."""

    def __init__(self, caption: str, token: str, tip: str, width: int = 78) -> None:
        super().__init__()
        self._token = token
        self.setToolTip(tip)
        self.setAccessibleName(caption)
        self._width = width
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._caption = QLabel(caption)
        self._caption.setProperty("role", "muted")
        set_font(self._caption, SMALL_PX)
        self.value = QLabel(EMPTY)
        set_font(self.value, VALUE_PX, is_mono=True)
        layout.addStretch(1)
        layout.addWidget(self._caption)
        layout.addWidget(self.value)
        layout.addStretch(1)
        self.restyle()

    def restyle(self) -> None:
        """Apply the colours and the text size of the theme."""
        caption = self._caption.fontMetrics().horizontalAdvance(self._caption.text())
        self.setFixedWidth(max(scaled_px(self._width), caption + SPACE))
        self.value.setStyleSheet(f"color: {colour(self._token).name()};")

    def show_caption(self, text: str) -> None:
        """Show what is counted."""
        if self._caption.text() != text:
            self._caption.setText(text)

    def show_text(self, text: str) -> None:
        """Show a number as text; nothing is drawn if it is the same."""
        if self.value.text() != text:
            self.value.setText(text)
