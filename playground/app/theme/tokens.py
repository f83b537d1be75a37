"""Colours, type and space. Nothing else in the app names a colour."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QWidget


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme, as #rrggbb."""

    name: str
    canvas: str
    grid: str
    surface: str
    raised: str
    field: str
    hover: str
    border: str
    text: str
    muted: str
    faint: str
    accent: str
    on_accent: str
    positive: str
    negative: str
    positive_fill: str
    """For areas, which need not be as dark on white as lines and text."""
    negative_fill: str
    danger_fill: str
    on_fill: str
    """Text on an area that is filled with one of these."""
    neutral: str
    """The middle of the map from negative to positive."""
    danger: str
    danger_surface: str
    warning: str
    healthy: str


DARK = Palette(
    name="dark",
    canvas="#0e1218",
    grid="#1b222c",
    surface="#161c24",
    raised="#1a212b",
    field="#1e2631",
    hover="#26303d",
    border="#2a3441",
    text="#e8edf3",
    muted="#95a1b1",
    faint="#6f7b8e",
    accent="#2dd4bf",
    on_accent="#06231f",
    positive="#4a94f7",
    negative="#f5973d",
    positive_fill="#4a94f7",
    negative_fill="#f5973d",
    danger_fill="#ff5c7a",
    on_fill="#0b1017",
    neutral="#171a1f",
    danger="#ff5c7a",
    danger_surface="#2c161d",
    warning="#f5b942",
    healthy="#57d98a",
)

LIGHT = Palette(
    name="light",
    canvas="#f3f5f8",
    grid="#dde3ea",
    surface="#ffffff",
    raised="#ffffff",
    field="#f0f3f6",
    hover="#e4e9ef",
    border="#cfd7e0",
    text="#17202b",
    muted="#566374",
    faint="#788392",
    accent="#0a7468",
    on_accent="#ffffff",
    positive="#1c66c8",
    negative="#a85204",
    positive_fill="#5b9ff5",
    negative_fill="#f2a154",
    danger_fill="#f26a82",
    on_fill="#0b1017",
    neutral="#f7f5f1",
    danger="#c01f40",
    danger_surface="#fdebef",
    warning="#855600",
    healthy="#11703c",
)

FAMILY_COLOURS = {
    "Data": "#8494a8",
    "Dense": "#7c83ff",
    "Activation": "#f0b541",
    "Convolution": "#4fbf7f",
    "Normalise · regularise": "#a77be0",
    "Sequence": "#ff6f91",
    "Merge": "#4bbfe0",
    "Reshape": "#5fae9b",
    "Blocks": "#c9a26d",
    "Saved blocks": "#c9a26d",
}

SPACE = 8
"""Everything is a multiple of half of this, in pixels."""
RADIUS = 6
TINY_PX, CAPTION_PX, SMALL_PX, BODY_PX, NAME_PX, VALUE_PX, TITLE_PX = 9, 10, 11, 12, 13, 14, 15
"""Text sizes at a text scale of 100 %, in pixels of the screen's logical density: points are 8 px
on one system and 11 on another."""
TEXT_FAMILIES = ("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")
NUMBER_FAMILIES = ("JetBrains Mono", "Cascadia Mono", "SF Mono", "DejaVu Sans Mono", "monospace")
SMALLEST_SCALE, LARGEST_SCALE = 100, 200
"""Limits of the text scale, in percent."""
_FONT = "themeFont"
"""The dynamic property that keeps which font of the theme a widget has."""


class Theme(QObject):
    """The colours and the text scale in use; widgets repaint and lay out again on `changed`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colours = DARK
        self.text_scale = SMALLEST_SCALE
        """The size of all text in percent."""

    def use(self, name: str) -> None:
        """Switch to "dark" or "light"."""
        chosen = LIGHT if name == "light" else DARK
        if chosen is not self.colours:
            self.colours = chosen
            self.changed.emit()

    def set_text_scale(self, percent: float) -> None:
        """Make all text larger or smaller at once; 100 to 200, anything else is clamped."""
        chosen = round(min(max(percent, SMALLEST_SCALE), LARGEST_SCALE))
        if chosen != self.text_scale:
            self.text_scale = chosen
            QApplication.setFont(body_font())
            apply_fonts()
            self.changed.emit()


theme = Theme()


def scaled_px(pixels: float) -> int:
    """A length that goes with the text, such as the height of a row, at the text scale in use."""
    return round(pixels * theme.text_scale / 100)


def colour(name: str, alpha: float = 1.0) -> QColor:
    """A colour of the theme in use by its token's name, with an opacity from 0 to 1."""
    found = QColor(getattr(theme.colours, name))
    found.setAlphaF(alpha)
    return found


def family_colour(family: str) -> QColor:
    """The colour that marks a family of layers."""
    return QColor(FAMILY_COLOURS.get(family, "#8494a8"))


def body_font(pixels: float = BODY_PX, *, bold: bool = False) -> QFont:
    """The text font; `pixels` is its size at a text scale of 100 %."""
    font = QFont()
    font.setFamilies(TEXT_FAMILIES)
    font.setPixelSize(scaled_px(pixels))
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def mono_font(pixels: float = SMALL_PX) -> QFont:
    """The font of numbers: fixed-width digits, so that the value does not jitter."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setFamilies(NUMBER_FAMILIES)
    font.setPixelSize(scaled_px(pixels))
    return font


def set_font(
    widget: QWidget, pixels: float = BODY_PX, *, bold: bool = False, is_mono: bool = False
) -> None:
    """Give a widget a font of the theme, which follows the text scale from then on."""
    widget.setProperty(_FONT, f"{pixels:g} {bold:d} {is_mono:d}")
    _apply_font(widget)


def apply_fonts() -> None:
    """Give every widget its font of the theme again, at the text scale in use."""
    for widget in QApplication.allWidgets():
        if widget.property(_FONT):
            _apply_font(widget)


def _apply_font(widget: QWidget) -> None:
    pixels, bold, is_mono = map(float, widget.property(_FONT).split())
    widget.setFont(mono_font(pixels) if is_mono else body_font(pixels, bold=bool(bold)))
