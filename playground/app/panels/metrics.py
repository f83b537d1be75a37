"""The metrics over the epochs, on the validation examples."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QWidget

from playground.app.document import Document
from playground.app.panel import Panel, reading_of
from playground.app.theme.plot import Curve, CurvePlot
from playground.catalog.metrics import Metric
from playground.catalog.registry import declared
from playground.session.messages import Frame

COLOURS = ("negative", "accent", "warning", "healthy", "muted")
PREFIX = "val_"


class MetricsPanel(Panel):
    """A curve for every metric that fits the labels."""

    key: ClassVar[str] = "metrics"
    title: ClassVar[str] = "Metrics"
    help: ClassVar[str] = (
        "What people ask for: accuracy is the share of validation examples that are predicted "
        "right, R² the share of the labels' variance that is explained."
    )
    icon: ClassVar[str] = "mdi6.chart-bell-curve-cumulative"
    probes: ClassVar[tuple[str, ...]] = ("history",)
    order: ClassVar[int] = 10
    stretch: ClassVar[int] = 3
    empty_text: ClassVar[str] = "Press Train (Space) to see how good the net gets."

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.plot = CurvePlot(has_low_legend=True)
        self.set_content(self.plot)

    def show_frame(self, frame: Frame) -> None:
        """Draw every metric that was measured."""
        reading = reading_of(frame, "history")
        if reading is None:
            return
        epoch, curves = np.asarray(reading["epoch"]), {}
        keys = [k for k in reading if k.startswith(PREFIX) and k != "val_loss"]
        for place, key in enumerate(sorted(keys)):
            values = np.asarray(reading[key])
            is_measured = np.isfinite(values)
            if is_measured.any():
                curve = Curve(label(key.removeprefix(PREFIX)), COLOURS[place % len(COLOURS)])
                curves[curve] = (epoch[is_measured], values[is_measured])
        if curves:
            self.plot.show_curves(curves)
            self.set_empty(False)

    def clear(self) -> None:
        """Forget the curves."""
        self.plot.clear_curves()
        super().clear()


def label(key: str) -> str:
    """What a metric is called."""
    known = declared(Metric)
    return (
        known[key].label.lower()
        if key in known and known[key].label[1:2].islower()
        else (known[key].label if key in known else key)
    )
