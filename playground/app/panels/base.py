"""The base of every panel: what it needs to know, and when it is told."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from playground.app.document import Document
from playground.app.theme.tokens import SMALL_PT, body_font, theme
from playground.catalog.datasets.dataset import DataError, Dataset
from playground.project.project import Project
from playground.session.messages import Frame


class Panel(QWidget):
    """A way of seeing a running net. One file in `panels/` each; found by walking the folder.

    The window asks the engine for `probes` only while the panel is visible, and calls
    `show_frame` with every frame that holds a reading of one of them.
    """

    key: ClassVar[str] = ""
    title: ClassVar[str] = ""
    help: ClassVar[str] = ""
    """One or two sentences for a student: what is seen, and what to look for."""
    icon: ClassVar[str] = "mdi6.chart-line"
    probes: ClassVar[tuple[str, ...]] = ()
    order: ClassVar[int] = 100
    stretch: ClassVar[int] = 3
    """How wide it is compared with its neighbours."""
    is_shown_first: ClassVar[bool] = False
    """Whether it is among the panels of a new window."""
    empty_text: ClassVar[str] = "Press Train (Space) to see something here."
    """What to do to see something, shown until there is a reading."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.setMinimumSize(150, 120)
        self._empty = QLabel(self.empty_text)
        self._empty.setProperty("role", "muted")
        self._empty.setFont(body_font(SMALL_PT))
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(12, 0, 12, 12)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        theme.changed.connect(self.update)

    def set_content(self, content: QWidget) -> None:
        """What is shown once there is a reading."""
        self._stack.addWidget(content)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see yet, and the text says what to do."""
        return self._stack.currentIndex() == 0

    def set_empty(self, is_empty: bool, text: str = "") -> None:
        """Switch between the content and the text that says what to do."""
        self._empty.setText(text or self.empty_text)
        self._stack.setCurrentIndex(0 if is_empty else 1)

    def controls(self) -> tuple[QWidget, ...]:
        """Small options for the header, such as a log switch; made once."""
        return ()

    @classmethod
    def fits(cls, project: Project) -> bool:
        """Whether there is something to see for this project: no boundary without a plane."""
        return True

    def show_frame(self, frame: Frame) -> None:
        """Draw what was read; called on every frame with a reading of one of `probes`."""

    def clear(self) -> None:
        """Forget what was drawn: the run starts anew."""
        self.set_empty(True)


def features_of(data: Dataset) -> tuple[int | str, ...] | None:
    """The shape of one example; None where that cannot be told, as for a lost file."""
    try:
        return data.features().dims
    except DataError:
        return None
