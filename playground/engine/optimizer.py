"""The torch optimizer of a run, and its state by the names of the parameters."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from playground.engine.compile import resolve
from playground.graph.call import Call
from playground.translation import tr

States = Mapping[str, Mapping[str, Tensor]]
"""By name of the parameter, then by torch's name for the tensor: "exp_avg", "step"."""


def build(call: Call, parameters: Sequence[nn.Parameter]) -> Optimizer | None:
    """The optimizer that a call names; None for a net without parameters: nothing to step."""
    if not parameters:
        return None
    optimizer: Optimizer = resolve(call.target)(parameters, *call.args, **call.kwargs)
    return optimizer


def plain_step(optimizer: Optimizer | None) -> Callable[[], Any]:
    """What Optimizer.step does without its profiling and step hooks, which are not used
    here: a tenth of the time of a step of a tiny net."""
    if optimizer is None:
        return lambda: None
    bare = getattr(type(optimizer).step, "__wrapped__", None)
    return optimizer.step if bare is None else functools.partial(bare, optimizer)


def states_of(optimizer: Optimizer | None, net: nn.Module) -> dict[str, dict[str, Tensor]]:
    """What the optimizer keeps for every parameter; the tensors themselves, not copies."""
    if optimizer is None:
        return {}
    names = {id(p): name for name, p in net.named_parameters()}
    return {
        names[id(parameter)]: {k: v for k, v in state.items() if isinstance(v, Tensor)}
        for parameter, state in optimizer.state.items()
    }


def take_states(optimizer: Optimizer | None, net: nn.Module, call: Call, states: States) -> None:
    """Set what the optimizer keeps; raises ValueError if a tensor does not fit."""
    if optimizer is None:
        return
    known = _sample(call, next(net.parameters()).device)
    learned = {name: p for name, p in net.named_parameters() if p.requires_grad}
    for name, parameter in learned.items():
        for key, tensor in states.get(name, {}).items():
            if key in known:
                _refuse_misfit(f"{name}.{key}", tensor, known[key], parameter)
    for name, parameter in learned.items():
        found = states.get(name, {})
        if found:
            own = {k: t.detach().clone() for k, t in found.items() if k in known}
            optimizer.state[parameter] = {k: t.to(known[k].device) for k, t in own.items()}
    complete(optimizer, call)


def complete(optimizer: Optimizer | None, call: Call) -> None:
    """Add what a running optimizer must keep from now on: momentum that was switched on, say.

    torch makes all of it in a parameter's first step and then relies on it.
    """
    if optimizer is None or not any(optimizer.state.values()):
        return
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    known = _sample(call, parameters[0].device)
    counts_steps = "step" in known
    for parameter in parameters:
        state = optimizer.state[parameter]
        if not state and counts_steps:
            continue  # torch sees that this one is new
        for key, sample in known.items():
            if not isinstance(state.get(key), Tensor):
                state[key] = torch.zeros_like(parameter if sample.dim() else sample)


def _sample(call: Call, device: torch.device) -> dict[str, Tensor]:
    # What one step leaves behind for a parameter of one number: names, types and devices.
    parameter = nn.Parameter(torch.zeros(1, device=device))
    parameter.grad = torch.zeros_like(parameter)
    optimizer: Optimizer = resolve(call.target)([parameter], *call.args, **call.kwargs)
    plain_step(optimizer)()
    return {k: v for k, v in optimizer.state[parameter].items() if isinstance(v, Tensor)}


def _refuse_misfit(name: str, tensor: Tensor, sample: Tensor, parameter: Tensor) -> None:
    shape = parameter.shape if sample.dim() else sample.shape
    if tensor.shape != shape or tensor.dtype != sample.dtype:
        raise ValueError(
            tr(
                "{name} should be {shape} of {dtype}, got {found_shape} of {found_dtype}",
                name=name,
                shape=tuple(shape),
                dtype=sample.dtype,
                found_shape=tuple(tensor.shape),
                found_dtype=tensor.dtype,
            )
        )


def all_finite(tensors: Iterable[Tensor]) -> bool:
    """Whether all numbers of all tensors are finite, with one look at the device."""
    found = list(tensors)
    if not found:
        return True
    return bool(torch.isfinite(torch.stack(torch._foreach_norm(found, torch.inf))).all())
