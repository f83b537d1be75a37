"""What a window kept is offered once its process is gone, and only then."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from playground.project.file import STATE_NAMES, FileError, Saved, read, write
from playground.project.recovery import Recovery
from playground.project.templates import build

SAVED = Saved(build("moons"), {"zoom": 2})
DIES = """
import os, sys
from pathlib import Path
from playground.project.file import Saved
from playground.project.recovery import Recovery
from playground.project.templates import build
recovery = Recovery(Path(sys.argv[1]))
recovery.keep("w1", Saved(build("moons"), {"zoom": 2}), Path("/home/me/own.nplay"))
print("kept", flush=True)
if sys.argv[2] == "wait":
    sys.stdin.read()
os._exit(9)
"""


def start(folder: Path, how: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", DIES, str(folder), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "kept\n"
    return process


def test_that_work_is_offered_after_a_crash_but_not_while_its_window_runs(tmp_path: Path) -> None:
    before = time.time()
    recovery = Recovery(tmp_path)
    with start(tmp_path, "wait") as process:
        assert recovery.found() == ()
        assert recovery.claim("w1") is None
        process.kill()
        process.wait()
        (found,) = recovery.found()
        assert found.pid == process.pid
    assert found.window_id == "w1"
    assert found.saved == SAVED
    assert found.original_path == Path("/home/me/own.nplay")
    assert before <= found.kept_at <= time.time()


def left_behind(folder: Path, window_id: str, path: Path | None = None) -> None:
    """As if a process had kept this and died: its locks are free."""
    recovery = Recovery(folder)
    recovery.keep(window_id, SAVED, path)
    recovery.close()


def test_that_only_one_window_can_claim_a_recovery_file(tmp_path: Path) -> None:
    left_behind(tmp_path, "w1")
    first, second = Recovery(tmp_path), Recovery(tmp_path)
    assert len(first.found()) == len(second.found()) == 1
    claimed = first.claim("w1")
    assert claimed is not None
    assert claimed.original_path is None
    assert second.claim("w1") is None
    assert second.found() == first.found() == ()
    with pytest.raises(FileError, match="another window"):
        second.keep("w1", SAVED, None)
    first.keep("w1", SAVED, None)
    first.close()
    assert len(second.found()) == 1


def test_that_discarding_removes_the_recovery_file(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    recovery.keep("w1", SAVED, None)
    recovery.keep("w1", SAVED, Path("a.nplay"))
    recovery.discard("w1")
    recovery.discard("w1")
    recovery.discard("never")
    assert not list(tmp_path.iterdir())


def test_that_a_claimed_recovery_file_can_be_discarded(tmp_path: Path) -> None:
    left_behind(tmp_path, "w1")
    recovery = Recovery(tmp_path)
    assert recovery.claim("w1")
    recovery.discard("w1")
    assert not list(tmp_path.iterdir())


def test_that_the_newest_recovery_file_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for window_id, second in (("a", 10.0), ("b", 30.0), ("c", 20.0)):
        monkeypatch.setattr(time, "time", lambda second=second: second)
        left_behind(tmp_path, window_id)
    assert [found.window_id for found in Recovery(tmp_path).found()] == ["b", "c", "a"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half", b"{}", b"\x00" * 100])
def test_that_damaged_recovery_files_are_set_aside_and_named(
    tmp_path: Path, content: bytes
) -> None:
    left_behind(tmp_path, "good")
    (tmp_path / "bad.nplay").write_bytes(content)
    recovery = Recovery(tmp_path)
    assert recovery.claim("bad") is None
    assert [found.window_id for found in recovery.found()] == ["good"]
    assert recovery.set_aside == [tmp_path / "bad.damaged.nplay"]
    assert (tmp_path / "bad.damaged.nplay").read_bytes() == content
    kept = ["bad.damaged.nplay", "good.lock", "good.nplay"]
    assert sorted(path.name for path in tmp_path.iterdir()) == kept
    assert [found.window_id for found in Recovery(tmp_path).found()] == ["good"]


@pytest.mark.parametrize("member", ["weights.safetensors", "training.json"])
def test_that_the_network_is_offered_if_only_its_weights_are_damaged(
    tmp_path: Path, member: str
) -> None:
    state = {name: f"{name} ".encode() * 50 for name in STATE_NAMES}
    window = Recovery(tmp_path)
    window.keep("w1", replace(SAVED, state=state), Path("/home/me/own.nplay"))
    window.close()
    path = tmp_path / "w1.nplay"
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo(member).header_offset + 30 + len(member) + 8
    content = bytearray(path.read_bytes())
    content[at] ^= 0b100  # one flipped bit, in what is packed
    path.write_bytes(content)
    with pytest.raises(FileError):
        read(path)

    recovery = Recovery(tmp_path)
    (found,) = recovery.found()
    assert found.saved == SAVED
    assert found.original_path == Path("/home/me/own.nplay")
    assert recovery.set_aside == [tmp_path / "w1.damaged.nplay"]
    assert (tmp_path / "w1.damaged.nplay").read_bytes() == content
    assert recovery.claim("w1") == found


def test_that_a_recovery_file_that_cannot_be_opened_now_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_behind(tmp_path, "w1")
    content = (tmp_path / "w1.nplay").read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        recovery = Recovery(tmp_path)
        assert recovery.found() == ()
        assert recovery.claim("w1") is None
    assert recovery.set_aside == []
    assert (tmp_path / "w1.nplay").read_bytes() == content
    assert [found.window_id for found in recovery.found()] == ["w1"]


def test_that_recovery_files_of_a_newer_version_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "new.nplay").write_text('{"version": 99, "graph": {}}')
    assert Recovery(tmp_path).found() == ()
    assert (tmp_path / "new.nplay").exists()


def test_that_unexpected_recovery_metadata_is_ignored(tmp_path: Path) -> None:
    for i, odd in enumerate(({"path": 3, "kept_at": "x", "pid": True}, [], {"kept_at": 10**30})):
        write(tmp_path / f"odd{i}.nplay", Saved(SAVED.project, {"recovery": odd}))
    for found in Recovery(tmp_path).found():
        assert (found.original_path, found.kept_at, found.pid) == (None, 0, 0)
        assert found.saved.view == {}


def test_that_a_missing_folder_is_empty(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path / "none")
    assert recovery.found() == ()
    assert recovery.claim("w1") is None
    recovery.discard("w1")
    recovery.keep("w1", SAVED, None)
    assert (tmp_path / "none" / "w1.nplay").exists()


def test_that_a_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="t create"):
        Recovery(tmp_path / "file" / "folder").keep("w1", SAVED, None)


@pytest.mark.parametrize("bad", ["", "../up", "a/b", "a.b", "a" * 65])
def test_that_a_window_id_that_is_a_path_is_refused(tmp_path: Path, bad: str) -> None:
    with pytest.raises(ValueError, match="window's id"):
        Recovery(tmp_path).keep(bad, SAVED, None)


def test_that_files_of_other_programs_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "my own.nplay").write_bytes(b"mine")
    (tmp_path / "readme.txt").write_bytes(b"mine")
    assert Recovery(tmp_path).found() == ()
    assert len(list(tmp_path.iterdir())) == 2
