"""Layers in which every output sees every input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from playground.catalog.layers.weighted import Weighted
from playground.graph.call import Call
from playground.graph.shape import Mend, Shape, ShapeError


class Linear(Weighted):
    """Every output is a weighted sum of all inputs plus a bias: y = Wx + b."""

    kind: ClassVar[str] = "Linear"
    label: ClassVar[str] = "Linear"
    family: ClassVar[str] = "Dense"
    short: ClassVar[str] = "linear"
    aliases: ClassVar[tuple[str, ...]] = ("dense", "fully connected", "neuron", "perceptron")
    formula: ClassVar[str] = r"y = xW^T + b"
    source: ClassVar[str] = "torch.nn.Linear"
    order: ClassVar[int] = 10

    out_features: int = Field(
        8, ge=1, le=65536, title="Units", description="How many neurons: the size of the output."
    )
    bias: bool = Field(True, title="Bias", description="Adds a learned constant to every unit.")

    def infer(self, *inputs: Shape) -> Shape:
        """B × ... × in to B × ... × out; refuses images, which need Flatten first."""
        (shape,) = inputs
        self._in_features(shape)
        return Shape((*shape.dims[:-1], self.out_features))

    def _in_features(self, shape: Shape) -> int:
        if shape.rank not in (1, 2) or shape.dtype != "float":
            raise ShapeError(
                "wrong_rank",
                f"Linear expects a flat vector, got {shape.example}: add Flatten",
                Mend("Insert Flatten", insert="Flatten"),
            )
        last = shape.dims[-1]
        if not isinstance(last, int):
            raise ShapeError("open_size", f"Linear needs a fixed width, got {shape.example}.")
        return last

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Weight out × in, and bias out."""
        weight = {"weight": (self.out_features, self._in_features(inputs[0]))}
        return weight | ({"bias": (self.out_features,)} if self.bias else {})

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.Linear."""
        arguments = (self._in_features(inputs[0]), self.out_features)
        return Call("nn.Linear", arguments, {} if self.bias else {"bias": False})

    def summary(self, *inputs: Shape) -> str:
        """In and out."""
        return f"{inputs[0].dims[-1]} → {self.out_features}"
