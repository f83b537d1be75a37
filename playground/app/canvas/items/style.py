"""Pens, brushes and fonts of the canvas, made once per theme: making them takes time.

Fonts have a fixed size in canvas units. The camera zooms with the text scale, so that cards keep
their layout at any text size.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPen

from playground.app.theme.maps import diverging
from playground.app.theme.tokens import (
    CAPTION_PX,
    NAME_PX,
    SMALL_PX,
    body_font,
    colour,
    family_colour,
    mono_font,
    theme,
)

PORT_RADIUS, OPTIONAL_RADIUS = 4.6, 3.6
RADIUS = 8.0
LIFT = 0.6


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """A colour between two, at the fraction `share` from the first to the second."""
    a, b = np.array(first.getRgb()), np.array(second.getRgb())
    return QColor(*(int(v) for v in np.rint(a + (b - a) * share)))


def outline(name: str, width: float = 1.0, alpha: float = 1.0) -> QPen:
    """A pen in the colour of a token, with round ends."""
    pen = QPen(colour(name, alpha), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def unscaled(font: QFont, pixels: int) -> QFont:
    """The font at a size in canvas units, whatever the text scale."""
    font.setPixelSize(pixels)
    return font


class Style:
    """The pens, brushes and fonts of one theme."""

    def __init__(self) -> None:
        self.title_font = unscaled(body_font(bold=True), NAME_PX)
        self.sub_font = unscaled(mono_font(), SMALL_PX)
        self.small_font = unscaled(body_font(), SMALL_PX)
        self.badge_font = unscaled(body_font(), SMALL_PX)
        self.label_font = unscaled(mono_font(), CAPTION_PX)
        self.surface = QBrush(colour("surface"))
        self.field = QBrush(colour("field"))
        self.canvas = QBrush(colour("canvas"))
        self.border = outline("border", 1.2)
        self.hover = outline("faint", 1.2)
        self.accent = outline("accent", 1.8)
        self.danger = outline("danger", 1.6)
        self.pending = outline("faint", 1.2)
        self.pending.setStyle(Qt.PenStyle.DashLine)
        self.port = outline("muted", 1.4)
        self.optional_port = outline("faint", 1.2)
        self.wire = outline("faint", 1.8)
        self.text = QPen(colour("text"))
        self.muted = QPen(colour("muted"))
        self.faint = QPen(colour("faint"))
        self.curve = outline("positive", 1.4)
        # Bright on the blue of a wire, in either theme.
        self.pulse = "text" if theme.colours.name == "dark" else "surface"
        self.tile_edge = QPen(colour("border", 0.55), 1)
        self.colour_table = map_colours()
        self._far: dict[int, QPen] = {}
        self._families: dict[str, QBrush] = {}
        self.far_border, self.far_wire = self.far(self.border), self.far(self.wire)

    def far(self, pen: QPen) -> QPen:
        """The pen for a small zoom: one pixel wide at any zoom."""
        key = pen.color().rgb()
        if key not in self._far:
            self._far[key] = QPen(pen.color(), 1)
            self._far[key].setCosmetic(True)
        return self._far[key]

    def family(self, name: str) -> QBrush:
        """The brush of a family of layers."""
        found = self._families.get(name)
        if found is None:
            found = self._families[name] = QBrush(family_colour(name))
        return found


def map_colours() -> list[int]:
    """256 colours from -1 to 1; small values are emphasised, because a map is small."""
    table = diverging()
    values = (np.arange(256) - 128) / 127
    places = np.rint(127.5 + 127.5 * np.sign(values) * np.minimum(np.abs(values), 1) ** LIFT)
    return [QColor(r, g, b).rgb() for b, g, r, _ in table[places.astype(int)].tolist()]


_styles: dict[str, Style] = {}


def style() -> Style:
    """The style of the current theme."""
    name = theme.colours.name
    if name not in _styles:
        _styles[name] = Style()
    return _styles[name]
