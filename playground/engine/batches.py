"""The batches of an epoch: a permutation of the training examples, and how far it has been used."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from playground.catalog.datasets.dataset import DataError
from playground.engine.objectives import Part
from playground.project.last_batch import LastBatch
from playground.translation import tr

GATHER_LIMIT_BYTES = 256 * 2**20


class Batches:
    """Draws the order of the examples once per epoch, from a generator that only it uses."""

    def __init__(self) -> None:
        self.generator = torch.Generator()
        self.restart(0)

    def restart(self, seed: int) -> None:
        """Return to the first epoch."""
        self.generator.manual_seed(seed)
        self.begin_epoch()

    def begin_epoch(self) -> None:
        """Begin an epoch; its order is drawn when the first batch is needed."""
        self.seen = 0
        self._order: Tensor | None = None
        self.epoch_start = self.generator.get_state()

    @property
    def has_order(self) -> bool:
        """Whether an epoch is under way, its order drawn."""
        return self._order is not None

    def restore(self, epoch_start: Tensor, seen: int, count: int | None) -> None:
        """Take the generator's state at the start of the epoch, and draw its order over `count`
        examples; None if it was not drawn yet."""
        self.generator.set_state(epoch_start)
        self.epoch_start = epoch_start.clone()
        self.seen = seen
        self._order = None if count is None else torch.randperm(count, generator=self.generator)

    def advance(self, size: int, end: int) -> bool:
        """Count a batch as seen; whether the epoch is over."""
        self.seen = min(self.seen + size, end)
        return self.seen >= end

    def rest(
        self, train: Part, size: int, last: LastBatch, *, has_batch_norm: bool
    ) -> tuple[Iterator[tuple[Tensor, Tensor]], int]:
        """The remaining batches of the epoch, and how many examples have been seen at its end."""
        if self._order is None:
            self._order = torch.randperm(len(train), generator=self.generator)
        rest = self._order[self.seen :].to(train.x.device)
        tail = len(rest) % size
        whole = len(rest) - tail
        if 0 < tail < last.smallest(size) and (whole or self.seen):
            rest = rest[:whole]
        elif len(train) == 1 and has_batch_norm:
            raise DataError(
                tr(
                    "BatchNorm needs several examples per batch to take a mean over, and there is "
                    "one training example. Use more data, or remove BatchNorm."
                )
            )
        end = self.seen + len(rest)
        if train.x.numel() * train.x.element_size() <= GATHER_LIMIT_BYTES:
            # Gathered once per epoch: slicing views is cheaper than indexing every step.
            return zip(train.x[rest].split(size), train.y[rest].split(size), strict=True), end
        return ((train.x[part], train.y[part]) for part in rest.split(size)), end
