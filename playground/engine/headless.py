"""Training without a window: to an epoch or a step, and reading one probe of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.engine import nan_trace
from playground.engine.checkpoint import from_files, restore, snapshot, to_files
from playground.engine.keyframes import Keyframes
from playground.engine.probe_set import declared_probes
from playground.engine.trainer import Trainer
from playground.project.project import Project
from playground.project.training import DEFAULT_EPOCHS
from playground.translation import tr

READINGS = 50
"""How often a probe is read on the way, for those that remember."""


class NonFiniteError(RuntimeError):
    """A value became NaN or infinite; the message says which and what to try."""

    def __init__(self, non_finite: nan_trace.NonFinite | None, message: str) -> None:
        super().__init__(message)
        self.non_finite = non_finite


@dataclass(frozen=True)
class Progress:
    """The state of training at the end of an epoch."""

    step: int
    epoch: float
    train_loss: float
    val_loss: float
    metrics: Mapping[str, float]
    """Metrics over the validation examples, by key."""
    steps_per_s: float


@dataclass(frozen=True)
class Result:
    """The result of training."""

    trainer: Trainer
    final: Progress
    steps: int
    """Steps made in this run."""
    seconds: float

    @property
    def steps_per_s(self) -> float:
        """Steps per second, validation included."""
        return self.steps / self.seconds if self.seconds > 0 else 0.0

    @property
    def history(self) -> Mapping[str, Any]:
        """The curves: numpy columns by name."""
        return self.trainer.history.arrays()

    def state(self) -> dict[str, bytes]:
        """The state of training as the files of a .nplay."""
        return to_files(snapshot(self.trainer))


def train(
    project: Project,
    *,
    state: Mapping[str, bytes] | None = None,
    epochs: int | None = None,
    steps: int | None = None,
    device: str | None = None,
    seed: int | None = None,
    on_epoch: Callable[[Progress], None] | None = None,
) -> Result:
    """Train for so many epochs or steps more, whichever ends first, from `state` if given.

    Without either, for as many epochs as the project says, or DEFAULT_EPOCHS. `device` and `seed`
    take the place of the project's. Raises CompileError, DataError, DeviceError, CheckpointError if
    training cannot begin, and NonFiniteError if it comes to NaN or infinity.
    """
    trainer = _trainer(project, state, device, seed)
    if epochs is None and steps is None:
        epochs = project.training.max_epochs or DEFAULT_EPOCHS
    run = _Run(trainer)
    run.to(
        None if steps is None else trainer.step + steps,
        None if epochs is None else trainer.epochs_done + epochs,
        on_epoch,
    )
    trainer.note_if_behind()
    return Result(trainer, run.progress(), run.steps, run.seconds)


def probe(
    project: Project, key: str, steps: int, state: Mapping[str, bytes] | None = None
) -> Mapping[str, Any] | None:
    """What a probe reads after so many steps; None if there is nothing to read.

    It is read during training as well, so that probes with a memory see the course of the run.
    Raises ValueError for an unknown key, and what `train` raises.
    """
    declared = declared_probes()
    if key not in declared:
        raise ValueError(
            tr(
                "Unknown probe '{key}'. Available: {available}.",
                key=key,
                available=", ".join(sorted(declared)),
            )
        )
    trainer = _trainer(project, state, None, None)
    run, reader = _Run(trainer), declared[key]()
    start = trainer.step
    reading = reader.read(trainer)
    for part in range(1, READINGS + 1):
        goal = start + steps * part // READINGS
        if goal == trainer.step:
            continue
        run.to(goal - 1, None, None)
        trainer.watch_next_step()
        run.to(goal, None, None)
        reading = reader.read(trainer)
    return reading


def _trainer(
    project: Project, state: Mapping[str, bytes] | None, device: str | None, seed: int | None
) -> Trainer:
    wanted = {"device": device, "seed": seed}
    project = project.with_training(**{k: v for k, v in wanted.items() if v is not None})
    trainer = Trainer(project)
    if state is not None:
        restore(trainer, from_files(state))
    if trainer.step == 0 and not trainer.history.rows:
        trainer.note()
    return trainer


class _Run:
    """Runs a trainer towards a goal, and watches over its health."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._keyframes = Keyframes()
        self._keyframes.take(trainer)
        self._start = trainer.step
        self._began = time.perf_counter()

    @property
    def steps(self) -> int:
        """Steps made so far."""
        return self._trainer.step - self._start

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._began

    def progress(self) -> Progress:
        """How far it is."""
        trainer = self._trainer
        rate = self.steps / self.seconds if self.seconds > 0 else 0.0
        return Progress(
            trainer.step,
            trainer.epoch,
            trainer.last_train_loss,
            trainer.last_val_loss,
            dict(trainer.last_metrics),
            rate,
        )

    def to(
        self, step: int | None, epoch: int | None, on_epoch: Callable[[Progress], None] | None
    ) -> None:
        """Train until a step or the end of an epoch, whichever comes first."""
        trainer = self._trainer
        steps, epochs_done = trainer.run(), trainer.epochs_done
        while (step is None or trainer.step < step) and (
            epoch is None or trainer.epochs_done < epoch
        ):
            next(steps)
            if trainer.stopping.message:
                break
            if trainer.epochs_done > epochs_done:
                epochs_done = trainer.epochs_done
                self._look_after()
                if on_epoch is not None:
                    on_epoch(self.progress())
            elif self._keyframes.is_due():
                self._look_after()
        self._look_after()

    def _look_after(self) -> None:
        trainer = self._trainer
        if trainer.is_non_finite:
            keyframe = self._keyframes.latest
            non_finite = None if keyframe is None else nan_trace.trace(trainer, keyframe)
            if non_finite is None:
                text = nan_trace.explain_loss(trainer.step)
                raise NonFiniteError(None, text)
            raise NonFiniteError(non_finite, nan_trace.explain(non_finite, trainer))
        if self._keyframes.is_due():
            self._keyframes.take(trainer)
