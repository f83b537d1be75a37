"""The trainer thread: trains, and between any two steps carries out the window's commands."""

from __future__ import annotations

import logging
import math
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from playground.catalog.datasets.dataset import DataError
from playground.engine import checkpoint, nan_trace
from playground.engine.change import Changed, change
from playground.engine.checkpoint import CheckpointError
from playground.engine.compile import CompileError
from playground.engine.device import DeviceError, lost_device
from playground.engine.keyframes import Keyframes
from playground.engine.trainer import Trainer
from playground.project.file import FileError, from_json
from playground.project.project import Project
from playground.session import messages as m
from playground.session.frames import Frames
from playground.translation import tr, trn

log = logging.getLogger(__name__)

CHORES_EVERY_S = 0.05
RATE_OVER_S = 0.5
EVALUATION_SHARE = 0.02
LONG_EPOCH_S = 0.25
EXPECTED = (CompileError, DataError, DeviceError, FileError, CheckpointError)


class Worker:
    """Holds the trainer of the open project, and sends events about it."""

    def __init__(
        self, inbox: deque[m.Command], wake: threading.Event, send: Callable[[m.Event], None]
    ) -> None:
        self._inbox, self._wake, self._send = inbox, wake, send
        self._run = 0
        self._trainer: Trainer | None = None
        self._state: Mapping[str, bytes] | None = None
        """The state that came with Open, until a trainer has been restored to it."""
        self._keyframes = Keyframes()
        self._frames = Frames(self._send_frame, self._complain)
        self._is_training = False
        self._goal_step = self._goal_epoch = math.inf
        self._limit = math.inf
        self._next_chores = 0.0
        self._rate_from = (0.0, 0)
        self._steps_per_s = 0.0
        self._has_lost_device = False

    def work(self) -> None:
        """Run the worker loop; never returns."""
        while True:
            self.work_once()
            if not self._is_training:
                self._wake.wait()
                self._wake.clear()

    def work_once(self) -> None:
        """Carry out commands; then train until the next one, or answer a grant."""
        while self._inbox:
            self._guarded(partial(self._do, self._inbox.popleft()))
        trainer = self._trainer
        if trainer is None:
            self._is_training = False
            return
        if self._is_training:
            self._guarded(partial(self._train, trainer))
        if not self._is_training and not self._inbox:
            # Also when training has just ended: the frame may have been requested before it began.
            self._guarded(partial(self._frames.at_rest, trainer))

    def _guarded(self, work: Callable[[], None]) -> None:
        # The border of the process: the window gets a message about whatever goes wrong in here.
        try:
            work()
        except Exception as error:
            self._is_training = False
            self._frames.note_news()
            self._send_failed(error)

    # Commands

    def _do(self, command: m.Command) -> None:
        trainer = self._trainer
        if isinstance(command, m.Grant):
            self._frames.grant(command.probes)
        elif isinstance(command, m.Open):
            self._open(command)
        elif isinstance(command, m.Save):
            self._save(command)
        elif trainer is None:
            if isinstance(command, m.Change):
                # The project could not be run when it was opened; this may have fixed it.
                self._build(command.project)
        elif isinstance(command, m.Play | m.Step):
            self._play(command, trainer)
        elif isinstance(command, m.Pause):
            self._pause("asked")
        elif isinstance(command, m.Change):
            self._change(command, trainer)
        elif isinstance(command, m.Restart):
            trainer.restart()
            self._begin(trainer, is_fresh=True)
            self._pause("restarted")
        elif isinstance(command, m.Rewind):
            self._rewind(trainer)

    def _open(self, command: m.Open) -> None:
        self._run = command.run
        self._trainer = None
        self._is_training = False
        self._state = command.state
        self._keyframes = Keyframes(Path(command.keyframe_path) if command.keyframe_path else None)
        self._frames.reset(forgets=True)
        self._build(command.project)

    def _build(self, text: str) -> None:
        trainer = _trainer(from_json(text).project)
        self._frames.reset(forgets=True)
        problem = ""
        is_fresh = self._state is None
        if self._state is not None:
            try:
                state = checkpoint.from_files(self._state)
                checkpoint.restore(trainer, state)
                self._frames.probes.recall(state.memory)
            except CheckpointError as error:
                problem = tr("{problem} Training starts from the initial weights.", problem=error)
                is_fresh = True
        self._trainer, self._state = trainer, None
        self._begin(trainer, is_fresh=is_fresh, forgets=False)
        if problem:
            self._send(m.Failed(self._run, problem))

    def _change(self, command: m.Change, trainer: Trainer) -> None:
        project = from_json(command.project).project
        keyframe = self._keyframes.latest
        if self._has_lost_device and keyframe is not None:
            fresh = _trainer(project)
            checkpoint.restore(fresh, keyframe)
            changed = Changed(fresh, tuple(fresh.compiled.parameters), False)
        elif keyframe is not None and trainer.is_non_finite:
            # Weights that are NaN would stay NaN: the edit is made on the last finite ones.
            non_finite = checkpoint.snapshot(trainer)
            checkpoint.restore(trainer, keyframe)
            try:
                changed = change(trainer, project)
            except Exception:
                checkpoint.restore(trainer, non_finite)
                raise
        else:
            changed = change(trainer, project)
        self._trainer = changed.trainer
        self._begin(changed.trainer, is_fresh=changed.is_fresh, kept=changed.kept)
        self._keep_goals(changed.is_fresh)

    def _keep_goals(self, is_fresh: bool) -> None:
        trainer = self._trainer
        if not self._is_training or trainer is None:
            return
        if is_fresh and min(self._goal_step, self._goal_epoch) < math.inf:
            self._pause("restarted")
            return
        before, limit = self._limit, trainer.project.training.max_epochs or math.inf
        if limit != before:
            self._limit = limit
            if trainer.epochs_done >= limit:
                self._reached(trainer)

    def _rewind(self, trainer: Trainer) -> None:
        keyframe = self._keyframes.latest
        if keyframe is None:
            raise CheckpointError(
                tr("Cannot go back: no healthy step has been saved. Restart training instead.")
            )
        checkpoint.restore(trainer, keyframe)
        self._begin(trainer, is_fresh=False, kept=tuple(trainer.compiled.parameters))

    def _begin(
        self,
        trainer: Trainer,
        *,
        is_fresh: bool,
        kept: tuple[str, ...] = (),
        forgets: bool | None = None,
    ) -> None:
        self._frames.reset(forgets=is_fresh if forgets is None else forgets)
        self._has_lost_device = False
        if trainer.step == 0 and not trainer.history.rows:
            trainer.note()
        self._keyframes.begin(trainer, self._frames.probes.memory())
        self._rate_from = (time.perf_counter(), trainer.step)
        self._send(
            m.Opened(
                run=self._run,
                device=trainer.device.type,
                device_note=trainer.choice.note,
                parameters=trainer.compiled.parameter_count,
                step=trainer.step,
                epoch=trainer.epoch,
                kept=kept,
                is_fresh=is_fresh,
            )
        )

    def _save(self, command: m.Save) -> None:
        trainer = self._trainer
        if trainer is None:
            self._send(m.Saved(command.request, self._state or {}, 0))
            return
        keyframe = self._keyframes.latest
        if keyframe is None or not trainer.is_non_finite:
            keyframe = checkpoint.snapshot(trainer, memory=self._frames.probes.memory())
        self._send(m.Saved(command.request, checkpoint.to_files(keyframe), keyframe.step))

    # Training

    def _play(self, command: m.Play | m.Step, trainer: Trainer) -> None:
        self._goal_step = self._goal_epoch = math.inf
        if isinstance(command, m.Step) and command.unit == "batch":
            self._goal_step = trainer.step + command.count
        elif isinstance(command, m.Step):
            self._goal_epoch = trainer.epochs_done + command.count
        self._limit = trainer.project.training.max_epochs or math.inf
        if trainer.epochs_done >= self._limit:
            self._limit = math.inf  # pressing Train after the limit was reached lifts it
        if self._is_training:
            return
        self._is_training = True
        self._rate_from = (time.perf_counter(), trainer.step)
        if isinstance(command, m.Play):
            self._send(m.StatusChanged(self._run, True))

    def _pause(self, reason: str, message: str = "") -> None:
        self._is_training = False
        self._frames.note_news()
        trainer = self._trainer
        if trainer is not None and not self._is_non_finite(trainer):
            trainer.note_if_behind()
            self._keyframes.take(trainer, self._frames.probes.memory())
        self._send(m.StatusChanged(self._run, False, reason, message))

    def _train(self, trainer: Trainer) -> None:
        self._next_chores = time.perf_counter() + CHORES_EVERY_S
        steps, frames = trainer.run(), self._frames
        while self._is_training:
            if trainer.step + 1 >= self._goal_step:
                trainer.watch_next_step()  # the reason to train single batches is to see them
            next(steps)
            if trainer.stopping.message:
                self._pause("early_stopping", trainer.stopping.message)
                return
            if trainer.step >= self._goal_step or trainer.epochs_done >= self._last_epoch:
                self._reached(trainer)
                return
            if frames.is_granted:
                frames.between_steps(trainer)
            if self._inbox and not self._take_grants():
                return
            if time.perf_counter() >= self._next_chores:
                self._chores(trainer)

    @property
    def _last_epoch(self) -> float:
        return min(self._goal_epoch, self._limit)

    def _take_grants(self) -> bool:
        # Frames are requested sixty times per second: they do not leave the training loop.
        while self._inbox:
            command = self._inbox[0]
            if not isinstance(command, m.Grant):
                return False
            self._inbox.popleft()
            self._frames.grant(command.probes)
        return True

    def _reached(self, trainer: Trainer) -> None:
        limit = trainer.project.training.max_epochs
        if trainer.epochs_done >= self._limit and self._goal_step == math.inf:
            message = trn(
                "Paused after {count:,} epoch, the maximum set under Training. "
                "Press Train to continue.",
                "Paused after {count:,} epochs, the maximum set under Training. "
                "Press Train to continue.",
                limit,
            )
            self._pause("max_epochs", message)
        else:
            self._pause("stepped")

    def _chores(self, trainer: Trainer) -> None:
        trainer.read_losses()
        now = time.perf_counter()
        if trainer.bad_step is not None or self._keyframes.is_due():
            if self._is_non_finite(trainer):
                return
            self._keyframes.take(trainer, self._frames.probes.memory())
        began, step = self._rate_from
        if now - began >= RATE_OVER_S:
            self._steps_per_s = (trainer.step - step) / (now - began)
            self._rate_from = (now, trainer.step)
        if now - trainer.noted_at >= LONG_EPOCH_S:
            trainer.note_losses()
        self._next_chores = time.perf_counter() + CHORES_EVERY_S

    def _is_non_finite(self, trainer: Trainer) -> bool:
        """Whether a value is NaN or infinite; then training was paused and the window notified."""
        if not trainer.is_non_finite:
            return False
        self._is_training = False
        self._frames.note_news()
        keyframe = self._keyframes.latest
        non_finite = None if keyframe is None else nan_trace.trace(trainer, keyframe)
        if non_finite is None:
            step, epoch, node, what = trainer.step, trainer.epoch, "", "loss"
            message = nan_trace.explain_loss(step)
        else:
            step, epoch, node, what = (
                non_finite.step,
                non_finite.epoch,
                non_finite.node,
                non_finite.what,
            )
            message = nan_trace.explain(non_finite, trainer)
            self._keyframes.after(non_finite.healthy)
        healthy = self._keyframes.latest.step if self._keyframes.latest else 0
        self._send(m.Unhealthy(self._run, step, epoch, node, what, message, healthy))
        return True

    # Events to the window

    def _send_frame(self, trainer: Trainer, readings: Mapping[str, m.Reading]) -> None:
        trainer.read_losses()
        self._send(
            m.Frame(
                run=self._run,
                step=trainer.step,
                epoch=trainer.epoch,
                is_training=self._is_training,
                train_loss=_or_none(trainer.last_train_loss),
                val_loss=_or_none(trainer.last_val_loss),
                metrics=dict(trainer.last_metrics),
                penalty=trainer.penalty(),
                steps_per_s=self._steps_per_s if self._is_training else 0.0,
                lr=trainer.lr,
                clipped_steps=trainer.stepper.clipped,
                readings=readings,
            )
        )

    def _complain(self, message: str, detail: str) -> None:
        self._send(m.Failed(self._run, message, detail))

    def _send_failed(self, error: Exception) -> None:
        name = self._trainer.device.type if self._trainer else "cpu"
        lost = lost_device(error, name)
        if lost is not None and lost.device != "cpu":
            self._has_lost_device = lost.is_gone
            self._send(m.DeviceLost(self._run, lost.device, str(lost)))
        elif lost is not None or isinstance(error, EXPECTED):
            self._send(m.Failed(self._run, str(lost or error)))
        else:
            log.error("a command failed", exc_info=error)
            text = tr("The engine failed: {error}", error=error)
            self._send(m.Failed(self._run, text, traceback.format_exc()))
        self._send(m.StatusChanged(self._run, False, "failed"))


def _trainer(project: Project) -> Trainer:
    return Trainer(project, evaluation_share=EVALUATION_SHARE, has_window=True)


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
