"""Reference pictures of widgets: what the app draws is compared with a PNG stored beside this.

A test asks for the fixture `check_picture` and calls it with a widget and a name. The pictures are
compared at a quarter of their size, so that another rasteriser's edges make no difference, while a
missing line of text, another colour or an empty area does.

UPDATE_PICTURES=1 stores the pictures instead of comparing them. Look at each one that changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontDatabase, QImage
from PySide6.QtWidgets import QApplication, QWidget

from playground.app.main import application
from playground.app.theme import tokens
from playground.app.theme.icons import icon
from playground.app.widgets.formula import svg_of

STORED = Path(__file__).parent / "stored"
FAMILIES = ("DejaVu Sans", "DejaVu Sans Mono")
"""The fonts that the pictures were drawn with; packaging/dev.py installs them."""
UPDATE = "UPDATE_PICTURES"
LARGEST_BYTES = 40_000

CELL = 4
"""Pixels of the side of a square that is compared as one colour."""
TILE = 8
"""Cells of the side of a square that must hold the same amount of ink."""
SIZE_TOLERANCE = 0.04
MEAN_TOLERANCE = 4.0
"""Mean difference of a channel, of 255."""
STRONG_DIFFERENCE = 32
SHARE_TOLERANCE = 0.02
"""Share of the cells of which a channel differs by more than `STRONG_DIFFERENCE`."""
TILE_TOLERANCE = 5.0
"""Difference of the mean colours of the tile that differs most: other edges hold the same ink."""

CheckPicture = Callable[[QWidget, str], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two pictures of one size are apart."""

    mean: float
    share: float
    worst_tile: float

    @property
    def is_tolerable(self) -> bool:
        return (
            self.mean <= MEAN_TOLERANCE
            and self.share <= SHARE_TOLERANCE
            and self.worst_tile <= TILE_TOLERANCE
        )


def difference(image: QImage, reference: QImage) -> Difference:
    """Compare at the reference's size, cell by cell."""
    size = reference.size()
    signed = _cells(image, size) - _cells(reference, size)
    apart = np.abs(signed)
    height, width, _ = apart.shape
    tiles = [
        float(np.abs(signed[y : y + TILE, x : x + TILE].mean(axis=(0, 1))).max())
        for y in range(0, height, TILE)
        for x in range(0, width, TILE)
    ]
    share = float((apart.max(axis=2) > STRONG_DIFFERENCE).mean())
    return Difference(float(apart.mean(axis=(0, 1)).max()), share, max(tiles))


def has_same_size(image: QImage, reference: QImage) -> bool:
    """Whether the sizes differ by no more than a font's metrics may."""
    pairs = ((image.width(), reference.width()), (image.height(), reference.height()))
    return all(abs(a - b) <= max(2.0, SIZE_TOLERANCE * b) for a, b in pairs)


def _cells(image: QImage, size: QSize) -> npt.NDArray[np.float64]:
    """The mean colour of every cell, red, green and blue, with the image scaled to a size."""
    smooth = Qt.TransformationMode.SmoothTransformation
    if image.size() != size:
        image = image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    pixels = _pixels(image)
    height, width, _ = pixels.shape
    # The last cells repeat the edge where the size is no multiple of a cell.
    pixels = np.pad(pixels, ((0, -height % CELL), (0, -width % CELL), (0, 0)), mode="edge")
    cells = pixels.reshape(pixels.shape[0] // CELL, CELL, pixels.shape[1] // CELL, CELL, 3)
    return np.asarray(cells.mean(axis=(1, 3)))


def _pixels(image: QImage) -> npt.NDArray[np.float64]:
    """Red, green and blue of every pixel."""
    image = image.convertToFormat(QImage.Format.Format_RGBX8888)
    height, width = image.height(), image.width()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return rows[:, : 4 * width].reshape(height, width, 4)[..., :3].astype(float)


def _with_few_colours(image: QImage) -> QImage:
    """The image with its 256 commonest colours, which takes a third of the file."""
    pixels = _pixels(image).reshape(-1, 3).astype(np.uint8)
    colours, counts = np.unique(pixels, axis=0, return_counts=True)
    common = colours[np.argsort(-counts)[:256]]
    table = [QColor(*(int(channel) for channel in colour)).rgb() for colour in common]
    no_dither = Qt.ImageConversionFlag.ThresholdDither
    return image.convertToFormat(QImage.Format.Format_Indexed8, table, no_dither)


def compare(image: QImage, name: str, drawn: Path) -> None:
    """Fail unless the image looks like the stored one; what was drawn is kept in a folder."""
    path = STORED / f"{name}.png"
    if os.environ.get(UPDATE):
        STORED.mkdir(exist_ok=True)
        assert _with_few_colours(image).save(str(path), "PNG", 0)
        assert path.stat().st_size <= LARGEST_BYTES, f"{name} is too large to be stored"
        return
    reference = QImage(str(path))
    assert not reference.isNull(), f"no picture is stored; store it with {UPDATE}=1: {path}"
    actual = drawn / f"{name}.png"
    image.save(str(actual))
    sizes = f"{image.width()} × {image.height()}, not {reference.width()} × {reference.height()}"
    assert has_same_size(image, reference), f"{actual} is {sizes}"
    found = difference(image, reference)
    assert found.is_tolerable, f"{actual} does not look like {path}: {found}"


@pytest.fixture
def check_picture(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> CheckPicture:
    """Compares a widget with the picture stored under a name. Ask for it before the widget."""
    if missing := set(FAMILIES) - set(QFontDatabase.families()):
        pytest.skip(f"the pictures are drawn with fonts that are not installed: {missing}")
    monkeypatch.setattr(tokens, "TEXT_FAMILIES", FAMILIES[:1])
    monkeypatch.setattr(tokens, "NUMBER_FAMILIES", FAMILIES[1:])
    application()
    # The app loads these late: icons and formulas would come after the picture.
    icon("mdi6.close")
    assert svg_of("x") is not None

    def check(widget: QWidget, name: str) -> None:
        widget.ensurePolished()
        compare(widget.grab().toImage(), name, tmp_path)

    return check
