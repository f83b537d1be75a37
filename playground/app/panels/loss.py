"""Training and validation loss over the epochs."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QToolButton, QWidget

from playground.app.document import Document
from playground.app.panels import Panel
from playground.app.readings import reading_of
from playground.app.widgets.plot import Curve, CurvePlot
from playground.session.messages import Frame
from playground.translation import N_, tr


class LossPanel(Panel):
    """Two curves: training loss in blue, validation loss in orange."""

    key: ClassVar[str] = "loss"
    title: ClassVar[str] = N_("Loss")
    help: ClassVar[str] = N_(
        "How far the predictions are from the labels. Validation examples are never trained on: if "
        "their curve rises while the training curve still falls, the network is overfitting "
        "(memorising the training data)."
    )
    icon: ClassVar[str] = "mdi6.chart-line"
    probes: ClassVar[tuple[str, ...]] = ("history",)
    order: ClassVar[int] = 0
    stretch: ClassVar[int] = 4
    is_shown_first: ClassVar[bool] = True
    empty_text: ClassVar[str] = N_("Press Train (Space) to see the loss fall.")

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.plot = CurvePlot(starts_at_zero=True)
        self.set_content(self.plot)
        self.log_switch = QToolButton()
        self.log_switch.setText(tr("log"))
        self.log_switch.setCheckable(True)
        self.log_switch.setProperty("role", "quiet")
        self.log_switch.setToolTip(tr("Logarithmic scale: shows differences close to 0"))
        self.log_switch.toggled.connect(self.plot.set_log)

    def controls(self) -> tuple[QWidget, ...]:
        """The switch between a linear and a logarithmic scale."""
        return (self.log_switch,)

    def show_frame(self, frame: Frame) -> None:
        """Draw the whole history, thinned to a few hundred points."""
        reading = reading_of(frame, "history")
        if reading is None or not len(reading["epoch"]):
            return
        epoch = np.asarray(reading["epoch"])
        train = Curve(tr("train"), "positive")
        curves = {train: (epoch, np.asarray(reading["train_loss"]))}
        validation = np.asarray(reading["val_loss"])
        is_measured = np.isfinite(validation)
        if is_measured.any():
            curve = Curve(tr("validation"), "negative")
            curves[curve] = (epoch[is_measured], validation[is_measured])
        self.plot.show_curves(curves)
        self.set_empty(False)

    def clear(self) -> None:
        """Remove the curves."""
        self.plot.clear_curves()
        super().clear()
