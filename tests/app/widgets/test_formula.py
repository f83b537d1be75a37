"""Formulas are drawn, in the colours of the theme, and written where that fails."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from playground.app.theme.tokens import theme
from playground.app.widgets.formula import (
    FormulaView,
    broken,
    drawing,
    formula_image,
    lines_of,
    svg_of,
)


@pytest.fixture(autouse=True)
def dark() -> Iterator[None]:
    theme.use("dark")
    yield
    theme.use("dark")


def ink(image: QImage) -> QColor:
    """The colour of the most opaque pixel."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return max(pixels, key=lambda pixel: pixel.alpha())


@pytest.mark.parametrize("latex", ["\frac{a}{b}", "a + \text{b}", "a\nb"])
def test_that_a_formula_with_a_control_character_is_refused(
    latex: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert svg_of(latex) is None
    assert "control characters" in caplog.text


@pytest.mark.parametrize("name", ["dark", "light"])
def test_that_formulas_have_the_colour_of_text(name: str, qapp: object) -> None:
    theme.use(name)
    image = formula_image(r"\frac{a}{b}")
    assert image is not None
    found, text = ink(image), QColor(theme.colours.text)
    assert abs(found.lightness() - text.lightness()) < 12


def test_that_several_statements_are_drawn_on_separate_lines() -> None:
    assert lines_of(r"a = b,\quad c = d") == ("a = b", "c = d")
    assert lines_of(r"W \sim U(-a,\; a)") == (r"W \sim U(-a,\; a)",), "not within brackets"
    one, two = drawing("a = b", 9.0), drawing(r"a = b,\quad c = d", 9.0)
    assert two.size.height() > 1.8 * one.size.height()
    assert two.size.width() < 1.5 * one.size.width()


def test_that_a_wide_formula_is_scaled_down(qtbot: QtBot) -> None:
    view = FormulaView(r"a = b = c = d = e = f = g = h = i = j = k = l")
    qtbot.addWidget(view)
    assert view.is_drawn
    assert view.heightForWidth(80) < view.heightForWidth(1000)


def test_that_formulas_that_fail_to_render_fall_back_to_text(qtbot: QtBot) -> None:
    view = FormulaView(r"\frac{a")
    qtbot.addWidget(view)
    assert not view.is_drawn
    assert "a" in view.fallback.text()
    view.show_formula("x^2")
    assert view.is_drawn
    assert view.accessibleName() == "x2"
    view.show_formula("")
    assert view.isHidden()


START = """
import sys
from playground.app.main import application
from playground.app.shell.window import MainWindow
app = application()
window = MainWindow()
window.project_files.start_from("moons")
window.inspector.show()
app.processEvents()
sys.exit(any(name.startswith(("ziamath", "ziafont", "latex2mathml")) for name in sys.modules))
"""


@pytest.mark.slow
def test_that_the_window_starts_without_ziamath() -> None:
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_that_a_long_formula_is_broken_at_a_plus(qtbot: QtBot) -> None:
    view = FormulaView(r"L = \sum_i y_i \log\sigma(z_i) + \sum_i (1-y_i) \log(1-\sigma(z_i))")
    qtbot.addWidget(view)
    assert view.drawing is not None
    full = round(view.drawing.size.width()) + 2
    assert view.heightForWidth(full) == view.sizeHint().height()
    assert view.heightForWidth(full // 2) > view.sizeHint().height()
    assert view.heightForWidth(full // 4) < view.heightForWidth(full // 2), "then it shrinks"
    view.resize(full // 2, view.heightForWidth(full // 2))
    view.grab()


@pytest.mark.parametrize(
    ("latex", "parted"),
    [
        (r"L = a b + c d", r"L = a b\\\quad\; + c d"),
        (r"\frac{a + b}{c}", r"\frac{a + b}{c}"),
        (r"a(b + c)", r"a(b + c)"),
    ],
)
def test_that_a_formula_is_broken_only_at_a_plus_outside_of_brackets(
    latex: str, parted: str
) -> None:
    assert broken(latex) == parted
    assert drawing(broken(latex), 9.0).is_whole
