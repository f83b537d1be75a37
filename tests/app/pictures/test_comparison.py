"""The comparison of pictures: strict with what is seen, tolerant of how edges are smoothed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from playground.app.theme.draw import draw_text
from playground.app.theme.tokens import SMALL_PX, body_font, colour, theme
from tests.app.pictures import comparison
from tests.app.pictures.comparison import LARGEST_BYTES, STORED, compare, difference, has_same_size

LINES = ("Weight decay", "Momentum", "Nesterov", "Learning rate", "Dampening")


BARS = (120, 110, 100, 90, 80)


def picture(
    lines: tuple[str, ...] = LINES,
    bars: tuple[int, ...] = BARS,
    size: tuple[int, int] = (280, 160),
    pixels: float = SMALL_PX,
) -> QImage:
    """Rows of a label and a bar."""
    image = QImage(*size, QImage.Format.Format_ARGB32)
    image.fill(colour("surface"))
    painter = QPainter(image)
    for row, text in enumerate(lines):
        room = QRectF(10, 10 + 30 * row, 120, 20)
        draw_text(painter, room, text, body_font(pixels), "muted")
    for row, width in enumerate(bars):
        painter.fillRect(QRectF(150, 14 + 30 * row, width, 12), colour("accent"))
    painter.end()
    return image


def shifted(image: QImage) -> QImage:
    """As another rasteriser draws it: everything a third of a pixel away, and so softer."""
    found = QImage(image.size(), image.format())
    found.fill(colour("surface"))
    painter = QPainter(found)
    painter.drawImage(0, 0, image)
    painter.setOpacity(0.35)
    painter.drawImage(1, 1, image)
    painter.end()
    return found


def inverted(image: QImage) -> QImage:
    found = image.copy()
    found.invertPixels()
    return found


@pytest.mark.parametrize("name", ["dark", "light"])
def test_that_smoother_edges_are_the_same_picture(qapp: QApplication, name: str) -> None:
    theme.use(name)
    assert difference(picture(), picture()).mean == 0
    assert difference(shifted(picture()), picture()).is_tolerable
    theme.use("dark")


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize(
    "changed",
    [
        lambda: picture((), ()),
        lambda: picture(()),
        lambda: picture((*LINES[:2], "", *LINES[3:])),
        lambda: picture(bars=BARS[::-1]),
        lambda: inverted(picture()),
        lambda: picture(pixels=2 * SMALL_PX),
    ],
    ids=["empty", "no labels", "a label missing", "other bars", "other colours", "large text"],
)
def test_that_a_wrong_picture_fails(
    qapp: QApplication, name: str, changed: Callable[[], QImage]
) -> None:
    theme.use(name)
    assert not difference(changed(), picture()).is_tolerable
    theme.use("dark")


def test_that_sizes_may_differ_as_font_metrics_do(qapp: QApplication) -> None:
    assert has_same_size(picture(size=(281, 163)), picture())
    assert not has_same_size(picture(size=(280, 180)), picture())


def test_that_a_picture_is_stored_on_demand_and_then_compared(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "STORED", tmp_path / "stored")
    monkeypatch.delenv("UPDATE_PICTURES", raising=False)
    with pytest.raises(AssertionError, match="no picture is stored"):
        compare(picture(), "rows", tmp_path)
    monkeypatch.setenv("UPDATE_PICTURES", "1")
    compare(picture(), "rows", tmp_path)
    monkeypatch.delenv("UPDATE_PICTURES")
    compare(picture(), "rows", tmp_path)
    with pytest.raises(AssertionError, match="does not look like"):
        compare(picture((), ()), "rows", tmp_path)


def test_that_stored_pictures_are_small_and_drawn_on_purpose() -> None:
    for path in STORED.glob("*.png"):
        assert path.stat().st_size <= LARGEST_BYTES, path.name
        image = QImage(str(path))
        assert not difference(image, blank(image)).is_tolerable, f"{path.name} is empty"


def blank(image: QImage) -> QImage:
    """The image without what is drawn: filled with the colour of its corner."""
    found = QImage(image.size(), QImage.Format.Format_RGB888)
    found.fill(QColor(image.pixel(0, 0)))
    return found
