"""The pages of the site as Markdown, and its navigation."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from playground.app.panels import Panel, found
from playground.app.widgets.formula import INK, lines_of, svg_of
from playground.plugins import plugin_of
from playground.reference.files import built_in, wanted
from playground.reference.page import section_title

ROOT = Path(__file__).resolve().parent.parent

DOCUMENTS = {
    "README.md": "index.md",
    "playground/project/FORMAT.md": "format.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "LICENSE": "license.md",
}
"""Files of the repository, and the pages that they become."""
PICTURES = {"assets/screenshot.png": "assets/screenshot.png"}
"""Pictures of the repository, and where they are on the site."""
FORMULA = re.compile(r"^```math\n(.*?)\n```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(?<=\]\()([^)#\s]+)(?=[)#])")


class PageError(ValueError):
    """A page cannot be made; the message names the page and the reason."""


def pages() -> dict[str, str]:
    """The text of every page by its path on the site."""
    texts = {path: _document(source) for source, path in DOCUMENTS.items()}
    texts["panels.md"] = _panels()
    for path, text in wanted().items():
        texts[f"reference/{path}"] = FORMULA.sub(_drawn, text)
    return texts


def navigation() -> list[object]:
    """The menu of the site, as `nav` in mkdocs.yml."""
    sections: list[object] = ["reference/index.md"]
    for section, group in groupby(built_in(), key=lambda page: page.section):
        entries = [{page.title: f"reference/{page.key}.md"} for page in group]
        sections.append({section_title(section): entries})
    return [
        {"Home": "index.md"},
        {"Panels": "panels.md"},
        {"Reference": sections},
        {"File format": "format.md"},
        {"Contributing": "contributing.md"},
        {"Changelog": "changelog.md"},
        {"License": "license.md"},
    ]


def panels() -> list[type[Panel]]:
    """The panels of this package, in the order of the dock."""
    return [panel for panel in found() if plugin_of(panel.key) is None]


def picture_of(panel: type[Panel]) -> str:
    """The path of a panel's picture on the site."""
    return f"panels/{panel.key}.png"


def _document(source: str) -> str:
    text = (ROOT / source).read_text(encoding="utf-8")
    if source == "LICENSE":
        return f"# License\n\n{text}"

    def moved(link: re.Match[str]) -> str:
        target = link[1]
        if "://" in target:
            return target
        place = (Path(source).parent / target).as_posix()
        known = DOCUMENTS | PICTURES
        if place not in known:
            raise PageError(f"{source} links to {target}, which is no page of the site.")
        return known[place]

    return FORMULA.sub(_drawn, LINK.sub(moved, text))


def _panels() -> str:
    parts = [
        "# Panels",
        "Panels below the canvas show the network while it trains. The button at the right of the "
        "panels shows and hides them. `playground probe FILE --probe NAME` prints the readings "
        "that a panel draws.",
    ]
    for panel in panels():
        probes = ", ".join(f"`{probe}`" for probe in panel.probes)
        parts += [
            f"## {panel.title}",
            panel.help,
            f"![The panel {panel.title} after some epochs of training]({picture_of(panel)})",
            f"Readings: {probes}",
        ]
    return "\n\n".join(parts) + "\n"


def _drawn(formula: re.Match[str]) -> str:
    """A formula as SVG in the colour of the text around it."""
    images = []
    for line in lines_of(formula[1]):
        svg = svg_of(line)
        if svg is None:
            raise PageError(f"The formula {line} cannot be drawn.")
        images.append(svg.replace(INK, "currentColor"))
    return f'<div class="formula">{"".join(images)}</div>'
