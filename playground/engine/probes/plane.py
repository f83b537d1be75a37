"""The plane of 2-D data as a grid of points, and reading what the net makes of them.

This module declares no probe: it is what the boundary and the unit maps have in common.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from playground.engine.trainer import Trainer

Extent = tuple[float, float, float, float]
MARGIN = 0.12


def extent(trainer: Trainer) -> Extent:
    """The rectangle that holds all examples, with a margin: x1 from, to, x2 from, to."""
    examples = trainer.objective.examples
    x = np.concatenate([examples.x_train, examples.x_val])
    low, high = x.min(0), x.max(0)
    pad = np.maximum((high - low) * MARGIN, 1e-3)
    low, high = low - pad, high + pad
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def grid(bounds: Extent, side: int) -> Tensor:
    """side² points in rows from the top (largest x2) down, each row from left to right."""
    x = torch.linspace(bounds[0], bounds[1], side)
    y = torch.linspace(bounds[3], bounds[2], side)
    rows, columns = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([columns.flatten(), rows.flatten()], 1)


def is_plane(trainer: Trainer) -> bool:
    """Whether the examples have two features."""
    x = trainer.objective.examples.x_train
    return x.shape[1:] == (2,) and x.dtype == np.float32
