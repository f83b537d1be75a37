"""The curves of a run: thinned, never cut."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest

from playground.engine.history import LIMIT, History


def grown(count: int) -> History:
    history = History(["accuracy"])
    for step in range(count):
        history.add(step=step, epoch=step / 10, train_loss=math.sin(step / count * 6) + 2)
    return history


def test_that_a_short_run_is_kept_as_it_is() -> None:
    columns = grown(1500).arrays()
    assert columns["step"].tolist() == list(range(1500))
    assert columns["train_loss"][700] == math.sin(700 / 1500 * 6) + 2
    assert np.isnan(columns["val_loss"]).all()


@pytest.mark.slow
def test_that_a_million_points_are_thinned_evenly_and_not_cut() -> None:
    count = 1_000_000
    history = grown(count)
    columns = history.arrays()
    steps, loss = columns["step"], columns["train_loss"]
    assert 900 <= len(steps) <= LIMIT
    assert (steps[0], steps[-1]) == (0, count - 1)
    assert (np.diff(steps) > 0).all()
    # No stretch of the run is left with hardly any points.
    assert np.diff(steps).max() <= 2 * np.median(np.diff(steps))
    truth = np.sin(np.arange(count) / count * 6) + 2
    assert np.abs(loss - np.interp(steps, np.arange(count), truth)).max() < 0.01
    assert np.average(loss, weights=history.state()["points"]) == pytest.approx(truth.mean())


def test_that_memory_stays_flat() -> None:
    history = grown(3 * LIMIT)
    tracemalloc.start()
    for step in range(3 * LIMIT, 30 * LIMIT):
        history.add(step=step, epoch=step, train_loss=1.0)
    size, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 1e6
    assert peak < 2e6
    assert len(history) < LIMIT


def test_that_measured_losses_survive_merging_with_points_that_have_none() -> None:
    history = History(["accuracy"])
    for step in range(8000):
        measured = {"val_loss": 1.0, "val_accuracy": 0.5} if step % 8 == 0 else {}
        history.add(step=step, epoch=step, train_loss=2.0, **measured)
    columns = history.arrays()
    # The last row is still filling up.
    assert (columns["val_loss"][:-1] == 1).all()
    assert (columns["val_accuracy"][:-1] == 0.5).all()
    assert (columns["train_loss"] == 2).all()


def test_that_the_same_step_twice_is_one_point_with_what_was_measured() -> None:
    history = History()
    history.add(step=0, epoch=0, train_loss=3.0, val_loss=3.5, lr=0.1)
    history.add(step=9, epoch=1, train_loss=2.0, lr=0.1)
    history.add(step=9, epoch=1, train_loss=1.0, val_loss=2.5)
    assert history.rows == [[0, 0, 3, 3.5, 0.1], [9, 1, 2, 2.5, 0.1]]


def test_that_rewinding_forgets_what_came_later() -> None:
    history = grown(5000)
    history.cut_after(2500)
    steps = history.arrays()["step"]
    assert 2500 - 4 <= steps[-1] <= 2500
    history.add(step=2600, epoch=260, train_loss=1.0)
    assert history.arrays()["step"][-1] == 2600
    history.cut_after(-1)
    assert len(history) == 0
    assert history.arrays()["step"].shape == (0,)


@pytest.mark.parametrize("count", [0, 1, 7, 5003])
def test_that_a_history_continues_from_its_state(count: int) -> None:
    history, other = grown(count), History(["accuracy"])
    other.restore(history.state())
    for step in range(count, count + 3000):
        history.add(step=step, epoch=step, train_loss=step)
        other.add(step=step, epoch=step, train_loss=step)
    for name, column in history.state().items():
        np.testing.assert_array_equal(other.state()[name], column, err_msg=name)


def test_that_a_state_without_a_metric_leaves_it_empty() -> None:
    other = History(["r2"])
    other.restore(grown(10).state())
    assert np.isnan(other.arrays()["val_r2"]).all()
    assert other.arrays()["train_loss"].tolist() == grown(10).arrays()["train_loss"].tolist()


@pytest.mark.parametrize(
    "broken",
    [
        {"step": np.arange(5.0).reshape(5, 1)},
        {"step": np.arange(4.0)},
        {"step": np.array([0, 2, 1, 3, 4.0])},
        {"step": np.full(5, np.nan)},
        {"points": np.zeros(5)},
        {"points": np.full(5, np.inf)},
        {"epoch": np.zeros((5, 2))},
        {name: np.arange(5000.0) for name in ("step", "epoch", "train_loss", "val_loss", "points")},
    ],
)
def test_that_an_invalid_history_is_refused(broken: dict[str, np.ndarray]) -> None:
    history = grown(5)
    state = {name: c for name, c in history.state().items() if name != "val_accuracy"}
    before = history.state()
    with pytest.raises(ValueError, match=r"history|differ"):
        history.restore({**state, **broken})
    for name, column in before.items():
        np.testing.assert_array_equal(history.state()[name], column)
