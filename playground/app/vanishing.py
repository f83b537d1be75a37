"""When a layer gets too little gradient to learn, and when there is none because all is learned."""

from __future__ import annotations

SHARE = 1e-3
"""Of the largest gradient in the net; what gets less is starved."""
LEAST = 1e-7
"""A gradient below this moves nothing, whatever the others get."""
SOLVED = 1e-3
"""A loss below this leaves next to nothing to put right."""


def is_solved(train_loss: float | None) -> bool:
    """Whether the net is so good that gradients are small everywhere, as they should be."""
    return train_loss is not None and abs(train_loss) < SOLVED


def is_vanishing(gradient: float, largest: float, *, solved: bool) -> bool:
    """Whether a gradient is too small beside the largest in the net, or by itself."""
    return gradient < SHARE * largest or (gradient < LEAST and not solved)
