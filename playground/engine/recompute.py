"""Gradient checkpointing: a net in segments that are computed again on the way back."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn.modules.batchnorm import _BatchNorm

Places = Mapping[str, int]
"""By the name of a step of the net, the segment that it belongs to."""


def recomputing(
    net: fx.GraphModule, chosen: AbstractSet[str] = frozenset()
) -> Callable[[Tensor], Tensor]:
    """The forward pass of a net that forgets what the nodes `chosen` work out; those that follow
    each other are forgotten together. With none, it keeps what lies between √n segments.

    Numbers are the same: random draws are repeated, and running statistics are updated once.
    """
    # imported here: slow to import, and most runs do without
    from torch.fx.passes.split_module import split_module

    steps = [node for node in net.graph.nodes if node.op.startswith("call")]
    places, forgotten = _runs(steps, chosen) if chosen else _segments(steps)
    last = max(places.values(), default=0)
    split = split_module(net, net, lambda node: places.get(node.name, last))
    for place in forgotten:
        name = f"submod_{place}"
        setattr(split, name, _Segment(getattr(split, name)))
    forward: Callable[[Tensor], Tensor] = split.forward
    return forward


def _segments(steps: Sequence[fx.Node]) -> tuple[Places, set[int]]:
    length = max(1, math.ceil(math.sqrt(len(steps))))
    places = {step.name: rank // length for rank, step in enumerate(steps)}
    return places, set(places.values())


def _runs(steps: Sequence[fx.Node], chosen: AbstractSet[str]) -> tuple[Places, set[int]]:
    places: dict[str, int] = {}
    forgotten: set[int] = set()
    was_chosen, place = False, 0
    for step in steps:
        # A node that only selects one of several outputs belongs to their source.
        ids = step.meta.get("nodes") or step.all_input_nodes[0].meta.get("nodes", ())
        is_chosen = not chosen.isdisjoint(ids)
        place += is_chosen != was_chosen
        places[step.name], was_chosen = place, is_chosen
        if is_chosen:
            forgotten.add(place)
    return places, forgotten


class _Segment(nn.Module):
    def __init__(self, part: nn.Module) -> None:
        super().__init__()
        self.part = part

    def forward(self, *inputs: Any) -> Any:
        from torch.utils.checkpoint import checkpoint

        return checkpoint(
            self.part,
            *inputs,
            use_reentrant=False,
            context_fn=lambda: (contextlib.nullcontext(), _statistics_kept(self.part)),
        )


@contextlib.contextmanager
def _statistics_kept(part: nn.Module) -> Iterator[None]:
    norms = [module for module in part.modules() if isinstance(module, _BatchNorm)]
    buffers = [buffer for norm in norms for buffer in norm.buffers()]
    kept = [buffer.clone() for buffer in buffers]
    try:
        yield
    finally:
        with torch.no_grad():
            for buffer, before in zip(buffers, kept, strict=True):
                buffer.copy_(before)
