"""The values of options in words: their defaults, and what they accept."""

from __future__ import annotations

from typing import Any

from playground.catalog.options import Option
from playground.catalog.registry import categories
from playground.graph.declaration import Declaration
from playground.translation import N_, tr

TYPES = {
    "bool": N_("on or off"),
    "text": N_("text"),
    "texts": N_("texts, separated by commas"),
    "path": N_("a file"),
    "ints": N_("whole numbers, separated by commas"),
    "floats": N_("numbers, separated by commas"),
}
"""What options of a type accept, if nothing bounds them."""


def value_text(value: Any) -> str:
    """A default in words."""
    if value is None:
        return tr("off")
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if isinstance(value, Declaration):
        return tr(value.label)
    if isinstance(value, tuple | list):
        return ", ".join(map(value_text, value)) or tr("none")
    return f"{value:g}" if isinstance(value, float) else str(value) or tr("none")


def range_text(option: Option) -> str:
    """What an option accepts, in words: "1 to 255", "above 0", "fan_in or fan_out"."""
    words = [*map(str, getattr(option, "words", ())), *([tr("off")] if option.is_optional else [])]
    if option.choices:
        return _either(*map(str, option.choices), *words)
    if option.picks is not None:
        category = next((name for name, base in categories().items() if base is option.picks), "")
        return _either(tr("one of the {category}", category=category), *words)
    if option.value_type in TYPES:
        return _either(*words, tr(TYPES[option.value_type]))
    is_int = option.value_type == "int"
    return _either(_whole_numbers(option) if is_int else _numbers(option), *words)


def _either(*texts: str) -> str:
    first, *rest = texts
    for text in rest:
        first = tr("{one} or {other}", one=first, other=text)
    return first


def _numbers(option: Option) -> str:
    low, high = _text(option.low), _text(option.high)
    if not low:
        return _below(option, high) if high else tr("any number")
    if not high:
        return (
            tr("number > {low}", low=low) if option.low_is_open else tr("number ≥ {low}", low=low)
        )
    return _between(option, low, high)


def _whole_numbers(option: Option) -> str:
    low, high = _text(option.low), _text(option.high)
    if low and high:
        return _between(option, low, high)
    if low and option.low_is_open:
        return tr("whole number > {low}", low=low)
    if low:
        return tr("whole number ≥ {low}", low=low)
    if high and option.high_is_open:
        return tr("whole number < {high}", high=high)
    return tr("whole number ≤ {high}", high=high) if high else tr("any whole number")


def _below(option: Option, high: str) -> str:
    if option.high_is_open:
        return tr("number < {high}", high=high)
    return tr("number ≤ {high}", high=high)


def _between(option: Option, low: str, high: str) -> str:
    if option.low_is_open and option.high_is_open:
        return tr("above {low}, below {high}", low=low, high=high)
    if option.low_is_open:
        return tr("above {low}, up to {high}", low=low, high=high)
    if option.high_is_open:
        return tr("from {low}, below {high}", low=low, high=high)
    return tr("{low} to {high}", low=low, high=high)


def _text(bound: float | None) -> str:
    return "" if bound is None else f"{bound:,.10g}"
