"""The dock below the canvas: panels side by side, each in a frame with a header."""

from __future__ import annotations

from collections.abc import Sequence

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

from playground.app.document import Document
from playground.app.panels import Panel, found
from playground.app.theme.draw import draw_text
from playground.app.theme.icons import set_icon
from playground.app.theme.tokens import BODY_PX, SPACE, scaled_px, set_font, theme
from playground.session.messages import Frame
from playground.translation import tr

SHOWN_AT_ONCE = 4
HEADER = 26


class PanelDock(QFrame):
    """Creates panels when they are first shown; a `ReadingsConsumer` for the visible ones."""

    arranged = Signal()
    """Panels were shown or hidden."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.setProperty("role", "panel")
        self.frames: dict[str, PanelFrame] = {}
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
        fitting = [p for p in found() if p.is_shown_first and p.fits(self.document.project)]
        return tuple(panel.key for panel in fitting[:SHOWN_AT_ONCE])

    def _show(self, panel: type[Panel]) -> None:
        frame = self.frames.get(panel.key)
        if frame is None:
            frame = PanelFrame(panel(self.document))
            frame.closed.connect(lambda key=panel.key: self.toggle(key, False))
            self.frames[panel.key] = frame
            later = [k for k in self._order() if k in self.frames]
            self._splitter.insertWidget(later.index(panel.key), frame)
            self._splitter.setStretchFactor(later.index(panel.key), panel.stretch)
        frame.show()

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
            action.setEnabled(panel.fits(self.document.project) or panel.key in self.shown)
            action.setToolTip(tr(panel.help))
            action.toggled.connect(lambda on, key=panel.key: self.toggle(key, on))
        self.menu.addSeparator()
        self.menu.addAction(tr("Recommended for this project"), lambda: self.choose(None))

    @property
    def chosen(self) -> tuple[str, ...] | None:
        """What the person chose, or None if the recommended panels are shown."""
        return self._chosen

    # Readings

    def _visible_panels(self) -> list[Panel]:
        return [f.panel for f in self.frames.values() if f.isVisible() and f.width() > 20]

    @property
    def probes(self) -> tuple[str, ...]:
        """The probes of the visible panels."""
        return tuple(dict.fromkeys(key for panel in self._visible_panels() for key in panel.probes))

    def show_frame(self, frame: Frame) -> None:
        """Pass a frame to the visible panels that it holds a reading for."""
        for panel in self._visible_panels():
            if any(key in frame.readings for key in panel.probes):
                panel.show_frame(frame)

    def clear(self) -> None:
        """Clear every panel: the run starts again."""
        for frame in self.frames.values():
            frame.panel.clear()


class PanelFrame(QFrame):
    """A panel under a header with its title, its options and a close button."""

    closed = Signal()
    """The person hid the panel."""

    def __init__(self, panel: Panel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panel = panel
        self.setProperty("role", "panel")
        name = tr(panel.title)
        self.setAccessibleName(name)
        title = Title(name)
        set_font(title, BODY_PX, bold=True)
        title.setToolTip(tr(panel.help))
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


class Title(QLabel):
    """A title that is elided if the panel is narrow."""

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_text(QPainter(self), QRectF(self.rect()), self.text(), self.font())
