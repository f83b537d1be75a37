"""The loss over the epochs, on the training and on the validation examples."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QToolButton, QWidget

from playground.app.document import Document
from playground.app.panels import Panel
from playground.app.readings import reading_of
from playground.app.widgets.plot import Curve, CurvePlot
from playground.session.messages import Frame

TRAIN = Curve("train", "positive")
VALIDATION = Curve("validation", "negative")


class LossPanel(Panel):
    """Two curves: training in blue, validation in orange."""

    key: ClassVar[str] = "loss"
    title: ClassVar[str] = "Loss"
    help: ClassVar[str] = (
        "How far the net is from the labels. Validation examples are never trained on: where their "
        "curve turns up while the other still falls, the net learns by heart."
    )
    icon: ClassVar[str] = "mdi6.chart-line"
    probes: ClassVar[tuple[str, ...]] = ("history",)
    order: ClassVar[int] = 0
    stretch: ClassVar[int] = 4
    is_shown_first: ClassVar[bool] = True
    empty_text: ClassVar[str] = "Press Train (Space) to see the loss fall."

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.plot = CurvePlot(starts_at_zero=True)
        self.set_content(self.plot)
        self.log_switch = QToolButton()
        self.log_switch.setText("log")
        self.log_switch.setCheckable(True)
        self.log_switch.setProperty("role", "quiet")
        self.log_switch.setToolTip("Logarithmic scale: shows what happens near 0")
        self.log_switch.toggled.connect(self.plot.set_log)

    def controls(self) -> tuple[QWidget, ...]:
        """The switch between a linear and a logarithmic scale."""
        return (self.log_switch,)

    def show_frame(self, frame: Frame) -> None:
        """Draw the whole thinned history."""
        reading = reading_of(frame, "history")
        if reading is None or not len(reading["epoch"]):
            return
        epoch = np.asarray(reading["epoch"])
        curves = {TRAIN: (epoch, np.asarray(reading["train_loss"]))}
        validation = np.asarray(reading["val_loss"])
        is_measured = np.isfinite(validation)
        if is_measured.any():
            curves[VALIDATION] = (epoch[is_measured], validation[is_measured])
        self.plot.show_curves(curves)
        self.set_empty(False)

    def clear(self) -> None:
        """Forget the curves."""
        self.plot.clear_curves()
        super().clear()
