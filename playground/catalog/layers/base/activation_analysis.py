"""What an activation is like, measured on its curve: range, centre and flat regions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from playground.catalog.layers.base.activation import Activation

FAR = 60.0
"""So far out, an activation has come to what it tends to, or grows without end."""
STILL = 1e-9
"""A change in one unit of z, or a slope, below which a curve is flat."""
CENTRED = 0.02


@dataclass(frozen=True, slots=True)
class Traits:
    """Properties of an activation as numbers."""

    low: float
    """The lowest value; -inf if there is none."""
    high: float
    mean: float
    """Of f(z) for z drawn from the standard normal distribution."""
    is_flat_below: bool
    """Whether the slope goes to 0 for z towards minus infinity."""
    is_flat_above: bool
    has_gradient: bool
    """Whether the slope is anything but 0 anywhere."""

    @property
    def is_zero_centred(self) -> bool:
        """Whether what goes in around 0 comes out around 0."""
        return abs(self.mean) < CENTRED

    @property
    def is_saturating(self) -> bool:
        """Whether it is flat at both ends: large inputs of either sign stop learning."""
        return self.is_flat_below and self.is_flat_above


def traits_of(activation: Activation) -> Traits:
    """Measured on `value` and `slope`, so that it holds for every setting of the options."""
    z = np.linspace(-FAR, FAR, 24_001)
    values = np.asarray(activation.value(z), float)
    slopes = np.asarray(activation.slope(z), float)
    unit = len(z) // round(2 * FAR)
    falls = _is_moving(values[0], values[unit])
    grows = _is_moving(values[-1], values[-1 - unit])
    bell = np.exp(-(z**2) / 2)
    return Traits(
        low=-math.inf if falls and values[0] < 0 else float(values.min()),
        high=math.inf if grows and values[-1] > 0 else float(values.max()),
        mean=float((values * bell).sum() / bell.sum()),
        is_flat_below=bool(abs(slopes[0]) < STILL),
        is_flat_above=bool(abs(slopes[-1]) < STILL),
        has_gradient=bool(np.any(slopes != 0)),
    )


def _is_moving(end: float, before: float) -> bool:
    return abs(end - before) > STILL
