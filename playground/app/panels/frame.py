"""The frame around a panel: its title, its small options, and a button that hides it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from playground.app.panels.base import Panel
from playground.app.theme.draw import draw_text
from playground.app.theme.icons import set_icon
from playground.app.theme.tokens import BODY_PT, SPACE, body_font, theme

HEADER = 26


class PanelFrame(QFrame):
    """A panel with a header."""

    closed = Signal()
    """The person hid the panel."""

    def __init__(self, panel: Panel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panel = panel
        self.setProperty("role", "panel")
        self.setAccessibleName(panel.title)
        title = Title(panel.title)
        title.setFont(body_font(BODY_PT, bold=True))
        title.setToolTip(panel.help)
        title.setMinimumWidth(40)
        self.close_button = QToolButton()
        self.close_button.setProperty("role", "quiet")
        self.close_button.setToolTip(f"Hide {panel.title}")
        self.close_button.setAccessibleName(f"Hide {panel.title}")
        self.close_button.clicked.connect(self.closed)
        top = QWidget()
        top.setFixedHeight(HEADER)
        header = QHBoxLayout(top)
        header.setContentsMargins(0, 0, 0, 0)
        header.setSpacing(SPACE // 2)
        header.addWidget(title, 1)
        for control in panel.controls():
            header.addWidget(control)
        header.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, SPACE // 2, SPACE // 2, SPACE // 2)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(top)
        layout.addWidget(panel, 1)
        self._restyle()
        theme.changed.connect(self._restyle)

    def _restyle(self) -> None:
        set_icon(self.close_button, "mdi6.close", "muted")


class Title(QLabel):
    """A title with an ellipsis where the panel is narrow."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Elided at the end."""
        draw_text(QPainter(self), QRectF(self.rect()), self.text(), self.font())
