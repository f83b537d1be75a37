"""Pages of the reference as rich text in the colours of the theme."""

from __future__ import annotations

import re
from html import escape

from playground.app.help.links import linked, see_also
from playground.app.theme.tokens import SMALL_PX, colour, scaled_px
from playground.app.widgets.latex_text import readable
from playground.reference.page import Page, pages
from playground.reference.shapes import ShapeExample

FORMULA = "formula"
"""The scheme of a formula's address: "formula:layers/Linear"."""
SUBSCRIPT = re.compile(r"_(\w+)")
PAGE = "page"
"""The scheme of a link to another page: "page:layers/Linear"."""


def html(page: Page, *, draws: bool = True) -> str:
    """A page; with `draws`, its formula is an image that the browser fetches by its address."""
    one = page.declaration
    parts = [f'<p class="title">{escape(page.title)}</p>', _line(f"{page.subtitle} · {one.kind}")]
    parts.append(f"<p>{_text(one.help(), page)}</p>")
    if one.formula and draws:
        parts.append(f'<p class="formula"><img src="{FORMULA}:{page.key}"></p>')
    elif one.formula:
        parts.append(f"<p>{readable(one.formula)}</p>")
    if one.letters:
        letters = SUBSCRIPT.sub(r"<sub>\1</sub>", escape(one.letters))
        parts.append(f'<p class="muted">{letters}</p>')
    parts += [f"{_head(heading)}<p>{_text(text, page)}</p>" for heading, text in page.advice]
    if page.shapes:
        parts += [_head("Shapes"), _shapes(page.shapes)]
    if page.options:
        parts += [_head("Options"), _options(page)]
    if one.aliases:
        parts += [_head("Also called"), f"<p>{escape(', '.join(one.aliases))}</p>"]
    others = [_link(key, pages()[key].title) for key in see_also(page)]
    if others:
        parts += [_head("See also"), f"<p>{' · '.join(others)}</p>"]
    if one.source:
        parts += [_head("Source"), _line(one.source)]
    return f"<style>{style()}</style>{''.join(parts)}"


def style() -> str:
    """The rules of a page."""
    text, muted = colour("text").name(), colour("muted").name()
    title, head = (f"font-size: {scaled_px(size)}px; font-weight: 600;" for size in (20, SMALL_PX))
    return (
        f"body, p, td {{ color: {text}; }}"
        "p { margin: 4px 0 6px 0; line-height: 135%; }"
        "p.formula { margin: 14px 0 2px 0; line-height: 100%; }"
        f"p.title {{ {title} color: {text}; margin: 0 0 2px 0; }}"
        f"p.head {{ {head} color: {muted}; margin: 18px 0 4px 0; }}"
        f"td.muted, p.muted, span.muted {{ color: {muted}; }}"
        f"a {{ color: {colour('accent').name()}; text-decoration: none; }}"
    )


def _line(text: str) -> str:
    return f'<p class="muted">{escape(text)}</p>'


def _shapes(shapes: tuple[ShapeExample, ...]) -> str:
    rows = []
    for shape in shapes:
        learned = f"{shape.parameters:,} parameters" if shape.parameters else ""
        what = "" if shape.what == "all" else shape.what
        rows.append(_row((what, "muted"), (str(shape), ""), (learned, "muted")))
    return f'<table cellspacing="0" cellpadding="4">{"".join(rows)}</table>'


def _row(*cells: tuple[str, str]) -> str:
    inside = "".join(f'<td class="{role}">{escape(text)}</td>' for text, role in cells)
    return f"<tr>{inside}</tr>"


def _text(text: str, page: Page) -> str:
    return linked(escape(text, quote=False), page, _link)


def _link(key: str, name: str) -> str:
    return f'<a href="{PAGE}:{key}">{name}</a>'


def _options(page: Page) -> str:
    line = colour("border").name()
    rows = []
    for option in page.options:
        rows.append(
            f'<tr><td style="border-top: 1px solid {line}"><b>{escape(option.title)}</b><br>'
            f'<span class="muted">{escape(option.name)} = {_text(option.default, page)}</span></td>'
            f'<td style="border-top: 1px solid {line}">{escape(option.help)}<br>'
            f'<span class="muted">{escape(option.range)}</span></td></tr>'
        )
    return f'<table width="100%" cellspacing="0" cellpadding="6">{"".join(rows)}</table>'


def _head(text: str) -> str:
    # A paragraph: Qt makes headings larger whatever the rules say.
    return f'<p class="head">{escape(text.upper())}</p>'
