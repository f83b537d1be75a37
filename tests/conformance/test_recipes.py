"""What holds for everything that training uses: optimizers, schedules, losses, initializers, ..."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playground.catalog.losses import Loss
from playground.catalog.registry import categories, declared
from playground.engine.checkpoint import from_files, restore, snapshot, to_files
from playground.engine.trainer import Trainer
from playground.project.check import check
from playground.project.file import from_json, to_json
from tests.catalog.generated import made
from tests.conformance.recipes import CATEGORIES, DATA, compared, projects
from tests.conformance.sweep import sampled
from tests.engine.nets import losses, same, train, weights

PROJECTS = projects()
each = pytest.mark.parametrize("key", sampled(PROJECTS))


def test_that_every_category_that_training_uses_is_here() -> None:
    # Layers and data sets have tests of their own, and metrics do not change the training.
    here = {value_type for value_type, _ in CATEGORIES}
    others = {name for name, value_type in categories().items() if value_type not in here}
    assert others == {"layers", "datasets", "metrics"}


@each
def test_that_training_changes_the_weights_and_seeding_is_deterministic(key: str) -> None:
    project = PROJECTS[key]
    assert not check(project).errors
    trainer = Trainer(project)
    before, found = weights(trainer), losses(trainer, 20)
    assert np.isfinite(found).all()
    after = weights(trainer)
    assert not same(after, before)
    trainer = Trainer(project)
    assert losses(trainer, 20) == found
    assert same(weights(trainer), after)


@each
def test_that_a_resumed_run_gives_the_same_losses_bit_for_bit(key: str) -> None:
    trainer = train(Trainer(PROJECTS[key]), 8)
    files = to_files(snapshot(trainer))
    expected = losses(trainer, 15)
    other = train(Trainer(PROJECTS[key]), 2)
    restore(other, from_files(files))
    assert losses(other, 15) == expected
    assert same(weights(other), weights(trainer))


@each
def test_that_a_saved_file_opens_with_the_same_training(key: str) -> None:
    project = PROJECTS[key]
    again = from_json(to_json(project)).project
    assert again.trains_like(project)


@pytest.mark.slow
@pytest.mark.parametrize("kind", declared(Loss).values(), ids=lambda c: c.kind)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_that_the_gradient_of_a_loss_matches_finite_differences(
    kind: type[Loss], data: st.DataObject
) -> None:
    project = compared(kind.kind, data.draw(st.sampled_from([t for t in kind.tasks if t in DATA])))
    project = project.with_training(loss=data.draw(made(kind)), precision="float64")
    assume(not check(project).errors)
    objective = Trainer(project).objective
    y = objective.train.y[:6]
    draw = torch.Generator().manual_seed(data.draw(st.integers(0, 9)))
    count = project.training.loss.outputs(objective.target)
    # Away from 0 and 1, and from the corners of margins and absolute values.
    outputs = 0.1 + 0.8 * torch.rand(6, count, generator=draw, dtype=torch.float64)
    outputs.requires_grad_()
    (gradient,) = torch.autograd.grad(objective.compare(outputs, y), outputs)
    assert torch.isfinite(gradient).all()
    assert torch.autograd.gradcheck(
        lambda outputs: objective.compare(outputs, y), (outputs,), eps=1e-7, atol=1e-5, rtol=1e-4
    )
