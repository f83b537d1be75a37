"""Layers with several inputs."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from playground.catalog.layers.base.shape_checks import numbers
from playground.graph.call import Call
from playground.graph.fix import Fix
from playground.graph.layer import Layer, Port
from playground.graph.shape import Dim, Shape, ShapeError
from playground.translation import tr


class _Elementwise(Layer):
    family: ClassVar[str] = "Merge"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in", many=True),)
    order: ClassVar[int] = 60
    sign: ClassVar[str] = ""

    def infer(self, *inputs: Shape) -> Shape:
        """All inputs must have the same shape, which is kept."""
        for shape in inputs:
            numbers(self.label, shape)
            if shape.dims != inputs[0].dims:
                raise ShapeError(
                    "merge_mismatch",
                    tr(
                        "{label} needs inputs of one shape, got {shape} and {other}: make "
                        "them equal, for example with a Linear layer on one of them.",
                        label=tr(self.label),
                        shape=inputs[0].example,
                        other=shape.example,
                    ),
                    _widened(inputs),
                )
        return inputs[0]

    def summary(self, *inputs: Shape) -> str:
        """What is joined."""
        return f" {self.sign} ".join(shape.example for shape in inputs)


def _widened(inputs: tuple[Shape, ...]) -> Fix | None:
    # Two vectors, or sequences of vectors, of which a Linear layer can make equals.
    if len(inputs) != 2:
        return None
    first, second = inputs
    if first.rank != second.rank or first.rank not in (1, 2) or first.dims[:-1] != second.dims[:-1]:
        return None
    width = second.dims[-1]
    if not isinstance(width, int) or not isinstance(first.dims[-1], int):
        return None
    return Fix.inserting(
        tr("Insert Linear {width} on the first wire", width=width), "Linear", out_features=width
    )


class Add(_Elementwise):
    """Adds its inputs elementwise. A wire around some layers into Add is a residual connection: it
    gives the gradient a short path, so that deep networks can be trained."""

    kind: ClassVar[str] = "Add"
    label: ClassVar[str] = "Add"
    short: ClassVar[str] = "add"
    aliases: ClassVar[tuple[str, ...]] = ("residual", "skip connection", "shortcut", "sum", "plus")
    formula: ClassVar[str] = r"y = x_1 + x_2 + \dots"
    letters: ClassVar[str] = "x₁, x₂ inputs"
    when: ClassVar[str] = "For residual connections around layers in deep networks."
    pitfall: ClassVar[str] = (
        "All inputs need the same shape: put a Linear layer or a 1×1 convolution into the shortcut."
    )
    source: ClassVar[str] = "torch.add; He et al. 2016, Deep residual learning"
    sign: ClassVar[str] = "+"

    def call(self, *inputs: Shape) -> Call | None:
        """x1 + x2 + ...; a single input passes."""
        return Call("operator.add", joins="fold") if len(inputs) > 1 else None


class Multiply(_Elementwise):
    """Multiplies its inputs elementwise. An input between 0 and 1, from a sigmoid, acts as a gate:
    it controls how much of the other passes."""

    kind: ClassVar[str] = "Multiply"
    label: ClassVar[str] = "Multiply"
    short: ClassVar[str] = "multiply"
    aliases: ClassVar[tuple[str, ...]] = ("gate", "product", "times", "mask")
    formula: ClassVar[str] = r"y = x_1 \odot x_2 \odot \dots"
    letters: ClassVar[str] = "x₁, x₂ inputs · ⊙ elementwise product"
    when: ClassVar[str] = "For gates: one branch controls how much of the other passes."
    pitfall: ClassVar[str] = (
        "Products of small numbers vanish, of large ones explode: bound one input with a Sigmoid."
    )
    source: ClassVar[str] = "torch.mul"
    order: ClassVar[int] = 61
    sign: ClassVar[str] = "·"

    def call(self, *inputs: Shape) -> Call | None:
        """x1 · x2 · ...; a single input passes."""
        return Call("operator.mul", joins="fold") if len(inputs) > 1 else None


class Mean(_Elementwise):
    """The elementwise mean of its inputs: an ensemble of the branches before it."""

    kind: ClassVar[str] = "Mean"
    label: ClassVar[str] = "Mean"
    short: ClassVar[str] = "mean"
    aliases: ClassVar[tuple[str, ...]] = ("average", "ensemble", "merge")
    formula: ClassVar[str] = r"y = \frac{1}{n} (x_1 + \dots + x_n)"
    letters: ClassVar[str] = "x₁, x₂ inputs · n number of inputs"
    when: ClassVar[str] = "To combine branches with equal weight."
    pitfall: ClassVar[str] = "Each of n branches is divided by n: use Add to keep their magnitude."
    source: ClassVar[str] = "torch.mean"
    order: ClassVar[int] = 62
    sign: ClassVar[str] = ","

    def call(self, *inputs: Shape) -> Call | None:
        """(x1 + x2 + ...) / n; a single input passes."""
        return Call("modules.Mean") if len(inputs) > 1 else None


class Concatenate(Layer):
    """Joins its inputs along an axis: features after features, or channels after channels."""

    kind: ClassVar[str] = "Concatenate"
    label: ClassVar[str] = "Concatenate"
    family: ClassVar[str] = "Merge"
    short: ClassVar[str] = "concat"
    aliases: ClassVar[tuple[str, ...]] = ("concat", "join", "stack", "skip connection")
    formula: ClassVar[str] = r"y = [x_1, x_2, \dots]"
    letters: ClassVar[str] = "x₁, x₂ inputs"
    when: ClassVar[str] = "To keep the features of several branches, as in a U-Net."
    pitfall: ClassVar[str] = (
        "Every concatenation makes the next layer larger: use Add if the branches have "
        "the same meaning."
    )
    source: ClassVar[str] = "torch.cat"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in", many=True),)
    order: ClassVar[int] = 63

    axis: int = Field(
        1,
        ge=1,
        le=8,
        title="Axis",
        description="1 is the first after the batch: features of a vector, channels of an image.",
    )

    def infer(self, *inputs: Shape) -> Shape:
        """Sizes along the axis add up; all others must be equal. Token ids join ids alone."""
        first, at = inputs[0], self.axis - 1
        for shape in inputs:
            if "float" in {other.dtype for other in inputs}:
                numbers(self.label, shape)
        if self.axis > first.rank:
            last = Fix.setting(tr("Join along axis {axis}", axis=first.rank), axis=first.rank)
            raise ShapeError(
                "no_axis",
                tr(
                    "Concatenate has no axis {axis} to join along: an example is {shape}, "
                    "which has {rank}.",
                    axis=self.axis,
                    shape=first.example,
                    rank=first.rank,
                ),
                last if first.rank else None,
            )
        unlike = [shape for shape in inputs if self._rest(shape) != self._rest(first)]
        if unlike:
            raise ShapeError(
                "merge_mismatch",
                tr(
                    "Concatenate along axis {axis} needs all other sizes equal, got "
                    "{shape} and {other}.",
                    axis=self.axis,
                    shape=first.example,
                    other=unlike[0].example,
                ),
                self._other_axis(inputs),
            )
        return Shape(
            (*first.dims[:at], self._joined(inputs), *first.dims[self.axis :]), first.dtype
        )

    def _rest(self, shape: Shape) -> tuple[int, tuple[Dim, ...]]:
        return shape.rank, (*shape.dims[: self.axis - 1], *shape.dims[self.axis :])

    def _joined(self, inputs: tuple[Shape, ...]) -> Dim:
        sizes = [shape.dims[self.axis - 1] for shape in inputs]
        if len(sizes) == 1:
            return sizes[0]
        known = [size for size in sizes if isinstance(size, int)]
        if len(known) == len(sizes):
            return sum(known)
        text = tr(
            "Concatenate along axis {axis} adds up sizes, and in {shape} this size is only known "
            "from the data.",
            axis=self.axis,
            shape=inputs[0].example,
        )
        raise ShapeError("open_size", text, self._other_axis(inputs))

    def _other_axis(self, inputs: tuple[Shape, ...]) -> Fix | None:
        # If all inputs are equal but for one axis, or in all axes, it is that or any.
        first = inputs[0]
        if any(shape.rank != first.rank for shape in inputs):
            return None
        columns = list(zip(*(shape.dims for shape in inputs), strict=True))
        differ = [axis for axis, sizes in enumerate(columns, 1) if len(set(sizes)) > 1]
        fits = [a for a in differ or range(1, first.rank + 1) if _are_known(columns[a - 1])]
        if len(differ) > 1 or not fits:
            return None
        return Fix.setting(tr("Join along axis {axis}", axis=fits[0]), axis=fits[0])

    def call(self, *inputs: Shape) -> Call | None:
        """torch.cat; a single input passes."""
        if len(inputs) < 2:
            return None
        return Call("torch.cat", (), {"dim": self.axis}, joins="list")

    def summary(self, *inputs: Shape) -> str:
        """What is joined."""
        return " , ".join(shape.example for shape in inputs)


def _are_known(sizes: tuple[Dim, ...]) -> bool:
    return all(isinstance(size, int) for size in sizes)
