"""The metric of the top bar: proposed from the labels, and overruled at will."""

from __future__ import annotations

import math

import pytest
from pytestqt.qtbot import QtBot

from playground.app.shell.metric_counter import MetricCounter, caption_of
from playground.app.widgets.counter import EMPTY
from playground.catalog.metrics import Metric
from playground.catalog.registry import declared

TOKENS = {"token_accuracy": 0.25, "perplexity": 12.5}


@pytest.fixture
def counter(qtbot: QtBot) -> MetricCounter:
    found = MetricCounter()
    qtbot.addWidget(found)
    return found


def test_that_the_first_metric_is_proposed(counter: MetricCounter) -> None:
    counter.show_metrics({"accuracy": 0.5})
    assert counter.value.text() == "0.500"
    counter.show_metrics({"r2": math.nan})
    assert counter.value.text() == EMPTY
    counter.show_metrics({})
    assert counter.value.text() == EMPTY


def test_that_another_one_can_be_chosen_and_stays(counter: MetricCounter) -> None:
    counter.show_metrics(TOKENS)
    assert counter.value.text() == "0.250"
    actions = counter.menu().actions()
    assert [action.text() for action in actions] == ["Token accuracy", "Perplexity"]
    assert [action.isChecked() for action in actions] == [True, False]
    actions[1].trigger()
    assert counter.value.text() == "12.500"
    counter.show_metrics(TOKENS | {"perplexity": 9.0})
    assert counter.value.text() == "9.000"
    counter.show_metrics({"accuracy": 0.5})
    assert counter.value.text() == "0.500", "it does not fit these labels"
    counter.show_metrics(TOKENS)
    assert counter.value.text() == "12.500"


@pytest.mark.parametrize("kind", list(declared(Metric)))
def test_that_the_caption_of_every_metric_is_whole_and_the_tooltip_has_its_name(
    kind: str, counter: MetricCounter
) -> None:
    counter.show_metrics({kind: 0.5})
    assert "…" not in caption_of(kind, counter.width())
    assert declared(Metric)[kind].label in counter.toolTip()


@pytest.mark.parametrize("kind", list(declared(Metric)))
def test_that_every_metric_has_a_name_that_fits(kind: str, counter: MetricCounter) -> None:
    counter.show_metrics({kind: 0.5})
    assert "_" not in caption_of(kind, counter.width())
    assert caption_of(kind, 500).startswith("val ")
