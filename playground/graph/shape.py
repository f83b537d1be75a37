"""Shapes of tensors on the wires, with the batch size left open."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Literal

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
        """Numbers in one example, or None where a dimension is still a letter."""
        if all(isinstance(dim, int) for dim in self.dims):
            return prod(int(dim) for dim in self.dims)
        return None

    @property
    def example(self) -> str:
        """The shape of one example as text: "1×8×8", or "a single number" for no dimensions."""
        return "×".join(map(str, self.dims)) if self.dims else "a single number"

    def __str__(self) -> str:
        return " × ".join(["B", *map(str, self.dims)])


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit as data: the name of a method of Graph or Project, and its arguments."""

    on: Literal["graph", "project"]
    method: str
    arguments: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Fix:
    """What fixes a diagnostic: a label for the button, and the edits it stands for."""

    label: str
    edits: tuple[Edit, ...]


class ShapeError(ValueError):
    """A layer cannot take what it is given.

    `hint` names a fix that the caller turns into a `Fix` for the node at hand; see `Fix`.
    """

    def __init__(self, code: str, message: str, hint: FixHint | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class FixHint:
    """A fix that a layer can name without knowing its place in the graph.

    `insert` puts a layer of that kind in front of input `port`, with `options`; without
    `insert`, `options` are those of the layer itself, or, in a block, of the `part` at that
    path. `unplugs` takes the wire off input `port`.
    """

    label: str
    insert: str | None = None
    port: int = 0
    options: tuple[tuple[str, object], ...] = ()
    unplugs: bool = False
    part: tuple[str, ...] = ()
