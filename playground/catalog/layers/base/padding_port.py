"""The optional input with the token ids, which show the steps that are padding."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from playground.graph.fix import Fix
from playground.graph.layer import Port
from playground.graph.shape import Dim, Shape, ShapeError
from playground.translation import tr

PADDING = Port(
    "padding",
    is_optional=True,
    help="The token ids from the Input: steps that are padding are ignored.",
)
PaddingToken = Annotated[
    int,
    Field(
        ge=0,
        title="Padding token",
        description="The id that fills short sequences; used if the padding input is connected.",
    ),
]
USUAL = 1
"""The padding token of the data sets here; 0 is the mask."""


def is_reported(label: str, steps: Dim, inputs: tuple[Shape, ...], port: int) -> bool:
    """Whether the ids of a sequence of so many steps are wired to input `port`; raises
    ShapeError if something else is."""
    if len(inputs) <= port:
        return False
    shape = inputs[port]
    fix = Fix.unplugging("Remove this wire", port=port)
    if shape.dtype != "int":
        raise ShapeError(
            "not_token_ids",
            tr(
                "{label} (padding) expects the token ids that enter "
                "Embedding, got numbers ({shape}): wire the Input here.",
                label=tr(label),
                shape=shape.example,
            ),
            fix,
        )
    if shape.dims != (steps,):
        raise ShapeError(
            "padding_mismatch",
            tr(
                "{label} (padding) expects one token id per step, {steps} in all, got "
                "{shape}: wire the ids of the same sequence here.",
                label=tr(label),
                steps=steps,
                shape=shape.example,
            ),
            fix,
        )
    return True
