"""Finds what a person types: for the palette, the search on the canvas, and the reference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from playground.catalog.registry import declared
from playground.graph.declaration import Declaration
from playground.graph.layer import Layer

WORD = re.compile(r"[^\W_]+")
FILLERS = frozenset(
    ("a", "an", "and", "by", "for", "from", "in", "is", "it", "of", "or", "the", "to")
)
"""Words that say nothing of what is looked for, where there are others."""


def rank(query: str, kinds: Iterable[str]) -> list[str]:
    """The layers that match, best first; all of them, in their order, for an empty query."""
    layers = declared(Layer)
    return rank_declarations(query, {kind: layers[kind] for kind in kinds})


def text_of(one: type[Declaration]) -> str:
    """What is read of a declaration beside its names: what it does, and when."""
    return f"{one.help()} {one.when}".casefold()


def rank_declarations(
    query: str,
    among: Mapping[str, type[Declaration]],
    text: Callable[[type[Declaration]], str] = text_of,
) -> list[str]:
    """The keys of the declarations that match, best first; all of them for an empty query.

    Every word of the query must match somewhere. Another name that is just this, or a label that
    starts with it, counts most, then other names, then words of the family, then words of the
    `text`, in small letters. Where nothing matches, labels that hold its letters in order do,
    "lnear" for Linear, and else names that are a slip or two away, "sigmiod" for Sigmoid.
    """
    asked = query.casefold().strip()
    if not asked:
        return list(among)
    scored = [
        (_score(asked, one, text), place, key) for place, (key, one) in enumerate(among.items())
    ]
    found = sorted((score, place, key) for score, place, key in scored if score is not None)
    if found:
        return [key for _, _, key in found]
    held = [key for key, one in among.items() if _holds_letters(asked, one.label)]
    return held or _nearly(asked, among)


def _score(
    asked: str, one: type[Declaration], text: Callable[[type[Declaration]], str]
) -> float | None:
    whole = _place(asked, one, text)
    if whole is not None:
        return float(whole)
    words = asked.split()
    engine_events = [word for word in words if word not in FILLERS]
    places = [_place(word, one, text) for word in engine_events or words]
    if None in places:
        return None
    return 10.0 + sum(place for place in places if place is not None) / len(places)


def _place(
    asked: str, one: type[Declaration], text: Callable[[type[Declaration]], str]
) -> int | None:
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
        len(asked) > 2 and _starts_word(asked, text(one)),
    )
    return tests.index(True) if True in tests else None


def _starts_word(asked: str, text: str) -> bool:
    return any(text[found.start() :].startswith(asked) for found in WORD.finditer(text))


def _holds_letters(asked: str, label: str) -> bool:
    letters = iter(label.casefold())
    return len(asked) > 2 and all(letter in letters for letter in asked)


def _nearly(asked: str, among: Mapping[str, type[Declaration]]) -> list[str]:
    allowed = 0 if len(asked) < 4 else 1 if len(asked) < 6 else 2
    near = []
    for place, (key, one) in enumerate(among.items()):
        names = [name.casefold() for name in (one.label, one.kind, *one.aliases)]
        words = {*names, *(word for name in names for word in WORD.findall(name))}
        # Another name weighs less than the first one, however near it is.
        slips = min((slips_between(asked, word), word not in names[:2]) for word in words)
        if slips[0] <= allowed:
            near.append((slips, place, key))
    return [key for _, _, key in sorted(near)]


def slips_between(one: str, other: str) -> int:
    """Letters left out, put in, exchanged or swapped with their neighbour, at least so many."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], wanted):
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
    return row[-1]
