"""The base of every panel: what it needs to know, and when it is told."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from playground.app.document import Document
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

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document

    @classmethod
    def fits(cls, project: Project) -> bool:
        """Whether there is something to see for this project: no boundary without a plane."""
        return True

    def show_frame(self, frame: Frame) -> None:
        """Draw what was read; called on every frame with a reading of one of `probes`."""

    def clear(self) -> None:
        """Forget what was drawn: the run starts anew."""
