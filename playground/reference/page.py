"""A page of the reference as a value, its texts in the person's language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from playground.catalog.options import Option, options_of
from playground.catalog.registry import all_declarations, categories
from playground.graph.declaration import Declaration
from playground.graph.layer import Layer, Port
from playground.project.training import Training
from playground.reference.ranges import range_text, value_text
from playground.reference.shapes import ShapeExample, shape_examples
from playground.translation import N_, tr

SECTIONS = {
    "layers": N_("Layers"),
    "initializers": N_("Initializers"),
    "optimizers": N_("Optimizers"),
    "schedules": N_("Schedules"),
    "losses": N_("Losses"),
    "regularizers": N_("Regularizers"),
    "metrics": N_("Metrics"),
    "datasets": N_("Data sets"),
    "objectives": N_("Objectives"),
    "training": N_("Training"),
}
"""Titles of the sections; the keys are the plural names of the categories."""


def section_title(section: str) -> str:
    """The title of a section: "Data sets" for "datasets"."""
    return tr(SECTIONS.get(section, section.capitalize()))


@dataclass(frozen=True, slots=True)
class OptionRow:
    """An option as text."""

    title: str
    name: str
    default: str
    range: str
    help: str


@dataclass(frozen=True)
class Page:
    """Everything that a declaration documents about itself."""

    section: str
    """The plural name of its category: "layers"."""
    declaration: type[Declaration]

    @property
    def key(self) -> str:
        """Its address: "layers/Linear"."""
        return f"{self.section}/{self.declaration.kind}"

    @property
    def title(self) -> str:
        """The label."""
        return tr(self.declaration.label)

    @property
    def subtitle(self) -> str:
        """Section and family: "Layers · Dense"."""
        parts = (section_title(self.section), tr(self.declaration.family))
        return " · ".join(filter(None, parts))

    @property
    def help(self) -> str:
        """What it does."""
        return tr(self.declaration.help())

    @property
    def letters(self) -> str:
        """What the letters of the formula stand for."""
        return tr(self.declaration.letters)

    @property
    def options(self) -> tuple[OptionRow, ...]:
        """Its options, in the order of the inspector."""
        return tuple(_row(option) for option in options_of(self.declaration))

    @property
    def shapes(self) -> tuple[ShapeExample, ...]:
        """For a layer, examples of input and output shapes."""
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
        """Headings with their texts; those without a text are left out."""
        one = self.declaration
        texts = (
            (tr("When to use it"), one.when),
            (tr("Pitfalls"), one.pitfall),
            (tr("How to set it"), str(getattr(one, "where", ""))),
            *((tr("Optional input: {port}", port=p.name), p.help) for p in self._optional),
        )
        return tuple((heading, tr(text)) for heading, text in texts if text)


@cache
def pages() -> dict[str, Page]:
    """Every page by its address, by category, in the order of the palette; training last."""
    found = [
        Page(section, declaration)
        for section, base in categories().items()
        for declaration in all_declarations()
        if issubclass(declaration, base)
    ]
    found.append(Page(Training.kind, Training))
    return {page.key: page for page in found}


def page_of(declaration: type[Declaration]) -> Page | None:
    """The page of a declaration or of the class it derives from; None if there is none."""
    by_declaration = {page.declaration: page for page in pages().values()}
    found = (by_declaration.get(kind) for kind in declaration.__mro__)
    return next((page for page in found if page is not None), None)


def _row(option: Option) -> OptionRow:
    default: Any = option.default
    return OptionRow(
        tr(option.title), option.name, value_text(default), range_text(option), tr(option.help)
    )
