"""What is saved comes back, and a save that fails leaves the old file as it was."""

from __future__ import annotations

import errno
import json
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.catalog.datasets.dataset import Dataset
from playground.project.file import (
    STATE_NAMES,
    FileError,
    NewerVersionError,
    Saved,
    from_json,
    read,
    to_json,
    write,
)
from playground.project.migrations import LATEST
from playground.project.project import Project
from playground.project.templates import build
from playground.project.training import Training
from tests.catalog.generated import declaration_of, graphs, made

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
projects = st.builds(Project, graphs(), declaration_of(Dataset), made(Training))
STATE = {name: bytes([i]) * 1000 for i, name in enumerate(STATE_NAMES)}


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(projects, st.dictionaries(st.text(max_size=5), PLAIN, max_size=3))
def test_that_any_project_and_its_view_come_back_from_json(
    project: Project, view: dict[str, Any]
) -> None:
    saved = from_json(to_json(project, view))
    assert saved.project == project
    assert saved.view == view
    assert to_json(saved.project, saved.view) == to_json(project, view)


@pytest.mark.parametrize("state", [None, STATE])
def test_that_an_nplay_restores_the_training_state(
    tmp_path: Path, state: dict[str, bytes] | None
) -> None:
    saved = Saved(build("moons"), {"zoom": 1.5}, state)
    write(tmp_path / "a.nplay", saved)
    assert read(tmp_path / "a.nplay") == saved
    with zipfile.ZipFile(tmp_path / "a.nplay") as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == {"project.json", *(state or {})}


def test_that_the_same_project_gives_the_same_file_whatever_the_clock_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.nplay", Saved(build("moons")))
    monkeypatch.setattr(time, "time", lambda: 10.0)  # before 1980, which a zip cannot hold
    write(tmp_path / "b.nplay", Saved(build("moons")))
    assert (tmp_path / "a.nplay").read_bytes() == (tmp_path / "b.nplay").read_bytes()


def test_that_a_json_is_plain_text_without_the_state(tmp_path: Path) -> None:
    write(tmp_path / "a.json", Saved(build("moons"), {}, STATE))
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["version"] == LATEST
    assert read(tmp_path / "a.json") == Saved(build("moons"))


@pytest.mark.parametrize("missing", STATE_NAMES)
def test_that_an_incomplete_state_is_refused(tmp_path: Path, missing: str) -> None:
    state = {name: data for name, data in STATE.items() if name != missing}
    write(tmp_path / "a.nplay", Saved(build("moons"), {}, state))
    assert read(tmp_path / "a.nplay").state is None


def test_that_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("\ufeff" + to_json(build("moons")), encoding="utf-8")
    assert read(tmp_path / "a.json").project == build("moons")


def test_that_the_file_type_is_detected_from_the_content_not_the_name(tmp_path: Path) -> None:
    write(tmp_path / "a.nplay", Saved(build("moons")))
    (tmp_path / "a.nplay").rename(tmp_path / "b.json")
    assert read(tmp_path / "b.json").project == build("moons")


def test_that_an_unknown_layer_is_kept_with_its_options_and_wires() -> None:
    plain = json.loads(to_json(build("moons")))
    options = {"qubits": 3, "gate": {"kind": "x", "at": [1, 2]}, "self": 1}
    node = {"id": "quantum1", "kind": "Quantum", "options": options, "x": 1.0, "y": 2.0}
    plain["graph"]["nodes"].append(node)
    wires = [
        {"source": "linear1", "target": "quantum1", "target_port": "left"},
        {"source": "relu1", "target": "quantum1", "target_port": "left"},
    ]
    plain["graph"]["edges"] += wires
    again = json.loads(to_json(from_json(json.dumps(plain)).project))
    assert again["graph"]["nodes"][-1] == node
    assert again["graph"]["edges"][-2:] == wires


def test_that_a_block_of_an_older_file_opens_and_is_saved_in_the_new_form() -> None:
    content = {
        "nodes": [{"id": "a", "kind": "Linear"}, {"id": "b", "kind": "Add"}],
        "edges": [{"source": "a", "target": "b"}],
        "inputs": [["a", "in"], ["b", "in"]],
        "output": ["b", "out"],
    }
    nodes = [
        {"id": "x", "kind": "Input"},
        {"id": "block1", "kind": "Block", "options": {"name": "Old", "content": content}},
        {"id": "y", "kind": "Output"},
    ]
    edges = [{"source": "x", "target": "block1"}, {"source": "block1", "target": "y"}]
    project = from_json(json.dumps({"graph": {"nodes": nodes, "edges": edges}})).project
    saved = json.loads(to_json(project))["graph"]["nodes"][1]["options"]["content"]
    assert saved["inputs"] == [{"name": "in", "to": [["a", "in"], ["b", "in"]]}]
    assert saved["outputs"] == [{"name": "out", "from": ["b", "out"]}]
    assert from_json(to_json(project)).project == project


def test_that_a_newer_version_is_refused_with_the_advice_to_update() -> None:
    plain = json.loads(to_json(build("moons"))) | {"version": LATEST + 1, "what": "is new"}
    with pytest.raises(NewerVersionError, match=r"newer Playground .* Update Playground"):
        from_json(json.dumps(plain))


def test_that_a_lone_surrogate_in_a_name_can_be_saved(
    tmp_path: Path,
) -> None:
    project = build("moons")
    project = project.with_graph(project.graph.rename("relu1", "half \ud83d"))
    write(tmp_path / "a.nplay", Saved(project))
    assert read(tmp_path / "a.nplay").project.graph.nodes["relu1"].name == "half ?"


# Saving that fails


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("name", ["a.nplay", "a.json"])
def test_that_a_full_disk_leaves_the_old_file_intact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, name: str
) -> None:
    path = tmp_path / name
    write(path, Saved(build("moons")))
    before = path.read_bytes()
    monkeypatch.setattr(os, step, full_disk)
    with pytest.raises(FileError, match="cannot be written: No space left"):
        write(path, Saved(build("digits-cnn")))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_that_a_view_that_is_not_json_leaves_no_file_behind(tmp_path: Path) -> None:
    for view in ({"zoom": float("nan")}, {"zoom": object()}):
        with pytest.raises(FileError, match="cannot be written as JSON"):
            write(tmp_path / "a.nplay", Saved(build("moons"), view))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("place", ["no/such/folder/a.nplay", "a\0b.nplay"])
def test_that_an_unwritable_path_is_reported(tmp_path: Path, place: str) -> None:
    with pytest.raises(FileError, match="cannot be written"):
        write(tmp_path / place, Saved(build("moons")))


@pytest.mark.skipif(os.name == "nt", reason="links and permissions as Unix has them")
def test_that_links_and_permissions_survive_saving(tmp_path: Path) -> None:
    target, link = tmp_path / "target.nplay", tmp_path / "link.nplay"
    write(target, Saved(build("moons")))
    target.chmod(0o600)
    link.symlink_to(target)
    write(link, Saved(build("digits-cnn")))
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o600
    assert read(target).project == build("digits-cnn")
