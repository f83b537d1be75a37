"""Every declaration of the catalog, for the tests that hold for all of them."""

from __future__ import annotations

import pytest

from playground.catalog.registry import all_declarations, category_of, declared
from playground.graph.declaration import Declaration
from playground.graph.layer import Layer
from playground.project.training import Training

DECLARATIONS: dict[str, type[Declaration]] = {
    **{f"{category_of(one)}-{one.kind}": one for one in all_declarations()},
    "training": Training,
}
"""By category and kind: a kind is unique within its category only."""

each_declaration = pytest.mark.parametrize("one", DECLARATIONS.values(), ids=DECLARATIONS)
each_layer = pytest.mark.parametrize("kind", list(declared(Layer)))
