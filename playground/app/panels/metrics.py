"""Metrics on the validation set over the epochs."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QToolButton, QWidget

from playground.app.document import Document
from playground.app.panels import Panel
from playground.app.readings import reading_of
from playground.app.widgets.plot import Curve, CurvePlot
from playground.catalog.metrics import Metric, name_in_sentence
from playground.catalog.registry import declared
from playground.session.messages import Frame
from playground.translation import N_, tr

COLOURS = ("negative", "accent", "warning", "healthy", "muted")
PREFIX = "val_"


class MetricsPanel(Panel):
    """A curve for every metric that fits the labels."""

    key: ClassVar[str] = "metrics"
    title: ClassVar[str] = N_("Metrics")
    help: ClassVar[str] = N_(
        "Measured on the validation set. Accuracy is the fraction of examples that are predicted "
        "correctly, F1 is high when a class is found reliably with few false positives, R² is the "
        "fraction of the labels' variance that is explained."
    )
    icon: ClassVar[str] = "mdi6.chart-bell-curve-cumulative"
    probes: ClassVar[tuple[str, ...]] = ("history",)
    order: ClassVar[int] = 10
    stretch: ClassVar[int] = 3
    empty_text: ClassVar[str] = N_("Press Train (Space) to see the metrics improve.")

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.plot = CurvePlot(has_low_legend=True)
        self.set_content(self.plot)
        self.switch = QToolButton()
        self.switch.setText(tr("values"))
        self.switch.setCheckable(True)
        self.switch.setProperty("role", "quiet")
        self.switch.setToolTip(tr("Show metrics that are not between 0 and 1 (errors, perplexity)"))
        self.switch.toggled.connect(self._draw)
        self.switch.hide()
        self._curves: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def controls(self) -> tuple[QWidget, ...]:
        """The switch between fractions and other values, shown if there are both."""
        return (self.switch,)

    def show_frame(self, frame: Frame) -> None:
        """Draw every metric that was measured."""
        reading = reading_of(frame, "history")
        if reading is None:
            return
        epoch = np.asarray(reading["epoch"])
        self._curves = {}
        for kind in declared(Metric):
            values = np.asarray(reading.get(PREFIX + kind, ()))
            is_measured = np.isfinite(values)
            if is_measured.any():
                self._curves[kind] = (epoch[is_measured], values[is_measured])
        self._draw()

    def _draw(self) -> None:
        known = declared(Metric)
        shares = [kind for kind in self._curves if known[kind].is_share]
        values = [kind for kind in self._curves if not known[kind].is_share]
        self.switch.setVisible(bool(shares and values))
        shown = values if self.switch.isChecked() and values else shares or values
        if shown:
            named = zip(shown, COLOURS, strict=False)
            curves = {
                Curve(name_in_sentence(kind), tone): self._curves[kind] for kind, tone in named
            }
            self.plot.show_curves(curves)
            self.set_empty(False)

    def clear(self) -> None:
        """Remove the curves."""
        self._curves = {}
        self.switch.hide()
        self.plot.clear_curves()
        super().clear()
