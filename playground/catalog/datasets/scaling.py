"""Bringing columns of different sizes to one scale, by what the training part shows."""

from __future__ import annotations

from typing import Literal, cast

import numpy as np
import numpy.typing as npt
from pydantic import Field

from playground.catalog.datasets.dataset import Dataset, Floats, Labels

Normalise = Literal["none", "standardise", "min-max"]


def scaled(train: Floats, val: Floats, how: Normalise) -> tuple[Floats, Floats]:
    """Both parts scaled column by column; mean, spread and range come from `train` alone.

    A column that never changes in training is only moved: it has no spread to divide by.
    """
    if how == "none":
        return train, val
    wide = train.astype(np.float64)
    if how == "standardise":
        start, width = wide.mean(0), wide.std(0)
    else:
        start, width = wide.min(0), wide.max(0) - wide.min(0)
    width = np.where(width > 0, width, 1.0)
    return _moved(wide, start, width), _moved(val.astype(np.float64), start, width)


def _moved(x: npt.NDArray[np.float64], start: np.ndarray, width: np.ndarray) -> Floats:
    return np.asarray((x - start) / width, np.float32)


class Scaled(Dataset):
    """A table whose columns are brought to one scale before training."""

    normalise: Normalise = Field(
        "standardise",
        title="Normalise",
        description=(
            "Standardise brings every feature to mean 0 and spread 1, min-max to 0..1, both "
            "measured on the training examples. Nets learn slowly from raw numbers of any size."
        ),
    )

    def has_shares(self) -> bool | None:
        """Not where they are standardised; of others only the examples tell."""
        return False if self.normalise == "standardise" else None

    def scale(self, train: Floats, val: Floats) -> tuple[Floats, Floats]:
        """Every feature scaled by the training examples."""
        return scaled(train, val, self.normalise)


class ScaledLabels(Scaled):
    """A table whose labels, where they are numbers, can be standardised as well."""

    scale_target: bool = Field(
        True,
        title="Scale label",
        description=(
            "Brings labels that are numbers to mean 0 and spread 1, measured on the training "
            "examples: a fresh net puts out numbers near 0 and would first have to climb to them."
        ),
    )

    def scale_labels(self, train: Labels, val: Labels) -> tuple[Labels, Labels]:
        """Numbers standardised if wished; class numbers as they are."""
        if not self.scale_target or self.target().task != "regression":
            return train, val
        return scaled(cast(Floats, train), cast(Floats, val), "standardise")
