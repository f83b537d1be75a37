"""Maps from numbers to colours: negative to positive, one colour per class, faint to strong."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from playground.app.theme.tokens import Palette, theme

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.floating]

# Okabe and Ito 2008, distinct with every kind of colour blindness; the first two are those of
# the theme, so that two classes look the same wherever they are drawn.
CLASS_COLOURS = ("", "", "#009e73", "#cc79a7", "#f0e442", "#56b4e9", "#b07aa1", "#9c755f")


def class_colour(number: int) -> QColor:
    """The colour of a class; after the last the colours repeat, lighter."""
    turn, place = divmod(number, len(CLASS_COLOURS))
    colours = theme.colours
    name = CLASS_COLOURS[place] or (colours.positive_fill, colours.negative_fill)[place]
    return QColor(name).lighter(100 + 25 * turn)


@lru_cache(maxsize=8)
def _ramp(palette: Palette, names: tuple[str, ...]) -> Bytes:
    """256 colours as B, G, R, A through the tokens in `names`."""
    stops = [QColor(getattr(palette, name)) for name in names]
    channels = np.array([(c.blue(), c.green(), c.red(), 255) for c in stops], dtype=float)
    at, places = np.linspace(0, 1, 256), np.linspace(0, 1, len(stops))
    return np.stack([np.interp(at, places, channels[:, i]) for i in range(4)], 1).astype(np.uint8)


def ramp(*names: str) -> Bytes:
    """A colour table of 256 × (B, G, R, A) through tokens of the theme in use."""
    return _ramp(theme.colours, names)


def diverging() -> Bytes:
    """From orange, negative, over neutral to blue, positive."""
    return ramp("negative_fill", "neutral", "positive_fill")


def image(pixels_HW4: Bytes) -> QImage:
    """An image that owns its pixels, B, G, R, A."""
    pixels = np.ascontiguousarray(pixels_HW4)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()


def mapped(values_HW: Numbers, low: float, high: float, table: Bytes) -> QImage:
    """An image of numbers from `low` to `high`; what is not a number is transparent."""
    span = (high - low) or 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        places = np.clip((values_HW - low) * (255 / span), 0, 255)
    is_number = np.isfinite(values_HW)
    pixels = table[np.where(is_number, places, 0).astype(np.uint8)]
    if not is_number.all():
        pixels[~is_number] = 0
    return image(pixels)
