"""Dead rectifier units: how many, which ones, and since which epoch."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from playground.app.document import Document
from playground.app.panels import Panel
from playground.app.readings import node_names, reading_of
from playground.app.theme.tokens import CAPTION_PX, scaled_px, set_font
from playground.app.widgets.plot import Curve, CurvePlot
from playground.app.widgets.unit_squares import UnitSquares
from playground.project.project import Project
from playground.session.messages import Frame, Reading
from playground.translation import N_, tr, trn

COLOURS = ("negative", "danger", "warning", "accent", "positive", "muted")
ROOM_FOR_SQUARES = 230
"""Below this height there is only the plot."""


class DeadPanel(Panel):
    """Counts over the epochs, and below them a square per unit."""

    key: ClassVar[str] = "dead"
    title: ClassVar[str] = N_("Dead ReLUs")
    help: ClassVar[str] = N_(
        "Units whose output is 0 for every example of the probe set. No gradient reaches them, so "
        "they stop learning. A lower learning rate, He initialization or Leaky ReLU prevents it."
    )
    icon: ClassVar[str] = "mdi6.skull-outline"
    probes: ClassVar[tuple[str, ...]] = ("dead_units",)
    order: ClassVar[int] = 4
    stretch: ClassVar[int] = 3
    is_shown_first: ClassVar[bool] = True
    empty_text: ClassVar[str] = N_("Press Train (Space) to see whether units die.")

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.plot = CurvePlot(starts_at_zero=True, has_names_at_ends=True)
        self.units: dict[str, UnitRow] = {}
        self.footer = QLabel()
        set_font(self.footer, CAPTION_PX)
        self.footer.setWordWrap(True)
        rows = QWidget()
        self._rows = QVBoxLayout(rows)
        self._rows.setContentsMargins(0, 0, 8, 0)
        self._rows.setSpacing(6)
        self._rows.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(rows)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.plot, 3)
        layout.addWidget(self._area, 2)
        layout.addWidget(self.footer)
        self.set_content(content)

    @classmethod
    def fits(cls, project: Project) -> bool:
        """Whether there is a rectifier, whose units can die."""
        return any(node.layer.is_rectifier for node in project.graph.nodes.values())

    def show_frame(self, frame: Frame) -> None:
        """Draw the counts and the squares."""
        reading = reading_of(frame, "dead_units")
        if reading is None or not reading["nodes"]:
            return
        names = node_names(self.document.graph, reading["nodes"])
        self._show_counts(reading, names)
        self._show_units(reading, names)
        dead = sum(int(np.sum(units)) for units in reading["dead"].values())
        self.footer.setText(_summary(dead, int(reading["examples"])))
        self._set_role("muted" if dead else "healthy")
        self.set_empty(False)

    def clear(self) -> None:
        """Remove the counts."""
        self.plot.clear_curves()
        super().clear()

    def texts(self) -> list[str]:
        """The lines of the list: "hidden 2: unit 3 since epoch 61"."""
        return [row.text for row in self.units.values() if row.text]

    def _show_counts(self, reading: Reading, names: dict[str, str]) -> None:
        epoch = np.asarray(reading["over_time"]["epoch"], dtype=float)
        curves = {}
        for place, node in enumerate(reading["nodes"]):
            counts = np.asarray(reading["over_time"]["counts"][node], dtype=float)
            curves[Curve(names[node], COLOURS[place % len(COLOURS)], is_stepped=True)] = (
                epoch,
                counts,
            )
        self.plot.show_curves(curves)

    def _show_units(self, reading: Reading, names: dict[str, str]) -> None:
        for node in set(self.units) - set(reading["nodes"]):
            row = self.units.pop(node)
            self._rows.removeWidget(row)
            row.deleteLater()
        for place, node in enumerate(reading["nodes"]):
            if node not in self.units:
                self.units[node] = UnitRow()
                self._rows.insertWidget(place, self.units[node])
            firing, dead, since = (
                np.asarray(reading[k][node]) for k in ("firing", "dead", "since")
            )
            self.units[node].show_units(names[node], firing, dead, since)

    def _set_role(self, role: str) -> None:
        if self.footer.property("role") != role:
            self.footer.setProperty("role", role)
            self.footer.style().polish(self.footer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the squares if there is little room."""
        super().resizeEvent(event)
        self._area.setVisible(self.height() >= scaled_px(ROOM_FOR_SQUARES))


class UnitRow(QWidget):
    """One rectifier: its squares, and a list of its dead units."""

    def __init__(self) -> None:
        super().__init__()
        self.label = QLabel()
        set_font(self.label, CAPTION_PX)
        self.label.setProperty("role", "muted")
        self.label.setWordWrap(True)
        self.squares = UnitSquares(largest=12)
        self.text = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.label)
        layout.addWidget(self.squares)

    def show_units(
        self,
        name: str,
        firing: npt.NDArray[np.floating],
        dead: npt.NDArray[np.bool_],
        since: npt.NDArray[np.floating],
    ) -> None:
        """Draw the squares, and list the dead ones."""
        self.squares.show_units(firing, dead, since)
        self.text = dead_text(name, dead, since)
        self.label.setText(self.text or name)


def dead_text(name: str, dead: npt.NDArray[np.bool_], since: npt.NDArray[np.floating]) -> str:
    """The dead units, grouped by epoch: "hidden 2: unit 3 since epoch 61"."""
    by_epoch: dict[float, list[str]] = defaultdict(list)
    for unit in np.flatnonzero(dead):
        epoch = float(since[unit])
        by_epoch[epoch if math.isfinite(epoch) else math.inf].append(str(unit + 1))
    parts = [_units_text(units, epoch) for epoch, units in sorted(by_epoch.items())]
    return tr("{layer}: {units}", layer=name, units=" · ".join(parts)) if parts else ""


def _units_text(units: list[str], epoch: float) -> str:
    listed, count = ", ".join(units), len(units)
    if not math.isfinite(epoch):
        return trn("unit {units}", "units {units}", count, units=listed)
    return trn(
        "unit {units} since epoch {epoch}",
        "units {units} since epoch {epoch}",
        count,
        units=listed,
        epoch=f"{epoch:.0f}",
    )


def _summary(dead: int, examples: int) -> str:
    if not dead:
        return trn(
            "Every unit is active for the only example of the probe set.",
            "Every unit is active for some of the {examples} examples of the probe set.",
            examples,
            examples=f"{examples:,}",
        )
    return trn(
        "{count} unit is 0 for all {examples} examples of the probe set.",
        "{count} units are 0 for all {examples} examples of the probe set.",
        dead,
        examples=f"{examples:,}",
    )
