"""NaN and infinity: the node of the first non-finite value, and the state to go back to."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from playground.catalog.datasets.dataset import Dataset, Examples
from playground.catalog.datasets.toy import Hills, Moons
from playground.catalog.initializers import Normal
from playground.catalog.layers.activation import ReLU
from playground.catalog.layers.dense import Linear
from playground.catalog.losses import MeanSquaredError
from playground.catalog.optimizers import SGD
from playground.engine import nan_trace as nan_trace
from playground.engine.change import change
from playground.engine.checkpoint import restore, snapshot
from playground.engine.keyframes import Keyframes
from playground.engine.snapshot import Snapshot
from playground.engine.trainer import Trainer
from playground.project.project import Project
from tests.engine.nets import chain, losses, mlp, same, train, weights


def exploding(lr: float = 5.0) -> Project:
    return chain(
        Linear(out_features=16), ReLU(), Linear(out_features=16), ReLU(), Linear(out_features=1),
        data=Hills(count=100), loss=MeanSquaredError(), optimizer=SGD(lr=lr),
    )  # fmt: skip


def until_non_finite(trainer: Trainer, keyframe_every: int = 1000) -> Snapshot:
    """Train until NaN shows, as late as a session may notice; the last keyframe before it."""
    keyframe = snapshot(trainer)
    running = trainer.run()
    for step in range(2000):
        next(running)
        if step % keyframe_every == 0 and not trainer.is_non_finite:
            keyframe = snapshot(trainer)
        if trainer.is_non_finite:
            break
    for _ in range(7):
        next(running)
    trainer.read_losses()
    assert trainer.bad_step is not None
    return keyframe


def first_bad_step(project: Project) -> int:
    """By hand: the first step after which a loss or a weight is no number."""
    trainer = Trainer(project)
    while True:
        (loss,) = losses(trainer, 1)
        bad = any(not bool(torch.isfinite(t).all()) for t in weights(trainer).values())
        if bad or not math.isfinite(loss):
            return trainer.step


def is_healthy(state: Snapshot) -> bool:
    return all(bool(torch.isfinite(t).all()) for t in state.weights.values())


@pytest.mark.parametrize("keyframe_every", [3, 1000])
def test_that_a_learning_rate_that_is_too_large_is_traced_to_its_step(keyframe_every: int) -> None:
    expected = first_bad_step(exploding())
    assert expected > 3
    trainer = Trainer(exploding())
    non_finite = nan_trace.trace(trainer, until_non_finite(trainer, keyframe_every))
    assert non_finite is not None
    assert non_finite.step == expected
    assert non_finite.healthy.step == expected - 1
    assert is_healthy(non_finite.healthy)
    assert same(
        dict(non_finite.healthy.weights), weights(train(Trainer(exploding()), expected - 1))
    )


def test_that_training_continues_after_going_back_and_lowering_the_learning_rate() -> None:
    trainer = Trainer(exploding(lr=0.05))
    keyframes = Keyframes()
    keyframes.begin(trainer)
    train(trainer, 100)
    keyframes.take(trainer)
    change(trainer, exploding())
    keyframes.begin(trainer)
    for _ in range(2000):
        if train(trainer, 1).is_non_finite:
            break
    assert keyframes.latest is not None
    non_finite = nan_trace.trace(trainer, keyframes.latest)
    assert non_finite is not None
    # The step before is healthy in name only: its weights are on their way to infinity.
    goal = keyframes.after(non_finite.healthy)
    assert goal.step == 100
    restore(trainer, goal)
    change(trainer, exploding(lr=0.05))
    assert max(losses(trainer, 50)) < 2


def test_that_rewinding_returns_to_the_step_before_the_loss_grew() -> None:
    trainer = Trainer(mlp())
    keyframes = Keyframes()
    trainer.note()
    keyframes.begin(trainer)
    keyframe = snapshot(train(trainer, 40))
    assert keyframes.after(keyframe) is keyframe
    assert keyframes.latest is keyframe


def test_that_no_keyframe_is_taken_of_a_non_finite_net() -> None:
    trainer = Trainer(mlp())
    keyframes = Keyframes()
    keyframes.begin(trainer)
    with torch.no_grad():
        trainer.net.get_parameter("n5.bias")[0] = math.nan
    train(trainer, 2)
    keyframes.take(trainer)
    assert keyframes.latest is not None
    assert keyframes.latest.step == 0


class Planted(Moons):
    """Moons with one extreme value; not in the catalog, for its module is not playground's."""

    kind = "planted"
    value: float = math.inf
    at: int = 20

    model_config = Moons.model_config | {"allow_inf_nan": True}

    def load(self) -> Examples:
        examples = super().load()
        examples.x_train[self.at, 1] = self.value
        return examples


def with_planted(project: Project, value: float) -> Project:
    data: Dataset = Planted(count=100, value=value)
    return Project(project.graph, data, project.training)


@pytest.mark.parametrize("value", [math.inf, math.nan, -math.inf])
def test_that_a_bad_value_in_the_data_is_traced_to_the_input(value: float) -> None:
    project = with_planted(mlp(), value)
    order = torch.randperm(70, generator=torch.Generator().manual_seed(7))
    expected = int((order == 20).nonzero()[0]) // 16 + 1
    trainer = Trainer(project)
    non_finite = nan_trace.trace(trainer, until_non_finite(trainer))
    assert non_finite is not None
    assert (non_finite.step, non_finite.node, non_finite.what) == (expected, "input1", "activation")
    assert non_finite.healthy.step == expected - 1
    assert "the output of Input" in nan_trace.explain(non_finite, trainer)
    assert "extreme values in the data" in nan_trace.explain(non_finite, trainer)


def test_that_a_net_that_explodes_going_forward_is_traced_to_its_layer() -> None:
    wide = Normal(std=1e18)
    project = chain(
        Linear(out_features=8), Linear(out_features=8, initializer=wide),
        Linear(out_features=8, initializer=wide), Linear(out_features=8, initializer=wide),
        Linear(out_features=1),
    )  # fmt: skip
    trainer = Trainer(project)
    x = trainer.objective.train.x
    first = None
    for number in range(1, 6):
        x = trainer.net.get_submodule(f"n{number}")(x)
        if first is None and not bool(torch.isfinite(x).all()):
            first = f"n{number}"
    non_finite = nan_trace.trace(trainer, until_non_finite(trainer))
    assert non_finite is not None
    assert (non_finite.step, non_finite.node, non_finite.what) == (1, first, "activation")
    assert non_finite.healthy.step == 0


def test_that_a_loss_that_is_non_finite_first_is_attributed_to_the_output() -> None:
    # Outputs of 1e20 are numbers, their square is not in float32.
    project = chain(
        Linear(out_features=1, initializer=Normal(std=1e20)), data=Hills(count=50),
        loss=MeanSquaredError(),
    )  # fmt: skip
    trainer = Trainer(project)
    assert bool(torch.isfinite(trainer.outputs(trainer.objective.train.x)).all())
    non_finite = nan_trace.trace(trainer, until_non_finite(trainer))
    assert non_finite is not None
    assert (non_finite.step, non_finite.node, non_finite.what) == (1, "output1", "loss")
    assert "the loss" in nan_trace.explain(non_finite, trainer)


def bad_gradient(trainer: Trainer, node: str) -> None:
    weight = trainer.net.get_parameter(f"{node}.weight")
    weight.register_hook(lambda grad: torch.full_like(grad, math.nan))


def test_that_a_bad_gradient_is_attributed_to_its_layer() -> None:
    trainer = Trainer(mlp())
    keyframe = snapshot(trainer)
    bad_gradient(trainer, "n3")
    train(trainer, 3)
    non_finite = nan_trace.trace(trainer, keyframe)
    assert non_finite is not None
    assert (non_finite.step, non_finite.node, non_finite.what) == (1, "n3", "gradient")


def test_that_a_bad_weight_is_attributed_to_its_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(mlp(optimizer=SGD(lr=1000)))
    keyframe = snapshot(trainer)
    weight = trainer.net.get_parameter("n3.weight")
    weight.register_hook(lambda grad: torch.full_like(grad, 3e38))
    train(trainer, 3)
    non_finite = nan_trace.trace(trainer, keyframe)
    assert non_finite is not None
    assert (non_finite.step, non_finite.node, non_finite.what) == (1, "n3", "weight")


def test_that_a_replay_without_nan_reports_nothing() -> None:
    trainer = Trainer(mlp())
    keyframe = snapshot(trainer)
    train(trainer, 30)
    trainer.losses.bad_step = 20
    assert nan_trace.trace(trainer, keyframe) is None
    assert trainer.step == 20


def test_that_tracing_keeps_the_history_up_to_the_healthy_step() -> None:
    trainer = Trainer(exploding())
    trainer.note()
    keyframe = until_non_finite(trainer)
    non_finite = nan_trace.trace(trainer, keyframe)
    assert non_finite is not None
    restore(trainer, non_finite.healthy)
    steps = trainer.history.arrays()["step"]
    assert steps[0] == 0
    assert steps[-1] <= non_finite.healthy.step


@pytest.mark.parametrize("large", [1e30, -3e38])
def test_that_large_weights_are_not_taken_for_infinite_ones(large: float) -> None:
    trainer = Trainer(mlp())
    with torch.no_grad():
        trainer.net.get_parameter("n3.weight").fill_(large)
    assert trainer.has_finite_weights
    with torch.no_grad():
        trainer.net.get_parameter("n3.weight")[2, 3] = np.inf
    assert not trainer.has_finite_weights


def test_that_nan_among_the_weights_is_seen() -> None:
    trainer: Any = Trainer(mlp())
    with torch.no_grad():
        trainer.net.get_parameter("n5.bias")[0] = math.nan
    assert trainer.is_non_finite
