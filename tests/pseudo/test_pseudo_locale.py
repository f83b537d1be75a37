"""In the pseudo-locale nothing on any screen is plain, clipped or overlapping at 1366×768."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from playground.translation import pseudo
from tests.pseudo.seen import clipped_widgets, overlapping_widgets, plain_words, texts_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def report() -> Mapping[str, Any]:
    """What a tour of all screens found, in a process that speaks the pseudo-locale."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.pseudo.tour"],
        cwd=ROOT,
        env=os.environ | {"PLAYGROUND_LANG": "pseudo", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_that_every_screen_was_opened(report: Mapping[str, Any]) -> None:
    assert report["screens"] > 400
    assert report["texts"] > 2000


@pytest.mark.parametrize("what", ["plain", "clipped", "overlapping"])
def test_that_no_text_is_plain_clipped_or_overlapping(report: Mapping[str, Any], what: str) -> None:
    assert not report[what]


def test_that_a_planted_plain_text_is_found(qtbot: QtBot) -> None:
    label = QLabel("Learning rate")
    qtbot.addWidget(label)
    label.setToolTip(pseudo("Learning rate of {optimizer}"))
    label.show()
    found = [plain_words(seen.text, frozenset({"optimizer"})) for seen in texts_of(label)]
    assert ["Learning", "rate"] in found
    assert found.count([]) == len(found) - 1


def test_that_a_label_without_room_and_one_on_another_are_found(qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    layout = QHBoxLayout(box)
    first, second = QLabel("A long text that needs room"), QLabel("another one")
    layout.addWidget(first)
    layout.addWidget(second)
    box.show()
    assert not list(clipped_widgets(box))
    assert not list(overlapping_widgets(box))
    first.setFixedWidth(20)
    second.move(first.pos())
    assert len(list(clipped_widgets(box))) == 1
    assert len(list(overlapping_widgets(box))) == 1
