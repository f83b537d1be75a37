"""Which functions of `engine.labels` make labels and class weights as a loss takes them.

The engine calls these functions, and exported scripts carry their source.
"""

from __future__ import annotations

from dataclasses import dataclass

from playground.catalog.datasets.dataset import Target
from playground.catalog.losses import Loss


@dataclass(frozen=True, slots=True)
class LabelFunction:
    """A function of `engine.labels`, and what it takes after the labels."""

    name: str
    arguments: tuple[float, ...] = ()
    takes_dtype: bool = False
    """Whether the dtype of the labels comes last."""


def encoders(loss: Loss, target: Target) -> tuple[LabelFunction, ...]:
    """The functions that encode labels for a loss, to be applied in this order."""
    encoding = loss.encoding(target)
    if encoding == "index":
        return (LabelFunction("class_numbers"),)
    if encoding == "one_hot":
        first = LabelFunction("one_hot", (len(target.classes),), takes_dtype=True)
    else:
        first = LabelFunction("signed" if encoding == "signed" else "columns", takes_dtype=True)
    taken, added = loss.smoothing(target)
    return (first, LabelFunction("smoothed", (taken, added))) if taken else (first,)


def weighs_classes(loss: Loss, target: Target) -> bool:
    """Whether some classes count more than others."""
    return loss.weighting != "none" and bool(target.classes)


def balancer(loss: Loss, target: Target) -> LabelFunction:
    """The function that computes balanced class weights from encoded labels."""
    if loss.weights_argument(target) == "pos_weight":
        return LabelFunction("balanced_pos_weight")
    return LabelFunction("balanced_weights", (loss.outputs(target),))
