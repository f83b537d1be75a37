"""Trainer: a generator that yields between steps, so that anything can act between any two."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from playground.catalog.datasets.dataset import DataError
from playground.catalog.metrics import metrics_for
from playground.engine.compile import Recorder, compile_project
from playground.engine.device import Choice, choose
from playground.engine.history import History
from playground.engine.lr_schedule import Pace
from playground.engine.objectives import Part, objective_of
from playground.engine.optimizer import all_finite, build, complete, plain_step
from playground.engine.penalties import Penalties
from playground.engine.stopping import EarlyStopping
from playground.engine.train_step import Stepper
from playground.project.check import flattened
from playground.project.project import Project

GATHER_LIMIT_BYTES = 256 * 2**20
FIRST_EPOCHS, QUICK_S = 50, 0.01
EVALUATE_CHUNK = 4096
LOSSES_HELD = 4096


@dataclass(eq=False)
class Recorded:
    """What one step that was watched showed: outputs of nodes with their gradients, and the
    size of every parameter's update over the parameter's own size."""

    outputs: dict[str, Tensor]
    updates: dict[str, float] = field(default_factory=dict)


class Trainer:
    """Trains the net of a project; every draw comes from a generator that is saved.

    `evaluation_share` is the share of the time that may go into validation losses: with 1 there
    is one after every epoch, with less some epochs are left out where they are very short.
    `has_window` says that a window draws beside it and needs a core.
    """

    def __init__(
        self,
        project: Project,
        *,
        evaluation_share: float = 1.0,
        has_window: bool = False,
        choice: Choice | None = None,
    ) -> None:
        self.project = project = flattened(project)
        self.has_window = has_window
        self.choice = choice or choose(project, has_window=has_window)
        self.device = self.choice.device
        self.evaluation_share = evaluation_share
        torch.set_num_threads(self.choice.threads)
        self.shuffle = torch.Generator()
        self.objective = objective_of(project, project.data.load(), self.device)
        self.pace, self.stopping = Pace(project.training), EarlyStopping()
        self.record_next = False
        self.recorded: Recorded | None = None
        self.restart()

    # Beginning

    def restart(self) -> None:
        """Back to the initial weights that the project's seed draws; history starts anew."""
        torch.manual_seed(self.project.training.seed)
        self.compiled = compile_project(self.project)
        self.compiled.net.to(self.device, self.objective.dtype)
        self.shuffle.manual_seed(self.project.training.seed)
        self.step = 0
        self.epochs_done = 0
        self.seen = 0
        self.epoch_start = self.shuffle.get_state()
        self._order: Tensor | None = None
        self.recorded = None
        self.bad_step: int | None = None
        self.last_train_loss = math.nan
        self.last_val_loss = math.nan
        self.last_metrics: dict[str, float] = {}
        self._losses: list[Tensor] = []
        self._loss_sum, self._loss_count = 0.0, 0
        self._allowance_s = self._evaluation_s = 0.0
        self._epoch_began = self.noted_at = time.perf_counter()
        self._metrics = metrics_for(self.objective.target)
        self.objective.restart()
        self.pace.restart()
        self.stopping.restart()
        self.history = History([metric.kind for metric in self._metrics])
        self.build_optimizer()
        self.net.train()

    @property
    def net(self) -> nn.Module:
        """The net that is trained."""
        return self.compiled.net

    @property
    def epoch(self) -> float:
        """Epochs done, the part of the running one included."""
        return self.epochs_done + self.seen / max(1, len(self.objective.train))

    def build_optimizer(self) -> None:
        """A new optimizer over the parameters of the net, as the project says."""
        self.parameters = [p for p in self.net.parameters() if p.requires_grad]
        self.optimizer = build(self.project.training.optimizer.call(), self.parameters)
        self._build_stepper(None)

    def set_hyperparameters(self) -> None:
        """Take over what may change while the net trains: learning rate, penalties and so on."""
        if self.optimizer is not None:
            for group in self.optimizer.param_groups:
                group.update(self.project.training.optimizer.hyperparameters())
        complete(self.optimizer, self.project.training.optimizer.call())
        self._build_stepper(self.stepper)

    def forget_epoch(self) -> None:
        """Begin the running epoch anew: the examples are others."""
        self.seen = 0
        self._order = None
        self.epoch_start = self.shuffle.get_state()

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
            self.stepper.go_on_from(before.clipped, before.scaler_state)
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
        """The learning rate of the last step, or of the next where there was none; None where
        nothing is learned."""
        return None if self.optimizer is None else float(self.optimizer.param_groups[0]["lr"])

    def _set_rate(self) -> None:
        if self.optimizer is not None and not self.pace.is_constant:
            rate = self.project.training.optimizer.lr * self.pace.factor(self.epoch)
            for group in self.optimizer.param_groups:
                group["lr"] = rate

    # Stepping

    def run(self) -> Iterator[None]:
        """Train on and on, yielding after every step. Leave it and call it again at will."""
        self.stopping.message = ""
        while True:
            yield from self._rest_of_epoch()

    def _rest_of_epoch(self) -> Iterator[None]:
        net, compare, optimizer = self.compiled.net, self.objective.compare, self.optimizer
        forward, parameters = net.forward, self.parameters
        step_optimizer = plain_step(optimizer)
        penalise = self.penalties.add_gradients if self.penalties.any else None
        stepper = None if self.stepper.is_plain else self.stepper
        set_rate = None if self.pace.is_constant else self._set_rate
        losses, size = self._losses, self._step_size
        batches, end = self._batches()
        if self.seen >= end:
            self._end_epoch()
            return
        for x, y in batches:
            for parameter in parameters:
                parameter.grad = None
            if set_rate is not None:
                set_rate()
            if self.record_next:
                loss = self._watched_step(x, y)
            elif stepper is not None:
                loss = stepper(x, y)
            else:
                loss = compare(forward(x), y)
                if optimizer is not None:
                    loss.backward()
                if penalise is not None:
                    penalise()
                step_optimizer()
            losses.append(loss.detach())
            self.step += 1
            self.seen = min(self.seen + size, end)
            if len(losses) >= LOSSES_HELD:
                self.read_losses()
            if self.seen >= end:
                self._end_epoch()
            yield

    def _batches(self) -> tuple[Iterator[tuple[Tensor, Tensor]], int]:
        # The batches that are left of the epoch, and how many examples are seen at its end.
        train, size = self.objective.train, self._step_size
        if self._order is None:
            self._order = torch.randperm(len(train), generator=self.shuffle)
        rest = self._order[self.seen :].to(self.device)
        whole = len(rest) - len(rest) % size
        tail = len(rest) % size
        if self._leaves_out(tail) and (whole or self.seen):
            rest = rest[:whole]
        elif len(train) == 1 and self._has_batch_norm:
            raise DataError(
                "BatchNorm needs several examples a batch to take a mean over, and there is one "
                "training example: use more data, or leave BatchNorm out."
            )
        end = self.seen + len(rest)
        if train.x.numel() * train.x.element_size() <= GATHER_LIMIT_BYTES:
            # Gathered once an epoch: slicing views is cheaper than indexing every step.
            return zip(train.x[rest].split(size), train.y[rest].split(size), strict=True), end
        return ((train.x[part], train.y[part]) for part in rest.split(size)), end

    def _leaves_out(self, tail: int) -> bool:
        if self.project.training.drop_last:
            return True
        # Batch norm cannot take a mean over one example.
        return tail == 1 and self._has_batch_norm

    @property
    def _has_batch_norm(self) -> bool:
        return any(n.layer.uses_batch_statistics for n in self.project.graph.nodes.values())

    @property
    def _step_size(self) -> int:
        return self.project.training.batch_size * self.project.training.accumulation

    def _watched_step(self, x: Tensor, y: Tensor) -> Tensor:
        # The same operations in the same order as a plain step, so the result is the same.
        self.record_next = False
        recorder = Recorder(self.compiled.net, with_grad=True)
        before = [p.detach().clone() for p in self.parameters]
        loss = self.stepper(x, y, recorder.run)
        self.stepper.unscale(recorder.outputs.values())
        self.recorded = Recorded(recorder.outputs, self._updates(before))
        return loss

    def _updates(self, before: list[Tensor]) -> dict[str, float]:
        old = dict(zip(map(id, self.parameters), before, strict=True))
        found = {}
        for node_id, parameters in self.compiled.parameters.items():
            pairs = [(old[id(p)], p.detach()) for _, p in parameters if id(p) in old]
            moved = sum(float((b - a).square().sum()) for a, b in pairs)
            size = sum(float(a.square().sum()) for a, _ in pairs)
            found[node_id] = math.sqrt(moved / size) if size > 0 else math.nan
        return found

    def penalty(self) -> float:
        """What L1 and L2 add to the loss at the weights as they are."""
        return self.penalties.value()

    def _end_epoch(self) -> None:
        self.epochs_done += 1
        self.forget_epoch()
        self._allowance_s += self.evaluation_share * (time.perf_counter() - self._epoch_began)
        self._epoch_began = time.perf_counter()
        training = self.project.training
        is_judged = training.early_stopping > 0 or training.schedule.needs_validation
        # The beginning of a run is looked at closest, and there are only so many first epochs.
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

    # The order of the examples, and sums, as a checkpoint keeps them

    @property
    def has_order(self) -> bool:
        """Whether an epoch is under way, its order drawn."""
        return self._order is not None

    def restore_order(self, epoch_start: Tensor, has_order: bool) -> None:
        """Take the shuffle generator's state at the start of the epoch, and draw its order."""
        self.shuffle.set_state(epoch_start)
        self.epoch_start = epoch_start.clone()
        self._order = None
        if has_order:
            self._order = torch.randperm(len(self.objective.train), generator=self.shuffle)

    @property
    def loss_sums(self) -> tuple[float, int]:
        """Sum and count of the losses since the last point of the history."""
        return (self._loss_sum if math.isfinite(self._loss_sum) else 0.0), self._loss_count

    @loss_sums.setter
    def loss_sums(self, value: tuple[float, int]) -> None:
        self._losses.clear()
        self._loss_sum, self._loss_count = value

    # Reading

    def read_losses(self) -> None:
        """Fetch the losses of the steps since the last call, and note the first bad one."""
        if not self._losses:
            return
        values = torch.stack(self._losses).double().cpu()
        first = self.step - len(values) + 1
        self._losses.clear()
        self._loss_sum += float(values.sum())
        self._loss_count += len(values)
        self.last_train_loss = float(values[-32:].mean())
        if self.bad_step is None and not math.isfinite(float(values.sum())):
            self.bad_step = first + int((~torch.isfinite(values)).nonzero()[0])

    @property
    def has_finite_weights(self) -> bool:
        """Whether every parameter is a number."""
        return all_finite(self.parameters)

    @property
    def is_ill(self) -> bool:
        """Whether a loss or a parameter is NaN or infinite."""
        self.read_losses()
        return self.bad_step is not None or not self.has_finite_weights

    def note(self) -> None:
        """Add a point to the history: the mean training loss since the last, and validation."""
        self.read_losses()
        if not self.history.rows and self.step == 0:
            self.last_train_loss = self.evaluate(self.objective.train)[0]
            self._loss_sum, self._loss_count = self.last_train_loss, 1
        # Only what comes again is timed: the training examples are looked at just this once.
        began = time.perf_counter()
        self.last_val_loss, self.last_metrics = self.evaluate(self.objective.val)
        mean = self._loss_sum / self._loss_count if self._loss_count else self.last_train_loss
        metrics = {f"val_{name}": value for name, value in self.last_metrics.items()}
        self.history.add(
            step=self.step,
            epoch=self.epoch,
            train_loss=mean,
            val_loss=self.last_val_loss,
            **metrics,
            lr=math.nan if self.lr is None else self.lr,
        )
        self._loss_sum, self._loss_count = 0.0, 0
        self.noted_at = time.perf_counter()
        self._evaluation_s = time.perf_counter() - began

    def note_losses(self) -> None:
        """Add a point with the training loss alone, for epochs that take long."""
        self.read_losses()
        if self._loss_count:
            mean = self._loss_sum / self._loss_count
            lr = math.nan if self.lr is None else self.lr
            self.history.add(step=self.step, epoch=self.epoch, train_loss=mean, lr=lr)
            self._loss_sum, self._loss_count = 0.0, 0
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
        """What the net puts out for features, in evaluation mode, a chunk at a time."""
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
