"""Class weights are typed as numbers or chosen as a word; what counts for nothing is not shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from playground.app.inspector.fields.numbers_field import NumbersField
from playground.app.inspector.form import OptionsForm
from playground.catalog.initializers import HeNormal
from playground.catalog.losses import CrossEntropy
from playground.catalog.options import options_of


@pytest.fixture
def field(qtbot: QtBot) -> NumbersField:
    option = next(o for o in options_of(CrossEntropy) if o.name == "class_weights")
    assert (option.value_type, option.words) == ("floats", ("none", "balanced"))
    made = NumbersField(option)
    qtbot.addWidget(made)
    made.set_value("none")
    return made


def type_over(qtbot: QtBot, field: NumbersField, text: str) -> None:
    field.line.selectAll()
    qtbot.keyClicks(field.line, text)
    qtbot.keyClick(field.line, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("1, 5", (1.0, 5.0), "1, 5"),
        ("0.5,2,", (0.5, 2.0), "0.5, 2"),
        ("Balanced", "balanced", "balanced"),
    ],
)
def test_that_numbers_and_words_are_accepted(
    qtbot: QtBot, field: NumbersField, text: str, value: object, shown: str
) -> None:
    received: list[object] = []
    field.edited.connect(received.append)
    type_over(qtbot, field, text)
    assert received == [value]
    assert field.line.text() == shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1, x", "must be none, balanced, or numbers separated by commas, such as 1, 5"),
        ("1, 0", "each number must be at least 1e-6"),
        ("nan", "must be none, balanced, or numbers separated by commas, such as 1, 5"),
        ("1, 1e9", "each number must be at most 1000000"),
    ],
)
def test_that_anything_else_is_refused_with_a_message(
    qtbot: QtBot, field: NumbersField, text: str, message: str
) -> None:
    received: list[object] = []
    field.edited.connect(received.append)
    type_over(qtbot, field, text)
    assert not received
    assert field.message.text() == f"{message}; the value is still none"


def test_that_a_word_is_chosen_from_the_menu(qtbot: QtBot, field: NumbersField) -> None:
    words = field.menu.actions()
    assert [word.text() for word in words] == ["none", "balanced"]
    with qtbot.waitSignal(field.edited) as received:
        words[1].trigger()
    assert received.args == ["balanced"]
    assert field.line.text() == "balanced"


def test_that_an_option_without_effect_is_hidden(qtbot: QtBot) -> None:
    form = OptionsForm(HeNormal)
    qtbot.addWidget(form)
    form.show_values(HeNormal())
    assert form.rows["negative_slope"].isHidden()
    form.show_values(HeNormal(nonlinearity="leaky_relu"))
    assert not form.rows["negative_slope"].isHidden()
