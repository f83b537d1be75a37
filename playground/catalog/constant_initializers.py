"""Initializers that set all weights to one value."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from playground.catalog.initializers import Initializer
from playground.graph.call import Call


class _OneValue(Initializer):
    pitfall: ClassVar[str] = (
        "Constant weights keep all units of a layer identical: initialize weights randomly."
    )

    def variance(self, fan_in: int, fan_out: int) -> float:
        """0."""
        return 0.0


class Zeros(_OneValue):
    """All weights are 0. The units of a layer stay identical: symmetry is not broken."""

    kind: ClassVar[str] = "zeros"
    when: ClassVar[str] = "For biases, and to see why weights must not start identical."
    label: ClassVar[str] = "Zeros"
    aliases: ClassVar[tuple[str, ...]] = ("zero", "0", "symmetry")
    formula: ClassVar[str] = "W = 0"
    letters: ClassVar[str] = "W weights"
    source: ClassVar[str] = "torch.nn.init.zeros_"

    def call(self) -> Call:
        """torch.nn.init.zeros_."""
        return Call("init.zeros_")


class Ones(_OneValue):
    """All weights are 1. The units of a layer stay identical, and signals grow with the number of
    inputs: for demonstration only."""

    kind: ClassVar[str] = "ones"
    label: ClassVar[str] = "Ones"
    order: ClassVar[int] = 90
    aliases: ClassVar[tuple[str, ...]] = ("one", "1", "symmetry")
    formula: ClassVar[str] = "W = 1"
    letters: ClassVar[str] = "W weights"
    when: ClassVar[str] = "To see what happens when all units start identical."
    pitfall: ClassVar[str] = "All units of a layer stay identical: use Xavier or He."
    source: ClassVar[str] = "torch.nn.init.ones_"

    def call(self) -> Call:
        """torch.nn.init.ones_."""
        return Call("init.ones_")


class Constant(_OneValue):
    """All weights have the same value. Symmetry is not broken, so the units of a layer stay
    identical."""

    kind: ClassVar[str] = "constant"
    label: ClassVar[str] = "Constant"
    order: ClassVar[int] = 90
    aliases: ClassVar[tuple[str, ...]] = ("fill", "fixed", "symmetry")
    formula: ClassVar[str] = "W = c"
    letters: ClassVar[str] = "c value"
    when: ClassVar[str] = "For biases that should start at a given value."
    source: ClassVar[str] = "torch.nn.init.constant_"

    value: float = Field(0.1, title="Value", description="The value of every weight.")

    def call(self) -> Call:
        """torch.nn.init.constant_."""
        return Call("init.constant_", (self.value,))
