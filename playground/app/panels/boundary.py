"""The network's output over the plane or the line, with the examples on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from playground.app.document import Document
from playground.app.examples import examples_of
from playground.app.panels import Panel
from playground.app.readings import reading_of
from playground.app.theme.tokens import SMALL_PX, set_font
from playground.app.widgets.boundary_view import BoundaryView, Seen
from playground.catalog.datasets.dataset import DataError, Dataset, Examples, Target
from playground.catalog.metrics import name_in_sentence
from playground.project.project import Project, aim
from playground.session.messages import Frame, Reading
from playground.translation import N_, tr

GOOD = 0.5


class BoundaryPanel(Panel):
    """A picture of the plane: two colours, one colour per class, or a scale of values."""

    key: ClassVar[str] = "boundary"
    title: ClassVar[str] = N_("Decision boundary")
    help: ClassVar[str] = N_(
        "The network's prediction at every point. The stronger the colour, the more confident the "
        "prediction. Filled points are training examples, hollow ones validation examples."
    )
    icon: ClassVar[str] = "mdi6.gradient-horizontal"
    probes: ClassVar[tuple[str, ...]] = ("boundary",)
    order: ClassVar[int] = 2
    stretch: ClassVar[int] = 3
    is_shown_first: ClassVar[bool] = True
    empty_text: ClassVar[str] = N_("Press Train (Space) to see the decision boundary form.")

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.view = BoundaryView()
        self.view.pointed.connect(self._on_pointed)
        self.footer = QLabel()
        set_font(self.footer, SMALL_PX)
        self.footer.setMinimumWidth(40)
        self._metric = ""
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
        """Two features, or one feature and a number to predict; neither tokens nor autoencoding."""
        dims, target = _dims_of(project.data), aim(project)
        if target is None or target.task == "reconstruction" or project.data.vocabulary():
            return False
        return dims == (2,) or (dims == (1,) and target.task == "regression")

    def show_frame(self, frame: Frame) -> None:
        """Draw the prediction, and the proposed metric below it."""
        reading = reading_of(frame, "boundary")
        if reading is None:
            return
        examples = examples_of(self.document.project.data)
        target = aim(self.document.project)
        if target is None or (examples is not None and not _belongs(reading, examples, target)):
            return  # it was read just before the data set changed
        self.view.show_seen(Seen.read(reading, examples, target.classes))
        self._metric = _metric_text(frame.metrics)
        self._is_good = next(iter(frame.metrics.values()), 0.0) >= GOOD
        if not self.view.is_pointed:
            self._on_pointed("")
        self.set_empty(False)

    def clear(self) -> None:
        """Remove the picture."""
        self.view.forget()
        super().clear()

    def _on_pointed(self, text: str) -> None:
        role = "healthy" if self._is_good and not text else "muted"
        if self.footer.property("role") != role:
            self.footer.setProperty("role", role)
            self.footer.style().polish(self.footer)
        self.footer.setText(text or self._metric)


def _belongs(reading: Reading, examples: Examples, target: Target) -> bool:
    """Whether a reading is of a net for such examples: as many features, the same kind of label."""
    kinds = {"regression": ("curve", "values")}.get(target.task, ("binary", "classes"))
    features = 1 if reading["kind"] == "curve" else 2
    return reading["kind"] in kinds and examples.x_train.shape[1:] == (features,)


def _metric_text(metrics: Mapping[str, float]) -> str:
    """The first metric that fits the labels, accuracy or R², with its value."""
    key, value = next(iter(metrics.items()), ("", math.nan))
    if not math.isfinite(value):
        return ""
    return tr("val {metric} {value}", metric=name_in_sentence(key), value=f"{value:.3f}")


def _dims_of(data: Dataset) -> tuple[int | str, ...] | None:
    """The shape of one example; None if the data cannot be read."""
    try:
        return data.features().dims
    except DataError:
        return None
