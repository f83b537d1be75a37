"""Layers that bring numbers to mean 0 and variance 1."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd, prod
from typing import Any, ClassVar, Literal

from pydantic import Field

from playground.catalog.layers.base.shape_checks import fixed, numbers
from playground.catalog.layers.base.weighted import Scaled, ScaledShifted
from playground.graph.call import Call
from playground.graph.fix import Fix
from playground.graph.shape import Shape, ShapeError
from playground.translation import N_, tr, trn


def _affine(default: bool, what: str) -> Any:
    text = f"Learns a factor and a shift for every {what}."
    return Field(default, title="Scale and shift", description=text)


class _Norm(ScaledShifted):
    family: ClassVar[str] = "Normalise · regularise"
    order: ClassVar[int] = 41

    eps: float = Field(
        1e-5,
        gt=0,
        title="Epsilon",
        description="Added to the variance, so that the denominator is never 0.",
    )

    def _per_channel(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        channels = (int(shape.dims[0]),)
        return {"weight": channels, "bias": channels}


class BatchNorm(_Norm):
    """Normalises every feature to mean 0 and variance 1 over the batch, then scales and shifts it
    by learned amounts. Allows faster training and larger learning rates; needs batches of several
    examples. In evaluation it uses running statistics, which are updated during training even if
    the layer is frozen."""

    kind: ClassVar[str] = "BatchNorm"
    label: ClassVar[str] = "BatchNorm"
    short: ClassVar[str] = "norm"
    aliases: ClassVar[tuple[str, ...]] = (
        "batch normalization", "batchnorm1d", "batchnorm2d", "bn", "batchnormalization",
        "normalisation",
    )  # fmt: skip
    formula: ClassVar[str] = r"y = \gamma \frac{x - \mu_B}{\sqrt{\sigma_B^2 + \varepsilon}} + \beta"
    letters: ClassVar[str] = (
        "x input · μ mean and σ² variance of a feature or channel over the batch · γ and β "
        "learned scale and shift"
    )
    when: ClassVar[str] = "After convolutions and Linear layers, with batches of 16 or more."
    pitfall: ClassVar[str] = (
        "With small batches its statistics are noisy: use LayerNorm or GroupNorm."
    )
    source: ClassVar[str] = "torch.nn.BatchNorm1d, torch.nn.BatchNorm2d; Ioffe and Szegedy 2015"
    order: ClassVar[int] = 40
    uses_batch_statistics: ClassVar[bool] = True

    # torch's track_running_stats is always on: without it, what a net says of one example would
    # depend on the others it is asked about. Its momentum None would wait for the device each step.
    momentum: float = Field(
        0.1,
        ge=0,
        le=1,
        title="Momentum",
        description="How fast the running statistics are updated.",
    )
    affine: bool = _affine(True, "feature")
    channels: Literal["first", "last"] = Field(
        "first",
        title="Channels",
        description="Position of the features: first in images and signals, last in sequences.",
        json_schema_extra={"rank": 1},
    )

    def _features(self, shape: Shape) -> int:
        numbers(self.label, shape)
        if shape.rank not in (1, 2, 3):
            raise ShapeError(
                "wrong_rank",
                tr("BatchNorm expects a vector or an image, got {shape}.", shape=shape.example),
            )
        if shape.rank == 3 and self.channels == "last":
            raise ShapeError(
                "wrong_rank",
                tr(
                    "BatchNorm takes images with their channels first, got {shape}.",
                    shape=shape.example,
                ),
                Fix.setting(tr("Channels first"), channels="first"),
            )
        features = shape.dims[0 if self.channels == "first" else -1]
        if not isinstance(features, int) and shape.rank == 2 and self.channels == "first":
            raise ShapeError(
                "open_size",
                tr(
                    "The number of features of BatchNorm is not fixed: {features} is only known "
                    "from the data. In {shape} the features are last.",
                    features=features,
                    shape=shape.example,
                ),
                Fix.setting(tr("Channels last"), channels="last"),
            )
        return fixed(self.label, N_("number of features"), features, shape)

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps the shape; takes vectors, images, signals and sequences."""
        self._features(inputs[0])
        return inputs[0]

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Scale γ and shift β, one per feature or channel."""
        features = self._features(inputs[0])
        return {"weight": (features,), "bias": (features,)} if self.affine else {}

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.BatchNorm2d for images, BatchNorm1d for the rest."""
        (shape,) = inputs
        name = "nn.BatchNorm2d" if shape.rank == 3 else "nn.BatchNorm1d"
        if shape.rank == 2 and self.channels == "last":
            name = "modules.SequenceBatchNorm"
        options = self.unusual(eps=1e-5, momentum=0.1, affine=True)
        return Call(name, (self._features(shape),), options)

    def summary(self, *inputs: Shape) -> str:
        """How many features or channels."""
        count = self._features(inputs[0])
        if inputs[0].rank == 3:
            return trn("{count} channel", "{count} channels", count)
        return trn("{count} feature", "{count} features", count)


class LayerNorm(_Norm):
    """Normalises the features of each example, or of each step of a sequence, to mean 0 and
    variance 1, then scales and shifts them. It does not depend on the batch, so training and
    evaluation are the same. Images are normalised over all their numbers."""

    kind: ClassVar[str] = "LayerNorm"
    label: ClassVar[str] = "LayerNorm"
    short: ClassVar[str] = "layernorm"
    aliases: ClassVar[tuple[str, ...]] = ("layer normalization", "ln", "layernormalization")
    formula: ClassVar[str] = r"y = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta"
    letters: ClassVar[str] = (
        "x input · μ mean and σ² variance over the features of one position · γ and β "
        "learned scale and shift"
    )
    when: ClassVar[str] = "In transformers and recurrent networks, and with small batches."
    pitfall: ClassVar[str] = "In convolutional networks it is usually worse than BatchNorm."
    source: ClassVar[str] = "torch.nn.LayerNorm; Ba et al. 2016"

    elementwise_affine: bool = _affine(True, "feature")
    bias: bool = Field(True, title="Bias", description="Learns a shift as well as a scale.")

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps the shape."""
        _normalised(self.label, inputs[0])
        return inputs[0]

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Scale γ and shift β, one per feature."""
        sizes = _normalised(self.label, inputs[0])
        if not self.elementwise_affine:
            return {}
        return {"weight": sizes, "bias": sizes} if self.bias else {"weight": sizes}

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.LayerNorm over the last axis; over an image's three."""
        sizes = _normalised(self.label, inputs[0])
        options = self.unusual(eps=1e-5, elementwise_affine=True, bias=True)
        return Call("nn.LayerNorm", (sizes[0] if len(sizes) == 1 else sizes,), options)


class RMSNorm(Scaled):
    """Divides the features by their root mean square and scales them: LayerNorm without the mean,
    cheaper and as good in large language models."""

    kind: ClassVar[str] = "RMSNorm"
    label: ClassVar[str] = "RMSNorm"
    family: ClassVar[str] = "Normalise · regularise"
    short: ClassVar[str] = "rmsnorm"
    aliases: ClassVar[tuple[str, ...]] = ("root mean square", "llama")
    formula: ClassVar[str] = r"y = \gamma \frac{x}{\sqrt{mean(x^2) + \varepsilon}}"
    letters: ClassVar[str] = "x input · γ learned scale"
    when: ClassVar[str] = "In large transformers, as a cheaper LayerNorm."
    pitfall: ClassVar[str] = "It does not centre the values: use LayerNorm if their mean drifts."
    source: ClassVar[str] = "torch.nn.RMSNorm; Zhang and Sennrich 2019"
    order: ClassVar[int] = 42

    eps: float | None = Field(
        None,
        gt=0,
        title="Epsilon",
        description="Added to the mean square; empty uses the machine epsilon of the data type.",
    )
    elementwise_affine: bool = Field(
        True, title="Scale", description="Learns a factor for every feature."
    )

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps the shape."""
        _normalised(self.label, inputs[0])
        return inputs[0]

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Scale γ, one per feature."""
        return {"weight": _normalised(self.label, inputs[0])} if self.elementwise_affine else {}

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.RMSNorm over the last axis; over an image's three."""
        sizes = _normalised(self.label, inputs[0])
        options = self.unusual(eps=None, elementwise_affine=True)
        return Call("nn.RMSNorm", (sizes[0] if len(sizes) == 1 else sizes,), options)


class GroupNorm(_Norm):
    """Normalises groups of channels of each example: an alternative to batch norm for small
    batches. One group is LayerNorm of an image, as many groups as channels is InstanceNorm."""

    kind: ClassVar[str] = "GroupNorm"
    label: ClassVar[str] = "GroupNorm"
    short: ClassVar[str] = "groupnorm"
    aliases: ClassVar[tuple[str, ...]] = ("group normalization", "gn", "groupnormalization")
    formula: ClassVar[str] = r"y = \gamma \frac{x - \mu_g}{\sqrt{\sigma_g^2 + \varepsilon}} + \beta"
    letters: ClassVar[str] = (
        "x input · μ mean and σ² variance over a group of channels · γ and β learned scale and "
        "shift"
    )
    when: ClassVar[str] = "For images with batches too small for BatchNorm."
    pitfall: ClassVar[str] = "The groups must divide the channels: 8 suit 16, 32 or 64."
    source: ClassVar[str] = "torch.nn.GroupNorm; Wu and He 2018"
    order: ClassVar[int] = 43

    num_groups: int = Field(
        1,
        ge=1,
        le=8192,
        title="Groups",
        description="Number of groups that the channels are split into.",
    )
    affine: bool = _affine(True, "channel")

    def _channels(self, shape: Shape) -> int:
        channels, places = _channels_first(self.label, shape)
        if channels % self.num_groups:
            fits = gcd(channels, self.num_groups)
            raise ShapeError(
                "groups_do_not_divide",
                tr(
                    "GroupNorm needs a number of channels that its {num_groups} groups "
                    "divide, got {channels}.",
                    num_groups=self.num_groups,
                    channels=channels,
                ),
                Fix.setting(tr("Set groups to {fits}", fits=fits), num_groups=fits),
            )
        if places is not None and places * channels == self.num_groups:
            raise ShapeError(
                "one_number",
                tr(
                    "GroupNorm would normalise single numbers to 0: {shape} in {num_groups} "
                    "groups. Use fewer groups.",
                    shape=shape.example,
                    num_groups=self.num_groups,
                ),
                Fix.setting(tr("Set groups to 1"), num_groups=1) if channels > 1 else None,
            )
        return channels

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps the shape."""
        self._channels(inputs[0])
        return inputs[0]

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Scale γ and shift β, one per channel."""
        return self._per_channel(inputs[0]) if self.affine else {}

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.GroupNorm."""
        options = self.unusual(eps=1e-5, affine=True)
        return Call("nn.GroupNorm", (self.num_groups, int(inputs[0].dims[0])), options)

    def summary(self, *inputs: Shape) -> str:
        """Groups and channels."""
        return tr(
            "{channels} channels in {groups}", channels=inputs[0].dims[0], groups=self.num_groups
        )


class InstanceNorm(_Norm):
    """Normalises every channel of each example over the image: removes contrast and colour cast and
    keeps the structure. Made for style transfer."""

    kind: ClassVar[str] = "InstanceNorm"
    label: ClassVar[str] = "InstanceNorm"
    short: ClassVar[str] = "instancenorm"
    aliases: ClassVar[tuple[str, ...]] = ("instance normalization", "style", "contrast")
    formula: ClassVar[str] = r"y = \frac{x - \mu_{c}}{\sqrt{\sigma_{c}^2 + \varepsilon}}"
    letters: ClassVar[str] = "x input · μ mean and σ² variance over one channel of one example"
    when: ClassVar[str] = "For style transfer, and when contrast should not matter."
    pitfall: ClassVar[str] = (
        "It removes the magnitude of a channel, which classifiers need: use BatchNorm there."
    )
    source: ClassVar[str] = "torch.nn.InstanceNorm1d, InstanceNorm2d; Ulyanov et al. 2016"
    order: ClassVar[int] = 44

    affine: bool = _affine(False, "channel")

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps the shape of an image (channels×height×width) or a signal (channels×length)."""
        (shape,) = inputs
        _, places = _channels_first(self.label, shape)
        if shape.rank == 1:
            raise ShapeError(
                "wrong_rank",
                tr(
                    "InstanceNorm expects an image or a signal, got {shape}: a vector has "
                    "one number per channel. Use LayerNorm.",
                    shape=shape.example,
                ),
            )
        if places == 1:
            text = tr(
                "InstanceNorm needs more than one pixel per channel, got {shape}: use it before "
                "the image gets that small, or use LayerNorm.",
                shape=shape.example,
            )
            raise ShapeError("one_number", text)
        return shape

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Scale γ and shift β, one per channel, if they are learned."""
        return self._per_channel(inputs[0]) if self.affine else {}

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.InstanceNorm2d for images, InstanceNorm1d for signals."""
        name = "nn.InstanceNorm2d" if inputs[0].rank == 3 else "nn.InstanceNorm1d"
        return Call(name, (int(inputs[0].dims[0]),), self.unusual(eps=1e-5, affine=False))


def _normalised(label: str, shape: Shape) -> tuple[int, ...]:
    # The last axis, or all three of an image.
    numbers(label, shape)
    if shape.rank not in (1, 2, 3):
        raise ShapeError(
            "wrong_rank",
            tr(
                "{label} expects a vector, a sequence or an image, got {shape}.",
                label=tr(label),
                shape=shape.example,
            ),
        )
    dims = shape.dims if shape.rank == 3 else shape.dims[-1:]
    return tuple(fixed(label, N_("size"), dim, shape) for dim in dims)


def _channels_first(label: str, shape: Shape) -> tuple[int, int | None]:
    # How many channels, and how many numbers each has, if that is known.
    numbers(label, shape)
    if shape.rank not in (1, 2, 3):
        raise ShapeError(
            "wrong_rank",
            tr(
                "{label} expects channels, such as an image's, got {shape}.",
                label=tr(label),
                shape=shape.example,
            ),
        )
    channels, *rest = shape.dims
    if shape.rank == 2 and not isinstance(channels, int):
        raise ShapeError(
            "channels_last",
            tr(
                "{label} expects channels×length, got {shape}: swap the axes with Permute.",
                label=tr(label),
                shape=shape.example,
            ),
            Fix.inserting(tr("Insert Permute"), "Permute"),
        )
    sizes = [dim for dim in rest if isinstance(dim, int)]
    known = len(sizes) == len(rest)
    return fixed(label, N_("number of channels"), channels, shape), prod(sizes) if known else None
