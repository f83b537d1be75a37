"""Class weights: the option of losses over classes, and its validation."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from playground.translation import tr

LIGHTEST, HEAVIEST = 1e-6, 1e6
"""Class weights beyond these are lost in rounding."""


def _weights_of_classes(value: object) -> object:
    # One sentence in place of what each part of the union says.
    if value in ("none", "balanced"):
        return value
    numbers = value if isinstance(value, list | tuple) else ()
    if not numbers or not all(_is_weight(number) for number in numbers):
        raise ValueError(tr('expected "none", "balanced", or a number above 0 for each class'))
    return tuple(numbers)


def _is_weight(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return LIGHTEST <= value <= HEAVIEST


Weight = Annotated[float, Field(ge=LIGHTEST, le=HEAVIEST)]
ClassWeights = Annotated[
    Literal["none", "balanced"] | Annotated[tuple[Weight, ...], Field(max_length=10_000)],
    BeforeValidator(_weights_of_classes),
]


def class_weights_field() -> Any:
    """The field of a loss that has class weights."""
    return Field(
        "none",
        title="Class weights",
        description="How much each class counts: none for all alike, balanced so that rare ones "
        "count as much as frequent ones, or a number above 0 for each class, such as 1, 5.",
    )
