"""The panels below the canvas: their base, and how they are found.

One panel per file. The base lives here, so that the files beside it never import each other.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from playground import plugins
from playground.app.document import Document
from playground.app.theme.tokens import SMALL_PX, set_font, theme
from playground.project.project import Project
from playground.session.messages import Frame
from playground.translation import N_, tr


class Panel(QWidget):
    """A view of a running net, in a file of its own in this folder or in a plug-in.

    The window asks the engine for `probes` only while the panel is visible, and calls
    `show_frame` with every frame that holds a reading of one of them. A class that declares no
    `key` of its own is a base for others and is not shown.
    """

    key: ClassVar[str] = ""
    title: ClassVar[str] = ""
    help: ClassVar[str] = ""
    """One or two sentences for a student: what is shown, and what to look for."""
    icon: ClassVar[str] = "mdi6.chart-line"
    probes: ClassVar[tuple[str, ...]] = ()
    order: ClassVar[int] = 100
    stretch: ClassVar[int] = 3
    """Its width relative to its neighbours."""
    is_shown_first: ClassVar[bool] = False
    """Whether a new window shows it, if it suits the project."""
    empty_text: ClassVar[str] = N_("Press Train (Space) to see readings here.")
    """What to do to see something, shown until there is a reading."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.setMinimumSize(108, 120)  # four of them fit a window of 1024 pixels
        self._empty = QLabel(tr(self.empty_text))
        self._empty.setProperty("role", "muted")
        set_font(self._empty, SMALL_PX)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(12, 0, 12, 12)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        theme.changed.connect(self.update)

    def set_content(self, content: QWidget) -> None:
        """Set the widget that is shown once there is a reading."""
        self._stack.addWidget(content)

    @property
    def is_empty(self) -> bool:
        """Whether there is no reading yet and `empty_text` is shown."""
        return self._stack.currentIndex() == 0

    def set_empty(self, is_empty: bool) -> None:
        """Switch between `empty_text` and the content."""
        self._stack.setCurrentIndex(0 if is_empty else 1)

    def set_empty_text(self, text: str) -> None:
        """Replace what is shown until there is a reading; `text` is in the person's language."""
        self._empty.setText(text)

    def controls(self) -> tuple[QWidget, ...]:
        """Small options for the header, such as a log switch; called once."""
        return ()

    @classmethod
    def fits(cls, project: Project) -> bool:
        """Whether it can show something for this project; a boundary needs a plane."""
        return True

    def show_frame(self, frame: Frame) -> None:
        """Draw the readings; called for every frame with a reading of one of `probes`."""

    def clear(self) -> None:
        """Discard what is drawn: the run starts again."""
        self.set_empty(True)


@cache
def found() -> tuple[type[Panel], ...]:
    """Every panel, in the order in which they are shown: of this folder and of plug-ins."""
    classes = plugins.classes_of(sys.modules[__name__], "panels", Panel, "key")
    return tuple(sorted(classes, key=lambda panel: (panel.order, panel.key)))
