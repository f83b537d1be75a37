"""A padding may be a number or the word "same"; a bias is drawn only by what can draw one."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from playground.app.inspector.fields.number_field import NumberField
from playground.app.inspector.fields.numbers import RefusedError, parsed
from playground.app.inspector.fields.pickers import PickField
from playground.catalog.layers.convolution import Conv2d
from playground.catalog.options import Option, options_of


def option_called(name: str) -> Option:
    return next(option for option in options_of(Conv2d) if option.name == name)


def test_that_a_word_of_the_option_is_accepted() -> None:
    padding = option_called("padding")
    assert (padding.value_type, padding.words, padding.low, padding.high) == (
        "int",
        ("same",),
        0,
        255,
    )
    assert parsed("Same", padding) == "same"
    assert parsed("3", padding) == 3
    with pytest.raises(RefusedError, match="must be a whole number, or same"):
        parsed("some", padding)
    with pytest.raises(RefusedError, match="at most 255"):
        parsed("256", padding)
    with pytest.raises(RefusedError, match="must be a whole number"):
        parsed("same", option_called("stride"))


def test_that_a_word_is_shown_and_stepping_from_it_gives_a_number(qtbot: QtBot) -> None:
    field = NumberField(option_called("padding"))
    qtbot.addWidget(field)
    field.set_value("same")
    assert field.line.text() == "same"
    with qtbot.waitSignal(field.edited) as received:
        field.step(1)
    assert received.args == [1]


def test_that_a_bias_offers_only_initializers_for_vectors(qtbot: QtBot) -> None:
    field = PickField(option_called("bias_initializer"))
    qtbot.addWidget(field)
    assert {"default", "zeros", "normal"} <= set(field.kinds)
    assert "he_normal" not in field.kinds
    assert "he_normal" in option_called("initializer").kinds()
