"""Projects to run the verbs on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from playground.engine import headless
from playground.project.file import Saved, write
from playground.project.templates import build


@pytest.fixture
def moons(tmp_path: Path) -> Path:
    """Two moons, untrained."""
    path = tmp_path / "moons.nplay"
    write(path, Saved(build("moons")))
    return path


@pytest.fixture
def trained(moons: Path) -> Path:
    """Two moons after two epochs, with the state of training."""
    project = build("moons")
    path = moons.with_name("trained.nplay")
    write(path, replace(Saved(project), state=headless.train(project, epochs=2).state()))
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A project with an Input and an Output that nothing joins."""
    path = tmp_path / "broken.nplay"
    write(path, Saved(build("empty")))
    return path
