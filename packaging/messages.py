"""Extract every text that a person sees into playground/locale/playground.pot.

Babel finds the literals in calls of `tr`, `trn` and `N_`. The texts of declarations and panels are
class attributes, translated when shown, so they are read from the classes themselves.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from playground.app.panels import found as panels
from playground.catalog.options import options_of
from playground.catalog.registry import all_declarations
from playground.graph.declaration import Declaration
from playground.graph.layer import Layer
from playground.project.templates import templates
from playground.project.training import Training

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "playground"
TARGET = PACKAGE / "locale" / "playground.pot"
KEYWORDS = {"tr": None, "trn": (1, 2), "N_": None}


def declarations() -> Iterator[type[Declaration]]:
    """Every class of the catalog, and the training recipe."""
    yield from all_declarations()
    yield Training


def declared_texts() -> Iterator[tuple[str, str]]:
    """Texts of declarations, panels and templates, each with the module it comes from."""
    for one in declarations():
        place = one.__module__
        texts = [one.label, one.help(), one.family, one.when, one.pitfall, one.letters]
        texts.append(str(getattr(one, "where", "")))
        ports = (*one.inputs, *one.outputs) if issubclass(one, Layer) else ()
        texts += [port.help for port in ports]
        for option in options_of(one):
            texts += [option.title, option.help]
        yield from ((text, place) for text in texts)
    for panel in panels():
        for text in (panel.title, panel.help, panel.empty_text):
            yield text, panel.__module__
    for template in templates():
        for text in (template.label, template.help):
            yield text, "playground.catalog.templates"


def catalogue() -> Catalog:
    """All texts, in the order of the files."""
    found = Catalog(project="Playground", charset="utf-8")
    for file, line, message, comments, context in extract_from_dir(
        PACKAGE, [("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(message, None, [(f"playground/{file}", line)], (), comments, context=context)
    for text, module in declared_texts():
        if text:
            found.add(text, None, [(module.replace(".", "/") + ".py", 0)])
    return found


def main() -> int:
    """Write the catalogue and say how many texts it holds."""
    found = catalogue()
    TARGET.parent.mkdir(exist_ok=True)
    with TARGET.open("wb") as stream:
        write_po(stream, found, width=100, sort_by_file=True)
    print(f"{TARGET.relative_to(ROOT)}: {len(found)} texts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
