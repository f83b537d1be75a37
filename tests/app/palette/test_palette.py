"""The palette finds layers by their usual names, and emits their kinds."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.app import search
from playground.app.layer_mime import MIME, mime_of
from playground.app.palette.view import PaletteView
from playground.app.search import rank, slips_between
from playground.catalog.registry import declared
from playground.graph.layer import Layer, UnknownLayer

KINDS = [kind for kind, layer in declared(Layer).items() if layer is not UnknownLayer]


@pytest.fixture
def palette(qtbot: QtBot) -> PaletteView:
    """A visible palette."""
    view = PaletteView()
    qtbot.addWidget(view)
    view.resize(220, 700)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("dense", "Linear"),
        ("fully connected", "Linear"),
        ("skip", "Add"),
        ("residual", "Add"),
        ("relu", "ReLU"),
        ("leak", "LeakyReLU"),
        ("soft", "Softmax"),
        ("  TANH ", "Tanh"),
        ("lnear", "Linear"),
        ("sigmiod", "Sigmoid"),
        ("dropuot", "Dropout"),
        ("convoluton", "Conv2d"),
        ("tahn", "Tanh"),
        ("Lstmm", "LSTM"),
        ("shortcut", "Add"),
        ("skip connection", "Add"),
        ("softplus", "Softplus"),
        ("memory of a sequence", "RNN"),
    ],
)
def test_that_the_best_match_comes_first(query: str, first: str) -> None:
    assert rank(query, KINDS)[0] == first


def test_that_a_prefix_match_comes_before_an_infix_match() -> None:
    found = rank("relu", KINDS)
    assert found.index("ReLU") < found.index("LeakyReLU")


def test_that_an_empty_search_keeps_the_order() -> None:
    assert rank("", KINDS) == KINDS


def test_that_a_search_without_match_shows_no_layers() -> None:
    assert rank("qqqq", KINDS) == []


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("relu", "relu", 0),
        ("rleu", "relu", 1),
        ("reu", "relu", 1),
        ("relux", "relu", 1),
        ("tahn", "tanh", 1),
        ("sgimiod", "sigmoid", 2),
        ("abc", "", 3),
    ],
)
def test_that_typing_errors_are_counted(one: str, other: str, slips: int) -> None:
    assert slips_between(one, other) == slips_between(other, one) == slips


def test_that_every_layer_has_a_chip_that_carries_its_kind(palette: PaletteView) -> None:
    assert list(palette.chips) == KINDS
    assert all(chip.isVisible() for chip in palette.chips.values())
    assert mime_of("ReLU").data(MIME) == b"ReLU"
    assert not palette.chips["ReLU"].drag_pixmap().isNull()


def test_that_enter_in_the_search_chooses_the_best_layer(
    palette: PaletteView, qtbot: QtBot
) -> None:
    palette.focus_search()
    QTest.keyClicks(palette.field, "dense")
    assert not palette.chips["ReLU"].isVisible()
    with qtbot.waitSignal(palette.layer_chosen) as chosen:
        QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert chosen.args == ["Linear"]


def test_that_arrows_in_the_search_move_through_the_chips(
    palette: PaletteView, qtbot: QtBot
) -> None:
    QTest.keyClicks(palette.field, "relu")
    second = palette.shown[1]
    QTest.keyClick(palette.field, Qt.Key.Key_Right)
    assert palette.current == second
    with qtbot.waitSignal(palette.layer_chosen) as chosen:
        QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert chosen.args == [second]


def test_that_a_double_click_chooses(palette: PaletteView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(palette.layer_chosen) as chosen:
        QTest.mouseDClick(palette.chips["Tanh"], Qt.MouseButton.LeftButton)
    assert chosen.args == ["Tanh"]


def test_that_enter_on_a_chip_chooses(palette: PaletteView, qtbot: QtBot) -> None:
    chip = palette.chips["Linear"]
    chip.setFocus()
    with qtbot.waitSignal(palette.layer_chosen) as chosen:
        QTest.keyClick(chip, Qt.Key.Key_Return)
    assert chosen.args == ["Linear"]


def test_that_an_empty_result_shows_what_to_do(palette: PaletteView) -> None:
    QTest.keyClicks(palette.field, "qqqq")
    assert "qqqq" in palette.empty.text()
    assert "Esc" in palette.empty.text()
    assert palette.empty.isVisible()
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.empty.isVisible()
    assert palette.chips["ReLU"].isVisible()


@pytest.mark.parametrize("pasted", ["x" * 100_000, "relu " * 20_000, "sigmiod\n" * 10_000])
def test_that_a_pasted_text_is_compared_no_further_than_a_name_is_long(
    palette: PaletteView, pasted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []

    def place(asked: str, *others: Any) -> int | None:
        compared.append(len(asked))
        return placed(asked, *others)

    def slips(one: str, other: str) -> int:
        compared.append(len(one) * len(other))
        return slips_between(one, other)

    placed = search._place
    monkeypatch.setattr(search, "_place", place)
    monkeypatch.setattr(search, "slips_between", slips)
    palette.field.setText(pasted)
    assert palette.field.text().startswith(pasted.strip()[:7])
    assert sum(compared) < 100 * search.LONGEST_QUERY * len(KINDS)
    assert len(palette.empty.text()) < 200
