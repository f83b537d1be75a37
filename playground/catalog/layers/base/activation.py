"""The base of every activation: a function with a value and a slope."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from playground.catalog.layers.base.shape_checks import numbers
from playground.graph.layer import Layer
from playground.graph.shape import Shape

Array = npt.NDArray[np.float64]


class Activation(Layer):
    """A function applied to every number, or over the last axis; it keeps the shape."""

    letters: ClassVar[str] = "z input"
    family: ClassVar[str] = "Activation"
    is_activation: ClassVar[bool] = True
    is_elementwise: ClassVar[bool] = True
    """Whether every number is taken by itself. If not, `value` and `slope` are those of the
    first of two numbers, over that number, with the other at 0."""
    order: ClassVar[int] = 20

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps the shape."""
        return numbers(self.label, inputs[0])

    def value(self, z: Array) -> Array:
        """f(z), for the plot in the inspector."""
        raise NotImplementedError

    def slope(self, z: Array) -> Array:
        """f′(z), for the plot in the inspector."""
        raise NotImplementedError
