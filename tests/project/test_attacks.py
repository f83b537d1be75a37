"""Hostile and broken files always end in a FileError of one line: `attacks/` and the zips below."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.project import file
from playground.project.file import PROJECT, STATE_NAMES, FileError, read, to_json
from playground.project.templates import build

# A file that makes the reader slow is an attack too.
pytestmark = pytest.mark.timeout(60)

ATTACKS = sorted((Path(__file__).parent / "attacks").glob("*.json"))
GOOD = to_json(build("moons"))


def assert_refused(path: Path) -> str:
    with pytest.raises(FileError) as caught:
        read(path)
    text = str(caught.value)
    assert "\n" not in text
    assert 10 < len(text) < 600, text
    return text


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_that_a_hostile_project_json_is_refused_in_one_line(path: Path) -> None:
    assert_refused(path)


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_that_a_hostile_project_json_is_refused_inside_a_zip(path: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.nplay", "w") as archive:
        archive.writestr(PROJECT, path.read_bytes())
    assert_refused(tmp_path / "a.nplay")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("edge-to-nowhere", "An edge names node 'zzz', which is not there."),
        ("id-twice", "There are two nodes called 'a'."),
        ("cycle", "The edges close a loop, and node 'a' depends on it."),
        ("edge-taken-input", "Two edges end on input 'in' of node 'c'"),
        ("option-text", "Node 'a': Linear: out_features: .* \\(got 'eight'\\)"),
        ("place-nan", "NaN is not a number"),
        ("place-1e999", "'1e999' is too large a number"),
        ("deep-view", "nested deeper than 64 levels"),
        ("data-unknown", "\"data\": Unknown dataset 'pickle'. Available: moons"),
        ("no-graph", 'no "graph"'),
        ("version-text", "\"version\" must be a number from 1 to 2, got '1'"),
    ],
)
def test_that_a_refusal_names_the_place_and_what_was_found(name: str, message: str) -> None:
    with pytest.raises(FileError, match=message):
        read(Path(__file__).parent / "attacks" / f"{name}.json")


def test_that_nesting_too_deep_for_the_reader_itself_is_refused(tmp_path: Path) -> None:
    for text in ("[" * 200_000, '{"graph":' * 100_000, '{"a":' * 999 + "1" + "}" * 999):
        (tmp_path / "deep.json").write_text(text)
        assert_refused(tmp_path / "deep.json")


def test_that_a_graph_with_too_many_nodes_is_refused(tmp_path: Path) -> None:
    nodes = [{"id": f"n{i}", "kind": "ReLU"} for i in range(10_001)]
    (tmp_path / "many.json").write_text(json.dumps({"graph": {"nodes": nodes}}))
    assert "at most 10,000" in assert_refused(tmp_path / "many.json")


def test_that_a_graph_within_the_limit_is_read(tmp_path: Path) -> None:
    nodes = [{"id": f"n{i}", "kind": "ReLU"} for i in range(5000)]
    edges = [{"source": f"n{i}", "target": f"n{i + 1}"} for i in range(4999)]
    (tmp_path / "many.json").write_text(json.dumps({"graph": {"nodes": nodes, "edges": edges}}))
    assert len(read(tmp_path / "many.json").project.graph.nodes) == 5000


# Files that are no project at all


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"PK\x03\x04",
        b"PK\x03\x04" + b"\0" * 100,
        b"\x80\x04\x95",
        b"\xff\xfe{}",
        b"\0" * 9,
    ],
    ids=repr,
)
def test_that_bytes_that_are_not_a_project_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.nplay").write_bytes(content)
    assert_refused(tmp_path / "a.nplay")


def test_that_places_without_a_file_are_refused(tmp_path: Path) -> None:
    assert "File not found" in assert_refused(tmp_path / "none.nplay")
    assert "not a file" in assert_refused(tmp_path)
    assert_refused(Path("a\0b"))
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert "not a file" in assert_refused(tmp_path / "pipe")


def test_that_a_json_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a.json").open("wb") as stream:
        stream.truncate(file.MAX_PROJECT_BYTES + 1)
    assert "too large" in assert_refused(tmp_path / "a.json")


# Zips


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def whole() -> bytes:
    return zipped(project__json=GOOD.encode())


def flipped_data() -> bytes:
    data = bytearray(whole())
    for i in range(60, 90):
        data[i] ^= 0xFF
    return bytes(data)


def claiming(size: int) -> bytes:
    """The project's own member claims to be of another size."""
    data = bytearray(whole())
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", size)
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(whole())
    central = data.rindex(b"PK\x01\x02")
    data[6] |= 1
    data[central + 8] |= 1
    return bytes(data)


def unknown_compression() -> bytes:
    data = bytearray(whole())
    central = data.rindex(b"PK\x01\x02")
    data[8], data[central + 10] = 97, 97
    return bytes(data)


ZIPS: dict[str, Callable[[], bytes]] = {
    "without a project": lambda: zipped(other__json=b"{}"),
    "empty": lambda: zipped(),
    "a project in a folder": lambda: zipped(**{"up/project__json": GOOD.encode()}),
    "not text": lambda: zipped(project__json=b"\xff\xfe\x00"),
    "half": lambda: whole()[: len(whole()) // 2],
    "without its end": lambda: whole()[:-30],
    "flipped data": flipped_data,
    "claims to be small": lambda: claiming(10),
    "encrypted": encrypted,
    "unknown compression": unknown_compression,
    "bomb": lambda: zipped(project__json=b" " * (file.MAX_PROJECT_BYTES + 2)),
}


@pytest.mark.parametrize("name", ZIPS)
def test_that_a_broken_zip_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.nplay").write_bytes(ZIPS[name]())
    assert_refused(tmp_path / "a.nplay")


def test_that_a_zip_that_claims_to_be_huge_is_read_by_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "a.nplay").write_bytes(claiming(0xFFFF_FFF0))
    assert read(tmp_path / "a.nplay").project == build("moons")


def test_that_a_state_that_unpacks_a_hundredfold_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "FREE_STATE_BYTES", 1000)
    state = {name.replace(".", "__"): b"\0" * 3_000_000 for name in STATE_NAMES}
    (tmp_path / "a.nplay").write_bytes(zipped(project__json=GOOD.encode(), **state))
    assert "larger than" in assert_refused(tmp_path / "a.nplay")


def test_that_unknown_members_are_never_unpacked(tmp_path: Path) -> None:
    content = zipped(project__json=GOOD.encode(), **{"../../evil__py": b"import os"})
    (tmp_path / "a.nplay").write_bytes(content)
    assert read(tmp_path / "a.nplay").project == build("moons")
    assert [path.name for path in tmp_path.iterdir()] == ["a.nplay"]
