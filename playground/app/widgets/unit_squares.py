"""One square per unit: how often it is active, and whether it is dead."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from playground.app.theme.tokens import colour, theme
from playground.translation import tr

SHOWN = 1024
GAP = 4


class UnitSquares(QWidget):
    """Squares from left to right: blue is active often, dark rarely, a red cross never."""

    def __init__(self, largest: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.largest = largest
        self.firing: npt.NDArray[np.floating] = np.empty(0)
        self.dead: npt.NDArray[np.bool_] = np.empty(0, dtype=bool)
        self.since: npt.NDArray[np.floating] = np.empty(0)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def show_units(
        self,
        firing: npt.NDArray[np.floating],
        dead: npt.NDArray[np.bool_],
        since: npt.NDArray[np.floating],
    ) -> None:
        """Draw these units; `since` is the epoch at which a unit was first found dead."""
        is_resized = len(dead) != len(self.dead)
        self.firing, self.dead, self.since = firing, dead, since
        if is_resized:
            self._fit()
        self.update()

    def text_of(self, unit: int) -> str:
        """A unit in words."""
        number = unit + 1
        if not self.dead[unit]:
            share = f"{self.firing[unit]:.0%}"
            return tr("Unit {unit}: active on {share} of the probe set", unit=number, share=share)
        since = float(self.since[unit])
        if math.isnan(since):
            return tr("Unit {unit}: dead", unit=number)
        return tr("Unit {unit}: dead since epoch {epoch}", unit=number, epoch=f"{since:.0f}")

    # Places

    @property
    def pitch(self) -> int:
        """Distance from one square to the next: smaller for many units."""
        count = max(1, min(len(self.dead), SHOWN))
        if count <= 48:
            pitch = self.largest + GAP
            # Small squares shrink a little if that keeps them in one row.
            in_a_row = self.width() // count
            return in_a_row if self.largest < 16 and 8 < in_a_row < pitch else pitch
        return 14 if count <= 160 else 9

    @property
    def gap(self) -> int:
        """Space between two squares."""
        return GAP if self.pitch > 12 else 2

    @property
    def columns(self) -> int:
        """Number of squares in a row."""
        return max(1, (self.width() + GAP) // self.pitch)

    def _fit(self) -> None:
        rows = math.ceil(min(len(self.dead), SHOWN) / self.columns)
        height = max(0, rows * self.pitch - self.gap)
        if height != self.height() or height != self.minimumHeight():
            self.setFixedHeight(height)

    def _unit_at(self, x: float, y: float) -> int | None:
        column, row = int(x // self.pitch), int(y // self.pitch)
        unit = row * self.columns + column
        is_there = 0 <= column < self.columns and 0 <= unit < min(len(self.dead), SHOWN)
        return unit if is_there else None

    def sizeHint(self) -> QSize:
        return QSize(200, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # Looks

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side, radius = self.pitch - self.gap, 4 if self.pitch > 14 else 2
        low, high = colour("field"), colour("positive_fill")
        for unit in range(min(len(self.dead), SHOWN)):
            row, column = divmod(unit, self.columns)
            square = QRectF(column * self.pitch, row * self.pitch, side, side)
            if self.dead[unit]:
                self._paint_dead(painter, square, radius)
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            # A square root, so that a rarely active unit is distinct from one that never is.
            painter.setBrush(_between(low, high, 0.18 + 0.82 * float(self.firing[unit]) ** 0.5))
            painter.drawRoundedRect(square, radius, radius)

    def _paint_dead(self, painter: QPainter, square: QRectF, radius: float) -> None:
        painter.setPen(QPen(colour("danger"), 1.2))
        painter.setBrush(colour("danger_surface"))
        painter.drawRoundedRect(square.adjusted(0.6, 0.6, -0.6, -0.6), radius, radius)
        arm = square.width() * 0.17
        centre = square.center()
        for sign in (1, -1):
            reach = QPointF(arm, sign * arm)
            painter.drawLine(centre - reach, centre + reach)

    def event(self, event: QEvent) -> bool:
        """The tooltip describes the unit at the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            unit = self._unit_at(event.x(), event.y())
            if unit is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.text_of(unit), self)
            return True
        return super().event(event)


def _between(low: QColor, high: QColor, share: float) -> QColor:
    share = min(max(share, 0.0), 1.0)
    return QColor(
        round(low.red() + (high.red() - low.red()) * share),
        round(low.green() + (high.green() - low.green()) * share),
        round(low.blue() + (high.blue() - low.blue()) * share),
    )
