"""Parses a number that was typed, and steps it."""

from __future__ import annotations

import math
import re

from playground.app.theme.text import number_text
from playground.catalog.options import Option
from playground.translation import tr

OFF = ("", "off", "none", "auto", "–")
UNFINISHED = re.compile(r"[+-]?\d*\.?\d*(e[+-]?\d*)?", re.IGNORECASE)
LONGEST = 40


class RefusedError(ValueError):
    """The text is not a value of the option; the message says what is allowed."""


def parsed(text: str, option: Option) -> float | int | str | None:
    """The number that was typed; raises RefusedError if the option does not accept it."""
    text = text.strip().replace("−", "-")
    if option.is_optional and text.lower() in OFF:
        return None
    if text.lower() in option.words:
        return text.lower()
    try:
        value = float(text) if len(text) <= LONGEST and "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise RefusedError(_not_a_number(text, option))
    if math.isinf(value):
        raise RefusedError(tr("must be a finite number"))
    if option.value_type == "int" and value != int(value):
        raise RefusedError(tr("must be a whole number"))
    refused = out_of_bounds(value, option)
    if refused:
        raise RefusedError(refused)
    return int(value) if option.value_type == "int" else value


def _not_a_number(text: str, option: Option) -> str:
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return tr("use a decimal point: {number}", number=text.replace(",", "."))
    words = ", ".join([*option.words, *(["off"] if option.is_optional else [])])
    if option.value_type == "int":
        if words:
            return tr("must be a whole number, or {words}", words=words)
        return tr("must be a whole number")
    if words:
        return tr("must be a number such as 0.01 or 1e-3, or {words}", words=words)
    return tr("must be a number such as 0.01 or 1e-3")


def out_of_bounds(value: float, option: Option) -> str:
    """What is allowed, if the value is not; "" if it is."""
    low, high = option.low, option.high
    if low is not None and (value < low or (option.low_is_open and value == low)):
        bound = number_text(low)
        if option.low_is_open:
            return tr("must be greater than {bound}", bound=bound)
        return tr("must be at least {bound}", bound=bound)
    if high is not None and (value > high or (option.high_is_open and value == high)):
        bound = number_text(high)
        if option.high_is_open:
            return tr("must be less than {bound}", bound=bound)
        return tr("must be at most {bound}", bound=bound)
    return ""


def is_unfinished(text: str) -> bool:
    """Whether the text is the beginning of a number: "1e-" may become 1e-3."""
    return UNFINISHED.fullmatch(text.strip().replace("−", "-")) is not None


def stepped(value: float, option: Option, steps: int) -> float | int:
    """The value some steps up or down: by 1, by a part of the range, or 1-2-5 for log options."""
    if option.value_type == "int":
        found: float = value + steps
    elif option.is_log or 0 < abs(value) < 0.01:
        found = _stepped_log(value, option, steps)
    else:
        size = 0.01 if option.high is not None and option.high <= 1 else 0.1
        found = round(value + steps * size, 10)
    return found if not out_of_bounds(found, option) else _within(found, value, option)


def _within(found: float, value: float, option: Option) -> float:
    bound = option.low if found < value else option.high
    if bound is None or out_of_bounds(bound, option):
        return value
    return int(bound) if option.value_type == "int" else float(bound)


def _stepped_log(value: float, option: Option, steps: int) -> float:
    if value <= 0:
        return SMALLEST if steps > 0 else 0.0
    # 1-2-5: three places per decade.
    place = round(3 * math.log10(value)) + steps
    decade, third = divmod(place, 3)
    found = float(f"{(1, 2, 5)[third]}e{decade}")
    return 0.0 if found < SMALLEST and option.low == 0 and not option.low_is_open else found


SMALLEST = 1e-6
"""Below this a logarithmic slider is 0."""
