"""Gradient checkpointing: a net in segments that are computed again on the way back."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn.modules.batchnorm import _BatchNorm


def recomputing(net: fx.GraphModule) -> Callable[[Tensor], Tensor]:
    """The forward pass of a net that keeps what lies between √n segments and nothing within.

    Numbers are the same: random draws are repeated, and running statistics are updated once.
    """
    # imported here: slow to import, and most runs do without
    from torch.fx.passes.split_module import split_module

    nodes = [node for node in net.graph.nodes if node.op.startswith("call")]
    length = max(1, math.ceil(math.sqrt(len(nodes))))
    places = {node.name: rank // length for rank, node in enumerate(nodes)}
    last = max(places.values(), default=0)
    split = split_module(net, net, lambda node: places.get(node.name, last))
    for name, part in list(split.named_children()):
        if name.startswith("submod_"):
            setattr(split, name, _Segment(part))
    forward: Callable[[Tensor], Tensor] = split.forward
    return forward


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
