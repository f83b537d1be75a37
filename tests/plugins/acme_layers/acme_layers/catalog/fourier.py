"""A layer that changes the shape and brings a module of its own."""

from typing import ClassVar

from pydantic import Field

from playground.graph.call import Call
from playground.graph.layer import Layer
from playground.graph.shape import Shape, ShapeError


class FourierFeatures(Layer):
    """Sines and cosines of every feature, at rising frequencies, so that a small network can learn
    fine detail."""

    kind: ClassVar[str] = "acme.FourierFeatures"
    label: ClassVar[str] = "Fourier features"
    family: ClassVar[str] = "Encoding"
    short: ClassVar[str] = "fourier"
    aliases: ClassVar[tuple[str, ...]] = ("positional features", "nerf")
    formula: ClassVar[str] = r"y = (\sin 2^k \pi x,\ \cos 2^k \pi x)"
    letters: ClassVar[str] = "x input · k 0 to the number of frequencies less 1"
    when: ClassVar[str] = "In front of the first Linear layer, for coordinates."
    pitfall: ClassVar[str] = "Too many frequencies fit the noise: use fewer."
    source: ClassVar[str] = "Tancik et al. 2020, Fourier features"

    frequencies: int = Field(
        2, ge=1, le=16, title="Frequencies", description="Number of frequencies per feature."
    )

    def infer(self, *inputs: Shape) -> Shape:
        """B × E becomes B × 2·E·frequencies; raises ShapeError for anything but features."""
        (shape,) = inputs
        if len(shape.dims) != 1 or shape.dtype != "float":
            raise ShapeError("not_features", f"{self.label} expects B × E, got {shape}.")
        return Shape((2 * self.frequencies * int(shape.dims[0]),))

    def call(self, *inputs: Shape) -> Call:
        """The module of the same name."""
        return Call("acme_layers.modules.FourierFeatures", (self.frequencies,))
