"""Training without a window."""

from __future__ import annotations

import pytest

from playground.catalog.datasets.toy import Hills
from playground.catalog.layers.activation import ReLU
from playground.catalog.layers.dense import Linear
from playground.catalog.losses import MeanSquaredError
from playground.catalog.optimizers import SGD
from playground.engine.checkpoint import CheckpointError
from playground.engine.compile import CompileError
from playground.engine.headless import NonFiniteError, Progress, probe, train
from playground.engine.probe_set import declared_probes
from playground.engine.trainer import Trainer
from playground.project.project import empty_project
from playground.project.training import DEFAULT_EPOCHS
from tests.engine.nets import chain, losses, mlp, same, weights


def test_that_epochs_are_trained_and_reported() -> None:
    notified: list[Progress] = []
    result = train(mlp(), epochs=3, on_epoch=notified.append)
    assert [(p.step, p.epoch) for p in notified] == [(7, 1), (14, 2), (21, 3)]
    assert result.final.step == result.steps == 21
    assert set(result.final.metrics) == {"accuracy", "f1", "precision", "recall"}
    assert notified[-1].val_loss == result.final.val_loss
    assert result.history["epoch"].tolist() == [0, 1, 2, 3]
    assert result.steps_per_s > 0
    other = Trainer(mlp())
    losses(other, 21)
    assert same(weights(result.trainer), weights(other))


def test_that_steps_end_in_the_middle_of_an_epoch() -> None:
    result = train(mlp(), steps=10)
    assert result.final.step == 10
    assert result.final.epoch == pytest.approx(1 + 48 / 105)
    assert result.history["step"].tolist() == [0, 7, 10]


def test_that_the_first_limit_reached_ends_training() -> None:
    assert train(mlp(), steps=10, epochs=1).final.step == 7
    assert train(mlp(), steps=3, epochs=1).final.step == 3


def test_that_max_epochs_is_the_default_length_and_100_epochs_without_it() -> None:
    assert train(mlp(max_epochs=2)).final.epoch == 2
    assert train(mlp()).final.epoch == DEFAULT_EPOCHS == 100


def test_that_training_continues_from_a_state() -> None:
    whole = train(mlp(), steps=30)
    half = train(mlp(), steps=11)
    rest = train(mlp(), state=half.state(), steps=19)
    assert rest.final.step == 30
    assert rest.steps == 19
    assert same(weights(rest.trainer), weights(whole.trainer))


def test_that_a_seed_takes_the_place_of_that_of_the_project() -> None:
    result = train(mlp(), steps=5, seed=99)
    assert same(weights(result.trainer), weights(train(mlp(seed=99), steps=5).trainer))


def test_that_nan_ends_it_with_a_clear_error() -> None:
    project = chain(
        Linear(out_features=16), ReLU(), Linear(out_features=1), data=Hills(count=100),
        loss=MeanSquaredError(), optimizer=SGD(lr=50),
    )  # fmt: skip
    with pytest.raises(NonFiniteError, match="became NaN or infinite") as found:
        train(project, epochs=100)
    assert found.value.non_finite is not None
    assert f"step {found.value.non_finite.step}" in str(found.value)


def test_that_projects_with_errors_are_refused() -> None:
    with pytest.raises(CompileError):
        train(empty_project(), epochs=1)
    with pytest.raises(CheckpointError):
        train(mlp(), state={"weights.safetensors": b""}, epochs=1)
    with pytest.raises(ValueError, match=r"Unknown probe 'nonsense'. Available: activity, bound"):
        probe(mlp(), "nonsense", 1)


@pytest.mark.parametrize("key", sorted(declared_probes()))
def test_that_every_probe_can_be_read(key: str) -> None:
    assert probe(mlp(), key, 25)


def test_that_a_probe_is_read_during_training() -> None:
    found = probe(mlp(), "gradients", 100)
    assert found is not None
    assert found["over_time"].shape == (3, 50)
    assert probe(mlp(), "gradients", 0) is None
    state = train(mlp(), steps=10).state()
    found = probe(mlp(), "dead_units", 3, state)
    assert found is not None
    assert found["over_time"]["epoch"][-1] == pytest.approx(1 + 96 / 105)
