"""A message that disappears after a few seconds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from playground.app.theme.tokens import RADIUS, SMALL_PX, colour, set_font, theme

SHOWN_MS = 3500
ABOVE = 40


class Toast(QLabel):
    """Shown over the bottom of another widget."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        set_font(self, SMALL_PX)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        over.installEventFilter(self)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def _restyle(self) -> None:
        self.setStyleSheet(
            f"background: {colour('raised').name()}; color: {colour('text').name()};"
            f"border: 1px solid {colour('border').name()}; border-radius: {RADIUS}px;"
            "padding: 6px 12px;"
        )

    def show_text(self, text: str) -> None:
        """Show a line for a few seconds; "" hides it."""
        self.setText(text)
        self.setVisible(bool(text))
        if text:
            self._place()
            self.raise_()
            self._timer.start(SHOWN_MS + 40 * len(text))

    def _place(self) -> None:
        self.setMaximumWidth(max(200, self._over.width() - 40))
        self.adjustSize()
        self.move(
            (self._over.width() - self.width()) // 2, self._over.height() - self.height() - ABOVE
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the widget below is resized."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
