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

D = TypeVar("D", bound=Declaration)


class UnknownKindError(ValueError):
    """A kind that nothing in the catalog declares."""


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
    """A declaration from "kind" or {"kind": ..., options}; raises ValueError in plain words."""
    if isinstance(data, base):
        return data
    if isinstance(data, str):
        data = {"kind": data}
    if not isinstance(data, dict) or not isinstance(data.get("kind"), str):
        raise ValueError(f'expected {{"kind": ..., options}}, got {shortened(data)}')
    options = {name: value for name, value in data.items() if name != "kind"}
    known = declared(base)
    if data["kind"] not in known:
        raise UnknownKindError(
            f"there is no {base.__name__.lower()} called {shortened(data['kind'])}; there is "
            + ", ".join(known)
        )
    try:
        found: D = known[data["kind"]](**options)
    except ValidationError as error:
        raise ValueError(f"{data['kind']}: {explain(error)}") from error
    return found


def make_layer(data: dict[str, Any]) -> Layer:
    """A layer from {"kind": ..., options}; one that is not known is kept as UnknownLayer."""
    try:
        return make(Layer, data)
    except UnknownKindError:
        options = {name: value for name, value in data.items() if name != "kind"}
        options.pop("unknown_kind", None)
        return UnknownLayer(unknown_kind=str(data["kind"]), **options)


def explain(error: ValidationError) -> str:
    """What pydantic found, in one line: which option, what is wrong, what was received."""
    parts = []
    for item in error.errors(include_url=False):
        place = ".".join(map(str, item["loc"]))[:80] or "value"
        message = item["msg"].removeprefix("Value error, ")
        message = message[:1].lower() + message[1:]
        if item["type"] == "extra_forbidden":
            message = "there is no such option"
        parts.append(f"{place}: {message} (got {shortened(item['input'])})")
    return "; ".join(parts)
