"""Sorts of declarations are found, not listed."""

from __future__ import annotations

from playground.catalog.categories import categories, category_of, plural
from playground.catalog.losses import Loss
from playground.catalog.registry import declared
from playground.graph.declaration import Declaration
from playground.graph.layer import Layer
from playground.verbs.catalog import catalog


def test_that_every_declaration_belongs_to_one_sort_or_is_the_training_recipe() -> None:
    for kind in declared(Declaration).values():
        assert category_of(kind) or kind.kind == "training", kind


def test_that_sorts_are_called_by_their_plural() -> None:
    assert categories()["layers"] is Layer
    assert plural(Loss) == "losses"


def test_that_the_catalog_lists_every_sort_whole() -> None:
    found = catalog()
    for name, base in categories().items():
        assert [entry["kind"] for entry in found[name]] == list(declared(base)), name
