"""Where data enters the net and where the loss reads it."""

from __future__ import annotations

from typing import ClassVar

from playground.catalog.layers.base.shape_checks import numbers
from playground.graph.layer import Layer, Port, Role
from playground.graph.shape import Shape


class Input(Layer):
    """Passes the features of the data set into the network. Choose the data set in the
    inspector."""

    kind: ClassVar[str] = "Input"
    label: ClassVar[str] = "Input"
    family: ClassVar[str] = "Data"
    short: ClassVar[str] = "input"
    aliases: ClassVar[tuple[str, ...]] = ("data", "features", "examples", "dataset", "x")
    when: ClassVar[str] = "Once in every network, before all other layers."
    pitfall: ClassVar[str] = (
        "Its shape is given by the data set: to change it, choose another data set."
    )
    order: ClassVar[int] = 0
    role: ClassVar[Role] = "input"
    inputs: ClassVar[tuple[Port, ...]] = ()

    def infer(self, *inputs: Shape) -> Shape:
        """The shape of one example of the data set, which is handed in as the only input."""
        return inputs[0]

    def call(self, *inputs: Shape) -> None:
        """Nothing to build."""


class Output(Layer):
    """The end of the network: the loss compares this output with the labels."""

    kind: ClassVar[str] = "Output"
    label: ClassVar[str] = "Output"
    family: ClassVar[str] = "Data"
    short: ClassVar[str] = "output"
    aliases: ClassVar[tuple[str, ...]] = ("loss", "prediction", "target", "y", "head", "result")
    when: ClassVar[str] = "Once in every network, after the last layer."
    pitfall: ClassVar[str] = (
        "The loss determines how many outputs are needed: if the number does not fit, "
        "use the fix at the node."
    )
    order: ClassVar[int] = 1
    role: ClassVar[Role] = "output"
    outputs: ClassVar[tuple[Port, ...]] = ()

    def infer(self, *inputs: Shape) -> tuple[Shape, ...]:
        """No output port; raises ShapeError for token ids, which no layer computes."""
        numbers(self.label, inputs[0])
        return ()

    def call(self, *inputs: Shape) -> None:
        """Nothing to build."""
