"""Trainer: a generator that yields between steps, so that anything can act between any two."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from playground.catalog.metrics import metrics_for
from playground.engine.batches import Batches
from playground.engine.compile import Compiled, compile_checked, runnable
from playground.engine.device import Choice, choose
from playground.engine.history import History
from playground.engine.losses import Losses
from playground.engine.lr_schedule import Pace
from playground.engine.objectives import Objective, Part, objective_of
from playground.engine.optimizer import (
    States,
    all_finite,
    build,
    complete,
    take_states,
)
from playground.engine.penalties import Penalties
from playground.engine.recording import Recorded, recorded_step
from playground.engine.snapshot import HISTORY, Snapshot
from playground.engine.stopping import EarlyStopping, put_back
from playground.engine.train_step import Stepper
from playground.project.check import Checked, check
from playground.project.last_batch import last_batch, needs_several_examples
from playground.project.project import Project

FIRST_EPOCHS, QUICK_S = 50, 0.01
EVALUATE_CHUNK = 4096
LOSSES_HELD = 4096


class Trainer:
    """Trains the net of a project; every draw comes from a generator that is saved.

    Its state is read by others and changed by its methods alone. `evaluation_share` is the share of
    the time that may go into validation losses: with 1 there is one after every epoch, with less
    some epochs are left out if they are very short. `has_window` says that a window draws at the
    same time and needs a core. Raises CompileError for a project with errors.
    """

    def __init__(
        self,
        project: Project | Checked,
        *,
        evaluation_share: float = 1.0,
        has_window: bool = False,
        choice: Choice | None = None,
    ) -> None:
        self.checked = runnable(project if isinstance(project, Checked) else check(project))
        self.has_window = has_window
        self.choice = choice or choose(self.project, has_window=has_window, examined=self.checked)
        self.device = self.choice.device
        self.evaluation_share = evaluation_share
        torch.set_num_threads(self.choice.threads)
        self.batches, self.losses = Batches(), Losses()
        self.objective = objective_of(self.project, self.project.data.load(), self.device)
        self.pace, self.stopping = Pace(self.project.training), EarlyStopping()
        self.record_next = False
        self.recorded: Recorded | None = None
        self.restart()

    # Beginning

    def restart(self) -> None:
        """Return to the initial weights that the project's seed draws, with an empty history."""
        torch.manual_seed(self.project.training.seed)
        self.compiled = compile_checked(self.checked)
        self.compiled.net.to(self.device, self.objective.dtype)
        self.batches.restart(self.project.training.seed)
        self.losses.restart()
        self.step = 0
        self.epochs_done = 0
        self.recorded = None
        self.last_val_loss = math.nan
        self.last_metrics: dict[str, float] = {}
        self._allowance_s = self._evaluation_s = 0.0
        self._epoch_began = self.noted_at = time.perf_counter()
        self._metrics = metrics_for(self.objective.target)
        self.objective.restart()
        self.pace.restart()
        self.stopping.restart()
        self.history = History([metric.kind for metric in self._metrics])
        self._build_optimizer()
        self.net.train()

    @property
    def project(self) -> Project:
        """The project that is trained, its blocks replaced by their layers."""
        return self.checked.project

    @property
    def net(self) -> nn.Module:
        return self.compiled.net

    @property
    def seen(self) -> int:
        """How many examples of the running epoch have been trained on."""
        return self.batches.seen

    @property
    def epoch(self) -> float:
        """Epochs done, with the fraction of the running one."""
        return self.epochs_done + self.seen / max(1, len(self.objective.train))

    @property
    def last_train_loss(self) -> float:
        """The mean loss of the last steps; NaN before the first."""
        return self.losses.last

    @property
    def bad_step(self) -> int | None:
        """The first step whose loss is known to be NaN or infinite; None if there is none."""
        return self.losses.bad_step

    def watch_next_step(self) -> None:
        """Record outputs, gradients and updates of the next step in `recorded`."""
        self.record_next = True

    def _build_optimizer(self) -> None:
        self.parameters = [p for p in self.net.parameters() if p.requires_grad]
        self.optimizer = build(self.project.training.optimizer.call(), self.parameters)
        self._build_stepper(None)

    def _set_hyperparameters(self) -> None:
        # What may change while the net trains: learning rate, penalties and so on.
        if self.optimizer is not None:
            for group in self.optimizer.param_groups:
                group.update(self.project.training.optimizer.hyperparameters())
        complete(self.optimizer, self.project.training.optimizer.call())
        self._build_stepper(self.stepper)

    def _build_stepper(self, before: Stepper | None) -> None:
        self.penalties = Penalties(self.project, self.compiled)
        self.stepper = Stepper(
            self.project.training,
            self.compiled.net,
            self.parameters,
            self.optimizer,
            self.penalties,
            self.objective,
            self._recomputed,
        )
        if before is not None:
            self.stepper.resume_from(before.clipped, before.scaler_state)
        self.pace.set_recipe(self.project.training)
        self._set_rate()

    @property
    def _recomputed(self) -> frozenset[str]:
        # Where the whole net is, in segments, that takes less memory than any choice.
        nodes = self.project.graph.nodes.values()
        chosen = frozenset(n.id for n in nodes if n.is_recomputed and not n.is_bypassed)
        return frozenset() if self.project.training.recompute else chosen

    @property
    def lr(self) -> float | None:
        """The learning rate of the last step, or of the first; None if nothing is learned."""
        return None if self.optimizer is None else float(self.optimizer.param_groups[0]["lr"])

    def _set_rate(self) -> None:
        if self.optimizer is not None and not self.pace.is_constant:
            rate = self.project.training.optimizer.lr * self.pace.factor(self.epoch)
            for group in self.optimizer.param_groups:
                group["lr"] = rate

    # Taking over another state, and another project

    def restore(self, state: Snapshot) -> None:
        """Take over a state that `snapshot` took; `checkpoint.restore` refuses those that do not
        fit, and undoes what was half done."""
        self.step, self.epochs_done, seen = state.counts
        train_loss, self.last_val_loss = state.last_losses
        self.losses.restore(train_loss, *state.loss_sums)
        self.last_metrics = state.metrics
        put_back(self.net, dict(state.weights))
        self._restore_judgement(state)
        self._build_optimizer()
        numbers, recipe = state.numbers, self.project.training.optimizer
        self.stepper.resume_from(int(numbers.get("clipped", 0)), numbers.get("scaler", {}))
        if numbers["optimizer"] == recipe.kind:
            take_states(self.optimizer, self.net, recipe.call(), state.optimizer_states)
        self.history.restore({n: t.cpu().numpy() for n, t in state.part(HISTORY).items()})
        self.recorded = None
        count = len(self.objective.train) if numbers["has_order"] else None
        self.batches.restore(state.tensors["random.shuffle"], seen, count)
        state.restore_draws(self.device, self.objective.masks)

    def _restore_judgement(self, state: Snapshot) -> None:
        # Older files have neither.
        self.pace.restart()
        self.stopping.restart()
        if "pace" in state.numbers:
            self.pace.restore(state.numbers["pace"])
        if "stopping" in state.numbers:
            best = state.best_weights(self.net.state_dict())
            self.stopping.restore(state.numbers["stopping"], best)

    def change(
        self,
        project: Checked,
        choice: Choice,
        objective: Objective,
        compiled: Compiled,
        optimizer_states: States,
    ) -> None:
        """Train another project from the next step on: its net, which may be the current one, and
        what the optimizer keeps for its parameters. Step, history and random draws continue."""
        before, old = self.project, (self.compiled, self.device, self.objective.dtype)
        if compiled is not self.compiled or objective is not self.objective:
            self.stopping.restart()
            self.pace.restart()
        self.checked, self.objective, self.choice = project, objective, choice
        self.device, self.compiled, self.recorded = choice.device, compiled, None
        self.losses.forgive()
        torch.set_num_threads(choice.threads)
        if self.project.data != before.data:
            self.batches.begin_epoch()
        self.net.to(choice.device, objective.dtype)
        self.net.train()
        recipe = self.project.training.optimizer
        is_other_optimizer = recipe.kind != before.training.optimizer.kind
        if is_other_optimizer or old != (compiled, choice.device, objective.dtype):
            self._build_optimizer()
            if not is_other_optimizer and old[2] == objective.dtype:
                take_states(self.optimizer, self.net, recipe.call(), optimizer_states)
        self._set_hyperparameters()

    # Stepping

    def run(self) -> Iterator[None]:
        """Train without end, yielding after every step. It may be left and called again."""
        self.stopping.resume()
        while True:
            yield from self._rest_of_epoch()

    def _rest_of_epoch(self) -> Iterator[None]:
        step, parameters, held = self.stepper.fastest(), self.parameters, self.losses.held
        set_rate = None if self.pace.is_constant else self._set_rate
        batches, size = self.batches, self.project.training.step_size
        rest, end = batches.rest(
            self.objective.train,
            size,
            last_batch(self.project),
            has_batch_norm=needs_several_examples(self.project),
        )
        if batches.seen >= end:
            self._end_epoch()
            return
        for x, y in rest:
            for parameter in parameters:
                parameter.grad = None
            if set_rate is not None:
                set_rate()
            if self.record_next:
                self.record_next = False
                loss, self.recorded = recorded_step(self.stepper, self.compiled, parameters, x, y)
            else:
                loss = step(x, y)
            held.append(loss)
            self.step += 1
            is_over = batches.advance(size, end)
            if len(held) >= LOSSES_HELD:
                self.read_losses()
            if is_over:
                self._end_epoch()
            yield

    def penalty(self) -> float:
        """What L1 and L2 add to the loss at the current weights."""
        return self.penalties.value()

    def _end_epoch(self) -> None:
        self.epochs_done += 1
        self.batches.begin_epoch()
        self._allowance_s += self.evaluation_share * (time.perf_counter() - self._epoch_began)
        self._epoch_began = time.perf_counter()
        training = self.project.training
        is_judged = training.early_stopping > 0 or training.schedule.needs_validation
        # The beginning of a run gets most attention, and its epochs are few.
        is_early = self.epochs_done <= FIRST_EPOCHS and self._evaluation_s < QUICK_S
        is_paid = self._allowance_s >= self._evaluation_s
        if is_judged or is_early or is_paid or self.evaluation_share >= 1:
            self._allowance_s = 0.0
            self.note()
        if is_judged:
            self._judge()

    def _judge(self) -> None:
        # What goes by the validation loss of every epoch.
        self.pace.see(self.last_val_loss)
        if self.project.training.early_stopping > 0:
            self.stopping.see(self.net, self.last_val_loss, self.epochs_done, self.project.training)
            if self.stopping.message:
                self.last_val_loss, self.last_metrics = self.evaluate(self.objective.val)

    # Reading

    def read_losses(self) -> None:
        """Fetch the losses of the steps since the last call, and note the first bad one."""
        self.losses.fetch(self.step)

    @property
    def has_finite_weights(self) -> bool:
        """Whether every parameter is a number."""
        return all_finite(self.parameters)

    @property
    def is_non_finite(self) -> bool:
        """Whether a loss or a parameter is NaN or infinite."""
        self.read_losses()
        return self.bad_step is not None or not self.has_finite_weights

    def note(self) -> None:
        """Add a point to the history: the mean training loss since the last, and validation."""
        self.read_losses()
        if not self.history.rows and self.step == 0:
            self.losses.begin(self.evaluate(self.objective.train)[0])
        # Only what comes again is timed: the training examples are looked at just this once.
        began = time.perf_counter()
        self.last_val_loss, self.last_metrics = self.evaluate(self.objective.val)
        metrics = {f"val_{name}": value for name, value in self.last_metrics.items()}
        self.history.add(
            step=self.step,
            epoch=self.epoch,
            train_loss=self.losses.take_mean(),
            val_loss=self.last_val_loss,
            **metrics,
            lr=math.nan if self.lr is None else self.lr,
        )
        self.noted_at = time.perf_counter()
        self._evaluation_s = time.perf_counter() - began

    def note_losses(self) -> None:
        """Add a point with the training loss alone, for epochs that take long."""
        self.read_losses()
        if self.losses.count:
            mean, lr = self.losses.take_mean(), math.nan if self.lr is None else self.lr
            self.history.add(step=self.step, epoch=self.epoch, train_loss=mean, lr=lr)
        self.noted_at = time.perf_counter()

    def note_if_behind(self) -> None:
        """Add a point unless the last one is of this very step, validation included."""
        last = self.history.rows[-1] if self.history.rows else None
        if last is None or last[0] != self.step or math.isnan(last[3]):
            self.note()

    @contextlib.contextmanager
    def evaluating(self) -> Iterator[None]:
        """No gradients, and layers such as dropout as they are when the net is used."""
        self.net.eval()
        try:
            with torch.no_grad():
                yield
        finally:
            self.net.train()

    def outputs(self, x: Tensor) -> Tensor:
        """The outputs of the net in evaluation mode, computed in chunks."""
        if x.is_floating_point():
            x = x.to(self.objective.dtype)
        with self.evaluating():
            return torch.cat([self.compiled.forward(part) for part in x.split(EVALUATE_CHUNK)])

    def evaluate(self, part: Part) -> tuple[float, dict[str, float]]:
        """Mean loss over a part of the examples, and its metrics by kind."""
        outputs = self.outputs(part.x)
        loss = float(self.objective.compare(outputs, part.y))
        found = outputs.float().cpu().numpy()
        if found.ndim == 1:
            found = found[:, None]
        threshold = self.project.training.loss.threshold
        if not math.isfinite(loss):
            return loss, {}
        metrics = {m.kind: m.measure(found, part.labels, threshold) for m in self._metrics}
        return loss, metrics
