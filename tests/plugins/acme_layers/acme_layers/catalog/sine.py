"""A periodic activation."""

from typing import ClassVar

import numpy as np

from playground.catalog.layers.base.activation import Activation, Array
from playground.graph.call import Call
from playground.graph.shape import Shape


class Sine(Activation):
    """The sine of every number, good for signals that repeat. It is neither monotone nor bounded
    away from slope 0, so it needs careful initialization."""

    kind: ClassVar[str] = "acme.Sine"
    label: ClassVar[str] = "Sine"
    short: ClassVar[str] = "sine"
    aliases: ClassVar[tuple[str, ...]] = ("siren", "periodic")
    formula: ClassVar[str] = r"f(z) = \sin(z)"
    when: ClassVar[str] = "For signals and images as functions of their coordinates."
    pitfall: ClassVar[str] = "Large weights make it oscillate: initialize them small."
    source: ClassVar[str] = "torch.sin; Sitzmann et al. 2020, Implicit neural representations"

    def call(self, *inputs: Shape) -> Call:
        """torch.sin."""
        return Call("torch.sin")

    def value(self, z: Array) -> Array:
        """sin z."""
        return np.sin(z)

    def slope(self, z: Array) -> Array:
        """cos z."""
        return np.cos(z)
