"""Labels as losses take them. Exported scripts carry the source of these functions."""

import numpy as np
import torch
from torch import nn


def class_numbers(labels: np.ndarray) -> torch.Tensor:
    """Class numbers as they are."""
    return torch.from_numpy(np.ascontiguousarray(labels))


def one_hot(labels: np.ndarray, count: int, dtype: torch.dtype) -> torch.Tensor:
    """One column per class: 1 for the class of the example, else 0."""
    return nn.functional.one_hot(class_numbers(labels), count).to(dtype)


def columns(labels: np.ndarray, dtype: torch.dtype) -> torch.Tensor:
    """The values as columns."""
    return torch.from_numpy(np.ascontiguousarray(labels)).to(dtype).reshape(len(labels), -1)


def signed(labels: np.ndarray, dtype: torch.dtype) -> torch.Tensor:
    """−1 for the first of two classes, 1 for the second."""
    return columns(labels, dtype) * 2 - 1


def smoothed(y: torch.Tensor, taken: float, added: float) -> torch.Tensor:
    """Label smoothing: y (1 − taken) + added."""
    return y * (1 - taken) + added


def balanced_weights(y: torch.Tensor, count: int) -> torch.Tensor:
    """Class weights by which all classes count alike: N / (C·n) for each of C classes that n of
    N examples are of."""
    numbers = torch.bincount(y.flatten()[y.flatten() >= 0], minlength=count)
    return numbers.sum() / (count * numbers.clamp(min=1))


def balanced_pos_weight(y: torch.Tensor) -> torch.Tensor:
    """Weights of the yes of each column by which yes and no count alike: (N − n) / n."""
    yes = (y > 0.5).sum(0, dtype=y.dtype)  # labels may be smoothed, or be −1 and 1
    return (len(y) - yes) / yes.clamp(min=1)
