"""The dock below the canvas: panels side by side, each in a frame with a header."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground import plugins
from playground.app.document import Document
from playground.app.panels import Panel, found
from playground.app.theme.draw import draw_text
from playground.app.theme.icons import set_icon
from playground.app.theme.tokens import BODY_PX, SPACE, scaled_px, set_font, theme
from playground.session.messages import Frame
from playground.translation import tr

T = TypeVar("T")

SHOWN_AT_ONCE = 4
HEADER = 26


class PanelDock(QFrame):
    """Creates panels when they are first shown; a `ReadingsConsumer` for the visible ones.

    A panel of a plug-in that fails is replaced by a message, and the others are still shown.
    """

    arranged = Signal()
    """Panels were shown or hidden."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.setProperty("role", "panel")
        self.frames: dict[str, PanelFrame] = {}
        self._failed: set[str] = set()
        self._chosen: tuple[str, ...] | None = None
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._nothing = QLabel(tr("No panel is shown. Choose one with the button on the right."))
        self._nothing.setProperty("role", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.menu_button = QToolButton()
        self.menu_button.setProperty("role", "quiet")
        self.menu_button.setToolTip(tr("Show or hide panels"))
        self.menu_button.setAccessibleName(tr("Show or hide panels"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self.fill_menu)
        self.menu_button.setMenu(self.menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, SPACE // 2, 0)
        layout.setSpacing(0)
        layout.addWidget(self._splitter, 1)
        layout.addWidget(self._nothing, 1)
        layout.addWidget(self.menu_button, 0, Qt.AlignmentFlag.AlignTop)
        self._restyle()
        theme.changed.connect(self._restyle)

    def _restyle(self) -> None:
        set_icon(self.menu_button, "mdi6.view-grid-plus-outline", "muted")

    # Which are shown

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the panels that are shown, from left to right."""
        keys = [panel.key for panel in found()]
        return tuple(k for k in keys if k in self.frames and not self.frames[k].isHidden())

    def choose(self, keys: Sequence[str] | None) -> None:
        """Show these panels; None shows those recommended for the project."""
        self._chosen = None if keys is None else tuple(keys)
        self.arrange()

    def arrange(self) -> None:
        """Show what was chosen, or what is recommended for the project, and hide the rest."""
        wanted = self._chosen if self._chosen is not None else self._recommended()
        for panel in found():
            if panel.key in wanted:
                self._show(panel)
            elif panel.key in self.frames:
                self.frames[panel.key].hide()
        total = max(self.width(), 600)
        stretches = [self._stretch_of(rank) for rank in range(self._splitter.count())]
        self._splitter.setSizes([total * s // max(1, sum(stretches)) for s in stretches])
        self._nothing.setVisible(not wanted)
        self._splitter.setVisible(bool(wanted))
        self.arranged.emit()

    def _stretch_of(self, rank: int) -> int:
        frame = self._splitter.widget(rank)
        is_shown = isinstance(frame, PanelFrame) and not frame.isHidden()
        return frame.panel.stretch if isinstance(frame, PanelFrame) and is_shown else 0

    def _recommended(self) -> tuple[str, ...]:
        fitting = [p for p in found() if p.is_shown_first and self._fits(p)]
        return tuple(panel.key for panel in fitting[:SHOWN_AT_ONCE])

    def _fits(self, panel: type[Panel]) -> bool:
        # A panel that failed is offered, so that its message is seen.
        fits = self._attempt(panel, lambda: panel.fits(self.document.project))
        return bool(fits) or panel.key in self._failed

    def _show(self, panel: type[Panel]) -> None:
        if panel.key not in self.frames and panel.key not in self._failed:
            frame = self._attempt(panel, lambda: PanelFrame(panel(self.document)))
            if frame is not None:
                self._add(panel, frame)
        if panel.key not in self.frames:
            self._add(panel, self._failed_frame(panel))
        self.frames[panel.key].show()

    def _add(self, panel: type[Panel], frame: PanelFrame) -> None:
        frame.closed.connect(lambda key=panel.key: self.toggle(key, False))
        self.frames[panel.key] = frame
        later = [k for k in self._order() if k in self.frames]
        self._splitter.insertWidget(later.index(panel.key), frame)
        self._splitter.setStretchFactor(later.index(panel.key), frame.panel.stretch)

    # Panels of plug-ins that fail

    def _attempt(self, panel: type[Panel], act: Callable[[], T]) -> T | None:
        """Call a panel's code; if that of a plug-in fails, record that and return None."""
        plugin = plugins.plugin_of(panel.key)
        if plugin is None:
            return act()
        returned: list[T] = []
        with plugins.left_out_if_it_fails(plugin, f"panels {panel.key}"):
            returned.append(act())
        if not returned:
            self._failed.add(panel.key)
        return returned[0] if returned else None

    def _attempt_on(self, frame: PanelFrame, act: Callable[[], None]) -> None:
        """Call the code of a panel that exists; if it fails, show the message instead of it."""
        panel = type(frame.panel)
        self._attempt(panel, act)
        if panel.key not in self._failed:
            return
        sizes, is_hidden = self._splitter.sizes(), frame.isHidden()
        frame.hide()
        frame.setParent(None)
        frame.deleteLater()
        self._add(panel, self._failed_frame(panel))
        self.frames[panel.key].setHidden(is_hidden)
        self._splitter.setSizes(sizes)

    def _failed_frame(self, panel: type[Panel]) -> PanelFrame:
        plugin = plugins.plugin_of(panel.key)
        message = tr(
            "The panel {panel} of plug-in {plugin} failed. See Help → Copy diagnostics.",
            panel=tr(panel.title),
            plugin=plugin.name if plugin else "",
        )
        return PanelFrame(FailedPanel(self.document, message), shows=panel)

    def _order(self) -> list[str]:
        return [panel.key for panel in found()]

    def toggle(self, key: str, is_shown: bool) -> None:
        """Show or hide one panel."""
        wanted = set(self.shown) | {key} if is_shown else set(self.shown) - {key}
        self.choose([k for k in self._order() if k in wanted])

    def fill_menu(self) -> None:
        """List all panels: shown ones checked, those that cannot show this data disabled."""
        self.menu.clear()
        for panel in found():
            action = self.menu.addAction(tr(panel.title))
            action.setCheckable(True)
            action.setChecked(panel.key in self.shown)
            action.setEnabled(self._fits(panel) or panel.key in self.shown)
            action.setToolTip(tr(panel.help))
            action.toggled.connect(lambda on, key=panel.key: self.toggle(key, on))
        self.menu.addSeparator()
        self.menu.addAction(tr("Recommended for this project"), lambda: self.choose(None))

    @property
    def chosen(self) -> tuple[str, ...] | None:
        """What the person chose, or None if the recommended panels are shown."""
        return self._chosen

    # Readings

    def _visible_frames(self) -> list[PanelFrame]:
        return [f for f in self.frames.values() if f.isVisible() and f.width() > 20]

    @property
    def probes(self) -> tuple[str, ...]:
        """The probes of the visible panels."""
        panels = [frame.panel for frame in self._visible_frames()]
        return tuple(dict.fromkeys(key for panel in panels for key in panel.probes))

    def show_frame(self, frame: Frame) -> None:
        """Pass a frame to the visible panels that it holds a reading for."""
        for shown in self._visible_frames():
            if any(key in frame.readings for key in shown.panel.probes):
                self._attempt_on(shown, partial(shown.panel.show_frame, frame))

    def clear(self) -> None:
        """Clear every panel: the run starts again."""
        for frame in list(self.frames.values()):
            self._attempt_on(frame, frame.panel.clear)


class PanelFrame(QFrame):
    """A panel under a header with its title, its options and a close button."""

    closed = Signal()
    """The person hid the panel."""

    def __init__(self, panel: Panel, *, shows: type[Panel] | None = None) -> None:
        """`shows` is the panel that the header names, if `panel` is a message about it."""
        super().__init__()
        self.panel = panel
        named = shows or type(panel)
        self.setProperty("role", "panel")
        name = tr(named.title)
        self.setAccessibleName(name)
        title = Title(name)
        set_font(title, BODY_PX, bold=True)
        title.setToolTip(tr(named.help))
        title.setMinimumWidth(40)
        self.close_button = QToolButton()
        self.close_button.setProperty("role", "quiet")
        self.close_button.setToolTip(tr("Hide {panel}", panel=name))
        self.close_button.setAccessibleName(tr("Hide {panel}", panel=name))
        self.close_button.clicked.connect(self.closed)
        top = self._top = QWidget()
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
        self._top.setFixedHeight(scaled_px(HEADER))


class FailedPanel(Panel):
    """Shows that a panel of a plug-in has failed."""

    def __init__(self, document: Document, message: str) -> None:
        super().__init__(document)
        self.set_empty_text(message)


class Title(QLabel):
    """A title that is elided if the panel is narrow."""

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_text(QPainter(self), QRectF(self.rect()), self.text(), self.font())
