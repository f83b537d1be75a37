"""Layers that bring numbers to mean 0 and variance 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from playground.graph.call import Call
from playground.graph.layer import Layer
from playground.graph.shape import Shape, ShapeError


class BatchNorm(Layer):
    """Brings every feature to mean 0 and variance 1 over the batch, then scales and shifts it by
    learned amounts. Training gets faster and bears larger learning rates; needs batches of
    several examples. When not training it uses running statistics."""

    kind: ClassVar[str] = "BatchNorm"
    label: ClassVar[str] = "BatchNorm"
    family: ClassVar[str] = "Normalise · regularise"
    short: ClassVar[str] = "norm"
    aliases: ClassVar[tuple[str, ...]] = ("batch normalization", "batchnorm1d", "batchnorm2d", "bn")
    formula: ClassVar[str] = r"y = \gamma \frac{x - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} + \beta"
    source: ClassVar[str] = "torch.nn.BatchNorm1d, torch.nn.BatchNorm2d; Ioffe and Szegedy 2015"
    order: ClassVar[int] = 40

    eps: float = Field(
        1e-5, gt=0, title="Epsilon", description="Keeps the division safe where variance is 0."
    )
    momentum: float = Field(
        0.1, ge=0, le=1, title="Momentum", description="How fast running statistics follow."
    )

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps the shape; takes a vector of features or an image."""
        (shape,) = inputs
        if shape.rank not in (1, 2, 3) or not isinstance(shape.dims[0], int):
            raise ShapeError(
                "wrong_rank", f"BatchNorm expects a vector or an image, got {shape.example}."
            )
        return shape

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Scale γ and shift β, one a feature or channel."""
        features = int(inputs[0].dims[0])
        return {"weight": (features,), "bias": (features,)}

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.BatchNorm1d for vectors, BatchNorm2d for images."""
        name = "nn.BatchNorm2d" if inputs[0].rank == 3 else "nn.BatchNorm1d"
        defaults = {"eps": (self.eps, 1e-5), "momentum": (self.momentum, 0.1)}
        options = {key: value for key, (value, default) in defaults.items() if value != default}
        return Call(name, (int(inputs[0].dims[0]),), options)

    def summary(self, *inputs: Shape) -> str:
        """How many features or channels."""
        return f"{inputs[0].dims[0]} {'channels' if inputs[0].rank == 3 else 'features'}"
