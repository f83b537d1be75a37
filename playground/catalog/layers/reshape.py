"""Layers that rearrange or select numbers without changing them."""

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
from playground.translation import tr


def _known_size(label: str, shape: Shape) -> int:
    if shape.size is not None:
        return shape.size
    fix = Fix.inserting(tr("Insert Last step"), "LastStep") if shape.rank == 2 else None
    raise ShapeError(
        "open_size",
        tr(
            "{label} needs a fixed size, got {shape}: take the last step of the "
            "sequence, or its mean over time.",
            label=tr(label),
            shape=shape.example,
        ),
        fix if shape.dtype == "float" else None,
    )


class Flatten(Layer):
    """Puts all numbers of an example in one vector, so that a Linear layer can take an image."""

    kind: ClassVar[str] = "Flatten"
    label: ClassVar[str] = "Flatten"
    family: ClassVar[str] = "Reshape"
    short: ClassVar[str] = "flatten"
    aliases: ClassVar[tuple[str, ...]] = ("vector", "reshape", "ravel", "vectorise")
    formula: ClassVar[str] = r"B \times C \times H \times W \to B \times CHW"
    letters: ClassVar[str] = "B batch · C channels · H height · W width"
    when: ClassVar[str] = "Between convolutions and Linear layers."
    pitfall: ClassVar[str] = "The next Linear layer gets very many weights: pool first."
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
    """Rearranges the numbers of an example without changing their order: for example, 64 numbers as
    an image of 1×8×8. One size may be −1: it is inferred."""

    kind: ClassVar[str] = "Reshape"
    label: ClassVar[str] = "Reshape"
    family: ClassVar[str] = "Reshape"
    short: ClassVar[str] = "reshape"
    aliases: ClassVar[tuple[str, ...]] = ("view", "unflatten", "image", "unsqueeze")
    formula: ClassVar[str] = r"B \times n \to B \times n_1 \times n_2 \times \dots"
    letters: ClassVar[str] = "B batch · n sizes, with the same product as before"
    when: ClassVar[str] = "To give the same numbers another shape."
    pitfall: ClassVar[str] = (
        "It keeps the order of the numbers and so does not swap axes: use Permute for that."
    )
    source: ClassVar[str] = "torch.reshape"
    order: ClassVar[int] = 71
    passes_linearly: ClassVar[bool] = True

    shape: tuple[int, ...] = Field(
        (-1,),
        title="Shape",
        description="The sizes of one example, without the batch; −1 is inferred.",
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
                tr(
                    "Reshape cannot make {wanted} of {shape}, which is {size:,} numbers: "
                    "the sizes must multiply to that.",
                    wanted=wanted,
                    shape=inputs[0].example,
                    size=size,
                ),
                Fix.setting(tr("Make it flat"), shape=(-1,)),
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
    letters: ClassVar[str] = "x input · i, j indices along two axes"
    when: ClassVar[str] = (
        "To bring channels, time and features into the order that a layer expects."
    )
    pitfall: ClassVar[str] = (
        "It is easily confused with Reshape, which keeps the order of the numbers."
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
                tr(
                    "Permute must name every axis of {shape} once, from 1 to {rank}, got {axes}.",
                    shape=shape.example,
                    rank=shape.rank,
                    axes=text,
                ),
                Fix.setting(tr("Reverse the axes"), dims=every),
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
    """Keeps the last step of a sequence: the output of a recurrent layer after the whole sequence.
    With the tokens connected to its padding input, the last step that is not padding, or zeros if
    all are."""

    kind: ClassVar[str] = "LastStep"
    label: ClassVar[str] = "Last step"
    short: ClassVar[str] = "last"
    aliases: ClassVar[tuple[str, ...]] = ("final", "select", "sequence to vector")
    formula: ClassVar[str] = r"y = x_T"
    letters: ClassVar[str] = "x input · T last step"
    when: ClassVar[str] = "After a recurrent layer, to classify a whole sequence."
    pitfall: ClassVar[str] = (
        "Padding at the end counts as the last step: connect the tokens to its padding input."
    )
    source: ClassVar[str] = "torch.select"
    order: ClassVar[int] = 73

    def call(self, *inputs: Shape) -> Call:
        """torch.select of the last; the last that is not padding with a module of our own."""
        if len(inputs) > 1:
            return Call("modules.LastRealStep", (self.padding_idx,))
        return Call("torch.select", (1, -1))


class MeanOverTime(_OverTime):
    """The mean of all steps of a sequence: every step counts the same. With the tokens connected to
    its padding input, the mean of the steps that are not padding, or zeros if all are."""

    kind: ClassVar[str] = "MeanOverTime"
    label: ClassVar[str] = "Mean over time"
    short: ClassVar[str] = "meantime"
    aliases: ClassVar[tuple[str, ...]] = ("average", "pooling", "bag of words")
    formula: ClassVar[str] = r"y = \frac{1}{T} \sum_t x_t"
    letters: ClassVar[str] = "x_t input at step t · T number of steps"
    when: ClassVar[str] = "To classify a sequence when all of its steps matter."
    pitfall: ClassVar[str] = (
        "Padding counts as much as words: connect the tokens to its padding input."
    )
    source: ClassVar[str] = "torch.mean"
    order: ClassVar[int] = 74

    def call(self, *inputs: Shape) -> Call:
        """torch.mean over the steps; over those that are not padding with a module of our own."""
        if len(inputs) > 1:
            return Call("modules.MeanOfRealSteps", (self.padding_idx,))
        return Call("torch.mean", (), {"dim": 1})
