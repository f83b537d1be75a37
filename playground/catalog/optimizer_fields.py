"""Options that several optimizers have."""

from __future__ import annotations

from typing import Any

from playground.catalog.options import live

SIZE = "Step size. If it is too large the loss jumps, if it is too small the loss falls slowly."
BETA_1 = "Decay rate of the running mean of the gradient."
BETA_2 = "Decay rate of the running mean of the squared gradient."


def rate_field(default: float, text: str = SIZE) -> Any:
    return live(default, "Learning rate", text, gt=0, le=1000, is_log=True)


def decay_field(default: float) -> Any:
    text = "Shrinks every weight and bias a little towards 0 in each step."
    return live(default, "Weight decay", text, ge=0, le=10, is_log=True)


def mean_field(default: float, title: str, text: str) -> Any:
    # How much of what came before stays.
    return live(default, title, text, ge=0, lt=1)


def epsilon_field(default: float) -> Any:
    text = "Added to the denominator, so that it is never 0."
    return live(default, "Epsilon", text, gt=0, le=1)
