"""The squares of units, whole at every size."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.app.widgets.unit_squares import UnitSquares


@pytest.mark.parametrize("units", [1, 16, 48, 160, 400])
@pytest.mark.parametrize("largest", [12, 24])
def test_that_no_square_is_clipped_at_the_bottom(qtbot: QtBot, units: int, largest: int) -> None:
    squares = UnitSquares(largest)
    qtbot.addWidget(squares)
    squares.resize(190, 20)
    squares.show_units(np.ones(units), np.zeros(units, bool), np.full(units, np.nan))
    last_row = (units - 1) // squares.columns
    bottom = last_row * squares.pitch + squares.pitch - squares.gap
    assert squares.height() >= bottom
