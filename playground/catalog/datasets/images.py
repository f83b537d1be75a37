"""Small pictures."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from playground.catalog.datasets.dataset import Dataset, DrawFunction, Floats, Labels, Target
from playground.graph.shape import Shape


def digits(rng: np.random.Generator) -> tuple[Floats, Labels]:
    """All pictures; nothing is random but the split."""
    from sklearn.datasets import load_digits  # takes a second, so only when it is needed

    pixels, labels = load_digits(return_X_y=True)
    x = (pixels / 16).astype(np.float32).reshape(-1, 1, 8, 8)
    return x, labels.astype(np.int64)


class Digits(Dataset):
    """1,797 handwritten digits as grey pictures of 8×8 pixels, scaled to 0..1. A small
    convolutional network classifies 98 % correctly; wire Flatten in front of a Linear layer."""

    kind: ClassVar[str] = "digits"
    label: ClassVar[str] = "Digits (8×8)"
    family: ClassVar[str] = "Images"
    aliases: ClassVar[tuple[str, ...]] = (
        "mnist", "handwriting", "pictures", "optdigits", "load_digits", "numbers",
    )  # fmt: skip
    when: ClassVar[str] = "For a first image network, trained in seconds."
    pitfall: ClassVar[str] = (
        "A Linear layer takes no pictures: put Flatten before it, or begin with Conv2d."
    )
    source: ClassVar[str] = "sklearn.datasets.load_digits; Alpaydin and Kaynak 1998, UCI"
    order: ClassVar[int] = 10
    function: ClassVar[DrawFunction] = staticmethod(digits)

    def features(self) -> Shape:
        """One channel, 8 by 8."""
        return Shape((1, 8, 8))

    def target(self) -> Target:
        """Ten digits."""
        return Target("classes", tuple(map(str, range(10))))
