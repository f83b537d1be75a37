"""Which last batch of an epoch is left out."""

from __future__ import annotations

from enum import Enum, auto

from playground.project.project import Project


class LastBatch(Enum):
    """Which last batch is left out, unless it is the only one of the epoch."""

    KEPT = auto()
    DROPPED_IF_SMALLER = auto()
    DROPPED_IF_SINGLE = auto()
    """Batch norm cannot take a mean over one example."""

    def smallest(self, size: int) -> int:
        """How many examples the last batch needs to be kept, among batches of `size`."""
        if self is LastBatch.DROPPED_IF_SMALLER:
            return size
        return 2 if self is LastBatch.DROPPED_IF_SINGLE else 1


def needs_several_examples(project: Project) -> bool:
    """Whether a layer computes statistics over the batch."""
    return any(node.layer.uses_batch_statistics for node in project.graph.nodes.values())


def last_batch(project: Project) -> LastBatch:
    """What happens to the last batch of an epoch in a project."""
    if project.training.drop_last:
        return LastBatch.DROPPED_IF_SMALLER
    return LastBatch.DROPPED_IF_SINGLE if needs_several_examples(project) else LastBatch.KEPT
