"""Layers that only arrange numbers anew."""

from __future__ import annotations

from typing import ClassVar

from playground.graph.call import Call
from playground.graph.layer import Layer
from playground.graph.shape import Shape, ShapeError


class Flatten(Layer):
    """Lays all numbers of an example in one row, so that a Linear layer can take an image."""

    kind: ClassVar[str] = "Flatten"
    label: ClassVar[str] = "Flatten"
    family: ClassVar[str] = "Reshape"
    short: ClassVar[str] = "flatten"
    aliases: ClassVar[tuple[str, ...]] = ("vector", "reshape")
    formula: ClassVar[str] = r"B \times C \times H \times W \to B \times CHW"
    source: ClassVar[str] = "torch.nn.Flatten"
    order: ClassVar[int] = 60

    def infer(self, *inputs: Shape) -> Shape:
        """One dimension with as many numbers."""
        size = inputs[0].size
        if size is None:
            raise ShapeError("open_size", f"Flatten needs a fixed size, got {inputs[0].example}.")
        return Shape((size,), inputs[0].dtype)

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.Flatten."""
        return Call("nn.Flatten")
