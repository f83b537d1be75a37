"""Layers that slide a small filter over an image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from playground.catalog.layers.images import channels_and_size, slid
from playground.catalog.layers.weighted import Weighted
from playground.graph.call import Call
from playground.graph.shape import Shape


class Conv2d(Weighted):
    """Slides small filters over an image. Each filter looks for one pattern everywhere with the
    same weights, so it needs far fewer of them than a Linear layer."""

    kind: ClassVar[str] = "Conv2d"
    label: ClassVar[str] = "Conv2d"
    family: ClassVar[str] = "Convolution"
    short: ClassVar[str] = "conv"
    aliases: ClassVar[tuple[str, ...]] = ("convolution", "filter", "kernel", "cnn")
    formula: ClassVar[str] = r"y_{o} = b_{o} + \sum_{c} W_{o,c} \star x_{c}"
    source: ClassVar[str] = "torch.nn.Conv2d"
    order: ClassVar[int] = 30

    out_channels: int = Field(
        8, ge=1, le=8192, title="Filters", description="How many patterns to look for."
    )
    kernel_size: int = Field(
        3, ge=1, le=255, title="Kernel size", description="Side of the filter in pixels."
    )
    stride: int = Field(
        1, ge=1, le=255, title="Stride", description="Pixels the filter moves at a time."
    )
    padding: int = Field(
        0, ge=0, le=255, title="Padding", description="Zeros added around the image."
    )
    bias: bool = Field(True, title="Bias", description="Adds a learned constant to every filter.")

    def infer(self, *inputs: Shape) -> Shape:
        """C × H × W to filters × H′ × W′ with H′ = ⌊(H + 2·padding − kernel)/stride⌋ + 1."""
        _, height, width = channels_and_size("Conv2d", inputs[0])
        sizes = slid("Conv2d", (height, width), self.kernel_size, self.stride, self.padding)
        return Shape((self.out_channels, *sizes))

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Weight filters × C × kernel × kernel, and bias filters."""
        channels, _, _ = channels_and_size("Conv2d", inputs[0])
        weight = {"weight": (self.out_channels, channels, self.kernel_size, self.kernel_size)}
        return weight | ({"bias": (self.out_channels,)} if self.bias else {})

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.Conv2d."""
        channels, _, _ = channels_and_size("Conv2d", inputs[0])
        options: dict[str, object] = {}
        if self.stride != 1:
            options["stride"] = self.stride
        if self.padding:
            options["padding"] = self.padding
        if not self.bias:
            options["bias"] = False
        return Call("nn.Conv2d", (channels, self.out_channels, self.kernel_size), options)

    def summary(self, *inputs: Shape) -> str:
        """Channels in and out, and the kernel."""
        return f"{inputs[0].dims[0]} → {self.out_channels} · {self.kernel_size}×{self.kernel_size}"
