"""Modules that the layers call. Exported scripts carry their source."""

import math

import torch
from torch import nn


def rising(count: int) -> list[float]:
    """π, 2π, 4π, ..."""
    return [math.pi * 2**power for power in range(count)]


class FourierFeatures(nn.Module):
    """Sines, then cosines, of x times π, 2π, 4π, ..."""

    def __init__(self, frequencies: int = 2) -> None:
        super().__init__()
        self.frequencies = rising(frequencies)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """B × E becomes B × 2·E·frequencies."""
        angles = torch.cat([x * frequency for frequency in self.frequencies], 1)
        return torch.cat([angles.sin(), angles.cos()], 1)
