"""The small question mark that opens a page of the reference."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from playground.app.theme.tokens import SMALL_PX, set_font
from playground.graph.declaration import Declaration
from playground.reference.page import page_of
from playground.translation import tr


class ReferenceButton(QToolButton):
    """Asks for a page through the nearest ancestor with a signal `reference_asked`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = ""
        self.setText("?")
        self.setProperty("role", "quiet")
        set_font(self, SMALL_PX, bold=True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._ask)

    def lead_to(self, declaration: type[Declaration]) -> None:
        """Open the page of this declaration; the button is hidden if there is none."""
        page = page_of(declaration)
        self.page = page.key if page is not None else ""
        self.setVisible(page is not None)
        self.setToolTip(tr("Open the reference page of {title}", title=tr(declaration.label)))
        self.setAccessibleName(tr("Reference page of {title}", title=tr(declaration.label)))

    def _ask(self) -> None:
        place = self.parentWidget()
        while place is not None:
            signal = getattr(place, "reference_asked", None)
            if signal is not None:
                signal.emit(self.page)
                return
            place = place.parentWidget()
