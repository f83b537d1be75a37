"""Search by name, alias and text, for the palette, the canvas and the reference.

Names and texts match in English and in the person's language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from playground.catalog.registry import declared
from playground.graph.declaration import Declaration
from playground.graph.layer import Layer
from playground.translation import tr

WORD = re.compile(r"[^\W_]+")
FILLERS = frozenset(
    ("a", "an", "and", "by", "for", "from", "in", "is", "it", "of", "or", "the", "to")
)
"""Words that are ignored if there are others."""
LONGEST_QUERY = 60
"""More letters than any name has; no more of a pasted text is compared, so typing never waits."""


def rank(query: str, kinds: Iterable[str]) -> list[str]:
    """The layers that match, best first; all of them in their order for an empty query."""
    layers = declared(Layer)
    return rank_declarations(query, {kind: layers[kind] for kind in kinds})


def text_of(one: type[Declaration]) -> str:
    """The text that is searched besides the names: what it does, and when to use it."""
    texts = (one.help(), one.when)
    return " ".join((*texts, *map(tr, texts))).casefold()


def rank_declarations(
    query: str,
    among: Mapping[str, type[Declaration]],
    text: Callable[[type[Declaration]], str] = text_of,
) -> list[str]:
    """The keys of the declarations that match, best first; all of them for an empty query.

    Every word of the query must match. The best matches are exact names and aliases, then labels
    that start with the query, then other aliases, words of the family, and words of `text`, which
    is in lower case. If nothing matches, labels that contain the letters in order do ("lnear" for
    Linear), else names within one or two typing errors ("sigmiod" for Sigmoid).
    """
    asked = query.strip()[:LONGEST_QUERY].casefold().strip()
    if not asked:
        return list(among)
    scored = [
        (_score(asked, one, text), place, key) for place, (key, one) in enumerate(among.items())
    ]
    found = sorted((score, place, key) for score, place, key in scored if score is not None)
    if found:
        return [key for _, _, key in found]
    held = [
        key
        for key, one in among.items()
        if any(_holds_letters(asked, label) for label in _labels(one))
    ]
    return held or _nearly(asked, among)


def _labels(one: type[Declaration]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((one.label.casefold(), tr(one.label).casefold())))


def _score(
    asked: str, one: type[Declaration], text: Callable[[type[Declaration]], str]
) -> float | None:
    whole = _place(asked, one, text)
    if whole is not None:
        return float(whole)
    words = asked.split()
    significant = [word for word in words if word not in FILLERS]
    places = [_place(word, one, text) for word in significant or words]
    if None in places:
        return None
    return 10.0 + sum(place for place in places if place is not None) / len(places)


def _place(
    asked: str, one: type[Declaration], text: Callable[[type[Declaration]], str]
) -> int | None:
    labels, kind = _labels(one), one.kind.casefold()
    names = [alias.casefold() for alias in one.aliases]
    families = (one.family.casefold(), tr(one.family).casefold())
    tests = (
        asked in (*labels, kind),
        asked in names,
        any(label.startswith(asked) for label in labels),
        kind.startswith(asked),
        any(name.startswith(asked) for name in names),
        any(_starts_word(asked, name) for name in (*labels, *names)),
        any(asked in name for name in (*labels, kind)),
        any(_starts_word(asked, family) for family in families),
        len(asked) > 2 and _starts_word(asked, text(one)),
    )
    return tests.index(True) if True in tests else None


def _starts_word(asked: str, text: str) -> bool:
    return any(text.startswith(asked, found.start()) for found in WORD.finditer(text))


def _holds_letters(asked: str, label: str) -> bool:
    letters = iter(label)
    return len(asked) > 2 and all(letter in letters for letter in asked)


def _nearly(asked: str, among: Mapping[str, type[Declaration]]) -> list[str]:
    allowed = 0 if len(asked) < 4 else 1 if len(asked) < 6 else 2
    near = []
    for place, (key, one) in enumerate(among.items()):
        first = {*_labels(one), one.kind.casefold()}
        names = {*first, *(alias.casefold() for alias in one.aliases)}
        words = {*names, *(word for name in names for word in WORD.findall(name))}
        # An alias counts less than a label or kind, however close it is.
        # So many errors at least, however the rest compares.
        close = [word for word in words if abs(len(word) - len(asked)) <= allowed]
        slips = min(
            ((slips_between(asked, word), word not in first) for word in close), default=None
        )
        if slips is not None and slips[0] <= allowed:
            near.append((slips, place, key))
    return [key for _, _, key in sorted(near)]


def slips_between(one: str, other: str) -> int:
    """The edit distance, with swapped neighbours as one error (Damerau-Levenshtein)."""
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
