"""The loss curves, and what they are drawn on."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.panels.loss import LossPanel
from playground.app.panels.metrics import MetricsPanel
from tests.app.panels import sample_frames


@pytest.fixture
def panel(document: Document, qtbot: QtBot) -> LossPanel:
    found = LossPanel(document)
    qtbot.addWidget(found)
    found.resize(300, 200)
    found.show_frame(sample_frames.frame(history=sample_frames.history()))
    return found


def test_that_both_losses_are_drawn_over_the_epochs(panel: LossPanel) -> None:
    history = sample_frames.history()
    x, y = panel.plot.items["train"].getOriginalDataset()
    np.testing.assert_allclose(x, history["epoch"])
    np.testing.assert_allclose(y, history["train_loss"])
    x, y = panel.plot.items["validation"].getOriginalDataset()
    np.testing.assert_allclose(x, history["epoch"][::2])
    assert np.isfinite(y).all()


def test_that_a_longer_history_replaces_the_shorter_one(panel: LossPanel) -> None:
    panel.show_frame(sample_frames.frame(history=sample_frames.history(80)))
    assert len(panel.plot.items["train"].getOriginalDataset()[0]) == 80


def test_that_a_single_reading_is_shown_on_an_axis_of_one_epoch(
    panel: LossPanel,
) -> None:
    panel.show_frame(sample_frames.frame(history=sample_frames.history(1)))
    low, high = panel.plot.getPlotItem().viewRange()[0]
    assert -0.1 < low <= 0
    assert 1 <= high < 1.1
    panel.show_frame(sample_frames.frame(history=sample_frames.history(80)))
    panel.grab()
    last = sample_frames.history(80)["epoch"][-1]
    assert panel.plot.getPlotItem().viewRange()[0][1] >= last


def test_that_there_is_no_validation_curve_before_it_is_measured(panel: LossPanel) -> None:
    history = sample_frames.history()
    history["val_loss"] = np.full(50, np.nan, dtype=np.float32)
    panel.show_frame(sample_frames.frame(history=history))
    assert set(panel.plot.items) == {"train"}


def test_that_infinite_losses_are_left_out_and_so_is_zero_on_a_log_scale(
    panel: LossPanel,
) -> None:
    history = sample_frames.history()
    history["train_loss"][0], history["train_loss"][1] = np.inf, 0.0
    panel.show_frame(sample_frames.frame(history=history))
    assert len(panel.plot.items["train"].getOriginalDataset()[0]) == 49
    panel.log_switch.click()
    assert panel.plot.is_log
    assert len(panel.plot.items["train"].getOriginalDataset()[0]) == 48
    panel.grab()


def test_that_the_legend_shows_the_values_under_the_mouse(panel: LossPanel) -> None:
    panel.plot.hover(0.0)
    assert "epoch 0" in panel.plot.legend.text()
    assert "1.0000" in panel.plot.legend.text()
    assert panel.plot.value_at("validation", 0.0) == pytest.approx(1.05)


def test_that_metrics_are_drawn_under_their_names(document: Document, qtbot: QtBot) -> None:
    panel = MetricsPanel(document)
    qtbot.addWidget(panel)
    panel.show_frame(sample_frames.frame(history=sample_frames.history()))
    assert set(panel.plot.items) == {"accuracy"}


def test_that_fractions_and_other_metrics_are_drawn_separately(
    document: Document, qtbot: QtBot
) -> None:
    panel = MetricsPanel(document)
    qtbot.addWidget(panel)
    history = sample_frames.history()
    del history["val_accuracy"]
    loss = history["train_loss"]
    panel.show_frame(sample_frames.frame(history=history | {"val_r2": 1 - loss}))
    assert panel.switch.isHidden(), "there is one scale only"
    history |= {"val_r2": 1 - loss, "val_mae": 40 * loss, "val_rmse": 50 * loss}
    panel.show_frame(sample_frames.frame(history=history))
    assert set(panel.plot.items) == {"R²"}
    assert not panel.switch.isHidden()
    panel.switch.click()
    assert set(panel.plot.items) == {"mean absolute error", "RMSE"}
    panel.clear()
    assert not panel.plot.items
