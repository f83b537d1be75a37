"""Numbers that a person types."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.app.inspector.fields.numbers import RefusedError, is_unfinished, parsed, stepped
from playground.catalog.options import Option

RATE = Option(
    "lr", "Learning rate", "float", 0.01, "", low=0, low_is_open=True, high=1000, is_log=True
)
UNITS = Option("out_features", "Units", "int", 8, "", low=1, high=65536)
PENALTY = Option("l2", "L2", "float", 0.0, "", low=0, is_log=True)
NORM = Option("max_norm", "Max-norm", "float", None, "", low=0, low_is_open=True, is_optional=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-3", 0.001), ("0.001", 0.001), (" .5 ", 0.5), ("1E+2", 100.0), ("+3", 3.0)],
)
def test_that_numbers_are_accepted_in_every_usual_notation(text: str, value: float) -> None:
    assert parsed(text, RATE) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text", "must be a number such as 0.01 or 1e-3"),
        ("", "must be a number such as 0.01 or 1e-3"),
        ("-1", "must be greater than 0"),
        ("−1", "must be greater than 0"),
        ("0", "must be greater than 0"),
        ("1001", "must be at most 1000"),
        ("1e999", "must be a finite number"),
        ("inf", "must be a finite number"),
        ("nan", "must be a number such as 0.01 or 1e-3"),
        ("1_000", "must be a number such as 0.01 or 1e-3"),
        ("1,5", "use a decimal point: 1.5"),
        ("9" * 5000, "must be a number such as 0.01 or 1e-3"),
    ],
)
def test_that_other_text_is_refused_with_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message.replace(".", r"\.")):
        parsed(text, RATE)


def test_that_whole_numbers_must_be_whole() -> None:
    assert parsed("1e3", UNITS) == 1000
    assert isinstance(parsed("16", UNITS), int)
    for text in ("2.5", "0", "70000", "one"):
        with pytest.raises(RefusedError):
            parsed(text, UNITS)


def test_that_an_optional_number_can_be_off() -> None:
    assert parsed("off", NORM) is None
    assert parsed("", NORM) is None
    with pytest.raises(RefusedError, match="or off"):
        parsed("x", NORM)


def test_that_the_beginning_of_a_number_is_not_refused() -> None:
    for text in ("", "-", "1e", "1e-", "0.", ".", "12"):
        assert is_unfinished(text)
    for text in ("x", "1,", "1e-3.", "0x1"):
        assert not is_unfinished(text)


@given(st.text(max_size=50))
def test_that_any_text_is_parsed_or_refused(text: str) -> None:
    for option in (RATE, UNITS, PENALTY, NORM):
        with contextlib.suppress(RefusedError):
            value = parsed(text, option)
            assert value is None or option.low is None or value >= option.low


@pytest.mark.parametrize(
    ("option", "value", "steps", "found"),
    [
        (RATE, 0.01, 1, 0.02),
        (RATE, 0.02, 1, 0.05),
        (RATE, 0.05, 1, 0.1),
        (RATE, 0.1, -1, 0.05),
        (RATE, 1000, 1, 1000),
        (UNITS, 8, 1, 9),
        (UNITS, 1, -1, 1),
        (PENALTY, 0.0, 1, 1e-6),
        (PENALTY, 1e-6, -1, 0.0),
        (PENALTY, 0.0, -1, 0.0),
    ],
)
def test_that_the_step_size_depends_on_the_option(
    option: Option, value: float, steps: int, found: float
) -> None:
    assert stepped(value, option, steps) == pytest.approx(found)
