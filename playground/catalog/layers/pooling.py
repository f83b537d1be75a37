"""Layers that make an image smaller."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from playground.catalog.layers.images import channels_and_size, slid
from playground.graph.call import Call
from playground.graph.layer import Layer
from playground.graph.shape import Shape, ShapeError


class MaxPool2d(Layer):
    """Keeps the largest number of every small window: a smaller image in which it matters less
    where exactly a pattern was."""

    kind: ClassVar[str] = "MaxPool2d"
    label: ClassVar[str] = "MaxPool2d"
    family: ClassVar[str] = "Convolution"
    short: ClassVar[str] = "pool"
    aliases: ClassVar[tuple[str, ...]] = ("pooling", "downsample", "subsampling")
    formula: ClassVar[str] = r"y_{ij} = \max_{(m,n) \in window} x_{mn}"
    source: ClassVar[str] = "torch.nn.MaxPool2d"
    order: ClassVar[int] = 32

    kernel_size: int = Field(
        2, ge=1, le=255, title="Kernel size", description="Side of the window in pixels."
    )
    stride: int | None = Field(
        None, ge=1, le=255, title="Stride", description="Empty: as large as the window."
    )
    padding: int = Field(
        0, ge=0, le=127, title="Padding", description="Border added around the image."
    )

    def infer(self, *inputs: Shape) -> Shape:
        """C × H × W to C × H′ × W′."""
        channels, height, width = channels_and_size("MaxPool2d", inputs[0])
        if 2 * self.padding > self.kernel_size:
            raise ShapeError(
                "padding_too_large",
                f"MaxPool2d's padding may be at most half of its kernel, got {self.padding} "
                f"with a kernel of {self.kernel_size}.",
            )
        stride = self.stride or self.kernel_size
        sizes = slid("MaxPool2d", (height, width), self.kernel_size, stride, self.padding)
        return Shape((channels, *sizes))

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.MaxPool2d."""
        options: dict[str, object] = {}
        if self.stride is not None and self.stride != self.kernel_size:
            options["stride"] = self.stride
        if self.padding:
            options["padding"] = self.padding
        return Call("nn.MaxPool2d", (self.kernel_size,), options)

    def summary(self, *inputs: Shape) -> str:
        """The window."""
        return f"{self.kernel_size}×{self.kernel_size}"
