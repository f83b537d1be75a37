"""Every declaration of the catalog, for the tests that hold for all of them."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from _pytest.mark.structures import ParameterSet

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
SAMPLE = {
    "Linear", "Conv2d", "BatchNorm", "Embedding", "Add", "ReLU",
    "Dropout", "Flatten", "optimizer-adam", "loss-cross_entropy", "schedule-cosine",
    "initializer-he_normal", "regularizer-l2", "objective-autoencoder", "layers-Linear",
    "optimizers-adam", "metrics-precision", "datasets-moons", "training",
}  # fmt: skip
"""What `dev.py test --quick` runs of a sweep that takes long."""


def sampled(names: Iterable[str]) -> list[ParameterSet]:
    """The names as parameters of a test, all but a sample marked slow."""
    return [pytest.param(name, marks=marks(name)) for name in names]


def marks(name: str) -> list[pytest.MarkDecorator]:
    """What marks a parameter: slow, unless it is in the sample."""
    return [] if name in SAMPLE else [pytest.mark.slow]


each_declaration_sampled = pytest.mark.parametrize(
    "one", [pytest.param(one, id=name, marks=marks(name)) for name, one in DECLARATIONS.items()]
)
each_layer_sampled = pytest.mark.parametrize("kind", sampled(declared(Layer)))
"""The same for tests that take longer: only a sample is quick."""
