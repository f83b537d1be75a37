"""Gradient norms by layer."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.panels.gradients import Bar, GradientsPanel, state_of, strips
from tests.app.panels import sample_frames


@pytest.fixture
def panel(document: Document, qtbot: QtBot) -> GradientsPanel:
    found = GradientsPanel(document)
    qtbot.addWidget(found)
    found.resize(300, 200)
    return found


def test_that_a_vanishing_gradient_is_marked(panel: GradientsPanel) -> None:
    panel.show_frame(sample_frames.frame(gradients=sample_frames.gradients()))
    bars = {bar.name: bar for bar in panel.bars.bars}
    assert [bar.state for bar in bars.values()] == ["healthy", "vanishing", "healthy"]
    assert bars["Linear 2"].text == "3.1e-5"
    assert "Vanishing gradient" in bars["Linear 2"].help
    assert bars["Head"].norm == pytest.approx(5.8e-2)


def test_that_exploding_and_non_finite_gradients_are_marked(panel: GradientsPanel) -> None:
    panel.show_frame(sample_frames.frame(gradients=sample_frames.gradients(2e3, math.nan, 2e3)))
    assert [bar.state for bar in panel.bars.bars] == ["exploding", "non_finite", "exploding"]
    assert "exploding" in panel.bars.bars[0].text
    panel.grab()


@pytest.mark.parametrize(
    ("norm", "largest", "state"),
    [
        (1.0, 1.0, "healthy"),
        (1.1e-3, 1.0, "healthy"),
        (0.9e-3, 1.0, "vanishing"),
        (9e-8, 9e-8, "vanishing"),
        (0.0, 0.0, "vanishing"),
        (1001.0, 1001.0, "exploding"),
        (math.inf, 1.0, "non_finite"),
    ],
)
def test_that_states_follow_their_bounds(norm: float, largest: float, state: str) -> None:
    assert state_of(norm, largest) == state


def test_that_small_gradients_are_expected_if_the_loss_is_close_to_zero(
    panel: GradientsPanel,
) -> None:
    none = sample_frames.gradients() | {"norms": np.zeros(3, np.float32)}
    panel.show_frame(sample_frames.frame(gradients=none))
    assert {bar.state for bar in panel.bars.bars} == {"vanishing"}
    panel.show_frame(replace(sample_frames.frame(gradients=none), train_loss=0.0))
    assert {bar.state for bar in panel.bars.bars} == {"converged"}
    small = sample_frames.gradients(3e-8, 7e-9, 1e-12)
    panel.show_frame(replace(sample_frames.frame(gradients=small), train_loss=2e-6))
    assert [bar.state for bar in panel.bars.bars] == ["converged", "converged", "vanishing"]
    assert "small gradients are expected" in panel.bars.bars[0].help
    panel.show_frame(replace(sample_frames.frame(gradients=small), train_loss=0.7))
    assert {bar.state for bar in panel.bars.bars} == {"vanishing"}


def test_that_a_step_without_any_gradient_is_not_red_in_the_strip() -> None:
    before, after = np.log10([0.5, 0.4]), np.full(2, -30.0)
    image = strips(np.stack([before, after], 1).astype(np.float32))
    for row in range(2):
        colour = image.pixelColor(1, row)
        assert colour.red() <= colour.blue()


def test_that_parts_of_a_block_are_distinct_if_their_names_are_elided(
    panel: GradientsPanel,
) -> None:
    def names(*found: str) -> QImage:
        bars = [Bar("n", name, 0.1, 1.0, 0.1, "healthy") for name in found]
        panel.bars.show_bars(bars, np.empty((0, 0)))
        panel.bars.resize(150, 100)
        return panel.bars.grab().toImage()

    first = names("the encoder block · attention", "the encoder block · attention")
    assert names("the encoder block · attention", "the encoder block · net_norm") != first


def test_that_the_strip_is_red_for_a_vanishing_gradient() -> None:
    image = strips(sample_frames.gradients()["over_time"])
    assert (image.width(), image.height()) == (40, 3)
    healthy, vanishing = image.pixelColor(39, 0), image.pixelColor(39, 1)
    assert healthy.blue() > healthy.red()
    assert vanishing.red() > vanishing.blue()
    assert image.pixelColor(0, 0) == QColor(0, 0, 0, 0), "nothing is known of the beginning"


def test_that_many_layers_scroll_so_that_names_do_not_overlap(panel: GradientsPanel) -> None:
    panel.show_frame(sample_frames.frame(gradients=sample_frames.gradients()))
    assert panel.bars.minimumHeight() < 120
    panel.bars.show_bars(panel.bars.bars * 20, sample_frames.gradients()["over_time"])
    assert panel.bars.minimumHeight() > 60 * 16
