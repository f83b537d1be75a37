"""Plots over time in the style of the app: no frame, faint grid, values at the mouse."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from playground.app.theme.text import reading_text
from playground.app.theme.tokens import (
    CAPTION_PX,
    SMALL_PX,
    TINY_PX,
    body_font,
    colour,
    mono_font,
    scaled_px,
    set_font,
    theme,
)
from playground.translation import tr

Values = npt.NDArray[np.floating]
MARGIN = 6
POINTS_PER_PIXEL = 1.0
END_HEIGHT, AXIS_HEIGHT = 13, 18


@dataclass(frozen=True, slots=True)
class Curve:
    """A line in the plot: its name and the token of its colour."""

    name: str
    colour_name: str
    is_dashed: bool = False
    is_stepped: bool = False


class CurvePlot(pg.PlotWidget):
    """Curves over the epochs, with their names and values in the corner."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        starts_at_zero: bool = False,
        has_names_at_ends: bool = False,
        has_low_legend: bool = False,
    ) -> None:
        axes = {"left": WholeAxis("left")} if has_names_at_ends else {}
        super().__init__(parent, enableMenu=False, axisItems=axes)
        self.starts_at_zero = starts_at_zero
        self.has_names_at_ends = has_names_at_ends
        self.has_low_legend = has_low_legend
        self._ends: dict[str, pg.TextItem] = {}
        self.is_log = False
        self.curves: dict[str, Curve] = {}
        self.items: dict[str, pg.PlotDataItem] = {}
        self.xs: dict[str, Values] = {}
        self.ys: dict[str, Values] = {}
        self.legend = QLabel(self)
        set_font(self.legend, SMALL_PX)
        self.legend.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.legend.setProperty("role", "legend")
        self.legend.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._unit = QLabel(tr("epoch"), self)
        set_font(self._unit, TINY_PX)
        self._unit.setProperty("role", "faint")
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.hide()
        self._set_up()
        self._restyle()
        theme.changed.connect(self._restyle)

    def _set_up(self) -> None:
        self.setFrameShape(self.Shape.NoFrame)
        self.setMinimumSize(80, 60)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self.getPlotItem()
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        item.setClipToView(True)
        item.setDownsampling(auto=True, mode="peak")
        item.layout.setContentsMargins(0, 4, 8, 0)
        item.addItem(self._cursor, ignoreBounds=True)
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setStyle(tickLength=0, tickTextOffset=5, maxTickLevel=0)

    def close(self) -> bool:
        """pyqtgraph drops the plot with the widget: there is nothing left to restyle."""
        theme.changed.disconnect(self._restyle)
        super().close()
        return True

    # What is drawn

    def show_curves(self, curves: Mapping[Curve, tuple[Values, Values]]) -> None:
        """Draw these curves and no others."""
        for curve, (x, y) in curves.items():
            if curve.name not in self.items or self.curves[curve.name] != curve:
                self._add(curve)
            self.xs[curve.name], self.ys[curve.name] = x, y
            self._draw(curve.name)
        for name in set(self.items) - {curve.name for curve in curves}:
            self._remove(name)
        self._set_range()
        self._show_legend()

    def clear_curves(self) -> None:
        """Remove every curve."""
        for name in tuple(self.items):
            self._remove(name)
        self._show_legend()

    def set_log(self, is_log: bool) -> None:
        """Switch the vertical axis between linear and logarithmic."""
        if is_log != self.is_log:
            self.is_log = is_log
            self.getPlotItem().setLogMode(y=is_log)
            for name in self.items:
                self._draw(name)
            self._set_range()

    def _add(self, curve: Curve) -> None:
        if curve.name in self.items:
            self._remove(curve.name)
        self.curves[curve.name] = curve
        # A few points per pixel: more are not visible, and stroking them takes the time.
        item = self.plot(
            [], [], pen=self._pen(curve), antialias=True, autoDownsampleFactor=POINTS_PER_PIXEL
        )
        self.items[curve.name] = item

    def _remove(self, name: str) -> None:
        self.removeItem(self.items.pop(name))
        for kept in (self.curves, self.xs, self.ys):
            kept.pop(name, None)
        if name in self._ends:
            self.removeItem(self._ends.pop(name))

    def _draw(self, name: str) -> None:
        x, y = self.xs[name], self.ys[name]
        is_shown = np.isfinite(y) & ((y > 0) if self.is_log else True)
        if self.curves[name].is_stepped and len(x) > 1:
            # A count holds until the next reading.
            x, y = np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]
            is_shown = np.isfinite(y)
        self.items[name].setData(x[is_shown], y[is_shown])

    def _set_range(self) -> None:
        ends = [float(end) for x in self.xs.values() if len(x) for end in (x[0], x[-1])]
        first, last = min(ends, default=0.0), max(ends, default=0.0)
        if last == first:
            last += 1  # a single reading stands at the left of one epoch
        self.setXRange(first, last, padding=0.03)
        if self.is_log or not self.starts_at_zero:
            self.getPlotItem().enableAutoRange(y=True)
            return
        finite = [y[np.isfinite(y)] for y in self.ys.values()]
        top = max((float(y.max()) for y in finite if len(y)), default=1.0)
        if self.has_names_at_ends:
            self.setYRange(0, max(top, 1.0) * 1.25, padding=0.03)
            self._place_ends(max(top, 1.0), last)
        else:
            self.setYRange(0, max(top, 1e-9) * 1.06, padding=0.03)

    def _place_ends(self, top: float, right: float) -> None:
        """A name at the end of every line; lines that end alike share one, and none overlap."""
        alike: dict[float, list[str]] = {}
        for name, ys in self.ys.items():
            if len(ys):
                alike.setdefault(float(ys[-1]), []).append(name)
        room = max(self.getPlotItem().getViewBox().height(), 60.0)
        height = 1.3 * top * scaled_px(END_HEIGHT) / room  # of a line of text, on the axis
        places: dict[str, tuple[float, str]] = {}
        lowest = -math.inf
        for value, names in sorted(alike.items()):
            lowest = max(value, lowest + height)
            places[names[0]] = (lowest, joined(names))
        for name in set(self._ends) - set(places):
            self.removeItem(self._ends.pop(name))
        for name, (place, text) in places.items():
            if name not in self._ends:
                self._ends[name] = pg.TextItem(color=colour(self.curves[name].colour_name))
                self._ends[name].setFont(body_font(CAPTION_PX))
                self._ends[name].setAnchor((1, 0.9))
                self.addItem(self._ends[name], ignoreBounds=True)
            self._ends[name].setText(text)
            self._ends[name].setPos(right, place)

    # Looks

    def _pen(self, curve: Curve) -> QPen:
        style = Qt.PenStyle.DashLine if curve.is_dashed else Qt.PenStyle.SolidLine
        pen = QPen(colour(curve.colour_name), 1.6, style)
        pen.setCosmetic(True)
        return pen

    def _restyle(self) -> None:
        self.setBackground(colour("surface"))
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(colour("border", 0)))
            axis.setTextPen(colour("muted"))
            axis.setTickFont(mono_font(TINY_PX))
        self._size_axes()
        # Through the axis and not showGrid, which draws with another opacity.
        self.getPlotItem().getAxis("left").setGrid(150)
        self.getPlotItem().getAxis("left").setTickPen(pg.mkPen(colour("border")))
        self._cursor.setPen(pg.mkPen(colour("faint"), style=Qt.PenStyle.DotLine))
        for name, item in self.items.items():
            item.setPen(self._pen(self.curves[name]))
        for name, end in self._ends.items():
            end.setColor(colour(self.curves[name].colour_name))
            end.setFont(body_font(CAPTION_PX))
        self._show_legend()

    def _size_axes(self) -> None:
        self._unit.adjustSize()
        # Wide enough for the unit in the corner, which would overlap the first number.
        narrow = max(scaled_px(26), self._unit.width() + 4)
        left, bottom = (self.getPlotItem().getAxis(side) for side in ("left", "bottom"))
        left.setWidth(narrow if self.has_names_at_ends else scaled_px(38))
        bottom.setHeight(scaled_px(AXIS_HEIGHT))

    def _show_legend(self, at: float | None = None) -> None:
        lines = []
        is_reported = not self.has_names_at_ends or at is not None
        for name, curve in self.curves.items() if is_reported else ():
            value = self.value_at(name, at) if at is not None else None
            text = escape(name) if value is None else f"{escape(name)} {reading_text(value)}"
            tone = colour(curve.colour_name).name()
            lines.append(f'<span style="color:{tone}">{text}</span>')
        if at is not None:
            epoch = escape(tr("epoch {number}", number=f"{at:.4g}"))
            lines.insert(0, f'<span style="color:{colour("muted").name()}">{epoch}</span>')
        self.legend.setText("<br>".join(lines))
        self.legend.setVisible(bool(lines))
        self.legend.adjustSize()
        self._place_legend()

    def _place_legend(self) -> None:
        low = self.height() - self.legend.height() - scaled_px(AXIS_HEIGHT) - MARGIN
        x = max(0, self.width() - self.legend.width() - 2 * MARGIN)
        self.legend.move(x, low if self.has_low_legend else MARGIN)
        self._unit.move(0, self.height() - self._unit.height() - 2)

    # Hover

    def value_at(self, name: str, x: float) -> float | None:
        """The value of a curve at the reading nearest to `x`."""
        xs, ys = self.xs.get(name), self.ys.get(name)
        if xs is None or ys is None or not len(xs):
            return None
        value = float(ys[int(np.abs(xs - x).argmin())])
        return None if math.isnan(value) else value

    def hover(self, x: float) -> None:
        """Show the values of the curves at the reading nearest to `x`."""
        longest = max(self.xs.values(), key=len, default=np.empty(0))
        if not len(longest):
            return
        at = float(longest[int(np.abs(longest - x).argmin())])
        self._cursor.setPos(at)
        self._cursor.show()
        self._show_legend(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the values at the mouse; nothing is dragged or zoomed."""
        place = self.mapToScene(event.position().toPoint())
        view = self.getPlotItem().getViewBox()
        if self.items and view.sceneBoundingRect().contains(QPointF(place)):
            self.hover(view.mapSceneToView(QPointF(place)).x())

    def leaveEvent(self, event: QEvent) -> None:
        """Show the names without values."""
        self._cursor.hide()
        self._show_legend()
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the legend in its corner."""
        super().resizeEvent(event)
        if hasattr(self, "_unit"):  # pyqtgraph resizes once before it exists
            self._place_legend()


def joined(names: Sequence[str]) -> str:
    """Several names as one: "ReLU 2, 4, 6" for ReLU 2, ReLU 4 and ReLU 6."""
    stem = names[0].rpartition(" ")[0]
    if stem and all(name.rpartition(" ")[0] == stem for name in names):
        return f"{stem} " + ", ".join(name.rpartition(" ")[2] for name in names)
    return ", ".join(names)


class WholeAxis(pg.AxisItem):
    """An axis for counts: ticks at whole numbers only."""

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        """pyqtgraph's spacings without those below 1."""
        spacings: list[tuple[float, float]] = super().tickSpacing(minVal, maxVal, size)
        return [s for s in spacings if s[0] >= 1] or [(1.0, 0.0)]
