"""A schedule that watches the validation loss: its state, and resuming with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from playground.catalog.options import live
from playground.catalog.schedules import Cosine, ReduceOnPlateau, Schedule, Watcher
from playground.engine.checkpoint import from_files, restore, snapshot, to_files
from playground.engine.lr_schedule import Pace
from playground.engine.trainer import Trainer
from playground.project.training import Training
from tests.engine.nets import losses, mlp, train


class Counter:
    """Halves the learning rate with every third epoch in which the loss rose."""

    def __init__(self, fade: float) -> None:
        self.fade = fade
        self.last, self.rises = 0.0, 0

    def see(self, val_loss: float) -> None:
        """An epoch has ended with this validation loss."""
        self.rises += val_loss > self.last
        self.last = val_loss

    @property
    def cut(self) -> float:
        return float(self.fade ** (self.rises // 3))

    def state(self) -> dict[str, Any]:
        return {"last": self.last, "rises": self.rises}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.last, self.rises = float(state["last"]), int(state["rises"])


class Counting(Schedule):
    """A schedule of a plug-in, whose watcher has a state of its own."""

    kind: ClassVar[str] = "acme.Counting"
    label: ClassVar[str] = "Counting"
    watcher: ClassVar[type[Watcher]] = Counter
    fade: float = live(0.5, "Fade", "What is left after every third rise.", gt=0, le=1)


def pace(schedule: Schedule) -> Pace:
    return Pace(Training(schedule=schedule))


def test_that_a_watcher_of_a_plugin_resumes_with_its_own_state() -> None:
    one, other = pace(Counting()), pace(Counting())
    for loss in (1.0, 2.0, 3.0, 4.0):
        one.see(loss)
    assert one.state() == {"last": 4.0, "rises": 4}
    other.restore(one.state())
    for loss in (5.0, 6.0):
        one.see(loss)
        other.see(loss)
    assert one.cut == other.cut == 0.25
    one.restart()
    assert (one.cut, one.state()) == (1.0, {"last": 0.0, "rises": 0})


def test_that_a_run_with_a_watcher_of_a_plugin_resumes_bit_for_bit() -> None:
    project = mlp(schedule=Counting(fade=0.5))
    trainer = train(Trainer(project), 40)
    files = to_files(snapshot(trainer))
    expected = losses(trainer, 60)
    other = Trainer(project)
    restore(other, from_files(files))
    assert losses(other, 60) == expected
    assert other.pace.state() == trainer.pace.state()


def test_that_an_edited_recipe_keeps_what_the_watcher_has_seen() -> None:
    one = pace(ReduceOnPlateau(patience=0, gamma=0.5))
    for loss in (1.0, 2.0):
        one.see(loss)
    one.set_recipe(Training(schedule=ReduceOnPlateau(patience=3, gamma=0.1)))
    assert one.state() == {"best": 1.0, "waited": 0, "cut": 0.5}
    one.set_recipe(Training(schedule=Counting()))
    assert one.state() == {"last": 0.0, "rises": 0}


def test_that_the_state_without_a_watcher_is_that_of_older_versions() -> None:
    one = pace(Cosine())
    assert one.state() == {"best": None, "waited": 0, "cut": 1.0}
    one.restore({"best": None, "waited": 0, "cut": 1.0})
    assert one.cut == 1.0


@pytest.mark.parametrize(
    "state",
    [
        {"best": math.nan, "waited": 0, "cut": 1.0},
        {"best": 1.0, "waited": -1, "cut": 1.0},
        {"best": 1.0, "waited": 0, "cut": 1.5},
    ],
)
def test_that_an_invalid_state_of_a_plateau_is_refused(state: dict[str, float]) -> None:
    one = pace(ReduceOnPlateau())
    with pytest.raises(ValueError, match="the state of the schedule is invalid"):
        one.restore(state)
