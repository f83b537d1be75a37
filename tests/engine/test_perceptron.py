"""The perceptron rule: it finds a separating line if there is one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.catalog.datasets.toy import LogicGates
from playground.catalog.layers.dense import Linear
from playground.catalog.losses import MeanAbsoluteError
from playground.catalog.perceptron import Perceptron
from playground.catalog.registry import make_layer
from playground.engine.trainer import Trainer
from playground.project.project import Project
from tests.engine.nets import chain, train, weights


def unit(gate: str, batch_size: int = 1) -> Project:
    """One unit with a step on a gate without jitter."""
    step = make_layer({"kind": "Step", "straight_through": True})
    data = LogicGates.model_validate({"gate": gate, "noise": 0.0, "count": 40})
    return chain(
        Linear(out_features=1), step, data=data, loss=MeanAbsoluteError(),
        optimizer=Perceptron(lr=0.5), batch_size=batch_size,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("gate", "is_learned"), [("and", True), ("or", True), ("xor", False)])
def test_that_it_separates_and_and_or_and_fails_on_xor(gate: str, is_learned: bool) -> None:
    trainer = train(Trainer(unit(gate)), 1400)
    trainer.note()
    assert (trainer.last_val_loss == 0) == is_learned
    assert (trainer.last_metrics["accuracy"] == 1) == is_learned
    before = weights(trainer)
    after = weights(train(trainer, 28))
    stays = all(np.array_equal(before[name], after[name]) for name in before)
    assert stays == is_learned, "it rests once all are right, and never on XOR"


def test_that_each_step_is_the_rule_of_the_book() -> None:
    trainer = Trainer(unit("or"))
    first = weights(trainer)
    w, b = first["n1.weight"].numpy()[0].copy(), first["n1.bias"].numpy().copy()
    order = trainer.objective.train
    train(trainer, 28)  # one epoch; and again by hand, in the same order
    shuffle = torch.Generator().manual_seed(7)
    for place in torch.randperm(len(order), generator=shuffle):
        x, y = order.x[place].numpy(), float(order.y[place])
        error = y - float(w @ x + b[0] >= 0)
        w, b = w + 0.5 * error * x, b + 0.5 * error
    after = weights(trainer)
    np.testing.assert_allclose(after["n1.weight"].numpy()[0], w, atol=1e-6)
    np.testing.assert_allclose(after["n1.bias"].numpy(), b, atol=1e-6)
