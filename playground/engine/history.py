"""The curves of a run: a bounded number of points, thinned as it grows, never cut."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from playground.translation import tr

LIMIT = 2000
NAN = math.nan
POINTS = "points"
"""In the state: how many points a row stands for."""

Columns = dict[str, npt.NDArray[np.float64]]


class History:
    """Points of a run: step, epoch, losses, and metrics over the validation examples.

    When LIMIT rows are reached, neighbours are merged, and from then on every row takes in twice
    as many points: the training loss is their mean, what was measured their latest value. The
    first row and the last point stay as they are, resolution is the same along the run, and
    memory stays flat however long it is.
    """

    def __init__(self, metrics: Sequence[str] = ()) -> None:
        measured = (f"val_{metric}" for metric in metrics)
        self.columns = ("step", "epoch", "train_loss", "val_loss", *measured, "lr")
        self.rows: list[list[float]] = []
        self._points: list[int] = []
        self._every = 1

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, **values: float) -> None:
        """One more point; a column that is not named is NaN."""
        row = [values.get(name, NAN) for name in self.columns]
        if self.rows and self.rows[-1][0] == row[0]:
            # The same step again, now with what was not measured before.
            pairs = zip(self.rows[-1], row, strict=True)
            self.rows[-1] = [b if math.isnan(a) else a for a, b in pairs]
            return
        if len(self.rows) > 1 and self._points[-1] < self._every:
            self.rows[-1] = self._merged(self.rows[-1], self._points[-1], row, 1)
            self._points[-1] += 1
            return
        self.rows.append(row)
        self._points.append(1)
        if len(self.rows) >= LIMIT:
            self._halve()

    def _halve(self) -> None:
        rows, points = self.rows[:1], self._points[:1]
        for at in range(1, len(self.rows) - 1, 2):
            pair = self.rows[at], self._points[at], self.rows[at + 1], self._points[at + 1]
            rows.append(self._merged(*pair))
            points.append(self._points[at] + self._points[at + 1])
        if len(self.rows) % 2 == 0:
            rows.append(self.rows[-1])
            points.append(self._points[-1])
        self.rows, self._points = rows, points
        self._every *= 2

    def _merged(
        self, first: list[float], points: int, second: list[float], more: int
    ) -> list[float]:
        merged = [a if math.isnan(b) else b for a, b in zip(first, second, strict=True)]
        at = self.columns.index("train_loss")
        if not math.isnan(first[at]) and not math.isnan(second[at]):
            merged[at] = (first[at] * points + second[at] * more) / (points + more)
        return merged

    def cut_after(self, step: int) -> None:
        """Forget what came after a step that was rewound to."""
        kept = sum(1 for row in self.rows if row[0] <= step)
        self.rows, self._points = self.rows[:kept], self._points[:kept]

    def arrays(self) -> Columns:
        """Every column by name."""
        table = np.array(self.rows, dtype=np.float64).reshape(-1, len(self.columns))
        return {name: table[:, i] for i, name in enumerate(self.columns)}

    def state(self) -> Columns:
        """The columns, and how many points each row stands for."""
        return {**self.arrays(), POINTS: np.array(self._points, np.float64)}

    def restore(self, state: Mapping[str, npt.NDArray[np.float64]]) -> None:
        """Take the rows of `state`; raises ValueError if they cannot be a history."""
        steps = state.get("step", np.empty(0))
        blank = np.full(len(steps), NAN)
        columns = [np.asarray(state.get(name, blank), np.float64) for name in self.columns]
        points = np.asarray(state.get(POINTS, np.ones(len(steps))), np.float64)
        if any(column.shape != steps.shape for column in (*columns, points)) or steps.ndim != 1:
            raise ValueError(tr("the columns of the history differ in length"))
        if len(steps) >= LIMIT or not (np.diff(columns[0]) > 0).all():
            raise ValueError(
                tr("the history must have fewer than {limit} rows, in order of steps", limit=LIMIT)
            )
        if not ((points >= 1) & (points < 2**53)).all():
            raise ValueError(tr("a row of the history must stand for one point or more"))
        self.rows = np.stack(columns, 1).tolist() if len(steps) else []
        self._points = [int(count) for count in points]
        self._every = max(self._points[1:], default=1)
