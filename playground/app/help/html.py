"""Pages of the reference as rich text in the colours of the theme."""

from __future__ import annotations

import re
from html import escape

from playground.app.help.links import linked, see_also
from playground.app.theme.tokens import SMALL_PX, colour, scaled_px
from playground.app.widgets.latex_text import readable
from playground.reference.page import Page, pages
from playground.reference.shapes import ShapeExample
from playground.translation import tr, trn

FORMULA = "formula"
"""The URL scheme of formulas: "formula:layers/Linear"."""
SUBSCRIPT = re.compile(r"_(\w+)")
PAGE = "page"
"""The URL scheme of links to other pages: "page:layers/Linear"."""


def html(page: Page, *, draws: bool = True) -> str:
    """A page; with `draws`, its formula is an image that the browser loads by its URL."""
    one = page.declaration
    parts = [f'<p class="title">{escape(page.title)}</p>', _line(f"{page.subtitle} · {one.kind}")]
    parts.append(f"<p>{_text(page.help, page)}</p>")
    if one.formula and draws:
        parts.append(f'<p class="formula"><img src="{FORMULA}:{page.key}"></p>')
    elif one.formula:
        parts.append(f"<p>{readable(one.formula)}</p>")
    if page.letters:
        letters = SUBSCRIPT.sub(r"<sub>\1</sub>", escape(page.letters))
        parts.append(f'<p class="muted">{letters}</p>')
    parts += [f"{_head(heading)}<p>{_text(text, page)}</p>" for heading, text in page.advice]
    if page.shapes:
        parts += [_head(tr("Shapes")), _shapes(page.shapes)]
    if page.options:
        parts += [_head(tr("Options")), _options(page)]
    if one.aliases:
        parts += [_head(tr("Also called")), f"<p>{escape(', '.join(one.aliases))}</p>"]
    others = [_link(key, pages()[key].title) for key in see_also(page)]
    if others:
        parts += [_head(tr("See also")), f"<p>{' · '.join(others)}</p>"]
    if one.source:
        parts += [_head(tr("Source")), _line(one.source)]
    return f"<style>{style()}</style>{''.join(parts)}"


def style() -> str:
    """The style sheet of a page."""
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
        rows.append(_row((tr(shape.what), "muted"), (str(shape), ""), (_learned(shape), "muted")))
    return f'<table cellspacing="0" cellpadding="4">{"".join(rows)}</table>'


def _learned(shape: ShapeExample) -> str:
    count = shape.parameters
    number = f"{count:,}"
    return trn("{number} parameter", "{number} parameters", count, number=number) if count else ""


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
    # A paragraph: Qt enlarges headings whatever the style sheet says.
    return f'<p class="head">{escape(text.upper())}</p>'
