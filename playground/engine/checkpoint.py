"""The state of training as tensors and numbers, and as the files of a .nplay."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from playground.engine.optimizer import all_finite, states_of
from playground.engine.snapshot import BEST, DRAWS, HISTORY, MEMORY, OPTIMIZER, Snapshot
from playground.engine.trainer import Trainer
from playground.translation import tr

WEIGHTS, TENSORS, NUMBERS = "weights.safetensors", "training.safetensors", "training.json"


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
"""What torch, safetensors and this module raise on a damaged state."""


def snapshot(trainer: Trainer, *, memory: Mapping[str, Tensor] | None = None) -> Snapshot:
    """The state of a trainer between two steps, copied; `memory` is what probes remember."""
    trainer.read_losses()
    weights = {name: t.detach().clone() for name, t in trainer.net.state_dict().items()}
    tensors = {
        "random.shuffle": trainer.batches.epoch_start.clone(),
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
        "has_order": trainer.batches.has_order,
        "optimizer": trainer.project.training.optimizer.kind,
        "torch": torch.__version__,
        "losses": trainer.losses.sums,
        "last": [_or_none(v) for v in (trainer.last_train_loss, trainer.last_val_loss)],
        "pace": trainer.pace.state(),
        "stopping": trainer.stopping.state(),
        "clipped": trainer.stepper.clipped,
        "scaler": trainer.stepper.scaler_state,
        "metrics": {k: v for k, v in trainer.last_metrics.items() if math.isfinite(v)},
    }
    return Snapshot(weights, tensors, numbers)


def restore(trainer: Trainer, state: Snapshot) -> None:
    """Set a trainer to a state; raises CheckpointError and changes nothing if it does not fit."""
    own = trainer.net.state_dict()
    for name, tensor in own.items():
        found = state.weights.get(name)
        if found is None or found.shape != tensor.shape or found.dtype != tensor.dtype:
            raise CheckpointError(
                tr(
                    "The saved weights do not fit the graph: {tensor} is missing or has another "
                    "shape.",
                    tensor=name,
                )
            )
    before = snapshot(trainer)
    try:
        trainer.restore(state)
    except DAMAGE as error:
        trainer.restore(before)
        raise _damaged(error) from error


def to_files(state: Snapshot) -> dict[str, bytes]:
    """A snapshot as files by name: safetensors and JSON, no pickle."""
    return {
        WEIGHTS: save({n: t.cpu().contiguous() for n, t in state.weights.items()}),
        TENSORS: save({n: t.cpu().contiguous() for n, t in state.tensors.items()}),
        NUMBERS: json.dumps(dict(state.numbers), allow_nan=False).encode(),
    }


def from_files(files: Mapping[str, bytes]) -> Snapshot:
    """The snapshot that files hold; raises CheckpointError if they are damaged."""
    try:
        numbers = json.loads(files[NUMBERS])
        if not isinstance(numbers, dict) or not isinstance(numbers.get("step"), int):
            raise _damaged(tr("it has no step."))
        weights = load(files[WEIGHTS])
        if not all_finite(t for t in weights.values() if t.is_floating_point()):
            raise CheckpointError(tr("The saved weights contain NaN or infinity."))
        return Snapshot(weights, load(files[TENSORS]), numbers)
    except DAMAGE as error:
        raise _damaged(error) from error


def write_files(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files of a checkpoint into one uncompressed zip, for a keyframe on disk."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def _damaged(reason: object) -> CheckpointError:
    return CheckpointError(tr("The saved state of training is damaged: {reason}", reason=reason))


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
