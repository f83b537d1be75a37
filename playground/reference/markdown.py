"""Pages as Markdown, to be read beside the source."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from playground.reference.page import Page

NOTE = "<!-- Written by `python -m playground.reference` from the declaration: edit that. -->"


def markdown(page: Page) -> str:
    """A page, ending in a line break."""
    one = page.declaration
    parts = [NOTE, f"# {page.title}", f"[Reference](../index.md) · {page.subtitle} · `{one.kind}`"]
    if one.aliases:
        parts.append(f"Also called {', '.join(one.aliases)}.")
    parts.append(one.help())
    if one.formula:
        parts.append(f"```math\n{one.formula}\n```")
    if one.letters:
        parts.append(f"{one.letters}.")
    parts += [f"## {heading}\n\n{text}" for heading, text in page.advice]
    if page.shapes:
        rows = [
            (shape.what, str(shape).replace("  ", " "), f"{shape.parameters:,}")
            for shape in page.shapes
        ]
        parts += ["## Shapes", _table(("for", "in → out", "parameters"), rows)]
    if page.options:
        rows_ = [(f"{o.title} (`{o.name}`)", o.default, o.range, o.help) for o in page.options]
        parts += ["## Options", _table(("option", "default", "may be", "what it does"), rows_)]
    if one.source:
        parts.append(f"Source: {one.source}")
    return "\n\n".join(parts) + "\n"


def index(pages: list[Page]) -> str:
    """The list of all pages."""
    parts = [NOTE, "# Reference", "All that can be picked, a page each."]
    for _, group in groupby(pages, key=lambda page: page.section):
        members = list(group)
        lines = [
            f"- [{page.title}]({page.key}.md): {_first_sentence(page.declaration.help())}"
            for page in members
        ]
        parts += [f"## {members[0].section.capitalize()}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _first_sentence(text: str) -> str:
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
