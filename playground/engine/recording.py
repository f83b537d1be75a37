"""A step that is watched: what every node output, with gradients, and how far weights moved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from torch import Tensor, nn

from playground.engine.compile import Compiled, Recorder
from playground.engine.train_step import Stepper


@dataclass(eq=False)
class Recorded:
    """Outputs of nodes with their gradients, and the size of every node's update over the size of
    its parameters."""

    outputs: dict[str, Tensor]
    updates: dict[str, float] = field(default_factory=dict)


def recorded_step(
    step: Stepper, compiled: Compiled, parameters: Sequence[nn.Parameter], x: Tensor, y: Tensor
) -> tuple[Tensor, Recorded]:
    """One step, and its loss: the same operations in the same order as a plain step, so that the
    result is the same."""
    recorder = Recorder(compiled.net, with_grad=True)
    before = {id(p): p.detach().clone() for p in parameters}
    loss = step(x, y, recorder.run)
    step.unscale(recorder.outputs.values())
    return loss, Recorded(recorder.outputs, _updates(compiled, before))


def _updates(compiled: Compiled, before: dict[int, Tensor]) -> dict[str, float]:
    found = {}
    for node_id, parameters in compiled.parameters.items():
        pairs = [(before[id(p)], p.detach()) for _, p in parameters if id(p) in before]
        moved = sum(float((b - a).square().sum()) for a, b in pairs)
        size = sum(float(a.square().sum()) for a, _ in pairs)
        found[node_id] = math.sqrt(moved / size) if size > 0 else math.nan
    return found
