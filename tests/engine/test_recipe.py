"""What a recipe may ask of a step: schedules, clipping, accumulation and stopping."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from playground.catalog.datasets.toy import Gaussians, Moons
from playground.catalog.layers.activation import ReLU, Tanh
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.normalization import BatchNorm
from playground.catalog.layers.regularization import Dropout
from playground.catalog.losses import CrossEntropy
from playground.catalog.optimizers import SGD, SGDW, Adam
from playground.catalog.schedules import Cosine, ReduceOnPlateau, Step
from playground.engine.change import change
from playground.engine.checkpoint import from_files, restore, snapshot, to_files
from playground.engine.headless import train as train_headless
from playground.engine.trainer import Trainer
from playground.project.project import Project
from tests.engine.nets import chain, gradients, losses, mlp, same, train, weights, written_in_torch


def test_that_the_learning_rate_follows_schedule_and_warm_up_step_by_step() -> None:
    project = mlp(
        optimizer=SGD(lr=0.2), schedule=Cosine(epochs=3), warmup_epochs=2, batch_size=15
    )  # 7 steps per epoch
    trainer = Trainer(project)
    steps, found = trainer.run(), []
    for _ in range(42):
        next(steps)
        found.append(trainer.lr)
    expected = [0.2 * (0.01 + 0.99 * k / 14) for k in range(14)]
    expected += [0.2 * (1 + math.cos(math.pi * k / 21)) / 2 for k in range(21)] + [0.0] * 7
    assert found == pytest.approx(expected)
    assert trainer.history.arrays()["lr"].tolist() == pytest.approx(expected[6::7])


def test_that_a_schedule_that_is_edited_takes_effect_at_once() -> None:
    trainer = train(Trainer(mlp(optimizer=SGD(lr=0.2))), 10)
    change(trainer, trainer.project.with_training(schedule=Step(every=1, gamma=0.5)))
    train(trainer, 1)
    assert trainer.lr == 0.1


def test_that_plateau_drops_the_rate_when_torchs_does() -> None:
    schedule = ReduceOnPlateau(gamma=0.5, patience=1, threshold=0.01)
    trainer = Trainer(mlp(optimizer=SGD(lr=0.5), schedule=schedule))
    parameter = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.5)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.5, patience=1, threshold=0.01
    )
    for _ in range(40):
        trainer = train(trainer, 7)
        assert trainer.lr == optimizer.param_groups[0]["lr"]
        theirs.step(trainer.last_val_loss)
    assert optimizer.param_groups[0]["lr"] < 0.5


def test_that_a_warm_up_comes_before_what_a_plateau_cuts() -> None:
    schedule = ReduceOnPlateau(gamma=0.5, patience=0, threshold=0.99)
    trainer = Trainer(mlp(optimizer=SGD(lr=0.2), schedule=schedule, warmup_epochs=3, batch_size=15))
    steps, found = trainer.run(), []
    for _ in range(42):  # 7 steps per epoch
        next(steps)
        found.append(trainer.lr)
    # No epoch is better by 99 %: from the second on each halves the rate.
    cuts = [0.5 ** max(0, epoch - 1) for epoch in range(6) for _ in range(7)]
    climb = [min(1.0, 0.01 + 0.99 * step / 21) for step in range(42)]
    assert found == pytest.approx([0.2 * a * b for a, b in zip(cuts, climb, strict=True)])


@pytest.mark.slow
@pytest.mark.parametrize("left", [0, 1, 7, 8, 17, 29])
def test_that_four_batches_of_eight_are_one_of_thirty_two(left: int) -> None:
    trained = 96 + left  # the last group may be smaller, or a part of one batch
    data = Moons(count=300, validation=1 - trained / 300, seed=3)
    one = Trainer(mlp(data=data, optimizer=Adam(), batch_size=32))
    four = Trainer(mlp(data=data, optimizer=Adam(), batch_size=8, accumulation=4))
    assert len(one.objective.train) == trained
    assert losses(four, 40) == pytest.approx(losses(one, 40), abs=1e-6)
    assert (one.step, one.epoch) == (four.step, four.epoch)


def test_that_a_clipped_gradient_has_the_norm_of_the_limit() -> None:
    trainer = Trainer(mlp(optimizer=SGD(lr=0.01), clip_norm=0.01))
    train(trainer, 5)
    norm = torch.cat([grad.flatten() for grad in gradients(trainer)]).norm()
    assert float(norm) == pytest.approx(0.01, rel=1e-4)
    assert trainer.stepper.clipped == 5
    loose = train(Trainer(mlp(optimizer=SGD(lr=0.01), clip_norm=1e6)), 5)
    assert loose.stepper.clipped == 0


def test_that_clipping_by_value_cuts_every_number() -> None:
    trainer = train(Trainer(mlp(clip_value=0.001)), 5)
    largest = max(float(grad.abs().max()) for grad in gradients(trainer))
    assert largest == pytest.approx(0.001)
    assert trainer.stepper.clipped == 5


@pytest.mark.parametrize(("l1", "l2"), [(0.3, 0.0), (0.0, 0.2), (0.3, 0.2)])
def test_that_a_penalty_moves_weights_by_their_sign_and_by_their_size(l1: float, l2: float) -> None:
    def one_step(**penalties: float) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        layer = Linear(out_features=4, **penalties)
        project = chain(layer, Tanh(), Linear(out_features=1), optimizer=SGD(lr=0.1))
        trainer = Trainer(project.with_training(precision="float64"))
        return weights(trainer), weights(train(trainer, 1))

    before, plain = one_step()
    _, penalised = one_step(l1=l1, l2=l2)
    w = before["n1.weight"].numpy()
    expected = plain["n1.weight"].numpy() - 0.1 * (l1 * np.sign(w) + l2 * w)
    np.testing.assert_allclose(penalised["n1.weight"].numpy(), expected, atol=1e-12)
    for name in ("n1.bias", "n3.weight", "n3.bias"):
        assert torch.equal(penalised[name], plain[name]), name


def test_that_max_norm_scales_long_weights_back_and_leaves_short_ones() -> None:
    def one_step(max_norm: float) -> np.ndarray:
        layer = Linear(out_features=8, max_norm=max_norm)
        project = chain(layer, Tanh(), Linear(out_features=1), optimizer=SGD(lr=1.0))
        return weights(train(Trainer(project), 1))["n1.weight"].numpy()

    free = one_step(0.0)
    lengths = np.linalg.norm(free, axis=1, keepdims=True)
    limit = float(np.median(lengths))
    np.testing.assert_allclose(one_step(limit), free * np.minimum(1, limit / lengths), rtol=1e-5)


def test_that_max_norm_holds_after_every_step() -> None:
    project = chain(
        Linear(out_features=8, max_norm=0.5), Tanh(), Linear(out_features=1),
        optimizer=SGD(lr=1.0),
    )  # fmt: skip
    trainer = Trainer(project)
    steps = trainer.run()
    for _ in range(20):
        next(steps)
        norms = trainer.net.get_parameter("n1.weight").detach().norm(dim=1)
        assert float(norms.max()) <= 0.5 + 1e-6
    assert float(norms.max()) == pytest.approx(0.5, abs=1e-4)


def overfit(**training: Any) -> Project:
    return chain(
        Linear(out_features=32), ReLU(), Dropout(p=0.1), Linear(out_features=32), ReLU(),
        Linear(out_features=1), data=Moons(count=40, noise=0.6, validation=0.5),
        optimizer=Adam(lr=0.03), **training,
    )  # fmt: skip


def test_that_early_stopping_ends_with_the_weights_of_the_best_epoch_bit_for_bit() -> None:
    trainer = Trainer(overfit(early_stopping=5))
    steps = trainer.run()
    while not trainer.stopping.message:
        next(steps)
    plain = Trainer(overfit())
    others, best, found = plain.run(), math.inf, weights(plain)
    while plain.step < trainer.step:
        next(others)
        if plain.seen == 0 and plain.last_val_loss < best:
            best, found = plain.last_val_loss, weights(plain)
    assert same(weights(trainer), found)
    assert trainer.last_val_loss == best == trainer.stopping.best_loss
    assert trainer.epochs_done == trainer.stopping.best_epoch + 5
    assert "5 epochs" in trainer.stopping.message
    train(trainer, 3)  # pressing Train again lifts the limit
    assert trainer.stopping.message == ""


def test_that_a_run_without_a_window_stops_early_too() -> None:
    found = train_headless(overfit(early_stopping=3), epochs=500)
    assert found.trainer.epochs_done == found.trainer.stopping.best_epoch + 3 < 500


def test_that_a_run_paused_by_hand_before_patience_ends_keeps_the_weights_it_has() -> None:
    trainer = Trainer(overfit(early_stopping=50))
    steps = trainer.run()
    while trainer.stopping.waited < 3:
        next(steps)
    assert trainer.stopping.message == ""
    assert same(weights(trainer), weights(train(Trainer(overfit()), trainer.step)))
    assert not same(weights(trainer), trainer.stopping.best)


def everything() -> Project:
    return chain(
        Linear(out_features=16, max_norm=2.0), BatchNorm(), ReLU(), Dropout(p=0.3),
        Linear(out_features=1), optimizer=SGDW(lr=0.3, momentum=0.9), l2=0.001, batch_size=5,
        accumulation=3, clip_norm=0.4, clip_value=0.2, warmup_epochs=1.5,
        schedule=ReduceOnPlateau(patience=1, gamma=0.7), early_stopping=6, recompute=True,
    )  # fmt: skip


@pytest.mark.parametrize("steps", [0, 17, 28])
@pytest.mark.slow
def test_that_a_run_with_every_option_resumes_bit_for_bit(steps: int) -> None:
    trainer = train(Trainer(everything()), steps)
    files = to_files(snapshot(trainer))
    expected, state = losses(trainer, 120), weights(trainer)
    other = Trainer(everything())
    train(other, 3)
    restore(other, from_files(files))
    assert losses(other, 120) == expected
    assert same(weights(other), state)
    assert other.stepper.clipped == trainer.stepper.clipped > 0
    assert other.pace.state() == trainer.pace.state()
    assert other.stopping.state() == trainer.stopping.state()
    assert same(other.stopping.best, trainer.stopping.best)
    assert trainer.pace.cut < 1


def test_that_a_state_of_an_older_version_is_restored() -> None:
    trainer = train(Trainer(mlp()), 20)
    state = snapshot(trainer)
    numbers = dict(state.numbers)
    for name in ("pace", "stopping", "clipped", "scaler"):
        del numbers[name]
    other = Trainer(mlp())
    restore(other, type(state)(state.weights, state.tensors, numbers))
    assert losses(other, 20) == losses(trainer, 20)


def test_that_a_watched_step_of_a_long_recipe_is_the_same_step() -> None:
    plain = losses(Trainer(everything()), 40)
    watched, found = Trainer(everything()), []
    for _ in range(40):
        watched.record_next = True
        found += losses(watched, 1)
    assert found == plain


def test_that_class_weights_and_smoothing_are_torchs() -> None:
    data = Gaussians(count=90, clouds=3)
    examples = data.load()
    labels = torch.from_numpy(examples.y_train)
    balanced = len(labels) / (3 * torch.bincount(labels))
    project = chain(
        Linear(out_features=3), data=data, optimizer=SGD(lr=0.1),
        loss=CrossEntropy(label_smoothing=0.1, class_weights="balanced"),
    )  # fmt: skip
    expected = written_in_torch(
        lambda: nn.Linear(2, 3),
        lambda p: torch.optim.SGD(p, lr=0.1),
        nn.CrossEntropyLoss(weight=balanced, label_smoothing=0.1),
        examples.x_train,
        labels,
        steps=50,
    )
    assert losses(Trainer(project), 50) == pytest.approx(expected, abs=1e-6)


def test_that_a_frozen_layer_does_not_change_by_a_bit() -> None:
    project = mlp(optimizer=Adam(weight_decay=0.1), l2=0.01, clip_norm=1.0)
    project = project.with_graph(project.graph.set_frozen(["n1"]))
    trainer = Trainer(project)
    before = weights(trainer)
    after = weights(train(trainer, 30))
    for name in before:
        assert torch.equal(before[name], after[name]) == name.startswith("n1."), name
