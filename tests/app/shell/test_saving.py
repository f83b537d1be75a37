"""A save never holds less than the file it replaces, whatever the engine has sent by then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.app.shell.project_files import ProjectFiles
from playground.project.file import STATE_NAMES, Saved, read, write
from playground.project.project import Project
from playground.project.templates import build
from playground.session import messages as m
from tests.app.fake_engine import READY, Engines, fake_engines

TRAINED = {name: f"{name} of step 55".encode() for name in STATE_NAMES}
LATER = {name: f"{name} of step 60".encode() for name in STATE_NAMES}


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Engines]:
    """A run whose engine has been started and is silent."""
    with fake_engines(build("moons"), monkeypatch) as found:
        found.run.start_engine()
        yield found


@pytest.fixture
def files(engines: Engines, qtbot: QtBot) -> ProjectFiles:
    """Opening and saving in that run."""
    window = QWidget()
    qtbot.addWidget(window)
    return ProjectFiles(engines.run.document, engines.run, window, None)


def trained_file(folder: Path, project: Project | None = None) -> Path:
    """A file with weights of step 55."""
    path = folder / "mine.nplay"
    write(path, Saved(project or build("moons"), {}, TRAINED))
    return path


def answer(engines: Engines, state: dict[str, bytes], step: int) -> None:
    """Let the engine answer the save that it was last asked for."""
    (*_, request) = (sent.request for sent in engines.latest.sent if isinstance(sent, m.Save))
    engines.say(m.Saved(request, state, step))


def test_that_a_save_before_the_engine_has_started_keeps_the_weights(
    engines: Engines, files: ProjectFiles, tmp_path: Path
) -> None:
    path = trained_file(tmp_path)
    assert files.open_path(path)
    files.save()
    assert read(path).state == TRAINED


def test_that_a_save_before_the_first_frame_keeps_the_weights(
    engines: Engines, files: ProjectFiles, tmp_path: Path
) -> None:
    path = trained_file(tmp_path)
    assert files.open_path(path)
    engines.say(READY)
    files.save()
    engines.say(engines.opened())
    files.save()
    answer(engines, TRAINED, 55)
    assert read(path).state == TRAINED


def test_that_a_save_of_a_project_that_cannot_run_keeps_the_weights(
    engines: Engines, files: ProjectFiles, tmp_path: Path
) -> None:
    broken = build("moons")
    graph = broken.graph.set_options("linear3", out_features=3)
    path = trained_file(tmp_path, broken.with_graph(graph))
    assert files.open_path(path)
    assert files.document.examined.errors
    engines.say(READY)
    files.save()
    assert read(path).state == TRAINED


def test_that_weights_which_the_engine_could_not_resume_stay_until_others_are_trained(
    engines: Engines, files: ProjectFiles, tmp_path: Path
) -> None:
    path = trained_file(tmp_path)
    assert files.open_path(path)
    engines.say(READY)
    engines.say(engines.opened())
    files.save()
    answer(engines, dict.fromkeys(STATE_NAMES, b"initial"), 0)
    assert read(path).state == TRAINED
    files.save()
    answer(engines, LATER, 60)
    assert read(path).state == LATER


def test_that_weights_which_the_person_reset_are_not_saved(
    engines: Engines, files: ProjectFiles, tmp_path: Path
) -> None:
    path = trained_file(tmp_path)
    assert files.open_path(path)
    engines.say(READY)
    engines.say(engines.opened())
    engines.run.restart()
    files.save()
    answer(engines, dict.fromkeys(STATE_NAMES, b"initial"), 0)
    assert read(path).state is None


def test_that_a_save_before_the_first_frame_leaves_the_document_saved(
    engines: Engines, files: ProjectFiles, tmp_path: Path
) -> None:
    assert files.open_path(trained_file(tmp_path))
    files.save()
    files.note_step(55)
    assert not files.document.is_modified
    files.note_step(56)
    assert files.document.is_modified
