"""A data set."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from playground.catalog.datasets.dataset import Dataset, DrawFunction, Floats, Labels, Target
from playground.graph.shape import Shape


def stripes(rng: np.random.Generator, count: int) -> tuple[Floats, Labels]:
    """Uniform in the square of side 2; the class changes every half."""
    x = rng.uniform(-1, 1, (count, 2))
    y = np.floor(2 * x[:, 0]).astype(np.int64) % 2
    return x.astype(np.float32), y


class Stripes(Dataset):
    """Upright stripes of two classes: easy with two units per border, impossible with fewer."""

    kind: ClassVar[str] = "acme.stripes"
    label: ClassVar[str] = "Stripes"
    family: ClassVar[str] = "Toy"
    aliases: ClassVar[tuple[str, ...]] = ("bars",)
    when: ClassVar[str] = "To count how many hidden units a border needs."
    pitfall: ClassVar[str] = "With too few units one stripe is always missed: add some."
    function: ClassVar[DrawFunction] = staticmethod(stripes)

    count: int = Field(500, ge=4, le=100_000, title="Examples", description="Number of examples.")

    def features(self) -> Shape:
        """Two coordinates."""
        return Shape((2,))

    def feature_names(self) -> tuple[str, ...]:
        """x₁ and x₂."""
        return ("x₁", "x₂")

    def target(self) -> Target:
        """Two classes."""
        return Target("binary", ("blue", "orange"))
