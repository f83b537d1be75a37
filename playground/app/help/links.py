"""Links from a page of the reference to the other pages that it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from playground.reference.page import Page, pages

SHORTEST = 3
MOST = 10
"""Pages under "See also"."""


@cache
def _targets() -> Mapping[str, tuple[str, ...]]:
    """The addresses of pages by title."""
    found: dict[str, tuple[str, ...]] = {}
    for key, page in pages().items():
        if len(page.title) >= SHORTEST:
            found[page.title] = (*found.get(page.title, ()), key)
    return found


@cache
def _names() -> re.Pattern[str]:
    titles = sorted(_targets(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, titles))})(?![\w-])")


def target(title: str, page: Page) -> str:
    """The address that a name on a page refers to; "" for the page itself or none."""
    keys = _targets().get(title, ())
    if page.key in keys:
        return ""
    near = [key for key in keys if key.startswith(f"{page.section}/")]
    return (near or [*keys, ""])[0]


def linked(text: str, page: Page, link: Callable[[str, str], str]) -> str:
    """A text in which `link(address, name)` replaces the name of every other page."""

    def replaced(found: re.Match[str]) -> str:
        name = found[0]
        # At the beginning of a sentence, "Add" or "Step" is an ordinary word.
        before = text[: found.start()].rstrip()
        begins = not before or before[-1] in ".:;"
        key = "" if begins and name.isalpha() and name[1:].islower() else target(name, page)
        return link(key, name) if key else name

    return _names().sub(replaced, text)


def named_on(page: Page) -> tuple[str, ...]:
    """The addresses of the pages that a page names, in order."""
    found: dict[str, None] = {}

    def note(key: str, name: str) -> str:
        found[key] = None
        return name

    for text in (page.help, *(text for _, text in page.advice)):
        linked(text, page, note)
    for option in page.options:
        linked(option.default, page, note)
    return tuple(found)


@cache
def _naming() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key, page in pages().items():
        for other in named_on(page):
            found[other] = (*found.get(other, ()), key)
    return found


def see_also(page: Page) -> tuple[str, ...]:
    """The pages that name this one without being named on it, other sections first."""
    known = set(named_on(page))
    found = [key for key in _naming().get(page.key, ()) if key not in known]
    found.sort(key=lambda key: pages()[key].section == page.section)
    return tuple(found[:MOST])
