"""The small question mark that opens a page of the reference."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from playground.app.theme.tokens import SMALL_PX, set_font
from playground.graph.declaration import Declaration
from playground.reference.page import page_of


class ReferenceButton(QToolButton):
    """Asks for the page of a declaration through the nearest part around it that can.

    That is the nearest ancestor with a signal `reference_asked`, such as the inspector.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = ""
        self.setText("?")
        self.setProperty("role", "quiet")
        set_font(self, SMALL_PX, bold=True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._ask)

    def lead_to(self, declaration: type[Declaration]) -> None:
        """Open the page of this declaration; it hides where there is none."""
        page = page_of(declaration)
        self.page = page.key if page is not None else ""
        self.setVisible(page is not None)
        self.setToolTip(f"Open the reference: {declaration.label}")
        self.setAccessibleName(f"Reference: {declaration.label}")

    def _ask(self) -> None:
        place = self.parentWidget()
        while place is not None:
            signal = getattr(place, "reference_asked", None)
            if signal is not None:
                signal.emit(self.page)
                return
            place = place.parentWidget()
