"""The curves of a saved run as a table."""

from __future__ import annotations

import csv
import io
import math

import pytest

from playground.engine import headless
from playground.export.error import ExportError
from playground.export.history import history_csv
from playground.project.templates import build


def test_that_every_point_of_the_run_is_a_row() -> None:
    result = headless.train(build("moons"), epochs=2)
    rows = list(csv.DictReader(io.StringIO(history_csv(result.state()))))
    assert list(rows[0])[:4] == ["step", "epoch", "train_loss", "val_loss"]
    for name, column in result.history.items():
        for row, value in zip(rows, column, strict=True):
            expected = "" if math.isnan(value) else float(value)
            assert (float(row[name]) if row[name] else "") == expected


def test_that_a_file_without_a_run_is_refused_with_what_to_do() -> None:
    with pytest.raises(ExportError, match="Train it first"):
        history_csv(None)


def test_that_a_damaged_run_is_refused() -> None:
    with pytest.raises(ExportError, match="damaged"):
        history_csv({"training.safetensors": b"no tensors"})
