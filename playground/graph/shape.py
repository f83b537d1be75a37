"""Shapes of tensors on the wires, with the batch size left open."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Literal

from playground.graph.fix import Fix

Dim = int | str
DType = Literal["float", "int"]


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of one example, the batch in front of it left out.

    `Shape((1, 8, 8))` is a batch of 8 by 8 images with one channel and reads "B × 1 × 8 × 8".
    A dimension may be a letter, such as "T", where its size is only known from the data.
    """

    dims: tuple[Dim, ...]
    dtype: DType = "float"

    @property
    def rank(self) -> int:
        """How many dimensions one example has, the batch not counted."""
        return len(self.dims)

    @property
    def size(self) -> int | None:
        """Numbers in one example, or None if a dimension is still a letter."""
        if all(isinstance(dim, int) for dim in self.dims):
            return prod(int(dim) for dim in self.dims)
        return None

    @property
    def example(self) -> str:
        """The shape of one example as text: "1×8×8", or "a single number" for no dimensions."""
        return "×".join(map(str, self.dims)) if self.dims else "a single number"

    def __str__(self) -> str:
        return " × ".join(["B", *map(str, self.dims)])


class ShapeError(ValueError):
    """A layer cannot take its input; `fix` is what the layer suggests, in edits at `HERE`."""

    def __init__(self, code: str, message: str, fix: Fix | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
