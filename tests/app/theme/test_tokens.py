"""Colours that can be read, and a stylesheet that knows them all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFont, QFontInfo
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from playground.app.main import application
from playground.app.theme import tokens
from playground.app.theme.icons import icon
from playground.app.theme.maps import class_colour, diverging, mapped
from playground.app.theme.stylesheet import IMAGES, RULES, palette, stylesheet
from playground.app.theme.text import number_text, power_text, reading_text
from playground.app.theme.tokens import (
    BODY_PX,
    DARK,
    LIGHT,
    SMALL_PX,
    TITLE_PX,
    Palette,
    body_font,
    mono_font,
    scaled_px,
    set_font,
    theme,
)

GROUNDS = ("canvas", "surface", "raised", "field")


@pytest.fixture(autouse=True)
def dark() -> Iterator[None]:
    theme.use("dark")
    yield
    theme.use("dark")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 has it."""
    channels = np.array(QColor(colour).getRgbF()[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_that_the_contrast_formula_gives_published_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_that_text_has_enough_contrast_on_every_background(colours: Palette) -> None:
    for ground in (getattr(colours, name) for name in GROUNDS):
        for name in ("text", "muted", "accent", "positive", "negative", "danger", "healthy"):
            assert contrast(getattr(colours, name), ground) >= 4.5, (name, ground)
        assert contrast(colours.warning, ground) >= 4.5
        assert contrast(colours.faint, ground) >= 3
    assert contrast(colours.text, colours.hover) >= 4.5
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.text, colours.danger_surface) >= 4.5
    assert contrast(colours.danger, colours.danger_surface) >= 4.5
    for fill in (colours.positive_fill, colours.negative_fill, colours.danger_fill):
        assert contrast(colours.on_fill, fill) >= 4.5


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_that_every_colour_of_a_theme_is_valid(colours: Palette) -> None:
    for field in fields(colours):
        if field.name != "name":
            assert QColor(getattr(colours, field.name)).isValid(), field.name


@pytest.mark.parametrize("name", ["dark", "light"])
def test_that_the_stylesheet_uses_known_tokens(name: str, qtbot: QtBot) -> None:
    theme.use(name)
    rules = stylesheet()
    assert "$" not in rules
    assert theme.colours.accent in rules
    assert rules.count("{") == rules.count("}") == RULES.read_text(encoding="utf-8").count("{")
    for path in (part.partition(")")[0] for part in rules.split("url(")[1:]):
        assert path.startswith(IMAGES.as_posix())
        assert (IMAGES / path.rpartition("/")[2]).is_file(), path


def test_that_qt_accepts_the_stylesheet(qapp: QApplication, qtbot: QtBot) -> None:
    before = qapp.styleSheet()
    qapp.setStyleSheet(stylesheet())  # a mistake in it is a Qt warning, which fails the test
    qapp.setStyleSheet(before)
    assert palette().window().color() == QColor(DARK.surface)


def test_that_an_icon_has_the_colour_of_the_theme(qtbot: QtBot) -> None:
    image = icon("mdi6.close", "danger").pixmap(32, 32).toImage()
    inked = [image.pixelColor(x, x) for x in range(32) if image.pixelColor(x, x).alpha() > 250]
    assert inked
    assert {colour.name() for colour in inked} == {DARK.danger}


def test_that_the_colour_map_runs_from_orange_to_blue_and_nan_is_transparent(qtbot: QtBot) -> None:
    values = np.array([[-1.0, 0.0, 1.0, np.nan, 7.0]])
    image = mapped(values, -1, 1, diverging())
    colours = [image.pixelColor(x, 0) for x in range(5)]
    assert colours[0].name() == DARK.negative_fill
    assert colours[2].name() == colours[4].name() == DARK.positive_fill
    assert abs(colours[1].lightness() - QColor(DARK.neutral).lightness()) <= 2
    assert colours[3].alpha() == 0


def test_that_sixteen_classes_have_sixteen_colours(qtbot: QtBot) -> None:
    assert len({class_colour(number).name() for number in range(16)}) == 16


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.01, "0.01"),
        (1e-3, "0.001"),
        (1e-4, "1e-4"),
        (2.5e-5, "2.5e-5"),
        (1e-8, "1e-8"),
        (0.0, "0"),
        (32.0, "32"),
        (1e6, "1000000"),
        (1e12, "1e12"),
        (0.30000000000000004, "0.3"),
    ],
)
def test_that_numbers_are_written_short(value: float, text: str) -> None:
    assert number_text(value) == text
    assert float(text) == pytest.approx(value)


def test_that_readings_are_written_in_one_style() -> None:
    assert reading_text(0.0431) == "0.0431"
    assert reading_text(None) == reading_text(float("nan")) == "–"
    assert reading_text(3.1e-5) == power_text(3.1e-5) == "3.1e-5"
    assert [power_text(v) for v in (0.024, 0.85, 5.3, 640.0, 2e3)] == [
        "2.4e-2",
        "0.85",
        "5.3",
        "640",
        "2.0e3",
    ]


@pytest.fixture
def text_scale() -> Iterator[None]:
    yield
    theme.set_text_scale(100)


@pytest.mark.parametrize(("percent", "scale"), [(50, 100), (150, 150), (400, 200)])
def test_that_the_text_scale_is_clamped(
    text_scale: None, qtbot: QtBot, percent: int, scale: int
) -> None:
    theme.set_text_scale(percent)
    assert theme.text_scale == scale
    for font in (body_font(BODY_PX), mono_font(BODY_PX)):
        assert font.pixelSize() == BODY_PX * scale // 100
    assert scaled_px(20) == 20 * scale // 100


def test_that_widgets_follow_the_text_scale(text_scale: None, qtbot: QtBot) -> None:
    application()
    plain, small, number = QLabel("a"), QLabel("b"), QLineEdit("1")
    for widget in (plain, small, number):
        qtbot.addWidget(widget)
        widget.show()
    set_font(small, SMALL_PX, bold=True)
    set_font(number, SMALL_PX, is_mono=True)
    theme.set_text_scale(200)
    assert plain.font().pixelSize() == 2 * BODY_PX
    assert small.font().pixelSize() == number.font().pixelSize() == 2 * SMALL_PX
    assert small.font().weight() == QFont.Weight.DemiBold
    assert QFontInfo(number.font()).fixedPitch()
    theme.set_text_scale(100)
    assert [w.font().pixelSize() for w in (plain, small, number)] == [BODY_PX, SMALL_PX, SMALL_PX]


def test_that_theme_and_text_scale_go_together(text_scale: None, qtbot: QtBot) -> None:
    application()
    label, small = QLabel("a"), QLabel("b")
    qtbot.addWidget(label)
    qtbot.addWidget(small)
    small.show()
    set_font(small, TITLE_PX)
    theme.set_text_scale(150)
    theme.use("light")
    assert label.font().pixelSize() == round(1.5 * BODY_PX)
    assert small.font().pixelSize() == round(1.5 * TITLE_PX)


def test_that_no_font_has_a_size_in_points() -> None:
    sources = Path(tokens.__file__).parents[1].rglob("*.py")
    for path in (*sources, RULES):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"setPointSize|_PT\b|\d}?pt\b", text), path
