"""The trainer thread: trains, and between any two steps does what the window asks."""

from __future__ import annotations

import contextlib
import math
import os
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path

from playground.catalog.datasets.dataset import DataError
from playground.engine import checkpoint, health
from playground.engine.change import change
from playground.engine.checkpoint import CheckpointError, Snapshot
from playground.engine.compile import CompileError
from playground.engine.device import DeviceError
from playground.engine.probe import Probes
from playground.engine.trainer import Trainer
from playground.project.file import FileError, from_json
from playground.session import messages as m

CHORES_EVERY_S = 0.05
KEYFRAME_EVERY_S = 1.0
KEYFRAME_SHARE = 0.02
"""Share of the time that keyframes may take: rare for large nets, after each step for slow ones."""
EVALUATION_SHARE = 0.02
LONG_EPOCH_S = 0.25
EXPECTED = (CompileError, DataError, DeviceError, FileError, CheckpointError)


class Worker:
    """Holds the trainer of the open project and everything that is told about it."""

    def __init__(
        self, inbox: deque[m.Command], wake: threading.Event, send: Callable[[m.Event], None]
    ) -> None:
        self._inbox, self._wake, self._send = inbox, wake, send
        self._run = 0
        self._trainer: Trainer | None = None
        self._probes = Probes()
        self._is_training = False
        self._stop_step = self._stop_epoch = math.inf
        self._granted: tuple[str, ...] | None = None
        self._watching: tuple[str, ...] | None = None
        self._sent_probes: frozenset[str] = frozenset()
        self._has_news = False
        self._keyframe: Snapshot | None = None
        self._keyframe_path: Path | None = None
        self._next_keyframe = self._next_chores = 0.0
        self._rate_from = (0.0, 0)
        self._steps_per_s = 0.0

    def work(self) -> None:
        """Work for ever."""
        while True:
            self._serve_inbox()
            if self._is_training and self._trainer is not None:
                self._guarded(self._train)
                continue
            self._send_quiet_frame()
            self._wake.wait()
            self._wake.clear()

    def _guarded(self, work: Callable[[], None]) -> None:
        # The border of the process: whatever goes wrong in here, the window hears of it.
        try:
            work()
        except EXPECTED as error:
            self._is_training = False
            self._tell_refused(error)
        except Exception as error:
            self._is_training = False
            self._tell_failed(error)

    # Commands

    def _serve_inbox(self) -> None:
        while self._inbox:
            command = self._inbox.popleft()
            self._guarded(lambda command=command: self._do(command))  # type: ignore[misc]

    def _do(self, command: m.Command) -> None:
        if isinstance(command, m.Grant):
            self._granted = command.probes
            if not set(command.probes) <= self._sent_probes:
                self._has_news = True
        elif isinstance(command, m.Open):
            self._open(command)
        elif self._trainer is None:
            return
        elif isinstance(command, m.Play | m.Step):
            self._play(command)
        elif isinstance(command, m.Pause):
            self._pause("asked")
        elif isinstance(command, m.Save):
            self._has_news = True
            state = checkpoint.snapshot(self._trainer)
            files = checkpoint.to_files(state)
            self._send(m.Saved(command.request, files, state.step))
        else:
            self._edit(command, self._trainer)

    def _edit(self, command: m.Command, trainer: Trainer) -> None:
        if isinstance(command, m.Change):
            changed = change(trainer, from_json(command.project).project)
            self._trainer = changed.trainer
            self._begin(changed.is_fresh, changed.kept)
        elif isinstance(command, m.Restart):
            trainer.restart()
            self._begin(True)
        elif isinstance(command, m.Rewind) and self._keyframe is not None:
            checkpoint.restore(trainer, self._keyframe)
            self._begin(False, tuple(trainer.compiled.parameters))

    def _open(self, command: m.Open) -> None:
        self._run = command.run
        self._trainer = None
        self._is_training = False
        self._keyframe_path = Path(command.keyframe_path) if command.keyframe_path else None
        project = from_json(command.project).project
        trainer = Trainer(project, evaluation_share=EVALUATION_SHARE)
        problem = ""
        if command.state is not None:
            try:
                checkpoint.restore(trainer, checkpoint.from_files(command.state))
            except CheckpointError as error:
                problem = f"{error} The net starts from its initial weights."
        self._trainer = trainer
        self._begin(command.state is None or bool(problem))
        if problem:
            self._send(m.Failed(self._run, problem))

    def _begin(self, is_fresh: bool, kept: tuple[str, ...] = ()) -> None:
        trainer = self._trainer
        if trainer is None:
            return
        if is_fresh:
            self._probes = Probes()
        self._has_news = True
        self._sent_probes = frozenset()
        trainer.bad_step = None
        if trainer.step == 0 and not trainer.history.rows:
            trainer.note()
        self._take_keyframe(trainer)
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

    def _play(self, command: m.Play | m.Step) -> None:
        trainer = self._trainer
        if trainer is None:
            return
        self._stop_step = self._stop_epoch = math.inf
        if isinstance(command, m.Step) and command.unit == "batch":
            self._stop_step = trainer.step + command.count
        elif isinstance(command, m.Step):
            self._stop_epoch = trainer.epochs_done + command.count
        limit = trainer.project.training.max_epochs
        if limit and trainer.epochs_done < limit:
            self._stop_epoch = min(self._stop_epoch, limit)
        if not self._is_training:
            self._is_training = True
            self._rate_from = (time.perf_counter(), trainer.step)
            if isinstance(command, m.Play):
                self._send(m.StatusChanged(self._run, True))

    def _pause(self, reason: str, message: str = "") -> None:
        self._is_training = False
        trainer = self._trainer
        if trainer is not None and not self._is_ill(trainer):
            trainer.note_if_behind()
            self._take_keyframe(trainer)
        self._has_news = True
        self._send(m.StatusChanged(self._run, False, reason, message))

    # Training

    def _train(self) -> None:
        trainer = self._trainer
        if trainer is None:
            return
        self._next_chores = time.perf_counter() + CHORES_EVERY_S
        if self._granted is not None:
            # The window asked for a frame while nothing moved: now there is something to show.
            self._inbox.append(m.Grant(self._granted))
            self._granted = None
        steps = trainer.run()
        while self._is_training:
            if trainer.step + 1 >= self._stop_step:
                trainer.record_next = True  # whoever steps by batch wants to see that batch
            next(steps)
            if trainer.step >= self._stop_step or trainer.epochs_done >= self._stop_epoch:
                self._reached(trainer)
                return
            if self._watching is not None:
                self._send_frame(trainer, self._watching)
            if self._inbox and not self._serve_grants(trainer):
                return
            if time.perf_counter() >= self._next_chores:
                self._chores(trainer)

    def _reached(self, trainer: Trainer) -> None:
        trainer.read_losses()
        limit = trainer.project.training.max_epochs
        if limit and trainer.epochs_done == limit and self._stop_step == math.inf:
            message = f"Paused after {limit:,} epochs, as set under Training. Train goes on."
            self._pause("max_epochs", message)
        else:
            self._pause("stepped")

    def _serve_grants(self, trainer: Trainer) -> bool:
        # Frames are asked for sixty times a second: they do not leave the training loop.
        while self._inbox:
            if not isinstance(self._inbox[0], m.Grant):
                return False
            command = self._inbox.popleft()
            assert isinstance(command, m.Grant)
            due = tuple(self._probes.due(command.probes))
            if self._probes.watches_step(due):
                trainer.record_next = True
                self._watching = due
            else:
                self._send_frame(trainer, due)
        return True

    def _chores(self, trainer: Trainer) -> None:
        trainer.read_losses()
        if trainer.bad_step is not None and self._is_ill(trainer):
            return
        now = time.perf_counter()
        began, step = self._rate_from
        if now - began >= 0.5:
            self._steps_per_s = (trainer.step - step) / (now - began)
            self._rate_from = (now, trainer.step)
        if now - trainer.noted_at >= LONG_EPOCH_S:
            trainer.note_losses()
        if now >= self._next_keyframe:
            if not trainer.has_finite_weights:
                self._is_ill(trainer)
                return
            self._take_keyframe(trainer)
        self._next_chores = time.perf_counter() + CHORES_EVERY_S

    def _is_ill(self, trainer: Trainer) -> bool:
        """Whether NaN or infinity came up; then training has paused and the window knows."""
        trainer.read_losses()
        if trainer.bad_step is None and trainer.has_finite_weights:
            return False
        self._is_training = False
        keyframe = self._keyframe
        if keyframe is None:
            return False
        illness = health.trace(trainer, keyframe)
        if illness is None:
            step, epoch, node, what = trainer.step, trainer.epoch, "", "loss"
            message = f"The loss stopped being a number near step {step:,}."
        else:
            step, epoch, node, what = illness.step, illness.epoch, illness.node, illness.what
            message = health.explain(illness, trainer)
            self._keyframe = illness.healthy
        self._has_news = True
        healthy = self._keyframe.step if self._keyframe else 0
        self._send(m.Unhealthy(self._run, step, epoch, node, what, message, healthy))
        return True

    def _take_keyframe(self, trainer: Trainer) -> None:
        if not trainer.has_finite_weights:
            return
        began = time.perf_counter()
        self._keyframe = checkpoint.snapshot(trainer)
        if self._keyframe_path is not None:
            _write_keyframe(self._keyframe_path, self._keyframe)
        cost = time.perf_counter() - began
        self._next_keyframe = time.perf_counter() + max(KEYFRAME_EVERY_S, cost / KEYFRAME_SHARE)

    # Frames

    def _send_quiet_frame(self) -> None:
        # While nothing trains there is one frame for every change, not sixty a second.
        trainer = self._trainer
        if trainer is None or self._granted is None or not self._has_news:
            return
        self._has_news = False
        granted, self._granted = self._granted, None
        self._sent_probes = frozenset(granted)
        self._guarded(lambda: self._send_frame(trainer, granted))

    def _send_frame(self, trainer: Trainer, probes: tuple[str, ...]) -> None:
        self._watching = None
        trainer.read_losses()
        readings = self._probes.read(probes, trainer)
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
                readings=readings,
            )
        )

    # What goes wrong

    def _tell_refused(self, error: Exception) -> None:
        if isinstance(error, DeviceError):
            self._send(m.DeviceLost(self._run, error.device, str(error)))
        else:
            self._send(m.Failed(self._run, str(error)))
        self._send(m.StatusChanged(self._run, False, "failed"))

    def _tell_failed(self, error: Exception) -> None:
        detail = traceback.format_exc()
        trainer = self._trainer
        if "out of memory" in str(error).lower() and trainer is not None:
            name = trainer.device.type
            text = f"The memory of the {name.upper()} is full. A smaller batch needs less."
            self._send(m.DeviceLost(self._run, name, text))
        else:
            self._send(m.Failed(self._run, f"The engine could not go on: {error}", detail))
        self._send(m.StatusChanged(self._run, False, "failed"))


def _write_keyframe(path: Path, state: Snapshot) -> None:
    # A keyframe that cannot be written is no reason to stop training.
    temporary = path.with_suffix(".part")
    with contextlib.suppress(OSError):
        checkpoint.write_files(temporary, checkpoint.to_files(state))
        os.replace(temporary, path)


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
