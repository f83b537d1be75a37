"""The port at which a layer is told which steps of a sequence are only padding."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from playground.graph.fix import Fix
from playground.graph.layer import Port
from playground.graph.shape import Dim, Shape, ShapeError

PADDING = Port(
    "padding",
    is_optional=True,
    help="The token ids as they come from the Input: steps that are only padding are left out.",
)
PaddingToken = Annotated[
    int,
    Field(
        ge=0,
        title="Padding token",
        description="The id that fills short sequences up; used where padding is wired.",
    ),
]
USUAL = 1
"""The padding token of the data sets here; 0 is the mask."""


def is_reported(label: str, steps: Dim, inputs: tuple[Shape, ...], port: int) -> bool:
    """Whether the ids of a sequence of so many steps are wired to input `port`; raises
    ShapeError where something else is."""
    if len(inputs) <= port:
        return False
    shape = inputs[port]
    fix = Fix.unplugging("Remove this wire", port=port)
    if shape.dtype != "int":
        raise ShapeError(
            "not_token_ids",
            f"{label} (padding) expects the token ids, as they are before Embedding, got numbers "
            f"({shape.example}): wire the Input here.",
            fix,
        )
    if shape.dims != (steps,):
        raise ShapeError(
            "padding_mismatch",
            f"{label} (padding) expects one token id a step, {steps} in all, got {shape.example}: "
            "wire the ids of the same sequence here.",
            fix,
        )
    return True
