"""A message above the canvas, with buttons for what can be done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from playground.app.theme.icons import set_icon
from playground.app.theme.tokens import SPACE, colour, theme
from playground.translation import tr

Offer = tuple[str, Callable[[], None]]


class Notice(QFrame):
    """One message at a time; it stays until a button is clicked or it is closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._role = "warning"
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(SPACE * 3 // 2, SPACE * 3 // 4, SPACE, SPACE * 3 // 4)
        self._layout.setSpacing(SPACE)
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self._layout.addWidget(self.label, 1)
        self.buttons: list[QPushButton] = []
        self._close = QToolButton()
        self._close.setProperty("role", "quiet")
        self._close.setToolTip(tr("Close this message"))
        self._close.setAccessibleName(tr("Close this message"))
        self._close.clicked.connect(self.hide)
        self._layout.addWidget(self._close)
        self.restyle()
        theme.changed.connect(self.restyle)
        self.hide()

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        set_icon(self._close, "mdi6.close", "muted")
        line, ground = (
            ("danger", "danger_surface") if self._role == "danger" else ("warning", "raised")
        )
        self.setStyleSheet(
            f"#notice {{ background: {colour(ground).name()}; border: none;"
            f" border-left: 3px solid {colour(line).name()};"
            f" border-bottom: 1px solid {colour('border').name()}; }}"
        )

    def show_message(self, text: str, *offers: Offer, is_bad: bool = False) -> None:
        """Show a message; the first offer is the recommended one."""
        for button in self.buttons:
            self._layout.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        self._role = "danger" if is_bad else "warning"
        self.restyle()
        self.label.setText(text)
        for rank, (words, act) in enumerate(offers):
            button = QPushButton(words)
            if rank == 0:
                button.setProperty("role", "primary")
            button.clicked.connect(self.hide)
            button.clicked.connect(lambda _=False, act=act: act())
            self._layout.insertWidget(1 + rank, button)
            self.buttons.append(button)
        self.show()
