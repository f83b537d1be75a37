"""Layers in which every output sees every input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from playground.catalog.layers.base.shape_checks import vector_width
from playground.catalog.layers.base.weighted import Biased
from playground.graph.call import Call
from playground.graph.shape import Shape


class Linear(Biased):
    """Every output is a weighted sum of all inputs plus a bias: y = Wx + b."""

    kind: ClassVar[str] = "Linear"
    label: ClassVar[str] = "Linear"
    family: ClassVar[str] = "Dense"
    short: ClassVar[str] = "linear"
    aliases: ClassVar[tuple[str, ...]] = (
        "dense", "fully connected", "neuron", "perceptron", "linear regression",
        "logistic regression", "mlp", "feedforward", "nn.linear",
    )  # fmt: skip
    formula: ClassVar[str] = r"y = xW^T + b"
    letters: ClassVar[str] = "x input · W weights · b bias · y output"
    when: ClassVar[str] = "To combine features, and as the last layer of nearly every network."
    pitfall: ClassVar[str] = (
        "Two Linear layers in a row are equivalent to one: put an activation between them."
    )
    source: ClassVar[str] = "torch.nn.Linear"
    order: ClassVar[int] = 10
    units_option: ClassVar[str] = "out_features"

    out_features: int = Field(
        8, ge=1, le=65536, title="Units", description="Number of units: the size of the output."
    )
    bias: bool = Field(True, title="Bias", description="Adds a learned constant to every unit.")

    @property
    def is_linear(self) -> bool:
        """Always."""
        return True

    def infer(self, *inputs: Shape) -> Shape:
        """B × ... × in to B × ... × out; refuses images, which need Flatten first."""
        (shape,) = inputs
        vector_width(self.label, shape)
        return Shape((*shape.dims[:-1], self.out_features))

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Weight out × in, and bias out."""
        weight = {"weight": (self.out_features, vector_width(self.label, inputs[0]))}
        return weight | ({"bias": (self.out_features,)} if self.bias else {})

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.Linear."""
        arguments = (vector_width(self.label, inputs[0]), self.out_features)
        return Call("nn.Linear", arguments, {} if self.bias else {"bias": False})

    def summary(self, *inputs: Shape) -> str:
        """In and out."""
        return f"{inputs[0].dims[-1]} → {self.out_features}"
