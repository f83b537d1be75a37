"""The small picture of the data in the Input node."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage

from playground.app.main import application
from playground.app.preview import SIDE, preview
from playground.app.theme.tokens import colour
from playground.catalog.datasets.dataset import Dataset
from playground.catalog.registry import declared, make

KINDS = [kind for kind in declared(Dataset) if kind != "csv"]


def pixels(image: QImage | None) -> np.ndarray:
    """Its colours, height × width × 4."""
    assert image is not None
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    shape = plain.height(), plain.width(), 4
    return np.frombuffer(plain.constBits(), np.uint8).reshape(shape).copy()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_that_every_data_set_has_a_picture(kind: str) -> None:
    application()
    data = make(Dataset, kind)
    examples = data.load()
    found = pixels(preview(examples.x_train[:300], examples.y_train[:300], data.vocabulary()))
    assert found.shape == (SIDE, SIDE, 4)
    assert len(np.unique(found.reshape(-1, 4), axis=0)) > 3


def test_that_cells_above_the_mean_are_blue_and_below_it_orange() -> None:
    application()
    table = np.array([[1.0, -1.0, 0.0]] * 2 + [[-1.0, 1.0, 0.0]] * 2)
    found = pixels(preview(table, np.zeros(4)))
    blue, orange = (colour(name) for name in ("positive", "negative"))
    step = SIDE // 8
    for row, column, tint in ((1, 1, blue), (1, 3, orange), (7, 1, orange), (7, 3, blue)):
        at = found[row * step, column * SIDE // 6]
        assert at[3] > 0
        is_blue = int(at[2]) > int(at[0])
        assert is_blue == (tint == blue)
    assert found[step, 5 * SIDE // 6, 3] == 0, "a column without spread is empty"


def test_that_tokens_that_have_no_name_are_shown_by_number() -> None:
    application()
    rows = np.arange(40).reshape(4, 10)
    plain, named = preview(rows, np.zeros(4)), preview(rows, np.zeros(4), list("abcdefghij"))
    assert (pixels(plain) != pixels(named)).any()


def test_that_an_empty_data_set_has_no_preview() -> None:
    assert preview(np.zeros((0, 2)), np.zeros(0)) is None
