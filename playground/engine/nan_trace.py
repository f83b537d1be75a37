"""NaN and infinity: at which step and in which layer they came up first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from playground.engine.checkpoint import restore, snapshot
from playground.engine.snapshot import Snapshot
from playground.engine.trainer import Trainer

WATCHED = 4
"""Steps before the first bad loss that are run again under watch: a bad gradient makes bad
weights, and those a bad loss one step later."""


@dataclass(frozen=True)
class NonFinite:
    """The first thing that was no number: when, where, what, and the state just before."""

    step: int
    epoch: float
    node: str
    what: str
    healthy: Snapshot


def trace(trainer: Trainer, keyframe: Snapshot) -> NonFinite | None:
    """Run again from a healthy keyframe to the first bad step, and leave the trainer there.

    None where the second run stays healthy, as it may on devices that are not exact.
    """
    last = trainer.bad_step if trainer.bad_step is not None else trainer.step
    restore(trainer, keyframe)
    steps = trainer.run()
    while trainer.step < last - WATCHED:
        next(steps)
    while trainer.step < last:
        before = snapshot(trainer)
        trainer.watch_next_step()
        next(steps)
        found = _first_bad(trainer)
        if found is not None:
            return NonFinite(trainer.step, trainer.epoch, *found, before)
    return None


def _first_bad(trainer: Trainer) -> tuple[str, str] | None:
    recorded = trainer.recorded
    if recorded is None:
        return None
    for node, out in recorded.outputs.items():
        if not _is_finite([out]):
            return node, "activation"
    trainer.read_losses()
    if trainer.bad_step is not None:
        # What arrived at the Output was still a number: the comparison with the labels is not.
        return trainer.project.graph.output_nodes[0].id, "loss"
    # Backward starts at the end of the net, so the last bad layer is the first to go bad.
    for node, parameters in reversed(list(trainer.compiled.parameters.items())):
        if not _is_finite(p.grad for _, p in parameters):
            return node, "gradient"
    for node, parameters in trainer.compiled.parameters.items():
        if not _is_finite(p for _, p in parameters):
            return node, "weight"
    return None


def _is_finite(tensors: Iterable[Tensor | None]) -> bool:
    return all(bool(torch.isfinite(t.detach()).all()) for t in tensors if t is not None)


def explain(non_finite: NonFinite, trainer: Trainer) -> str:
    """What happened and what to try, for the person."""
    graph = trainer.project.graph
    title = graph.nodes[non_finite.node].title
    what = {
        "activation": f"the output of {title}",
        "gradient": f"the gradient of {title}",
        "weight": f"the weights of {title}",
    }.get(non_finite.what, "the loss")
    return (
        f"At step {non_finite.step:,} {what} stopped being a number (NaN or infinity). Numbers "
        "grew too large: go back to the last healthy step and try a lower learning rate, a smaller "
        "initialisation, or BatchNorm; and look for extreme values in the data."
    )
