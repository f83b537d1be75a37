"""One step with all that a recipe may ask for: a learning rate that changes, several batches,
clipping, lower precision, activations computed again, hidden tokens, limits on weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.optim import Optimizer

from playground.engine.objectives import Objective
from playground.engine.optimizer import plain_step
from playground.engine.penalties import Penalties
from playground.engine.recompute import recomputing
from playground.project.training import Training

Forward = Callable[[Tensor], Tensor]
Step = Callable[[Tensor, Tensor], Tensor]


class Stepper:
    """Makes steps as a recipe says. `is_plain`: the recipe is nothing but forward, backward,
    penalties and update, which `fastest` then makes without the rest."""

    def __init__(
        self,
        training: Training,
        net: fx.GraphModule,
        parameters: list[nn.Parameter],
        optimizer: Optimizer | None,
        penalties: Penalties,
        objective: Objective,
        recomputed: AbstractSet[str] = frozenset(),
    ) -> None:
        self.training, self.objective = training, objective
        self._net, self._parameters, self._optimizer = net, parameters, optimizer
        self._penalties = penalties
        self._device = objective.train.x.device
        self._step_optimizer = plain_step(optimizer)
        half = training.half_dtype
        self._half: torch.dtype | None = None if half is None else getattr(torch, half)
        self.scaler: Any = None
        if training.scales_loss and optimizer is not None:
            self.scaler = torch.amp.GradScaler(self._device.type)
        self._clipped = torch.zeros((), dtype=torch.int64, device=self._device)
        self._recomputes = training.recompute or bool(recomputed)
        self.forward: Forward = recomputing(net, recomputed) if self._recomputes else net.forward

    @property
    def is_plain(self) -> bool:
        """Whether nothing out of the usual is asked for; the learning rate is looked at apart."""
        training = self.training
        return not (
            training.accumulation > 1
            or training.clip_norm
            or training.clip_value
            or self._recomputes
            or self._half is not None
            or self.objective.masks is not None
            or self._penalties.limits
        )

    def fastest(self) -> Step:
        """A function that makes the same steps without a look at what the recipe does not ask for;
        the trainer sets the learning rate."""
        if not self.is_plain:
            return self
        forward, compare, optimizer = self._net.forward, self.objective.compare, self._optimizer
        step_optimizer = self._step_optimizer
        penalise = self._penalties.add_gradients if self._penalties.any else None

        def step(x: Tensor, y: Tensor) -> Tensor:
            loss: Tensor = compare(forward(x), y)
            if optimizer is not None:
                loss.backward()
            if penalise is not None:
                penalise()
            step_optimizer()
            return loss.detach()

        return step

    @property
    def clipped(self) -> int:
        """How many steps had a gradient that was clipped."""
        return int(self._clipped)

    @property
    def scaler_state(self) -> dict[str, Any]:
        """The loss scale of fp16 and when it last changed, as plain numbers; often nothing."""
        return {} if self.scaler is None else dict(self.scaler.state_dict())

    def resume_from(self, clipped: int, scaler_state: Mapping[str, Any]) -> None:
        """Restore the count of clipped steps and the state of the scaler."""
        self._clipped.fill_(clipped)
        if self.scaler is not None and scaler_state:
            self.scaler.load_state_dict(dict(scaler_state))

    def __call__(self, x: Tensor, y: Tensor, forward: Forward | None = None) -> Tensor:
        """One step over the examples `x`, `y`; the mean loss. Gradients are None before it."""
        x, y = self.objective.prepare(x, y)
        loss = self._accumulated(x, y, forward or self.forward)
        if self._optimizer is None:
            return loss
        if self.scaler is not None:
            self.scaler.unscale_(self._optimizer)
        if self._penalties.any:
            self._penalties.add_gradients()
        self._clip()
        if self.scaler is not None:
            self.scaler.step(self._optimizer)
            self.scaler.update()
        else:
            self._step_optimizer()
        self._penalties.limit()
        return loss

    def _accumulated(self, x: Tensor, y: Tensor, forward: Forward) -> Tensor:
        # Several batches add up to the gradient of one: each counts by its share of the examples.
        count = 1 if self.training.accumulation == 1 else len(x) // self.training.batch_size
        if count <= 1:
            return self._backward(x, y, forward, 1.0)
        parts: Iterable[tuple[Tensor, Tensor]] = zip(
            x.tensor_split(count), y.tensor_split(count), strict=True
        )
        losses = [self._backward(part, own, forward, len(part) / len(x)) for part, own in parts]
        return torch.stack(losses).sum()

    def _backward(self, x: Tensor, y: Tensor, forward: Forward, share: float) -> Tensor:
        if self._half is None:
            loss = self.objective.compare(forward(x), y)
        else:
            with torch.autocast(self._device.type, self._half):
                outputs = forward(x)
            loss = self.objective.compare(outputs.float(), y)
        if share != 1:
            loss = loss * share
        if self._optimizer is not None:
            (loss if self.scaler is None else self.scaler.scale(loss)).backward()
        return loss.detach()

    def _clip(self) -> None:
        norm, value = self.training.clip_norm, self.training.clip_value
        is_clipped = None
        if norm:
            is_clipped = nn.utils.clip_grad_norm_(self._parameters, norm) > norm
        if value:
            grads = [p.grad for p in self._parameters if p.grad is not None]
            largest = torch.stack(torch._foreach_norm(grads, torch.inf)).max()
            beyond = largest > value
            is_clipped = beyond if is_clipped is None else is_clipped | beyond
            nn.utils.clip_grad_value_(self._parameters, value)
        if is_clipped is not None:
            self._clipped += is_clipped

    def unscale(self, outputs: Iterable[Tensor]) -> None:
        """Take the loss scale out of gradients that were kept of outputs."""
        scale = 0.0 if self.scaler is None else float(self.scaler.get_scale())
        if scale == 0:
            return  # no scaling, or a scale that underflowed: there is nothing to divide by
        for output in outputs:
            if output.grad is not None:
                output.grad.mul_(1 / scale)
