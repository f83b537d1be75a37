"""The state of training as tensors and numbers, and as the files of a .nplay."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from playground.engine.optimizer import all_finite, states_of, take_states
from playground.engine.trainer import Trainer

WEIGHTS, TENSORS, NUMBERS = "weights.safetensors", "training.safetensors", "training.json"
DRAWS: Mapping[str, Any] = {"cuda": torch.cuda, "mps": torch.mps}
"""Devices with a random generator of their own, which dropout draws from."""
OPTIMIZER, HISTORY, MEMORY, BEST = "optimizer.", "history.", "memory.", "best."


class CheckpointError(ValueError):
    """A state that does not fit the project; the message says what does not."""


DAMAGE = (
    AttributeError,
    KeyError,
    OverflowError,
    RecursionError,
    RuntimeError,
    SafetensorError,
    TypeError,
    ValueError,
)
"""What torch, safetensors and this module raise on a state that nobody saved like that."""


@dataclass(frozen=True)
class Snapshot:
    """All that training needs to go on as if it had never stopped."""

    weights: Mapping[str, Tensor]
    tensors: Mapping[str, Tensor]
    """Optimizer state, random states, curves and what probes remember, by a path such as
    "optimizer.linear1.weight.exp_avg"."""
    numbers: Mapping[str, Any]

    @property
    def step(self) -> int:
        """How many steps had been made."""
        return int(self.numbers["step"])

    @property
    def train_loss(self) -> float | None:
        """The mean loss of the last steps; None where there were none yet."""
        loss = self.numbers["last"][0]
        return None if loss is None else float(loss)

    def on_cpu(self) -> Snapshot:
        """The same, safe from whatever happens to the device."""
        weights = {name: tensor.cpu() for name, tensor in self.weights.items()}
        return replace(self, weights=weights, tensors={n: t.cpu() for n, t in self.tensors.items()})

    @property
    def memory(self) -> dict[str, Tensor]:
        """What probes remembered."""
        return self.part(MEMORY)

    def part(self, prefix: str) -> dict[str, Tensor]:
        """The tensors whose path begins so, by the rest of it."""
        found = self.tensors.items()
        return {name.removeprefix(prefix): t for name, t in found if name.startswith(prefix)}


def snapshot(trainer: Trainer, *, memory: Mapping[str, Tensor] | None = None) -> Snapshot:
    """The state of a trainer between two steps, copied; `memory` is what probes remember."""
    trainer.read_losses()
    weights = {name: t.detach().clone() for name, t in trainer.net.state_dict().items()}
    tensors = {
        "random.shuffle": trainer.epoch_start.clone(),
        "random.torch": torch.get_rng_state(),
    }
    if trainer.device.type in DRAWS:
        tensors[f"random.{trainer.device.type}"] = DRAWS[trainer.device.type].get_rng_state()
    if trainer.objective.masks is not None:
        tensors["random.masks"] = trainer.objective.masks.get_state()
    for name, tensor in trainer.stopping.best.items():
        tensors[f"{BEST}{name}"] = tensor.clone()
    for name, state in states_of(trainer.optimizer, trainer.net).items():
        for key, value in state.items():
            tensors[f"{OPTIMIZER}{name}.{key}"] = value.detach().clone()
    for name, column in trainer.history.state().items():
        tensors[f"{HISTORY}{name}"] = torch.from_numpy(column.copy())
    for name, tensor in (memory or {}).items():
        tensors[f"{MEMORY}{name}"] = tensor.clone()
    numbers = {
        "step": trainer.step,
        "epochs_done": trainer.epochs_done,
        "seen": trainer.seen,
        "has_order": trainer.has_order,
        "optimizer": trainer.project.training.optimizer.kind,
        "torch": torch.__version__,
        "losses": trainer.loss_sums,
        "last": [_or_none(v) for v in (trainer.last_train_loss, trainer.last_val_loss)],
        "pace": trainer.pace.state(),
        "stopping": trainer.stopping.state(),
        "clipped": trainer.stepper.clipped,
        "scaler": trainer.stepper.scaler_state,
        "metrics": {k: v for k, v in trainer.last_metrics.items() if math.isfinite(v)},
    }
    return Snapshot(weights, tensors, numbers)


def restore(trainer: Trainer, state: Snapshot) -> None:
    """Set a trainer to a state; raises CheckpointError, the trainer as it was, if it is unfit."""
    own = trainer.net.state_dict()
    for name, tensor in own.items():
        found = state.weights.get(name)
        if found is None or found.shape != tensor.shape or found.dtype != tensor.dtype:
            raise CheckpointError(
                f"The saved weights do not fit the graph: {name} is missing or of another shape."
            )
    before = snapshot(trainer)
    try:
        _apply(trainer, state)
    except DAMAGE as error:
        _apply(trainer, before)
        raise CheckpointError(f"The saved state of training is damaged: {error}") from error


def _apply(trainer: Trainer, state: Snapshot) -> None:
    _restore_numbers(trainer, state.numbers)
    with torch.no_grad():
        for name, tensor in trainer.net.state_dict().items():
            tensor.copy_(state.weights[name])
    _restore_judgement(trainer, state)
    trainer.build_optimizer()
    numbers = state.numbers
    trainer.stepper.go_on_from(int(numbers.get("clipped", 0)), numbers.get("scaler", {}))
    recipe = trainer.project.training.optimizer
    if state.numbers["optimizer"] == recipe.kind:
        take_states(trainer.optimizer, trainer.net, recipe.call(), _optimizer_states(state))
    trainer.history.restore({n: t.cpu().numpy() for n, t in state.part(HISTORY).items()})
    trainer.recorded = None
    trainer.restore_order(state.tensors["random.shuffle"], bool(state.numbers["has_order"]))
    if trainer.objective.masks is not None and "random.masks" in state.tensors:
        trainer.objective.masks.set_state(state.tensors["random.masks"])
    torch.set_rng_state(state.tensors["random.torch"])
    device = trainer.device.type
    if device in DRAWS and f"random.{device}" in state.tensors:
        DRAWS[device].set_rng_state(state.tensors[f"random.{device}"])


def _restore_judgement(trainer: Trainer, state: Snapshot) -> None:
    # Older files have neither.
    trainer.pace.restart()
    trainer.stopping.restart()
    if "pace" in state.numbers:
        trainer.pace.restore(state.numbers["pace"])
    if "stopping" in state.numbers:
        own, best = trainer.net.state_dict(), state.part(BEST)
        if best and {n: t.shape for n, t in best.items()} != {n: t.shape for n, t in own.items()}:
            raise ValueError("the weights of the best epoch do not fit the net")
        best = {name: tensor.to(own[name]) for name, tensor in best.items()}
        trainer.stopping.restore(state.numbers["stopping"], best)


def _optimizer_states(state: Snapshot) -> dict[str, dict[str, Tensor]]:
    found: dict[str, dict[str, Tensor]] = {}
    for path, tensor in state.part(OPTIMIZER).items():
        name, _, key = path.rpartition(".")
        found.setdefault(name, {})[key] = tensor
    return found


def _restore_numbers(trainer: Trainer, numbers: Mapping[str, Any]) -> None:
    counts = [numbers[name] for name in ("step", "epochs_done", "seen")]
    if not all(type(n) is int and 0 <= n < 2**53 for n in counts):
        raise ValueError(f"step, epochs_done and seen must be whole numbers, got {counts}")
    train, val = (math.nan if v is None else float(v) for v in numbers["last"])
    metrics = {str(k): float(v) for k, v in numbers["metrics"].items()}
    total, count = numbers["losses"]
    sums = (float(total), int(count))
    trainer.step, trainer.epochs_done, trainer.seen = counts
    trainer.last_train_loss, trainer.last_val_loss = train, val
    trainer.last_metrics = metrics
    trainer.loss_sums = sums
    trainer.bad_step = None


def to_files(state: Snapshot) -> dict[str, bytes]:
    """A snapshot as files by name: safetensors and JSON, no pickle."""
    return {
        WEIGHTS: save({n: t.cpu().contiguous() for n, t in state.weights.items()}),
        TENSORS: save({n: t.cpu().contiguous() for n, t in state.tensors.items()}),
        NUMBERS: json.dumps(dict(state.numbers), allow_nan=False).encode(),
    }


def from_files(files: Mapping[str, bytes]) -> Snapshot:
    """The snapshot that files hold; raises CheckpointError where they are damaged."""
    try:
        numbers = json.loads(files[NUMBERS])
        if not isinstance(numbers, dict) or not isinstance(numbers.get("step"), int):
            raise CheckpointError("The saved state of training is damaged: it has no step.")
        weights = load(files[WEIGHTS])
        if not all_finite(t for t in weights.values() if t.is_floating_point()):
            raise CheckpointError("The saved weights are not all numbers (NaN or infinity).")
        return Snapshot(weights, load(files[TENSORS]), numbers)
    except DAMAGE as error:
        raise CheckpointError(f"The saved state of training is damaged: {error}") from error


def write_files(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files of a checkpoint into one uncompressed zip, for a keyframe on disk."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
