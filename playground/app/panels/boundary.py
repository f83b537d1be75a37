"""What the net says at every point of the plane, or of the line, with the examples on it."""

from __future__ import annotations

import math
from typing import ClassVar

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from playground.app.document import Document
from playground.app.examples import examples_of
from playground.app.panels import Panel
from playground.app.readings import reading_of
from playground.app.theme.tokens import SMALL_PX, set_font
from playground.app.widgets.boundary_view import BoundaryView, Seen
from playground.catalog.datasets.dataset import DataError, Dataset
from playground.catalog.metrics import name_in_sentence
from playground.project.project import Project, aim
from playground.session.messages import Frame

GOOD = 0.5


class BoundaryPanel(Panel):
    """The plane as a picture: blue and orange, one colour a class, or low and high."""

    key: ClassVar[str] = "boundary"
    title: ClassVar[str] = "Decision boundary"
    help: ClassVar[str] = (
        "What the net says at every point. Full colour means it is sure, dark that it is not. "
        "Filled points were trained on, hollow ones are for validation."
    )
    icon: ClassVar[str] = "mdi6.gradient-horizontal"
    probes: ClassVar[tuple[str, ...]] = ("boundary",)
    order: ClassVar[int] = 2
    stretch: ClassVar[int] = 3
    is_shown_first: ClassVar[bool] = True
    empty_text: ClassVar[str] = "Press Train (Space) to see where the net draws the line."

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.view = BoundaryView()
        self.view.pointed.connect(self._on_pointed)
        self.footer = QLabel()
        set_font(self.footer, SMALL_PX)
        self.footer.setMinimumWidth(40)
        self._verdict = ""
        self._is_good = False
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.footer)
        self.set_content(content)

    @classmethod
    def fits(cls, project: Project) -> bool:
        """Points in a plane, or numbers to be told from one number; not two tokens, and not the
        points themselves again."""
        dims, target = _dims_of(project.data), aim(project)
        if target is None or target.task == "reconstruction" or project.data.vocabulary():
            return False
        return dims == (2,) or (dims == (1,) and target.task == "regression")

    def show_frame(self, frame: Frame) -> None:
        """Draw what was read, and how good it is."""
        reading = reading_of(frame, "boundary")
        if reading is None:
            return
        data = self.document.project.data
        target = aim(self.document.project)
        classes = target.classes if target is not None else ()
        self.view.show_seen(Seen.read(reading, examples_of(data), classes))
        self._verdict = _verdict(dict(frame.metrics))
        self._is_good = next(iter(frame.metrics.values()), 0.0) >= GOOD
        if not self.view.is_pointed:
            self._on_pointed("")
        self.set_empty(False)

    def clear(self) -> None:
        """Forget the picture."""
        self.view.forget()
        super().clear()

    def _on_pointed(self, text: str) -> None:
        role = "healthy" if self._is_good and not text else "muted"
        if self.footer.property("role") != role:
            self.footer.setProperty("role", role)
            self.footer.style().polish(self.footer)
        self.footer.setText(text or self._verdict)


def _verdict(metrics: dict[str, float]) -> str:
    """The metric that is proposed for the labels, accuracy or R²."""
    key, value = next(iter(metrics.items()), ("", math.nan))
    return f"val {name_in_sentence(key)} {value:.3f}" if math.isfinite(value) else ""


def _dims_of(data: Dataset) -> tuple[int | str, ...] | None:
    """The shape of one example; None if the data cannot be read."""
    try:
        return data.features().dims
    except DataError:
        return None
