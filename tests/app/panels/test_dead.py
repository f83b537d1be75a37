"""Dead units, and the confusion matrix."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.panels.confusion import ConfusionPanel
from playground.app.panels.dead import DeadPanel, dead_text
from playground.app.widgets.plot import joined
from playground.catalog.datasets.images import Digits
from playground.catalog.datasets.sequences import Brackets
from playground.catalog.datasets.toy import Hills
from playground.catalog.objectives import Autoencoder, MaskedLM
from tests.app.panels import sample_frames


@pytest.fixture
def panel(document: Document, qtbot: QtBot) -> DeadPanel:
    found = DeadPanel(document)
    qtbot.addWidget(found)
    found.resize(300, 300)
    found.show_frame(sample_frames.frame(dead_units=sample_frames.dead_units()))
    return found


def test_that_a_dead_unit_is_listed_with_its_epoch(panel: DeadPanel) -> None:
    assert panel.texts() == ["hidden 2: unit 3 since epoch 61"]
    assert panel.units["relu2"].squares.text_of(2) == "Unit 3: dead since epoch 61"
    assert "active on 40%" in panel.units["relu2"].squares.text_of(0)
    assert panel.footer.text() == "1 unit is 0 for all 500 examples of the probe set."


def test_that_the_counts_are_steps_over_the_epochs(panel: DeadPanel) -> None:
    x, y = panel.plot.items["hidden 2"].getOriginalDataset()
    assert set(y) == {0.0, 1.0}
    assert ((np.diff(x) == 0) | (np.diff(y) == 0)).all(), "a line that is not a step"
    assert panel.plot._ends["hidden 2"].toPlainText() == "hidden 2"


def test_that_curves_that_end_at_one_value_share_a_label() -> None:
    assert joined(["ReLU 2", "ReLU 4"]) == "ReLU 2, 4"
    assert joined(["hidden 1", "gate"]) == "hidden 1, gate"
    assert joined(["gate"]) == "gate"


def test_that_a_layer_without_dead_units_is_reported_as_healthy(panel: DeadPanel) -> None:
    reading = sample_frames.dead_units()
    reading["dead"]["relu2"][:] = False
    panel.show_frame(sample_frames.frame(dead_units=reading))
    assert panel.texts() == []
    assert "Every unit is active" in panel.footer.text()
    assert panel.footer.property("role") == "healthy"


def test_that_units_of_one_epoch_are_listed_together() -> None:
    dead = np.array([True, False, True, True])
    since = np.array([61, np.nan, 61, np.nan])
    assert dead_text("hidden 1", dead, since) == "hidden 1: units 1, 3 since epoch 61 · unit 4"


def test_that_it_fits_projects_with_rectifiers(document: Document) -> None:
    assert DeadPanel.fits(document.project)
    graph = document.graph.remove(["relu1", "relu2"])
    assert not DeadPanel.fits(document.project.with_graph(graph))


def test_that_recall_is_computed_by_row_and_the_tooltip_counts_a_cell(
    document: Document, qtbot: QtBot
) -> None:
    panel = ConfusionPanel(document)
    qtbot.addWidget(panel)
    panel.resize(300, 250)
    panel.show_frame(sample_frames.frame(confusion=sample_frames.confusion()))
    recall = panel.matrix.recall
    assert recall[0] == pytest.approx(40 / 42)
    assert recall[1] == pytest.approx(0.25)
    assert math.isnan(recall[2])
    panel.grab()
    cells = panel.matrix._cells()
    text = panel.matrix.text_at(cells.left() + 2, cells.center().y())
    assert text == "30 of 40 examples of “one” were predicted as “zero” (75%)"


def test_that_the_confusion_matrix_fits_classification_only() -> None:
    assert not ConfusionPanel.fits(sample_frames.project(Hills()))
    digits, brackets = sample_frames.project(Digits()), sample_frames.project(Brackets())
    assert ConfusionPanel.fits(digits)
    assert ConfusionPanel.fits(brackets)
    assert not ConfusionPanel.fits(digits.with_training(objective=Autoencoder()))
    assert not ConfusionPanel.fits(brackets.with_training(objective=MaskedLM()))
