"""Schedules against torch's, at chosen steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from playground.catalog.registry import declared
from playground.catalog.schedules import (
    Constant,
    Cosine,
    CosineRestarts,
    Exponential,
    MultiStep,
    OneCycle,
    Polynomial,
    Schedule,
    Step,
    factor_of,
)

LR = 0.1
PAIRS: list[tuple[Schedule, Callable[[Any], Any], int]] = [
    (Constant(), lambda o: lr_scheduler.ConstantLR(o, 1.0), 20),
    (Step(every=3, gamma=0.5), lambda o: lr_scheduler.StepLR(o, 3, 0.5), 20),
    (
        MultiStep(milestones=(2, 5, 11), gamma=0.3),
        lambda o: lr_scheduler.MultiStepLR(o, [2, 5, 11], 0.3),
        20,
    ),
    (Exponential(gamma=0.9), lambda o: lr_scheduler.ExponentialLR(o, 0.9), 20),
    (Polynomial(epochs=12, power=2), lambda o: lr_scheduler.PolynomialLR(o, 12, 2.0), 20),
    (
        Cosine(epochs=15, lowest=0.2),
        lambda o: lr_scheduler.CosineAnnealingLR(o, 15, 0.2 * LR),
        15,
    ),
    (
        CosineRestarts(epochs=3, growth=2, lowest=0.1),
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 3, 2, 0.1 * LR),
        40,
    ),
    (
        CosineRestarts(epochs=4, growth=1),
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 4, 1),
        20,
    ),
    # torch's cycle of n steps rises for 0.3·n − 1 of the n − 1 that follow the first
    (
        OneCycle(epochs=29, rise=8 / 29, start_divisor=10, end_divisor=100),
        lambda o: lr_scheduler.OneCycleLR(
            o, LR, 30, div_factor=10, final_div_factor=100, cycle_momentum=False
        ),
        30,
    ),
]


@pytest.mark.filterwarnings("ignore:Detected call of")
@pytest.mark.parametrize(
    ("schedule", "theirs", "steps"), PAIRS, ids=lambda v: getattr(v, "kind", "")
)
def test_that_a_schedule_is_torchs_at_every_epoch(
    schedule: Schedule, theirs: Callable[[Any], Any], steps: int
) -> None:
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=LR)
    scheduler = theirs(optimizer)
    for epoch in range(steps):
        rate = optimizer.param_groups[0]["lr"]
        assert schedule.factor(epoch) * LR == pytest.approx(rate, abs=1e-12), epoch
        scheduler.step()


def test_that_every_schedule_is_compared() -> None:
    # Reduce on plateau is compared in tests/engine: it needs a loss.
    assert {schedule.kind for schedule, _, _ in PAIRS} | {"plateau"} == set(declared(Schedule))


@pytest.mark.filterwarnings("ignore:Detected call of")
@pytest.mark.parametrize(
    ("schedule", "theirs", "steps"), PAIRS, ids=lambda v: getattr(v, "kind", "")
)
def test_that_a_warm_up_is_torchs_linear_one_and_the_schedule_begins_after_it(
    schedule: Schedule, theirs: Callable[[Any], Any], steps: int
) -> None:
    optimizers = [torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=LR) for _ in range(2)]
    climb = lr_scheduler.LinearLR(optimizers[0], start_factor=0.01, total_iters=5)
    scheduler = theirs(optimizers[1])
    for epoch in range(5 + steps):
        rate = optimizers[epoch >= 5].param_groups[0]["lr"]
        assert factor_of(schedule, 5)(epoch) * LR == pytest.approx(rate, abs=1e-12), epoch
        (climb if epoch < 5 else scheduler).step()


def test_that_a_curve_begins_at_the_warm_up_and_ends_where_asked() -> None:
    epochs, factors = Cosine(epochs=8).curve(10, warmup=2)
    assert (epochs[0], epochs[-1], len(epochs)) == (0, 10, len(factors))
    assert factors[0] == pytest.approx(0.01)
    assert factors[-1] == pytest.approx(0.0)
    assert factors.max() == pytest.approx(1.0, abs=1e-3)
    assert np.isfinite(factors).all()
