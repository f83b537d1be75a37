"""Colours, type and space. Nothing else in the app names a colour."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase


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
    "Own blocks": "#c9a26d",
}

SPACE = 8
"""Everything is a multiple of half of this, in pixels."""
RADIUS = 6
SMALL_PT, BODY_PT, TITLE_PT = 8.0, 9.0, 11.0


class Theme(QObject):
    """The theme in use; widgets repaint on `changed`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colours = DARK

    def use(self, name: str) -> None:
        """Switch to "dark" or "light"."""
        chosen = LIGHT if name == "light" else DARK
        if chosen is not self.colours:
            self.colours = chosen
            self.changed.emit()


theme = Theme()


def colour(name: str, alpha: float = 1.0) -> QColor:
    """A colour of the theme in use by its token's name, with an opacity from 0 to 1."""
    found = QColor(getattr(theme.colours, name))
    found.setAlphaF(alpha)
    return found


def family_colour(family: str) -> QColor:
    """The colour that marks a family of layers."""
    return QColor(FAMILY_COLOURS.get(family, "#8494a8"))


def body_font(points: float = BODY_PT, *, bold: bool = False) -> QFont:
    """The text font."""
    font = QFont()
    font.setFamilies(["Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans"])
    font.setPointSizeF(points)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def mono_font(points: float = SMALL_PT) -> QFont:
    """The font of numbers, so that they do not dance while they change."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setFamilies(
        ["JetBrains Mono", "Cascadia Mono", "SF Mono", "DejaVu Sans Mono", "monospace"]
    )
    font.setPointSizeF(points)
    return font
