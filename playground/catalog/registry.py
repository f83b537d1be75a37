"""Finds every declaration, and builds one from plain values."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import ValidationError

import playground.catalog
from playground.graph.declaration import Declaration
from playground.graph.graph import shortened
from playground.graph.layer import Layer, UnknownLayer

D = TypeVar("D", bound=Declaration)


class UnknownKindError(ValueError):
    """A kind that nothing in the catalog declares."""


@cache
def _load_everything() -> None:
    root = playground.catalog
    for module in pkgutil.walk_packages(root.__path__, root.__name__ + "."):
        importlib.import_module(module.name)


def _subclasses(base: type[Declaration]) -> Iterator[type[Declaration]]:
    for subclass in base.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


_own: dict[str, type[Layer]] = {}


def set_saved_blocks(layers: Iterable[type[Layer]]) -> None:
    """Layers of a person's own, to be picked beside those of the catalog; earlier ones are gone."""
    _own.clear()
    _own.update({layer.kind: layer for layer in layers})
    declared.cache_clear()


@cache
def declared(base: type[D]) -> Mapping[str, type[D]]:
    """Every declaration of a sort (Layer, Optimizer, ...) by kind, in the order of the palette."""
    _load_everything()
    found = [c for c in _subclasses(base) if c.kind and c.__module__.startswith("playground.")]
    found.sort(key=lambda c: (c.order, c.family, c.label))
    own = [c for c in _own.values() if issubclass(c, base)]
    return {c.kind: c for c in [*found, *own] if issubclass(c, base)}


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
