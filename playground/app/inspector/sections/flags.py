"""Switches for the flags of a node: frozen, bypassed, recomputed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QToolButton, QWidget

from playground.app import edits
from playground.app.document import Document
from playground.app.theme.icons import set_icon
from playground.app.theme.tokens import SMALL_PX, scaled_px, set_font, theme
from playground.app.widgets.wrapping_row import WrappingRow
from playground.translation import N_, tr

FREEZE = N_("Freeze this layer's weights while the rest of the network trains.")
RECOMPUTE = N_(
    "Discard this layer's activations and recompute them in the backward pass: less memory, more "
    "time. To do so for the whole network, set Gradient checkpointing under Training."
)
BYPASS = N_("Skip the layer: its input is passed on unchanged, and its weights are kept.")


class FlagSwitch(QToolButton):
    """A button that stays pressed; its icon has the accent colour while it is on."""

    def __init__(
        self, command: str, text: str, icon: str, tip: str, switched: Callable[[bool], object]
    ) -> None:
        super().__init__()
        self._command, self._icon, self._tip = command, icon, tr(tip)
        self.setText(tr(text))
        self.setAccessibleName(tr(text))
        self.setToolTip(self._tip)
        self.setAccessibleDescription(self._tip)
        self.setCheckable(True)
        self.setProperty("role", "flag")
        set_font(self, SMALL_PX)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(switched)
        self.toggled.connect(self._restyle)
        theme.changed.connect(self._restyle)
        self._restyle()

    def event(self, event: QEvent) -> bool:
        """The tooltip names the shortcut of the window's command, if there is one."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(self._tip_with_shortcut())
        return super().event(event)

    def _tip_with_shortcut(self) -> str:
        command = self.window().findChild(QAction, self._command)
        if not isinstance(command, QAction) or command.shortcut().isEmpty():
            return self._tip
        keys = command.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        return tr("{tip} ({shortcut})", tip=self._tip, shortcut=keys)

    def _restyle(self) -> None:
        self.setIconSize(QSize(scaled_px(12), scaled_px(12)))
        set_icon(self, self._icon, "accent" if self.isChecked() else "muted")


class FlagSwitches(QWidget):
    """A switch per flag for the selection; each hides if no selected layer has the flag."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.frozen = FlagSwitch(
            "freeze",
            N_("Freeze"),
            "mdi6.snowflake",
            FREEZE,
            lambda is_on: self._set("is_frozen", is_on),
        )
        self.bypassed = FlagSwitch(
            "bypass",
            N_("Bypass"),
            "mdi6.debug-step-over",
            BYPASS,
            lambda is_on: self._set("is_bypassed", is_on),
        )
        self.recomputed = FlagSwitch(
            "recompute",
            N_("Recompute"),
            "mdi6.cached",
            RECOMPUTE,
            lambda is_on: self._set("is_recomputed", is_on),
        )
        row = WrappingRow(self)
        for switch in (self.frozen, self.bypassed, self.recomputed):
            row.addWidget(switch)

    def refresh(self) -> None:
        """A switch is on if the flag is set on all selected layers that can have it."""
        document, nodes = self.document, self.document.graph.nodes
        switches: dict[edits.Flag, FlagSwitch] = {
            "is_frozen": self.frozen,
            "is_bypassed": self.bypassed,
            "is_recomputed": self.recomputed,
        }
        for flag, switch in switches.items():
            chosen = edits.flaggable(document, flag, document.selected)
            switch.setChecked(bool(chosen) and all(getattr(nodes[i], flag) for i in chosen))
            switch.setVisible(bool(chosen))
        self.setVisible(bool(edits.bypassable(document, document.selected)))

    def _set(self, flag: edits.Flag, is_on: bool) -> None:
        edits.set_flag(self.document, flag, is_on)
        self.refresh()
