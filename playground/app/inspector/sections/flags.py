"""Switches for what is set on a node itself: frozen, bypassed, computed again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from playground.app import edits
from playground.app.document import Document
from playground.app.theme.icons import set_icon
from playground.app.theme.tokens import SMALL_PX, set_font, theme

FREEZE = "Hold the weights as they are while the rest of the net learns. Ctrl+Shift+F"
RECOMPUTE = (
    "Forget what it works out and compute it again on the way back: less memory, more time. "
    "For the whole net, see Gradient checkpointing under Training."
)
BYPASS = "Pass the input on as it is; the weights are kept for later. Ctrl+B"


class FlagSwitch(QToolButton):
    """A calm button that stays pressed: its icon, and its word in the accent while it is on."""

    def __init__(self, text: str, icon: str, tip: str, switched: Callable[[bool], object]) -> None:
        super().__init__()
        self._icon = icon
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)
        self.setCheckable(True)
        self.setProperty("role", "flag")
        set_font(self, SMALL_PX)
        self.setIconSize(QSize(12, 12))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(switched)
        self.toggled.connect(self._restyle)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_state(self, is_on: bool) -> None:
        """Whether it is on."""
        self.setChecked(is_on)

    def _restyle(self) -> None:
        set_icon(self, self._icon, "accent" if self.isChecked() else "muted")


class FlagSwitches(QWidget):
    """A switch a flag for all that is selected; each hides where it does not apply."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.frozen = FlagSwitch("Freeze", "mdi6.snowflake", FREEZE, self._freeze)
        self.bypassed = FlagSwitch("Bypass", "mdi6.debug-step-over", BYPASS, self._bypass)
        self.recomputed = FlagSwitch("Recompute", "mdi6.cached", RECOMPUTE, self._recompute)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.frozen)
        row.addWidget(self.bypassed)
        row.addWidget(self.recomputed)
        row.addStretch(1)

    def refresh(self) -> None:
        """Show what is so on the canvas: on where all that it applies to is on."""
        document, nodes = self.document, self.document.graph.nodes
        freezable = edits.freezable(document, document.selected)
        bypassable = edits.bypassable(document, document.selected)
        self.frozen.show_state(bool(freezable) and all(nodes[i].is_frozen for i in freezable))
        self.bypassed.show_state(bool(bypassable) and all(nodes[i].is_bypassed for i in bypassable))
        self.frozen.setVisible(bool(freezable))
        self.recomputed.show_state(
            bool(bypassable) and all(nodes[i].is_recomputed for i in bypassable)
        )
        self.bypassed.setVisible(bool(bypassable))
        self.recomputed.setVisible(bool(bypassable))
        self.setVisible(bool(bypassable))

    def _freeze(self, is_on: bool) -> None:
        edits.freeze(self.document, is_on)
        self.refresh()

    def _recompute(self, is_on: bool) -> None:
        edits.recompute(self.document, is_on)
        self.refresh()

    def _bypass(self, is_on: bool) -> None:
        edits.bypass(self.document, is_on)
        self.refresh()
