"""Layers that make memorising harder."""

from __future__ import annotations

from typing import ClassVar

from playground.catalog.layers.base.shape_checks import image, numbers
from playground.catalog.options import live
from playground.graph.call import Call
from playground.graph.layer import Layer
from playground.graph.shape import Shape


class _Dropping(Layer):
    family: ClassVar[str] = "Normalise · regularise"
    order: ClassVar[int] = 46

    p: float = live(
        0.5,
        "Dropout rate",
        "Fraction of the units that is set to 0 in every training step.",
        ge=0,
        lt=1,
    )

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps the shape."""
        return numbers(self.label, inputs[0])

    def call(self, *inputs: Shape) -> Call:
        """torch's layer of that name."""
        return Call(f"nn.{self.kind}", (self.p,))

    def summary(self, *inputs: Shape) -> str:
        """The share."""
        return f"p = {self.p:g}"


class Dropout(_Dropping):
    """Sets random units to 0 during training, so that units cannot rely on each other. The rest is
    scaled by 1/(1−p), and nothing is dropped in evaluation."""

    kind: ClassVar[str] = "Dropout"
    label: ClassVar[str] = "Dropout"
    short: ClassVar[str] = "dropout"
    aliases: ClassVar[tuple[str, ...]] = ("drop out", "regularization", "overfitting")
    formula: ClassVar[str] = r"y = \frac{m \odot x}{1-p},\; m \sim Bernoulli(1-p)"
    letters: ClassVar[str] = "x input · p dropout rate · m 0 or 1, drawn for every number"
    when: ClassVar[str] = "When the training loss is far below the validation loss."
    pitfall: ClassVar[str] = (
        "With too much dropout the network cannot fit the training data: lower the rate."
    )
    source: ClassVar[str] = "torch.nn.Dropout; Srivastava et al. 2014"
    order: ClassVar[int] = 45
    is_noise: ClassVar[bool] = True
    passes_linearly: ClassVar[bool] = True


class Dropout2d(_Dropping):
    """Sets random channels of an image to 0 during training: neighbouring pixels are so similar
    that dropping single pixels has little effect."""

    kind: ClassVar[str] = "Dropout2d"
    label: ClassVar[str] = "Dropout2d"
    short: ClassVar[str] = "drop2d"
    aliases: ClassVar[tuple[str, ...]] = ("spatial dropout", "channel dropout", "spatialdropout2d")
    formula: ClassVar[str] = r"y_c = \frac{m_c x_c}{1-p},\; m_c \sim Bernoulli(1-p)"
    letters: ClassVar[str] = "x input · p dropout rate · m 0 or 1, drawn for every channel c"
    when: ClassVar[str] = "After convolutions, because neighbouring pixels are similar."
    pitfall: ClassVar[str] = "With few channels it removes too much at once: lower the rate."
    source: ClassVar[str] = "torch.nn.Dropout2d; Tompson et al. 2015"
    passes_linearly: ClassVar[bool] = True

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps the shape of an image."""
        image(self.label, inputs[0])
        return inputs[0]


class AlphaDropout(_Dropping):
    """Dropout for SELU: dropped units are set to its negative limit, and the result is scaled and
    shifted so that mean and variance are preserved."""

    kind: ClassVar[str] = "AlphaDropout"
    label: ClassVar[str] = "AlphaDropout"
    short: ClassVar[str] = "alphadrop"
    aliases: ClassVar[tuple[str, ...]] = ("selu dropout", "self-normalizing")
    formula: ClassVar[str] = r"y = a\,(m \odot x + (1-m)\,\alpha') + b"
    letters: ClassVar[str] = (
        "x input · m 0 or 1, drawn for every number · α' negative limit of SELU · a, b "
        "preserve mean and variance"
    )
    when: ClassVar[str] = "Instead of Dropout between SELU layers."
    pitfall: ClassVar[str] = (
        "With other activations it distorts mean and variance: use Dropout there."
    )
    source: ClassVar[str] = "torch.nn.AlphaDropout; Klambauer et al. 2017"
    is_noise: ClassVar[bool] = True


class GaussianNoise(Layer):
    """Adds normal noise during training, so that the network cannot rely on small differences. In
    evaluation the input passes unchanged."""

    kind: ClassVar[str] = "GaussianNoise"
    label: ClassVar[str] = "Gaussian noise"
    family: ClassVar[str] = "Normalise · regularise"
    short: ClassVar[str] = "noise"
    aliases: ClassVar[tuple[str, ...]] = ("jitter", "augmentation", "denoising")
    formula: ClassVar[str] = r"y = x + \varepsilon,\; \varepsilon \sim N(0, \sigma^2)"
    letters: ClassVar[str] = "x input · σ std of the noise"
    when: ClassVar[str] = "On the inputs, to make a network robust to small changes."
    pitfall: ClassVar[str] = (
        "Noise larger than the signal prevents learning: scale the data, and stay near 0.1."
    )
    source: ClassVar[str] = "Sietsma and Dow 1991; Bishop 1995, Training with noise"
    order: ClassVar[int] = 47
    is_noise: ClassVar[bool] = True
    passes_linearly: ClassVar[bool] = True

    std: float = live(0.1, "Std", "Standard deviation σ of the noise.", ge=0)

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps the shape."""
        return numbers(self.label, inputs[0])

    def call(self, *inputs: Shape) -> Call:
        """x + σε."""
        return Call("modules.GaussianNoise", (self.std,))

    def summary(self, *inputs: Shape) -> str:
        """The width."""
        return f"σ = {self.std:g}"
