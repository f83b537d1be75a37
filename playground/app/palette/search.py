"""Finds what a person types: for the palette, the search on the canvas, and the reference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from playground.catalog.registry import declared
from playground.graph.layer import Declaration, Layer

WORD = re.compile(r"[^\W_]+")


def rank(query: str, kinds: Iterable[str]) -> list[str]:
    """The layers that match, best first; all of them, in their order, for an empty query."""
    layers = declared(Layer)
    return rank_declarations(query, {kind: layers[kind] for kind in kinds})


def rank_declarations(query: str, among: Mapping[str, type[Declaration]]) -> list[str]:
    """The keys of the declarations that match, best first; all of them for an empty query.

    Every word of the query must match somewhere. Another name that is just this, or a label that
    starts with it, counts most, then other names, then words of the family, then words of the
    help text. Where nothing matches, labels that hold its letters in order do: "lnear" still
    finds Linear.
    """
    asked = query.casefold().strip()
    if not asked:
        return list(among)
    scored = [(_score(asked, one), place, key) for place, (key, one) in enumerate(among.items())]
    found = sorted((score, place, key) for score, place, key in scored if score is not None)
    if found:
        return [key for _, _, key in found]
    return [key for key, one in among.items() if _holds_letters(asked, one.label)]


def _score(asked: str, one: type[Declaration]) -> float | None:
    whole = _place(asked, one)
    if whole is not None:
        return float(whole)
    places = [_place(word, one) for word in asked.split()]
    if None in places:
        return None
    return 10.0 + sum(place for place in places if place is not None) / len(places)


def _place(asked: str, one: type[Declaration]) -> int | None:
    label, kind = one.label.casefold(), one.kind.casefold()
    names = [alias.casefold() for alias in one.aliases]
    tests = (
        asked in (label, kind),
        asked in names,
        label.startswith(asked),
        kind.startswith(asked),
        any(name.startswith(asked) for name in names),
        _starts_word(asked, label) or any(_starts_word(asked, name) for name in names),
        asked in label or asked in kind,
        _starts_word(asked, one.family.casefold()),
        len(asked) > 2 and _starts_word(asked, f"{one.help()} {one.when}".casefold()),
    )
    return tests.index(True) if True in tests else None


def _starts_word(asked: str, text: str) -> bool:
    return any(text[found.start() :].startswith(asked) for found in WORD.finditer(text))


def _holds_letters(asked: str, label: str) -> bool:
    letters = iter(label.casefold())
    return len(asked) > 2 and all(letter in letters for letter in asked)
