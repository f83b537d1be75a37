"""Splitting and scaling examples. Exported scripts carry the source of these functions."""

import numpy as np


def split(
    x: np.ndarray, y: np.ndarray, validation: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Training features and labels, then those of the validation set, at least one in each."""
    order = np.random.default_rng([seed, 1]).permutation(len(x))
    held_out = min(max(1, round(len(x) * validation)), len(x) - 1)
    val, train = order[:held_out], order[held_out:]
    return x[train], y[train], x[val], y[val]


def standardised(train: np.ndarray, val: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both sets scaled column by column to mean 0 and deviation 1 of the training set."""
    wide = train.astype(np.float64)
    return shifted(train, val, wide.mean(0), wide.std(0))


def min_max_scaled(train: np.ndarray, val: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both sets scaled column by column so that the training set goes from 0 to 1."""
    wide = train.astype(np.float64)
    return shifted(train, val, wide.min(0), wide.max(0) - wide.min(0))


def shifted(
    train: np.ndarray, val: np.ndarray, start: np.ndarray, width: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(x − start) / width; a column without width in the training set is only shifted."""
    width = np.where(width > 0, width, 1.0)
    train, val = (train - start) / width, (val - start) / width
    return train.astype(np.float32), val.astype(np.float32)
