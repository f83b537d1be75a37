"""The state of training as tensors and numbers, and as the files of a .nplay."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from playground.engine.trainer import Trainer

WEIGHTS, TENSORS, NUMBERS = "weights.safetensors", "training.safetensors", "training.json"


class CheckpointError(ValueError):
    """A state that does not fit the project; the message says what does not."""


@dataclass(frozen=True)
class Snapshot:
    """All that training needs to go on as if it had never stopped."""

    weights: Mapping[str, Tensor]
    tensors: Mapping[str, Tensor]
    """Optimizer state, random states and curves, by a path such as "optimizer.linear1.weight.exp_avg"."""
    numbers: Mapping[str, Any]

    @property
    def step(self) -> int:
        """How many steps had been made."""
        return int(self.numbers["step"])


def snapshot(trainer: Trainer, *, memory: Mapping[str, Tensor] | None = None) -> Snapshot:
    """The state of a trainer between two steps, copied; `memory` is what probes remember."""
    trainer.read_losses()
    weights = {name: t.detach().clone() for name, t in trainer.net.state_dict().items()}
    tensors = {
        "random.shuffle": trainer.epoch_start.clone(),
        "random.torch": torch.get_rng_state(),
    }
    if trainer.device.type == "cuda":
        tensors["random.cuda"] = torch.cuda.get_rng_state()
    if trainer.optimizer is not None:
        names = {id(p): name for name, p in trainer.net.named_parameters()}
        for parameter, state in trainer.optimizer.state.items():
            for key, value in state.items():
                if isinstance(value, Tensor):
                    tensors[f"optimizer.{names[id(parameter)]}.{key}"] = value.detach().clone()
    for name, column in trainer.history.arrays().items():
        tensors[f"history.{name}"] = torch.from_numpy(column.copy())
    tensors |= {f"memory.{name}": tensor for name, tensor in (memory or {}).items()}
    numbers = {
        "step": trainer.step,
        "epochs_done": trainer.epochs_done,
        "seen": trainer.seen,
        "has_order": trainer.has_order,
        "optimizer": trainer.project.training.optimizer.kind,
        "torch": torch.__version__,
        "losses": trainer.loss_sums,
        "last": [_or_none(v) for v in (trainer.last_train_loss, trainer.last_val_loss)],
        "metrics": trainer.last_metrics,
    }
    return Snapshot(weights, tensors, numbers)


def restore(trainer: Trainer, state: Snapshot) -> None:
    """Set a trainer to a state; raises CheckpointError and leaves it as it was if it does not fit."""
    own = trainer.net.state_dict()
    for name, tensor in own.items():
        if name not in state.weights or state.weights[name].shape != tensor.shape:
            raise CheckpointError(
                f"The saved weights do not fit the graph: {name} is missing or of another shape."
            )
    try:
        _restore_numbers(trainer, state.numbers)
        with torch.no_grad():
            for name, tensor in own.items():
                tensor.copy_(state.weights[name])
        _restore_optimizer(trainer, state)
        trainer.restore_order(state.tensors["random.shuffle"], bool(state.numbers["has_order"]))
        torch.set_rng_state(state.tensors["random.torch"])
        if "random.cuda" in state.tensors and trainer.device.type == "cuda":
            torch.cuda.set_rng_state(state.tensors["random.cuda"])
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        trainer.restart()
        raise CheckpointError(f"The saved state of training is damaged: {error}") from error
    history = {
        name.removeprefix("history."): tensor.cpu().numpy()
        for name, tensor in state.tensors.items()
        if name.startswith("history.")
    }
    if history:
        trainer.history.restore(history)
    else:
        trainer.history.cut_after(trainer.step)


def _restore_numbers(trainer: Trainer, numbers: Mapping[str, Any]) -> None:
    counts = [numbers[name] for name in ("step", "epochs_done", "seen")]
    if not all(isinstance(n, int) and 0 <= n < 2**53 for n in counts):
        raise ValueError(f"step, epochs_done and seen must be whole numbers, got {counts}")
    trainer.step, trainer.epochs_done, trainer.seen = counts
    train, val = (math.nan if v is None else float(v) for v in numbers["last"])
    trainer.last_train_loss, trainer.last_val_loss = train, val
    trainer.last_metrics = {str(k): float(v) for k, v in numbers["metrics"].items()}
    total, count = numbers["losses"]
    trainer.loss_sums = (float(total), int(count))
    trainer.bad_step = None


def _restore_optimizer(trainer: Trainer, state: Snapshot) -> None:
    trainer.build_optimizer()
    if (
        trainer.optimizer is None
        or state.numbers["optimizer"] != trainer.project.training.optimizer.kind
    ):
        return
    for name, parameter in trainer.net.named_parameters():
        prefix = f"optimizer.{name}."
        found = {
            key.removeprefix(prefix): tensor.clone().to(parameter.device)
            for key, tensor in state.tensors.items()
            if key.startswith(prefix)
        }
        for key, tensor in found.items():
            if tensor.dim() and tensor.shape != parameter.shape:
                raise ValueError(f"{prefix}{key} has shape {tuple(tensor.shape)}")
        if found:
            trainer.optimizer.state[parameter] = found


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
        return Snapshot(load(files[WEIGHTS]), load(files[TENSORS]), numbers)
    except (KeyError, ValueError, RecursionError, SafetensorError) as error:
        raise CheckpointError(f"The saved state of training is damaged: {error}") from error


def write_files(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files of a checkpoint into one uncompressed zip, for a keyframe on disk."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
