"""The sorts of things that can be picked: layers, losses, optimizers, and all others there are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from playground.catalog.registry import declared
from playground.graph.declaration import Declaration

FIRST = ("layers", "initializers", "optimizers", "schedules", "losses", "regularizers", "metrics")
"""What is looked up most, in this order; all others come after, by name."""


@cache
def categories() -> Mapping[str, type[Declaration]]:
    """The base of every sort by its name in the plural; a new sort is found without being listed.

    A sort is a class of the package that derives from Declaration, has no kind of its own, and
    has declarations below it.
    """
    declared(Declaration)  # which loads every module of the catalog
    found = {
        plural(base): base
        for base in Declaration.__subclasses__()
        if base.__module__.startswith("playground.") and not base.kind and declared(base)
    }
    places = {name: place for place, name in enumerate(FIRST)}
    names = sorted(found, key=lambda name: (places.get(name, len(FIRST)), name))
    return {name: found[name] for name in names}


def category_of(declaration: type[Declaration]) -> str:
    """The name of the sort that a declaration belongs to; "" where it belongs to none."""
    return next((name for name, base in categories().items() if issubclass(declaration, base)), "")


def plural(base: type[Declaration]) -> str:
    """What many of a sort are called: Loss gives "losses"."""
    name = base.__name__.lower()
    return f"{name}es" if name.endswith("s") else f"{name}s"
