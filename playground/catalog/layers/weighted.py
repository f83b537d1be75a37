"""What layers with weights have in common: an initializer, and penalties on the weights."""

from __future__ import annotations

from pydantic import Field

from playground.catalog.initializers import InitializerChoice, TorchDefault
from playground.graph.layer import Layer


class Weighted(Layer):
    """A layer with a weight that is drawn by an initializer and can be penalised."""

    initializer: InitializerChoice = Field(
        TorchDefault(),
        title="Initializer",
        description="How the weights are drawn before training. He suits ReLU, Xavier tanh.",
        json_schema_extra={"rank": 1},
    )
    l1: float = Field(
        0.0,
        ge=0,
        title="L1 penalty",
        description="Pulls every weight of this layer to exactly 0, the useless ones first.",
        json_schema_extra={"live": True, "log": True, "rank": 2},
    )
    l2: float = Field(
        0.0,
        ge=0,
        title="L2 penalty",
        description="Keeps the weights of this layer small: λ/2·‖W‖² is added to the loss.",
        json_schema_extra={"live": True, "log": True, "rank": 2},
    )
