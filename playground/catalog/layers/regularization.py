"""Layers that make memorising harder."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from playground.graph.call import Call
from playground.graph.layer import Layer
from playground.graph.shape import Shape


class Dropout(Layer):
    """Silences units at random while training, so that none can rely on another. The rest is
    scaled by 1/(1−p), and nothing is dropped when the net is used."""

    kind: ClassVar[str] = "Dropout"
    label: ClassVar[str] = "Dropout"
    family: ClassVar[str] = "Normalise · regularise"
    short: ClassVar[str] = "dropout"
    formula: ClassVar[str] = r"y = \frac{m \odot x}{1-p},\; m \sim Bernoulli(1-p)"
    source: ClassVar[str] = "torch.nn.Dropout; Srivastava et al. 2014"
    order: ClassVar[int] = 45

    p: float = Field(
        0.5,
        ge=0,
        lt=1,
        title="Drop share",
        description="Share of the units that is silenced in every training step.",
        json_schema_extra={"live": True},
    )

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.Dropout."""
        return Call("nn.Dropout", (self.p,))

    def summary(self, *inputs: Shape) -> str:
        """The share."""
        return f"p = {self.p:g}"
