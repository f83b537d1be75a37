"""Layers with several inputs."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from playground.graph.call import Call
from playground.graph.layer import Layer, Port
from playground.graph.shape import Shape, ShapeError


class Add(Layer):
    """Adds its inputs, number by number. A wire around some layers into Add is a residual
    connection: the gradient has a short way back, so deep nets learn."""

    kind: ClassVar[str] = "Add"
    label: ClassVar[str] = "Add"
    family: ClassVar[str] = "Merge"
    short: ClassVar[str] = "add"
    aliases: ClassVar[tuple[str, ...]] = ("residual", "skip connection", "shortcut", "sum", "plus")
    formula: ClassVar[str] = r"y = x_1 + x_2 + \dots"
    source: ClassVar[str] = "torch.add; He et al. 2016, Deep residual learning"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in", many=True),)
    order: ClassVar[int] = 50

    def infer(self, *inputs: Shape) -> Shape:
        """All inputs must have the same shape, which is kept."""
        for shape in inputs[1:]:
            if shape.dims != inputs[0].dims:
                raise ShapeError(
                    "merge_mismatch",
                    f"Add needs inputs of one shape, got {inputs[0].example} and {shape.example}: "
                    "make them equal, for example with a Linear layer on one of them.",
                )
        return inputs[0]

    def call(self, *inputs: Shape) -> Call | None:
        """x1 + x2 + ...; a single input passes."""
        return Call("operator.add", joins="fold") if len(inputs) > 1 else None

    def summary(self, *inputs: Shape) -> str:
        """What is added."""
        return " + ".join(shape.example for shape in inputs)


class Concatenate(Layer):
    """Lays its inputs side by side: features after features, or channels after channels."""

    kind: ClassVar[str] = "Concatenate"
    label: ClassVar[str] = "Concatenate"
    family: ClassVar[str] = "Merge"
    short: ClassVar[str] = "concat"
    aliases: ClassVar[tuple[str, ...]] = ("concat", "join", "stack", "skip connection")
    formula: ClassVar[str] = r"y = [x_1, x_2, \dots]"
    source: ClassVar[str] = "torch.cat"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in", many=True),)
    order: ClassVar[int] = 51

    axis: int = Field(
        1,
        ge=1,
        le=8,
        title="Axis",
        description="1 is the first after the batch: features of a vector, channels of an image.",
    )

    def infer(self, *inputs: Shape) -> Shape:
        """Sizes along the axis add up; all others must be equal."""
        first = inputs[0]
        if self.axis > first.rank:
            raise ShapeError(
                "no_axis", f"Concatenate has no axis {self.axis} to join {first.example} along."
            )
        at = self.axis - 1
        total = 0
        for shape in inputs:
            rest = (*shape.dims[:at], *shape.dims[at + 1 :])
            size = shape.dims[at] if shape.rank == first.rank else None
            if not isinstance(size, int) or rest != (*first.dims[:at], *first.dims[at + 1 :]):
                raise ShapeError(
                    "merge_mismatch",
                    f"Concatenate along axis {self.axis} needs all other sizes equal, got "
                    f"{first.example} and {shape.example}.",
                )
            total += size
        return Shape((*first.dims[:at], total, *first.dims[at + 1 :]), first.dtype)

    def call(self, *inputs: Shape) -> Call | None:
        """torch.cat; a single input passes."""
        if len(inputs) < 2:
            return None
        return Call("torch.cat", (), {"dim": self.axis}, joins="list")

    def summary(self, *inputs: Shape) -> str:
        """What is joined."""
        return " , ".join(shape.example for shape in inputs)
