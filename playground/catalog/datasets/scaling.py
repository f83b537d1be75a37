"""Bringing columns of different sizes to one scale, by what the training part shows."""

from __future__ import annotations

from pydantic import Field

from playground.catalog.datasets.dataset import Dataset, Scaling


class Scaled(Dataset):
    """A table whose columns are brought to one scale before training."""

    normalise: Scaling = Field(
        "standardise",
        title="Normalise",
        description=(
            "Standardise brings every feature to mean 0 and spread 1, min-max to 0..1, both "
            "measured on the training examples. Networks learn slowly from raw numbers of any size."
        ),
    )

    def has_shares(self) -> bool | None:
        """False if they are standardised; else it depends on the examples."""
        return False if self.normalise == "standardise" else None

    def feature_scaling(self) -> Scaling:
        """As chosen."""
        return self.normalise


class ScaledLabels(Scaled):
    """A table whose labels, if they are numbers, can be standardised as well."""

    scale_target: bool = Field(
        True,
        title="Scale label",
        description=(
            "Brings labels that are numbers to mean 0 and spread 1, measured on the training "
            "examples: the outputs of an untrained network are near 0 and would have to reach "
            "them first."
        ),
    )

    def label_scaling(self) -> Scaling:
        """Numbers standardised if that is chosen; class numbers as they are."""
        is_standardised = self.scale_target and self.target().task == "regression"
        return "standardise" if is_standardised else "none"
