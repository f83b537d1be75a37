"""Declarations and their categories are found, not listed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import playground.catalog
from playground.catalog.losses import Loss
from playground.catalog.registry import (
    all_declarations,
    base_of,
    categories,
    category_of,
    declared,
    plural,
)
from playground.graph.declaration import Declaration
from playground.graph.layer import Layer
from playground.verbs.catalog import catalog

KIND = re.compile(r'^    kind: ClassVar\[str\] = "(.+)"$', re.MULTILINE)


def test_that_every_class_with_a_kind_is_declared() -> None:
    (folder,) = playground.catalog.__path__
    sources = [path.read_text(encoding="utf-8") for path in Path(folder).rglob("*.py")]
    written = sorted(kind for source in sources for kind in KIND.findall(source))
    assert sorted(one.kind for one in all_declarations() if "." not in one.kind) == written


def test_that_kinds_are_unique_within_a_category() -> None:
    assert len(all_declarations()) == sum(len(declared(base)) for base in categories().values())
    with pytest.raises(TypeError, match="within a category"):
        declared(Declaration)


def test_that_every_declaration_belongs_to_one_category() -> None:
    for one in all_declarations():
        assert categories()[category_of(one)] is base_of(one), one


def test_that_categories_have_plural_names() -> None:
    assert categories()["layers"] is Layer
    assert plural(Loss) == "losses"


def test_that_the_catalog_lists_every_category_whole() -> None:
    found = catalog()
    for name, base in categories().items():
        assert [entry["kind"] for entry in found[name]] == list(declared(base)), name
