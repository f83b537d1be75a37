"""Building blocks of forms: headings, lines of text, links, cards."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from playground.app.theme.tokens import BODY_PX, CAPTION_PX, SMALL_PX, SPACE, set_font
from playground.app.widgets.wrapping_row import WrappingRow
from playground.graph.diagnose import Diagnostic
from playground.translation import tr

CARD_ROLES = {"error": "danger-card", "warning": "warning-card", "hint": "plain-card"}


def heading(text: str) -> QLabel:
    """The title of a section, in small capitals."""
    label = QLabel(text.upper())
    label.setProperty("role", "muted")
    set_font(label, CAPTION_PX, bold=True)
    label.setWordWrap(True)
    label.setContentsMargins(0, SPACE, 0, 0)
    return label


def line(text: str, role: str = "muted", pixels: float = BODY_PX) -> QLabel:
    """A line of text that wraps."""
    label = QLabel(text)
    label.setProperty("role", role)
    set_font(label, pixels)
    label.setWordWrap(True)
    label.setMinimumWidth(40)
    return label


def link(text: str, clicked: Callable[[], object]) -> QPushButton:
    """A button that looks like a link."""
    button = QPushButton(text)
    button.setProperty("role", "link")
    set_font(button, SMALL_PX)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.clicked.connect(lambda: clicked())
    return button


class Card(QFrame):
    """A rounded frame with lines in it."""

    def __init__(self, role: str = "plain-card", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.lines = QVBoxLayout(self)
        self.lines.setContentsMargins(10, 7, 10, 7)
        self.lines.setSpacing(3)


class FindingCard(Card):
    """A diagnostic in words, with the button that fixes it."""

    fixed = Signal()
    """The button of the fix was clicked."""
    clicked = Signal()

    def __init__(self, finding: Diagnostic, where: str = "", parent: QWidget | None = None) -> None:
        super().__init__(CARD_ROLES[finding.severity], parent)
        self.finding = finding
        if where:
            self.place_button = link(where, self.clicked.emit)
            self.place_button.setToolTip(tr("Select {layer}", layer=where))
            self.lines.addWidget(self.place_button, 0, Qt.AlignmentFlag.AlignLeft)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.lines.addWidget(line(finding.message, "", SMALL_PX))
        self.fix_button: QPushButton | None = None
        if finding.fix is not None:
            self.fix_button = link(finding.fix.label, self.fixed.emit)
            self.lines.addWidget(self.fix_button, 0, Qt.AlignmentFlag.AlignLeft)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Accepted, so that the release is received as well."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click anywhere on the card selects."""
        event.accept()
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


def links(*buttons: QWidget) -> QWidget:
    """Links beside each other, on several lines if need be."""
    row = QWidget()
    layout = WrappingRow(row)
    for button in buttons:
        layout.addWidget(button)
    return row
