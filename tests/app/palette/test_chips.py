"""Help cards, favourites, and collapsed families of the palette."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.app.palette.chip import ChipView
from playground.app.palette.preferences import Preferences
from playground.app.palette.shelf import arranged
from playground.app.palette.view import FAVOURITES, PaletteView
from playground.app.theme.tokens import theme
from playground.app.widgets.help_card import HelpCard
from playground.app.widgets.star import star_place
from playground.catalog.registry import declared
from playground.graph.layer import Layer
from playground.graph.shape import Shape
from tests.app.conftest import until


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def palette_in(window: QWidget, settings: QSettings | None = None) -> PaletteView:
    view = PaletteView(window, settings=settings)
    view.setGeometry(0, 0, 200, 700)
    view.show()
    return view


@pytest.fixture
def palette(qtbot: QtBot, settings: QSettings) -> Iterator[PaletteView]:
    theme.use("dark")
    window = QWidget()
    window.resize(1000, 700)
    qtbot.addWidget(window)
    view = palette_in(window, settings)
    with qtbot.waitExposed(window):
        window.show()
    yield view
    theme.use("dark")
    theme.set_text_scale(100)


def card_of(palette: PaletteView) -> HelpCard:
    assert palette.hover.card is not None
    return palette.hover.card


# The card


def test_that_the_help_card_describes_the_chip_under_the_cursor(
    palette: PaletteView, qtbot: QtBot
) -> None:
    chip = palette.chips["Conv2d"]
    chip.pointed_at.emit(True)
    assert not palette.hover.is_open, "only after a moment"
    until(lambda: palette.hover.is_open)
    card = card_of(palette)
    assert card.title.text() == "Conv2d"
    assert card.formula.is_drawn
    assert "B × 16 × 28 × 28  →  B × 8 × 26 × 26" in card.shapes.text()
    assert card.help.text() == declared(Layer)["Conv2d"].help()
    assert "torch.nn.Conv2d" in card.source.text()
    assert card.geometry().left() >= palette.geometry().right()
    assert card.parentWidget().rect().contains(card.geometry())


def test_that_the_card_shows_the_output_shape_behind_the_selected_layer(
    palette: PaletteView,
) -> None:
    here: list[Shape | None] = [Shape((8,))]
    palette.hover.set_shape_source(lambda: here[0])

    def notified(kind: str) -> str:
        palette.hover.point_at(palette.chips[kind])
        palette.hover.open_now()
        card = card_of(palette)
        return "" if card.here.isHidden() else re.sub("<[^>]*>", "", card.here.text())

    assert notified("Linear").endswith("B × 8  →  B × 8 · 72 parameters")
    assert notified("Add").endswith("2 × (B × 8)  →  B × 8")
    assert "Conv2d" in notified("Conv2d"), "why it does not fit, in words"
    assert notified("Input") == ""
    here[0] = Shape((3,))
    assert "B × 3  →  B × 8 · 32 parameters" in notified("Linear"), "another layer was selected"
    here[0] = None
    assert notified("Linear") == ""


def test_that_the_card_closes_with_the_cursor_but_not_on_the_way_to_the_card(
    palette: PaletteView, qtbot: QtBot
) -> None:
    palette.hover.point_at(palette.chips["ReLU"])
    palette.hover.open_now()
    card = card_of(palette)
    palette.chips["ReLU"].pointed_at.emit(False)
    card.entered.emit()
    assert palette.hover.is_open
    card.left.emit()
    until(lambda: not palette.hover.is_open)


def test_that_the_keyboard_opens_the_card_too(palette: PaletteView, qtbot: QtBot) -> None:
    palette.window().activateWindow()
    palette.chips["Tanh"].setFocus(Qt.FocusReason.TabFocusReason)
    until(lambda: palette.hover.is_open)
    assert card_of(palette).title.text() == "Tanh"
    QTest.keyClick(palette.chips["Tanh"], Qt.Key.Key_Escape)
    assert not palette.hover.is_open


def test_that_the_card_leads_to_the_reference(palette: PaletteView, qtbot: QtBot) -> None:
    palette.hover.point_at(palette.chips["Linear"])
    palette.hover.open_now()
    assert "layers/Linear" in card_of(palette).link.text()
    with qtbot.waitSignal(palette.reference_asked) as asked:
        card_of(palette).link.linkActivated.emit("layers/Linear")
    assert asked.args == ["layers/Linear"]
    assert not palette.hover.is_open


def test_that_the_card_closes_when_typing_and_choosing(palette: PaletteView) -> None:
    for act in (
        lambda: QTest.keyClicks(palette.field, "re"),
        lambda: QTest.mouseDClick(palette.chips["ReLU"], Qt.MouseButton.LeftButton),
    ):
        palette.hover.point_at(palette.chips["ReLU"])
        palette.hover.open_now()
        assert palette.hover.is_open
        act()
        assert not palette.hover.is_open


# Favourites


def click_star(chip: ChipView) -> None:
    place = star_place(chip.rect().toRectF()).center().toPoint()
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=place)


def test_that_the_star_adds_a_favourite_at_the_top(palette: PaletteView) -> None:
    assert FAVOURITES not in palette.headings
    click_star(palette.chips["Softmax"])
    click_star(palette.chips["Linear"])
    assert palette.shown[:2] == ["Softmax", "Linear"]
    assert palette.headings[FAVOURITES].isVisible()
    assert palette.chips["Softmax"].isVisible(), "it stays in its family"
    click_star(palette.favourites["Softmax"])
    assert palette.shown[0] == "Linear"
    palette.menu_for("Linear").actions()[1].trigger()
    assert not palette.headings[FAVOURITES].isVisible()


def test_that_favourites_and_collapsed_families_persist(
    palette: PaletteView, settings: QSettings
) -> None:
    palette.toggle_favourite("Conv2d")
    palette.headings["Activation"].click()
    settings.sync()
    again = palette_in(palette.window(), settings)
    assert again.shown[0] == "Conv2d"
    assert "ReLU" not in again.shown
    assert again.headings["Activation"].is_folded


def test_that_nothing_persists_without_settings(palette: PaletteView) -> None:
    first = palette_in(palette.window())
    first.toggle_favourite("Conv2d")
    assert sorted(palette_in(palette.window()).shown) == sorted(palette.chips)


def test_that_settings_of_another_version_are_ignored(settings: QSettings) -> None:
    settings.setValue("palette/favourites", "ReLU|Nonsense|")
    settings.setValue("palette/folded", 3)
    found = Preferences(settings, ["ReLU"])
    assert found.favourites == ["ReLU"]


# Families


def test_that_search_finds_layers_of_a_collapsed_family(palette: PaletteView) -> None:
    heading = palette.headings["Activation"]
    heading.setFocus()
    QTest.keyClick(heading, Qt.Key.Key_Return)
    assert not palette.chips["ReLU"].isVisible()
    assert "ReLU" not in palette.shown
    QTest.keyClicks(palette.field, "relu")
    assert palette.chips["ReLU"].isVisible()
    palette.field.clear()
    assert not palette.chips["ReLU"].isVisible()
    QTest.mouseClick(heading, Qt.MouseButton.LeftButton)
    assert palette.chips["ReLU"].isVisible()


def test_that_no_label_is_elided(palette: PaletteView) -> None:
    for chip in palette.chips.values():
        assert chip.width() >= chip.width_needed, chip.kind


def test_that_chips_and_headings_grow_with_the_text_scale(
    palette: PaletteView, qtbot: QtBot
) -> None:
    palette.resize(420, 700)
    theme.set_text_scale(200)
    assert palette.chips["ReLU"].height() == 2 * 28
    heading = palette.headings["Activation"]
    assert heading.height() >= heading.fontMetrics().height()
    chips = palette.chips.values()
    until(lambda: all(chip.width() >= chip.width_needed for chip in chips))


def test_that_long_labels_span_both_columns(palette: PaletteView) -> None:
    chips = [palette.chips[kind] for kind in ("Linear", "Concatenate", "ReLU")]
    width = palette.chips["Concatenate"].width_needed - 1
    assert [[c.kind for c in row] for row in arranged(chips, width)] == [
        ["Linear", "ReLU"],
        ["Concatenate"],
    ]


def test_that_arrow_keys_follow_the_layout_of_the_chips(palette: PaletteView) -> None:
    shelf = palette.shelf
    first, second = shelf.rows[0][0], shelf.rows[1][0]
    assert shelf.neighbour(first, Qt.Key.Key_Down) is second
    assert shelf.neighbour(second, Qt.Key.Key_Up) is first
    assert shelf.neighbour(first, Qt.Key.Key_Left) is first
    last = shelf.rows[-1][-1]
    assert shelf.neighbour(last, Qt.Key.Key_Right) is last
    palette.window().activateWindow()
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()


def test_that_pressing_a_star_neither_drags_nor_adds(palette: PaletteView, qtbot: QtBot) -> None:
    chip = palette.chips["ReLU"]
    with qtbot.assertNotEmitted(palette.layer_chosen):
        QTest.mouseDClick(
            chip,
            Qt.MouseButton.LeftButton,
            pos=star_place(chip.rect().toRectF()).center().toPoint(),
        )
    assert star_place(chip.rect().toRectF()).toRect().topLeft() != QPoint(0, 0)
