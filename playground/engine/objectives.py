"""What one training step means: which tensors go in, and what is compared with what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from playground.catalog.datasets.dataset import Examples, Labels
from playground.catalog.losses import Loss
from playground.engine.compile import resolve


@dataclass(frozen=True)
class Part:
    """One part of the examples on the device: features, encoded labels, and plain labels."""

    x: Tensor
    y: Tensor
    labels: Labels

    def __len__(self) -> int:
        return len(self.x)


class Supervised:
    """Learn to predict the labels: loss(net(features), labels)."""

    def __init__(self, loss: Loss, examples: Examples, device: torch.device) -> None:
        self.loss = loss
        self.examples = examples
        call = loss.call()
        self.compare: Callable[[Tensor, Tensor], Tensor] = resolve(call.target)(
            *call.args, **call.kwargs
        ).to(device)
        self.train = self._part(examples.x_train, examples.y_train, device)
        self.val = self._part(examples.x_val, examples.y_val, device)

    def _part(self, x: np.ndarray, labels: Labels, device: torch.device) -> Part:
        features = torch.from_numpy(np.ascontiguousarray(x)).to(device)
        return Part(features, self._encoded(labels).to(device), labels)

    def _encoded(self, labels: Labels) -> Tensor:
        target = self.examples.target
        encoding = self.loss.encoding(target)
        plain = torch.from_numpy(np.ascontiguousarray(labels))
        if encoding == "index":
            return plain
        if encoding == "one_hot":
            return torch.nn.functional.one_hot(plain, len(target.classes)).float()
        return plain.float().reshape(len(plain), -1)
