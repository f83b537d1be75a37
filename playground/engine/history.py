"""The curves of a run: a bounded number of points, thinned as it grows, never cut."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

LIMIT = 2000
NAN = math.nan


class History:
    """Points of a run: step, epoch, losses, and metrics over the validation examples.

    When there are LIMIT points, neighbours are merged in pairs: training losses by their mean,
    what was measured by its latest value. Memory stays flat however long the run.
    """

    def __init__(self, metrics: Sequence[str] = ()) -> None:
        self.columns = ("step", "epoch", "train_loss", "val_loss", *(f"val_{m}" for m in metrics))
        self.rows: list[list[float]] = []

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, **values: float) -> None:
        """One more point; a column that is not named is NaN."""
        self.rows.append([values.get(name, NAN) for name in self.columns])
        if len(self.rows) >= LIMIT:
            self.rows = [
                self.rows[0],
                *(
                    self._merged(a, b)
                    for a, b in zip(self.rows[1::2], self.rows[2::2], strict=False)
                ),
                *(self.rows[-1:] if len(self.rows) % 2 == 0 else []),
            ]

    def _merged(self, first: list[float], second: list[float]) -> list[float]:
        merged = [a if math.isnan(b) else b for a, b in zip(first, second, strict=True)]
        at = self.columns.index("train_loss")
        if not math.isnan(first[at]) and not math.isnan(second[at]):
            merged[at] = (first[at] + second[at]) / 2
        return merged

    def cut_after(self, step: int) -> None:
        """Forget what came after a step that was rewound to."""
        self.rows = [row for row in self.rows if row[0] <= step]

    def arrays(self) -> dict[str, npt.NDArray[np.float64]]:
        """Every column by name."""
        table = np.array(self.rows, dtype=np.float64).reshape(-1, len(self.columns))
        return {name: table[:, i] for i, name in enumerate(self.columns)}

    def restore(self, arrays: Mapping[str, npt.NDArray[np.float64]]) -> None:
        """Take the points of `arrays`; columns that are missing are NaN."""
        length = min((len(column) for column in arrays.values()), default=0)
        blank = np.full(length, NAN)
        self.rows = np.stack(
            [np.asarray(arrays.get(name, blank))[:length] for name in self.columns], 1
        ).tolist()
