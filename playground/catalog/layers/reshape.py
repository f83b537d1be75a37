"""Layers that only arrange numbers anew, or pick some of them."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from pydantic import Field

from playground.catalog.layers.base.padding_port import PADDING, USUAL, PaddingToken, is_reported
from playground.catalog.layers.base.shape_checks import sequence
from playground.graph.call import Call
from playground.graph.fix import Fix
from playground.graph.layer import Layer, Port
from playground.graph.shape import Shape, ShapeError


def _known_size(label: str, shape: Shape) -> int:
    if shape.size is not None:
        return shape.size
    fix = Fix.inserting("Insert Last step", "LastStep") if shape.rank == 2 else None
    raise ShapeError(
        "open_size",
        f"{label} needs a fixed size, got {shape.example}: take the last step of the sequence, "
        "or its mean over time.",
        fix if shape.dtype == "float" else None,
    )


class Flatten(Layer):
    """Lays all numbers of an example in one row, so that a Linear layer can take an image."""

    kind: ClassVar[str] = "Flatten"
    label: ClassVar[str] = "Flatten"
    family: ClassVar[str] = "Reshape"
    short: ClassVar[str] = "flatten"
    aliases: ClassVar[tuple[str, ...]] = ("vector", "reshape", "ravel", "vectorise")
    formula: ClassVar[str] = r"B \times C \times H \times W \to B \times CHW"
    letters: ClassVar[str] = "B batch · C channels · H height · W width"
    when: ClassVar[str] = "Between convolutions and Linear layers."
    pitfall: ClassVar[str] = "The Linear layer behind it gets very many weights: pool first."
    source: ClassVar[str] = "torch.nn.Flatten"
    order: ClassVar[int] = 70
    passes_linearly: ClassVar[bool] = True

    def infer(self, *inputs: Shape) -> Shape:
        """One dimension with as many numbers."""
        return Shape((_known_size(self.label, inputs[0]),), inputs[0].dtype)

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.Flatten; a single number an example becomes a row of one."""
        return Call("nn.Flatten") if inputs[0].rank else Call("torch.unsqueeze", (1,))


class Reshape(Layer):
    """Arranges the numbers of an example anew, in the order in which they lie: 64 numbers as an
    image of 1×8×8, say. One size may be −1: it is worked out."""

    kind: ClassVar[str] = "Reshape"
    label: ClassVar[str] = "Reshape"
    family: ClassVar[str] = "Reshape"
    short: ClassVar[str] = "reshape"
    aliases: ClassVar[tuple[str, ...]] = ("view", "unflatten", "image", "unsqueeze")
    formula: ClassVar[str] = r"B \times n \to B \times n_1 \times n_2 \times \dots"
    letters: ClassVar[str] = "B batch · n how many numbers, as many as before"
    when: ClassVar[str] = "To lay the same numbers out in another way."
    pitfall: ClassVar[str] = (
        "It keeps the order of the numbers, so it does not swap axes: that is Permute."
    )
    source: ClassVar[str] = "torch.reshape"
    order: ClassVar[int] = 71
    passes_linearly: ClassVar[bool] = True

    shape: tuple[int, ...] = Field(
        (-1,),
        title="Shape",
        description="The sizes of one example, the batch left out; −1 is free.",
    )

    def infer(self, *inputs: Shape) -> Shape:
        """Other dimensions with as many numbers."""
        size = _known_size(self.label, inputs[0])
        free = self.shape.count(-1)
        known = prod(dim for dim in self.shape if dim != -1)
        is_sound = free <= 1 and all(dim == -1 or dim >= 1 for dim in self.shape)
        if not is_sound or (size % known if free else size != known):
            wanted = "×".join(map(str, self.shape)) or "a single number"
            raise ShapeError(
                "wrong_size",
                f"Reshape cannot make {wanted} of {inputs[0].example}, which is {size:,} numbers: "
                "the sizes must multiply to that.",
                Fix.setting("Make it flat", shape=(-1,)),
            )
        return Shape(
            tuple(size // known if dim == -1 else dim for dim in self.shape), inputs[0].dtype
        )

    def call(self, *inputs: Shape) -> Call:
        """torch.reshape."""
        return Call("torch.reshape", ((-1, *self.infer(*inputs).dims),))


class Permute(Layer):
    """Changes the order of the axes: steps×features to features×steps, for example, so that a
    Conv1d can take a sequence. Axis 1 is the first after the batch."""

    kind: ClassVar[str] = "Permute"
    label: ClassVar[str] = "Permute"
    family: ClassVar[str] = "Reshape"
    short: ClassVar[str] = "permute"
    aliases: ClassVar[tuple[str, ...]] = ("transpose", "swap axes", "channels last")
    formula: ClassVar[str] = r"y_{ji} = x_{ij}"
    letters: ClassVar[str] = "x input · i, j places along two axes"
    when: ClassVar[str] = (
        "To bring channels, time and features into the order that a layer expects."
    )
    pitfall: ClassVar[str] = (
        "It is easily mistaken for Reshape, which keeps the order of the numbers."
    )
    source: ClassVar[str] = "torch.permute"
    order: ClassVar[int] = 72
    passes_linearly: ClassVar[bool] = True

    dims: tuple[int, ...] = Field(
        (2, 1), title="Axes", description="The axes in their new order: 2, 1 swaps the first two."
    )

    def infer(self, *inputs: Shape) -> Shape:
        """The same dimensions in another order."""
        (shape,) = inputs
        if sorted(self.dims) != list(range(1, shape.rank + 1)):
            every = tuple(range(shape.rank, 0, -1))
            text = ", ".join(map(str, self.dims)) or "none"
            raise ShapeError(
                "wrong_axes",
                f"Permute must name every axis of {shape.example} once, which are 1 to "
                f"{shape.rank}, got {text}.",
                Fix.setting("Reverse the axes", dims=every),
            )
        return Shape(tuple(shape.dims[axis - 1] for axis in self.dims), shape.dtype)

    def call(self, *inputs: Shape) -> Call:
        """torch.permute; axis 0, the batch, stays."""
        return Call("torch.permute", ((0, *self.dims),))

    def summary(self, *inputs: Shape) -> str:
        """The shape it makes."""
        return f"{inputs[0].example} → {self.infer(*inputs).example}"


class _OverTime(Layer):
    padding_option: ClassVar[str] = "padding_idx"
    family: ClassVar[str] = "Reshape"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in"), PADDING)

    padding_idx: PaddingToken = USUAL

    def infer(self, *inputs: Shape) -> Shape:
        """T × features to features; padding is T token ids."""
        steps, features = sequence(self.label, inputs[0])
        is_reported(self.label, steps, inputs, 1)
        return Shape((features,))


class LastStep(_OverTime):
    """Keeps the last step of a sequence: what a recurrent layer knows once it has read all. With
    the tokens wired to its padding, the last that is not padding, or zeros where all are."""

    kind: ClassVar[str] = "LastStep"
    label: ClassVar[str] = "Last step"
    short: ClassVar[str] = "last"
    aliases: ClassVar[tuple[str, ...]] = ("final", "select", "sequence to vector")
    formula: ClassVar[str] = r"y = x_T"
    letters: ClassVar[str] = "x input · T last step"
    when: ClassVar[str] = "After a recurrent layer, to classify a whole sequence."
    pitfall: ClassVar[str] = (
        "Padding at the end is taken for the last step, unless the tokens are wired to padding."
    )
    source: ClassVar[str] = "torch.select"
    order: ClassVar[int] = 73

    def call(self, *inputs: Shape) -> Call:
        """torch.select of the last; the last that is not padding with a module of our own."""
        if len(inputs) > 1:
            return Call("modules.LastRealStep", (self.padding_idx,))
        return Call("torch.select", (1, -1))


class MeanOverTime(_OverTime):
    """The mean of all steps of a sequence: every step has its say, wherever it stands. With the
    tokens wired to its padding, the mean of those that are not padding, or zeros where all are."""

    kind: ClassVar[str] = "MeanOverTime"
    label: ClassVar[str] = "Mean over time"
    short: ClassVar[str] = "meantime"
    aliases: ClassVar[tuple[str, ...]] = ("average", "pooling", "bag of words")
    formula: ClassVar[str] = r"y = \frac{1}{T} \sum_t x_t"
    letters: ClassVar[str] = "x_t input at step t · T how many steps"
    when: ClassVar[str] = "To classify a sequence when all of its steps matter."
    pitfall: ClassVar[str] = (
        "Padding counts as much as words do, unless the tokens are wired to padding."
    )
    source: ClassVar[str] = "torch.mean"
    order: ClassVar[int] = 74

    def call(self, *inputs: Shape) -> Call:
        """torch.mean over the steps; over those that are not padding with a module of our own."""
        if len(inputs) > 1:
            return Call("modules.MeanOfRealSteps", (self.padding_idx,))
        return Call("torch.mean", (), {"dim": 1})
