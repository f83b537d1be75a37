"""Thresholds for vanishing gradients, and for small gradients because the loss is near 0."""

from __future__ import annotations

SHARE = 1e-3
"""Relative to the largest gradient in the network; less than this is vanishing."""
LEAST = 1e-7
"""A gradient below this is vanishing, whatever the others are."""
SOLVED = 1e-3
"""With a loss below this, small gradients are expected."""


def is_solved(train_loss: float | None) -> bool:
    """Whether the loss is so small that gradients are expected to be small everywhere."""
    return train_loss is not None and abs(train_loss) < SOLVED


def is_vanishing(gradient: float, largest: float, *, solved: bool) -> bool:
    """Whether a gradient is too small, relative to the largest in the network or by itself."""
    return gradient < SHARE * largest or (gradient < LEAST and not solved)
