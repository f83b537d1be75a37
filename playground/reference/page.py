"""A page of the reference as a value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from playground.catalog.options import Option, options_of
from playground.catalog.registry import all_declarations, categories
from playground.graph.declaration import Declaration
from playground.graph.layer import Layer, Port
from playground.project.training import Training
from playground.reference.shapes import ShapeExample, shape_examples

RANGES = {"bool": "on or off", "text": "text", "path": "a file", "ints": "whole numbers"}
RANGES["floats"] = "numbers with commas between them"


@dataclass(frozen=True, slots=True)
class OptionRow:
    """An option in words."""

    title: str
    name: str
    default: str
    range: str
    help: str


@dataclass(frozen=True)
class Page:
    """All that a declaration says of itself."""

    section: str
    """The name of its sort, "layers" for example."""
    declaration: type[Declaration]

    @property
    def key(self) -> str:
        """Its address: "layers/Linear"."""
        return f"{self.section}/{self.declaration.kind}"

    @property
    def title(self) -> str:
        """What it is called on screen."""
        return self.declaration.label

    @property
    def subtitle(self) -> str:
        """Where it belongs: "Layers · Dense"."""
        return " · ".join(filter(None, (self.section.capitalize(), self.declaration.family)))

    @property
    def options(self) -> tuple[OptionRow, ...]:
        """Its options, in the order of the inspector."""
        return tuple(_row(option) for option in options_of(self.declaration))

    @property
    def shapes(self) -> tuple[ShapeExample, ...]:
        """For a layer, what goes in and what comes out."""
        if issubclass(self.declaration, Layer):
            return shape_examples(self.declaration)
        return ()

    @property
    def _optional(self) -> tuple[Port, ...]:
        one = self.declaration
        ports = one.inputs if issubclass(one, Layer) else ()
        return tuple(port for port in ports if port.is_optional)

    @property
    def advice(self) -> tuple[tuple[str, str], ...]:
        """Headings with what they say, where the declaration says something."""
        texts = (
            ("When to use it", self.declaration.when),
            ("What goes wrong", self.declaration.pitfall),
            ("Where it is set", str(getattr(self.declaration, "where", ""))),
            *((f"Optional input: {port.name}", port.help) for port in self._optional),
        )
        return tuple((heading, text) for heading, text in texts if text)


@cache
def pages() -> dict[str, Page]:
    """Every page by its address, sort by sort, in the order of the palette; the recipe last."""
    found = [
        Page(section, declaration)
        for section, base in categories().items()
        for declaration in all_declarations()
        if issubclass(declaration, base)
    ]
    found.append(Page(Training.kind, Training))
    return {page.key: page for page in found}


def page_of(declaration: type[Declaration]) -> Page | None:
    """The page of a declaration, or of what it is made after; None where it belongs to no sort."""
    by_declaration = {page.declaration: page for page in pages().values()}
    found = (by_declaration.get(kind) for kind in declaration.__mro__)
    return next((page for page in found if page is not None), None)


def _row(option: Option) -> OptionRow:
    return OptionRow(
        option.title, option.name, value_text(option.default), range_text(option), option.help
    )


def value_text(value: Any) -> str:
    """A default in words."""
    if value is None:
        return "off"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Declaration):
        return value.label
    if isinstance(value, tuple | list):
        return ", ".join(map(value_text, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value) or "none"


def range_text(option: Option) -> str:
    """What an option may be, in words: "1 to 255", "above 0", "fan_in or fan_out"."""
    words = [*map(str, getattr(option, "words", ())), *(["off"] if option.is_optional else [])]
    if option.choices:
        return " or ".join([*map(str, option.choices), *words])
    if option.picks is not None:
        base = next((name for name, base in categories().items() if base is option.picks), "")
        return " or ".join([f"one of the {base}".strip(), *words])
    if option.value_type in RANGES:
        return " or ".join([*words, RANGES[option.value_type]])
    return " or ".join([_bounds(option), *words])


def _bounds(option: Option) -> str:
    value_type = (
        "whole number"
        if option.value_type == "int"
        else "number"
        if option.value_type == "float"
        else ""
    )
    low, high = option.low, option.high
    above = "above" if option.low_is_open else "from"
    below = "below" if option.high_is_open else "up to"
    if low is not None and high is not None:
        if option.low_is_open or option.high_is_open:
            return f"{above} {low:,.10g}, {below} {high:,.10g}"
        return f"{low:,.10g} to {high:,.10g}"
    if low is not None:
        return f"{value_type} {above} {low:,.10g}".strip() + ("" if option.low_is_open else " up")
    if high is not None:
        return f"{value_type} {below} {high:,.10g}".strip()
    return f"any {value_type}" if value_type else "text"
