"""NaN and infinity: the step and the layer in which they occur first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from playground.engine.checkpoint import restore, snapshot
from playground.engine.snapshot import Snapshot
from playground.engine.trainer import Trainer
from playground.translation import tr

WATCHED = 4
"""Steps before the first bad loss that are replayed and recorded: a bad gradient makes bad
weights, and those a bad loss one step later."""


@dataclass(frozen=True)
class NonFinite:
    """The first non-finite value: step, node, kind of tensor, and the snapshot just before it."""

    step: int
    epoch: float
    node: str
    what: str
    healthy: Snapshot


def trace(trainer: Trainer, keyframe: Snapshot) -> NonFinite | None:
    """Replay from a healthy keyframe to the first bad step, and leave the trainer there.

    None if the replay stays finite, as it may on devices that are not deterministic.
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
        # The input of the Output was still finite: the comparison with the labels is not.
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


def explain_loss(step: int) -> str:
    """What happened if only the loss is known to be NaN or infinite."""
    return tr("The loss became NaN or infinite near step {step}.", step=f"{step:,}")


def explain(non_finite: NonFinite, trainer: Trainer) -> str:
    """What happened and what to try, for the person."""
    title = trainer.project.graph.nodes[non_finite.node].title
    step = f"{non_finite.step:,}"
    if non_finite.what == "activation":
        text = tr(
            "At step {step} the output of {layer} became NaN or infinite.", step=step, layer=title
        )
    elif non_finite.what == "gradient":
        text = tr(
            "At step {step} the gradient of {layer} became NaN or infinite.", step=step, layer=title
        )
    elif non_finite.what == "weight":
        text = tr(
            "At step {step} the weights of {layer} became NaN or infinite.", step=step, layer=title
        )
    else:
        text = tr("At step {step} the loss became NaN or infinite.", step=step)
    advice = tr(
        "Values grew too large: go back to the last healthy step and try a lower learning rate, a "
        "smaller initial weights, or BatchNorm; and look for extreme values in the data."
    )
    return f"{text} {advice}"
