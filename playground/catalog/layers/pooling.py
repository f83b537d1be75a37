"""Layers that make an image or a signal smaller, or larger without weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from playground.catalog.layers.base.shape_checks import image, keeps_length, signal, slid
from playground.graph.call import Call
from playground.graph.fix import Fix
from playground.graph.layer import Layer
from playground.graph.shape import Dim, Shape, ShapeError
from playground.translation import tr


class _Pooling(Layer):
    family: ClassVar[str] = "Convolution"
    order: ClassVar[int] = 32
    is_flat: ClassVar[bool] = False
    """Whether it takes a signal, not an image."""
    usual: ClassVar[Mapping[str, object]] = {"padding": 0, "ceil_mode": False}
    """What torch takes for granted."""

    kernel_size: int = Field(
        2, ge=1, le=255, title="Kernel size", description="Side of the window in pixels."
    )
    stride: int | None = Field(
        None, ge=1, le=255, title="Stride", description="Empty: as large as the window."
    )
    padding: int = Field(
        0, ge=0, le=127, title="Padding", description="Border added around the image."
    )
    ceil_mode: bool = Field(
        False,
        title="Round up",
        description=(
            "Allow the last window to extend over the edge, so that no pixel is left out."
        ),
        json_schema_extra={"rank": 1},
    )

    @property
    def spacing(self) -> int:
        """How far apart the samples of a window are."""
        return 1

    def _sizes(self, shape: Shape) -> tuple[int, tuple[Dim, ...]]:
        if self.is_flat:
            channels, length = signal(self.label, shape)
            return channels, (length,)
        channels, height, width = image(self.label, shape)
        return channels, (height, width)

    def infer(self, *inputs: Shape) -> Shape:
        """Channels stay; sizes are n′ = ⌊(n + 2·padding − reach)/stride⌋ + 1, where the window
        reaches over dilation·(kernel − 1) + 1; or ⌈ ⌉ of that."""
        channels, sizes = self._sizes(inputs[0])
        if 2 * self.padding > self.kernel_size:
            most = self.kernel_size // 2
            raise ShapeError(
                "padding_too_large",
                tr(
                    "The padding of {label} may be at most half of its kernel, got {padding} "
                    "with a kernel of {kernel_size}.",
                    label=tr(self.label),
                    padding=self.padding,
                    kernel_size=self.kernel_size,
                ),
                Fix.setting(tr("Set padding to {most}", most=most), padding=most),
            )
        return Shape((channels, *self._slid(sizes)))

    def _slid(self, sizes: tuple[Dim, ...]) -> tuple[Dim, ...]:
        stride = self.stride or self.kernel_size
        window = (self.kernel_size, stride, self.padding, self.spacing)
        known = tuple(size for size in sizes if isinstance(size, int))
        if len(known) == len(sizes):
            return slid(self.label, known, *window, is_rounded_up=self.ceil_mode)
        if keeps_length(*window):
            return sizes
        raise ShapeError(
            "open_size",
            tr(
                "{label} changes the length, and {dim} is only known from the data: "
                "use Global average pool, or stride 1 and as much padding as keeps the "
                "length.",
                label=tr(self.label),
                dim=sizes[0],
            ),
            self._keeping(),
        )

    def _keeping(self) -> Fix | None:
        if self.kernel_size % 2 == 0:
            return None
        options = {"stride": 1, "padding": self.kernel_size // 2}
        options |= {"dilation": 1} if self.spacing > 1 else {}
        return Fix.setting(tr("Keep the length"), **options)

    def call(self, *inputs: Shape) -> Call:
        """torch's layer of that name."""
        stride = {} if self.stride in (None, self.kernel_size) else {"stride": self.stride}
        options = {**stride, **self.unusual(**self.usual)}
        return Call(f"nn.{self.kind}", (self.kernel_size,), options)

    def summary(self, *inputs: Shape) -> str:
        """The window."""
        return f"{self.kernel_size}" if self.is_flat else f"{self.kernel_size}×{self.kernel_size}"


class _Largest(_Pooling):
    usual: ClassVar[Mapping[str, object]] = {"padding": 0, "dilation": 1, "ceil_mode": False}

    dilation: int = Field(
        1,
        ge=1,
        le=64,
        title="Dilation",
        description="Pixels between the samples of a window: 2 samples every second one.",
        json_schema_extra={"rank": 1},
    )

    @property
    def spacing(self) -> int:
        """The dilation."""
        return self.dilation

    def _slid(self, sizes: tuple[Dim, ...]) -> tuple[Dim, ...]:
        known = [size for size in sizes if isinstance(size, int)]
        starts = range(-self.padding, 0, self.stride or self.kernel_size)
        # The first pixel that a window which starts in the padding sees; torch would crash.
        if any(start % self.dilation >= size for start in starts for size in known):
            raise ShapeError(
                "padding_alone",
                tr(
                    "{label} samples pixels {dilation} apart, so a window would cover only "
                    "padding: the input is {size}.",
                    label=tr(self.label),
                    dilation=self.dilation,
                    size="×".join(map(str, sizes)),
                ),
                Fix.setting(tr("Set dilation to 1"), dilation=1),
            )
        return super()._slid(sizes)


class MaxPool2d(_Largest):
    """Keeps the largest number of every small window: a smaller image that is less sensitive to the
    exact position of a pattern."""

    kind: ClassVar[str] = "MaxPool2d"
    label: ClassVar[str] = "MaxPool2d"
    short: ClassVar[str] = "pool"
    aliases: ClassVar[tuple[str, ...]] = (
        "pooling", "downsample", "subsampling", "max pool", "max pooling", "maxpooling2d",
    )  # fmt: skip
    formula: ClassVar[str] = r"y_{ij} = \max_{(m,n) \in window} x_{mn}"
    letters: ClassVar[str] = "x input · y output"
    when: ClassVar[str] = "To make an image smaller and keep the strongest responses."
    pitfall: ClassVar[str] = "Exact positions are lost: pool late and little if position matters."
    source: ClassVar[str] = "torch.nn.MaxPool2d"


class MaxPool1d(_Largest):
    """Keeps the largest number of every short window of a signal (channels×length)."""

    kind: ClassVar[str] = "MaxPool1d"
    label: ClassVar[str] = "MaxPool1d"
    short: ClassVar[str] = "maxpool"
    aliases: ClassVar[tuple[str, ...]] = (
        "pooling", "downsample", "temporal", "max pool", "max pooling", "maxpooling1d",
    )  # fmt: skip
    formula: ClassVar[str] = r"y_{i} = \max_{m \in window} x_{m}"
    letters: ClassVar[str] = "x input · y output"
    when: ClassVar[str] = "To make a signal shorter and keep the strongest responses."
    pitfall: ClassVar[str] = "Exact times are lost: pool late and little if time matters."
    source: ClassVar[str] = "torch.nn.MaxPool1d"
    order: ClassVar[int] = 33
    is_flat: ClassVar[bool] = True


class _Averaging(_Pooling):
    usual: ClassVar[Mapping[str, object]] = {**_Pooling.usual, "count_include_pad": True}

    count_include_pad: bool = Field(
        True,
        title="Count padding",
        description="Whether the zeros of the padding count in the average.",
    )


class AvgPool2d(_Averaging):
    """Takes the mean of every small window: a smaller, smoother image."""

    kind: ClassVar[str] = "AvgPool2d"
    label: ClassVar[str] = "AvgPool2d"
    short: ClassVar[str] = "avgpool"
    aliases: ClassVar[tuple[str, ...]] = (
        "average pooling", "mean", "downsample", "avg pool", "averagepooling2d",
    )  # fmt: skip
    formula: ClassVar[str] = r"y_{ij} = \frac{1}{k^2} \sum_{(m,n) \in window} x_{mn}"
    letters: ClassVar[str] = "x input · k kernel · y output"
    when: ClassVar[str] = "To make an image smaller and smoother."
    pitfall: ClassVar[str] = "A single strong response is averaged away: use MaxPool2d to keep it."
    source: ClassVar[str] = "torch.nn.AvgPool2d; LeCun et al. 1989"


class AvgPool1d(_Averaging):
    """Takes the mean of every short window of a signal (channels×length)."""

    kind: ClassVar[str] = "AvgPool1d"
    label: ClassVar[str] = "AvgPool1d"
    short: ClassVar[str] = "avgpool1d"
    aliases: ClassVar[tuple[str, ...]] = (
        "average pooling", "mean", "moving average", "avg pool", "averagepooling1d",
    )  # fmt: skip
    formula: ClassVar[str] = r"y_{i} = \frac{1}{k} \sum_{m \in window} x_{m}"
    letters: ClassVar[str] = "x input · k kernel · y output"
    when: ClassVar[str] = "To make a signal shorter and smoother."
    pitfall: ClassVar[str] = "A single strong response is averaged away: use MaxPool1d to keep it."
    source: ClassVar[str] = "torch.nn.AvgPool1d"
    order: ClassVar[int] = 33
    is_flat: ClassVar[bool] = True


class AdaptiveAvgPool2d(Layer):
    """Averages an image of any size to a fixed size, so that later layers do not depend on the size
    of the images."""

    kind: ClassVar[str] = "AdaptiveAvgPool2d"
    label: ClassVar[str] = "AdaptiveAvgPool2d"
    family: ClassVar[str] = "Convolution"
    short: ClassVar[str] = "adaptive"
    aliases: ClassVar[tuple[str, ...]] = ("adaptive average pooling", "resize")
    formula: ClassVar[str] = r"C \times H \times W \to C \times n \times n"
    letters: ClassVar[str] = "C channels · H height · W width · n output size"
    when: ClassVar[str] = "To bring images of any size to one size."
    pitfall: ClassVar[str] = (
        "A large reduction averages small details away: use strided convolutions before it."
    )
    source: ClassVar[str] = "torch.nn.AdaptiveAvgPool2d"
    order: ClassVar[int] = 34

    output_size: int = Field(
        1, ge=1, le=1024, title="Size", description="Side of the resulting image in pixels."
    )

    def infer(self, *inputs: Shape) -> Shape:
        """C × H × W to C × n × n."""
        channels, _, _ = image(self.label, inputs[0])
        return Shape((channels, self.output_size, self.output_size))

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.AdaptiveAvgPool2d."""
        return Call("nn.AdaptiveAvgPool2d", (self.output_size,))


class GlobalAvgPool(Layer):
    """The mean of every channel over the whole image or signal: one number per channel, ready for a
    Linear layer, without weights."""

    kind: ClassVar[str] = "GlobalAvgPool"
    label: ClassVar[str] = "Global average pool"
    family: ClassVar[str] = "Convolution"
    short: ClassVar[str] = "globalpool"
    aliases: ClassVar[tuple[str, ...]] = (
        "gap", "global pooling", "average", "mean", "squeeze", "global average pooling",
        "globalaveragepooling2d",
    )  # fmt: skip
    formula: ClassVar[str] = r"y_c = \frac{1}{HW} \sum_{i,j} x_{cij}"
    letters: ClassVar[str] = "x input · H height · W width · y_c output of channel c"
    when: ClassVar[str] = (
        "Before the last Linear layer of a convolutional network, instead of Flatten."
    )
    pitfall: ClassVar[str] = "Positions are lost: use Flatten if position matters."
    source: ClassVar[str] = "torch.mean; Lin et al. 2013, Network in network"
    order: ClassVar[int] = 34

    def infer(self, *inputs: Shape) -> Shape:
        """C × H × W, or C × length, to C."""
        (shape,) = inputs
        if shape.rank == 2:
            return Shape((signal(self.label, shape)[0],))
        return Shape((image(self.label, shape)[0],))

    def call(self, *inputs: Shape) -> Call:
        """torch.mean over all but the batch and the channels."""
        return Call("torch.mean", (), {"dim": (2, 3) if inputs[0].rank == 3 else 2})


class Upsample(Layer):
    """Makes an image or a signal larger without weights: by repeating pixels, or by blending
    them."""

    kind: ClassVar[str] = "Upsample"
    label: ClassVar[str] = "Upsample"
    family: ClassVar[str] = "Convolution"
    short: ClassVar[str] = "upsample"
    aliases: ClassVar[tuple[str, ...]] = (
        "enlarge", "resize", "interpolate", "unpool", "upsampling2d", "nearest", "bilinear",
    )  # fmt: skip
    formula: ClassVar[str] = r"C \times H \times W \to C \times sH \times sW"
    letters: ClassVar[str] = "C channels · H height · W width · s factor"
    when: ClassVar[str] = "To make images larger without weights."
    pitfall: ClassVar[str] = "It adds no detail: follow it with a convolution."
    source: ClassVar[str] = "torch.nn.Upsample"
    order: ClassVar[int] = 36

    scale_factor: int = Field(
        2, ge=1, le=64, title="Scale", description="Factor by which the sides grow."
    )
    mode: Literal["nearest", "linear", "bilinear", "bicubic"] = Field(
        "nearest",
        title="Mode",
        description="Nearest repeats pixels, the others blend smoothly between them: linear for "
        "signals, bilinear and bicubic for images.",
    )
    align_corners: bool = Field(
        False,
        title="Align corners",
        description="Interpolate so that the corner pixels keep their values and positions.",
        json_schema_extra={"rank": 1},
    )

    def infer(self, *inputs: Shape) -> Shape:
        """C × H × W to C × sH × sW, and C × length to C × s·length."""
        (shape,) = inputs
        is_signal = shape.rank == 2
        channels, *sizes = (signal if is_signal else image)(self.label, shape)
        fitting = ("nearest", "linear") if is_signal else ("nearest", "bilinear", "bicubic")
        if self.mode not in fitting:
            raise ShapeError(
                "wrong_mode",
                tr(
                    "Upsample cannot enlarge {shape} with mode {mode}. Available here: {modes}.",
                    shape=shape.example,
                    mode=self.mode,
                    modes=", ".join(fitting),
                ),
                Fix.setting(tr("Set mode to {mode}", mode=fitting[1]), mode=fitting[1]),
            )
        return Shape((channels, *[self._scaled(size) for size in sizes]))

    def _scaled(self, size: Dim) -> Dim:
        if isinstance(size, int):
            return size * self.scale_factor
        if self.scale_factor == 1:
            return size
        raise ShapeError(
            "open_size",
            tr(
                "Upsample changes the length, and {size} is only known from the data: "
                "use it on inputs of a fixed size.",
                size=size,
            ),
            Fix.setting(tr("Set scale to 1"), scale_factor=1),
        )

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.Upsample."""
        options: dict[str, object] = {"scale_factor": self.scale_factor, "mode": self.mode}
        if self.align_corners and self.mode != "nearest":
            options["align_corners"] = True
        return Call("nn.Upsample", (), options)

    def summary(self, *inputs: Shape) -> str:
        """The scale."""
        return f"×{self.scale_factor} {self.mode}"
