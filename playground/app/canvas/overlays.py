"""Quiet texts over the canvas: a reason at the cursor, the legend, and what to do when empty."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from playground.app.theme.tokens import SMALL_PX, colour, set_font, theme

LEGEND = (
    "wire = activation scale · pulse = gradient flowing back, log scale"
    " · red dashes = starved gradient"
)
EMPTY = "Drag a layer here from the left, or press / and type"
REASON_WIDTH = 300


class OverlayLabel(QLabel):
    """A text over the canvas that lets every click through."""

    def __init__(self, parent: QWidget, text: str = "", pixels: float = SMALL_PX) -> None:
        super().__init__(text, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        set_font(self, pixels)
        self.restyle()
        theme.changed.connect(self.restyle)
        self.hide()

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        self.setStyleSheet(f"color: {colour('muted').name()}; background: transparent")


class ReasonLabel(OverlayLabel):
    """Why a wire cannot end here, beside the cursor."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setWordWrap(True)
        self.setMargin(1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)

    def restyle(self) -> None:
        """A small box in the colours of what is refused."""
        self.setStyleSheet(
            f"color: {colour('text').name()}; background: {colour('danger_surface').name()};"
            f" border: 1px solid {colour('danger').name()}; border-radius: 6px; padding: 5px 8px"
        )

    def say(self, text: str, at: QPoint, *, lasts_ms: int = 0) -> None:
        """Show a text beside a place; "" hides it. With `lasts_ms` it goes by itself."""
        self._timer.stop()
        if not text:
            self.hide()
            return
        if text != self.text():
            self.setText(text)
        wanted = self.fontMetrics().horizontalAdvance(text) + 24
        self.setFixedWidth(min(REASON_WIDTH, wanted))
        self.adjustSize()
        room = self._over.rect()
        x = min(at.x() + 18, room.right() - self.width() - 6)
        y = min(at.y() + 18, room.bottom() - self.height() - 6)
        self.move(max(6, x), max(6, y))
        self.show()
        self.raise_()
        if lasts_ms:
            self._timer.start(lasts_ms)
