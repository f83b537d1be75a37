"""The gradient norm of every layer with weights, now and over time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QToolTip, QWidget

from playground.app.document import Document
from playground.app.panels import Panel
from playground.app.readings import node_names, reading_of
from playground.app.theme.draw import draw_text, text_width
from playground.app.theme.maps import image, ramp
from playground.app.theme.text import power_text
from playground.app.theme.tokens import (
    CAPTION_PX,
    SMALL_PX,
    body_font,
    colour,
    mono_font,
    scaled_px,
    theme,
)
from playground.app.vanishing import LEAST, SHARE, is_solved, is_vanishing
from playground.session.messages import Frame
from playground.translation import N_, tr

EXPLODING = 1e3
LEFT_END = 1e-7
"""Where the bars begin, on the log scale."""
ROW, BAR, STRIP = 26, 18, 14
SMALLEST_ROW, SMALLEST_STRIP = 16, 5
CAPTION = 22

State = Literal["healthy", "converged", "vanishing", "exploding", "non_finite"]
COLOURS: dict[State, str] = {
    "healthy": "positive_fill",
    "converged": "positive_fill",
    "vanishing": "danger_fill",
    "exploding": "negative_fill",
    "non_finite": "danger_fill",
}
ADVICE: dict[State, str] = {
    "converged": N_("The loss is close to 0, so small gradients are expected."),
    "vanishing": N_(
        "Vanishing gradient: almost no gradient reaches this layer, so it barely learns."
    ),
    "exploding": N_("Exploding gradient: lower the learning rate or clip the gradient."),
    "non_finite": N_("The gradient is NaN or infinite: lower the learning rate and train again."),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """The gradient of one layer at the last step."""

    node: str
    name: str
    norm: float
    weight: float
    update: float
    state: State

    @property
    def text(self) -> str:
        """The norm, and what is wrong with it."""
        if self.state == "non_finite":
            return tr("not a finite number")
        if self.state == "exploding":
            return tr("{norm} exploding", norm=power_text(self.norm))
        return power_text(self.norm)

    @property
    def help(self) -> str:
        """The tooltip: the norms of gradient, weights and update, and advice."""
        lines = [
            tr("{layer}: gradient norm {norm}", layer=self.name, norm=self.text),
            tr("Norm of the weights: {norm}", norm=power_text(self.weight)),
        ]
        if math.isfinite(self.update):
            update = power_text(self.update)
            lines.append(tr("Last update relative to the weights: {ratio}", ratio=update))
        if self.state in ADVICE:
            lines.append(tr(ADVICE[self.state]))
        return "\n".join(lines)


def state_of(norm: float, largest: float, *, solved: bool = False) -> State:
    """The state of a layer by its gradient norm and the largest norm in the network.

    With `solved`, the loss is close to 0 and gradients are expected to be small everywhere.
    """
    if not math.isfinite(norm):
        return "non_finite"
    if norm > EXPLODING:
        return "exploding"
    if is_vanishing(norm, largest, solved=solved):
        return "vanishing"
    return "converged" if norm < LEAST else "healthy"


class GradientsPanel(Panel):
    """Bars on a log scale, and below them a strip over time per layer."""

    key: ClassVar[str] = "gradients"
    title: ClassVar[str] = N_("Gradient norm by layer")
    help: ClassVar[str] = N_(
        "Gradient norm of each layer at the last step. Bars that shrink towards the input mean "
        "vanishing gradients: the first layers barely learn."
    )
    icon: ClassVar[str] = "mdi6.chart-bar"
    probes: ClassVar[tuple[str, ...]] = ("gradients",)
    order: ClassVar[int] = 1
    stretch: ClassVar[int] = 4
    is_shown_first: ClassVar[bool] = True
    empty_text: ClassVar[str] = N_("Press Train (Space) to see the gradient of each layer.")

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.bars = GradientBars()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.bars)
        self.set_content(area)

    def show_frame(self, frame: Frame) -> None:
        """Draw the norms of the last step, and those over time."""
        reading = reading_of(frame, "gradients")
        if reading is None or not len(reading["nodes"]):
            return
        nodes = tuple(reading["nodes"])
        names = node_names(self.document.graph, nodes)
        norms = [float(norm) for norm in reading["norms"]]
        largest = max((n for n in norms if math.isfinite(n)), default=0.0)
        solved = is_solved(frame.train_loss)
        states = [state_of(n, largest, solved=solved) for n in norms]
        rows = zip(nodes, norms, reading["weights"], reading["updates"], states, strict=True)
        bars = [
            Bar(node, names[node], norm, float(weight), float(update), state)
            for node, norm, weight, update, state in rows
        ]
        self.bars.show_bars(bars, np.asarray(reading["over_time"]))
        self.set_empty(False)


class GradientBars(QWidget):
    """Draws the bars and the strips."""

    def __init__(self) -> None:
        super().__init__()
        self.bars: list[Bar] = []
        self.over_time: npt.NDArray[np.floating] = np.empty((0, 0))
        self._strips = QImage()
        theme.changed.connect(self._restyle)

    def show_bars(self, bars: list[Bar], over_time: npt.NDArray[np.floating]) -> None:
        """Draw these; `over_time` holds log10 of the norms, layer × reading."""
        self.bars, self.over_time = bars, over_time
        self._strips = strips(over_time)
        self._fit()

    def _fit(self) -> None:
        rows = len(self.bars) * (scaled_px(SMALLEST_ROW) + SMALLEST_STRIP)
        self.setMinimumHeight(rows + scaled_px(CAPTION))
        self.update()

    def sizeHint(self) -> QSize:
        """A row and a strip per layer."""
        return QSize(240, len(self.bars) * (scaled_px(ROW) + STRIP) + scaled_px(CAPTION))

    def _restyle(self) -> None:
        self._strips = strips(self.over_time)
        self._fit()

    # Places

    @property
    def _row(self) -> float:
        share = (self.height() - scaled_px(CAPTION)) / max(1, len(self.bars)) * 0.62
        return min(max(share, scaled_px(SMALLEST_ROW)), scaled_px(ROW + 4))

    def _name_width(self) -> float:
        font = body_font(SMALL_PX)
        widest = max((text_width(bar.name, font) for bar in self.bars), default=0.0)
        return min(widest + 10, self.width() * 0.36)

    def _right_end(self) -> float:
        finite = [bar.norm for bar in self.bars if math.isfinite(bar.norm) and bar.norm > 0]
        return max(1.0, 10.0 ** math.ceil(math.log10(max(finite, default=1.0))))

    # Looks

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a row per layer, then the strips."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, row = self._name_width(), self._row
        decades = math.log10(self._right_end() / LEFT_END)
        for place, bar in enumerate(self.bars):
            room = QRectF(left, place * row, self.width() - left - 4, row)
            name = QRectF(0, place * row, left - 6, row)
            # Elided in the middle: parts of one block differ at the end of their names.
            middle = Qt.TextElideMode.ElideMiddle
            draw_text(painter, name, bar.name, body_font(SMALL_PX), "muted", elide=middle)
            self._paint_bar(painter, room, bar, decades)
        self._paint_strips(painter, len(self.bars) * row)

    def _paint_bar(self, painter: QPainter, room: QRectF, bar: Bar, decades: float) -> None:
        height = min(scaled_px(BAR), room.height() - 3)
        ground = QRectF(room.left(), room.center().y() - height / 2, room.width(), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("field"))
        painter.drawRoundedRect(ground, 3, 3)
        share = 1.0
        if math.isfinite(bar.norm):
            share = math.log10(max(bar.norm, LEFT_END) / LEFT_END) / decades
        filled = QRectF(ground)
        filled.setWidth(max(3.0, ground.width() * min(share, 1.0)))
        painter.setBrush(colour(COLOURS[bar.state]))
        painter.drawRoundedRect(filled, 3, 3)
        font = mono_font(CAPTION_PX)
        width = text_width(bar.text, font)
        if filled.width() > width + 12:
            draw_text(painter, filled.adjusted(6, 0, -2, 0), bar.text, font, "on_fill")
        else:
            beside = QRectF(
                filled.right() + 5, ground.top(), ground.right() - filled.right() - 6, height
            )
            draw_text(painter, beside, bar.text, font, "text")

    def _paint_strips(self, painter: QPainter, top: float) -> None:
        head = scaled_px(CAPTION)
        room = QRectF(0, top + head, self.width() - 4, self.height() - top - head - 1)
        if room.height() < SMALLEST_STRIP or self._strips.isNull():
            return
        caption = QRectF(0, top + 3, room.width(), head - 4)
        text = tr("over time (layer × epoch, log₁₀)")
        draw_text(painter, caption, text, body_font(CAPTION_PX), "muted")
        room.setHeight(min(room.height(), 34.0 * len(self.bars)))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(room, self._strips)
        painter.setPen(colour("surface"))
        for place in range(1, len(self.bars)):
            y = room.top() + round(place * room.height() / len(self.bars))
            painter.drawLine(int(room.left()), int(y), int(room.right()), int(y))

    def event(self, event: QEvent) -> bool:
        """Show the tooltip of the layer under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = int(event.y() // self._row)
            if 0 <= place < len(self.bars):
                QToolTip.showText(event.globalPos(), self.bars[place].help, self)
            return True
        return super().event(event)


def strips(over_time: npt.NDArray[np.floating]) -> QImage:
    """Layer × reading as colours: the bluer the stronger the gradient, red if it was vanishing.

    A step without a noticeable gradient anywhere, as for a batch that is entirely correct, counts
    as vanishing for no layer.
    """
    if not over_time.size:
        return QImage()
    is_known = np.isfinite(over_time)
    known = np.where(is_known, over_time, -np.inf)
    largest = known.max(0)
    floor, top = math.log10(LEFT_END), max(0.0, float(known.max()))
    places = np.clip((known - floor) / (top - floor), 0, 1)
    is_red = (known < max(floor, math.log10(LEAST))) | (known < largest + math.log10(SHARE))
    is_red &= largest >= math.log10(LEAST)
    healthy = ramp("neutral", "positive_fill")[(55 + 200 * places).astype(np.uint8)]
    vanishing = ramp("danger_surface", "danger_fill")[(20 + 160 * places).astype(np.uint8)]
    pixels = np.where(is_red[..., None], vanishing, healthy)
    pixels[~is_known] = 0
    return image(pixels)
