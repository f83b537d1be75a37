"""Finds layers by what a person types: the palette and the search on the canvas share it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from playground.catalog.registry import declared
from playground.graph.layer import Layer

WORD = re.compile(r"[^\W_]+")


def rank(query: str, kinds: Iterable[str]) -> list[str]:
    """The kinds that match, best first; all of them, in their order, for an empty query.

    Every word of the query must match somewhere. A label that starts with it counts most, then
    other names, then words of the family, then words of the help text. Where nothing matches,
    labels that hold its letters in order do: "lnear" still finds Linear.
    """
    asked = query.casefold().strip()
    chosen = list(kinds)
    if not asked:
        return chosen
    scored = [(_score(asked, kind), place, kind) for place, kind in enumerate(chosen)]
    found = sorted((s, place, kind) for s, place, kind in scored if s is not None)
    if found:
        return [kind for _, _, kind in found]
    return [kind for kind in chosen if _holds_letters(asked, declared(Layer)[kind].label)]


def _score(asked: str, kind: str) -> float | None:
    layer = declared(Layer)[kind]
    whole = _place(asked, layer)
    if whole is not None:
        return float(whole)
    places = [_place(word, layer) for word in asked.split()]
    if None in places:
        return None
    return 10.0 + sum(place for place in places if place is not None) / len(places)


def _place(asked: str, layer: type[Layer]) -> int | None:
    label, kind = layer.label.casefold(), layer.kind.casefold()
    names = [alias.casefold() for alias in layer.aliases]
    tests = (
        asked in (label, kind),
        label.startswith(asked),
        asked in names,
        kind.startswith(asked),
        any(name.startswith(asked) for name in names),
        _starts_word(asked, label) or any(_starts_word(asked, name) for name in names),
        asked in label or asked in kind,
        _starts_word(asked, layer.family.casefold()),
        len(asked) > 2 and _starts_word(asked, layer.help().casefold()),
    )
    return tests.index(True) if True in tests else None


def _starts_word(asked: str, text: str) -> bool:
    return any(text[found.start() :].startswith(asked) for found in WORD.finditer(text))


def _holds_letters(asked: str, label: str) -> bool:
    letters = iter(label.casefold())
    return len(asked) > 2 and all(letter in letters for letter in asked)
