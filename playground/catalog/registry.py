"""Finds every declaration and its category, and builds one from plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import ValidationError

import playground.catalog
from playground import plugins
from playground.graph.declaration import Declaration
from playground.graph.graph import shortened
from playground.graph.layer import Layer, UnknownLayer
from playground.translation import tr

D = TypeVar("D", bound=Declaration)


class UnknownKindError(ValueError):
    """A kind that neither the catalog nor a plug-in declares."""


FIRST = ("layers", "initializers", "optimizers", "schedules", "losses", "regularizers", "metrics")
"""The categories that are looked up most, in this order; all others come after, by name."""

_saved_blocks: dict[str, type[Layer]] = {}


@cache
def all_declarations() -> tuple[type[Declaration], ...]:
    """Every declaration of the catalog and of plug-ins, in the order of the palette.

    A kind is unique within its category only: there is a constant initializer and a constant
    schedule. A declaration is a class that a module of the catalog defines with a `kind`.
    """
    found = plugins.classes_of(playground.catalog, "catalog", Declaration, "kind", base_of)
    return tuple(sorted(found, key=lambda one: (one.order, one.family, one.label)))


def base_of(declaration: type[Declaration]) -> type[Declaration]:
    """The base class of its category: Layer for Linear."""
    return next(c for c in declaration.__mro__ if Declaration in c.__bases__)


def set_saved_blocks(layers: Iterable[type[Layer]]) -> None:
    """Replace the saved blocks, which are offered beside the layers of the catalog."""
    _saved_blocks.clear()
    _saved_blocks.update({layer.kind: layer for layer in layers})
    declared.cache_clear()


@cache
def declared(base: type[D]) -> Mapping[str, type[D]]:
    """Every declaration of a category (Layer, Optimizer, ...) by kind, in the palette's order."""
    if base is Declaration:
        raise TypeError("kinds are unique within a category only: use all_declarations()")
    found = [*all_declarations(), *_saved_blocks.values()]
    return {one.kind: one for one in found if issubclass(one, base)}


@cache
def categories() -> Mapping[str, type[Declaration]]:
    """The base class of every category by its plural name; found, not listed."""
    found = {plural(base): base for base in map(base_of, all_declarations())}
    places = {name: place for place, name in enumerate(FIRST)}
    names = sorted(found, key=lambda name: (places.get(name, len(FIRST)), name))
    return {name: found[name] for name in names}


def category_of(declaration: type[Declaration]) -> str:
    """The name of the category that a declaration belongs to, or ""."""
    return next((name for name, base in categories().items() if issubclass(declaration, base)), "")


def plural(base: type[Declaration]) -> str:
    """The plural of a base class's name: Loss gives "losses"."""
    name = base.__name__.lower()
    return f"{name}es" if name.endswith("s") else f"{name}s"


def make(base: type[D], data: object) -> D:
    """A declaration from "kind" or {"kind": ..., options}; raises ValueError with the reason."""
    if isinstance(data, base):
        return data
    if isinstance(data, str):
        data = {"kind": data}
    if not isinstance(data, dict) or not isinstance(data.get("kind"), str):
        got = shortened(data)
        raise ValueError(tr('expected {{"kind": ..., options}}, got {got}', got=got))
    kind: str = data["kind"]
    known = declared(base)
    if kind not in known:
        raise UnknownKindError(_unknown(base, kind, known))
    try:
        found: D = known[kind](**{name: value for name, value in data.items() if name != "kind"})
    except ValidationError as error:
        raise ValueError(f"{kind}: {explain(error)}") from error
    return found


def _unknown(base: type[Declaration], kind: str, known: Iterable[str]) -> str:
    package = plugins.missing_package(kind)
    if package:
        return tr(
            "{kind} comes from a plug-in that is not installed: {package}. Install it and "
            "try again.",
            kind=kind,
            package=package,
        )
    return tr(
        "Unknown {category} {kind}. Available: {known}.",
        category=base.__name__.lower(),
        kind=shortened(kind),
        known=", ".join(known),
    )


def make_layer(data: dict[str, Any]) -> Layer:
    """A layer from {"kind": ..., options}; an UnknownLayer if its kind is unknown."""
    try:
        return make(Layer, data)
    except UnknownKindError:
        options = {name: value for name, value in data.items() if name != "kind"}
        options.pop("unknown_kind", None)
        return UnknownLayer(unknown_kind=str(data["kind"]), **options)


def explain(error: ValidationError) -> str:
    """A validation error in one line: which option, what is wrong, what was received."""
    parts = []
    for item in error.errors(include_url=False):
        place = ".".join(map(str, item["loc"]))[:80] or tr("value")
        message = item["msg"].removeprefix("Value error, ")
        message = message[:1].lower() + message[1:]
        if item["type"] == "extra_forbidden":
            message = tr("unknown option")
        got = shortened(item["input"])
        parts.append(tr("{place}: {message} (got {got})", place=place, message=message, got=got))
    return "; ".join(parts)
