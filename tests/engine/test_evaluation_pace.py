"""How often a run with a window looks at the validation examples."""

from __future__ import annotations

import math

import pytest

from playground.engine.objectives import Part
from playground.engine.trainer import Trainer
from tests.engine.nets import mlp

SHARE = 0.02


def test_that_the_first_validation_waits_for_the_time_of_one_validation_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr("playground.engine.trainer.time.perf_counter", lambda: now)

    def evaluate(part: Part) -> tuple[float, dict[str, float]]:
        nonlocal now
        now += len(part.x) / 100
        return 1.0, {}

    trainer = Trainer(mlp(), evaluation_share=SHARE)
    monkeypatch.setattr(trainer, "evaluate", evaluate)
    trainer.note()  # over the training examples as well, of which there are more
    validation_s = len(trainer.objective.val.x) / 100
    began, steps = now, trainer.run()
    while sum(math.isfinite(row[3]) for row in trainer.history.rows) < 2:
        next(steps)
        now += 0.1
    waited = now - began - validation_s
    assert waited == pytest.approx(validation_s / SHARE, rel=0.1)
