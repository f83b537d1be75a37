"""The verbs that write pictures, scripts and tables: export and screenshot."""

from __future__ import annotations

import csv
import struct
from pathlib import Path

import pytest

from playground.cli import main
from tests.cli.command import playground

Capture = pytest.CaptureFixture[str]


def _png_size(path: Path) -> tuple[int, int]:
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def test_that_a_script_is_written(moons: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "net.py"
    assert main(["export", str(moons), str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    compile(out.read_text(encoding="utf-8"), str(out), "exec")


def test_that_the_curves_are_written(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "curves.csv"
    assert main(["export", str(trained), str(out)]) == 0
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]


def test_that_a_project_without_a_run_has_no_curves(
    moons: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert main(["export", str(moons), str(tmp_path / "curves.csv")]) == 1
    assert "Train it first" in capsys.readouterr().err
    assert not (tmp_path / "curves.csv").exists()


def test_that_an_unknown_suffix_is_refused(moons: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["export", str(moons), str(tmp_path / "net.onnx")]) == 1
    assert ".py, .png, .svg, .csv" in capsys.readouterr().err


def test_that_a_missing_folder_is_reported(moons: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["export", str(moons), str(tmp_path / "nowhere" / "net.py")]) == 1
    printed = capsys.readouterr().err
    assert "No such file or directory" in printed
    assert printed.count("\n") == 1


@pytest.mark.slow
def test_that_the_canvas_is_drawn(moons: Path) -> None:
    for name in ("canvas.png", "canvas.svg"):
        done = playground("export", moons, moons.with_name(name))
        assert done.returncode == 0, done.stderr
    assert min(_png_size(moons.with_name("canvas.png"))) > 100
    assert "<svg" in moons.with_name("canvas.svg").read_text(encoding="utf-8")[:1000]


@pytest.mark.slow
def test_that_the_window_is_drawn_after_some_epochs(moons: Path) -> None:
    out = moons.with_name("window.png")
    done = playground("screenshot", moons, out, "--epochs", 3, "--size", "1320x840")
    assert (done.returncode, done.stderr) == (0, "")
    assert _png_size(out) == (1320, 840)


@pytest.mark.slow
def test_that_a_screenshot_of_an_unknown_panel_is_refused(moons: Path) -> None:
    done = playground("screenshot", moons, moons.with_name("a.png"), "--panel", "none")
    assert done.returncode == 1
    assert done.stderr.startswith("playground: ")
    assert done.stderr.count("\n") == 1


def test_that_a_screenshot_is_a_png(moons: Path, capsys: Capture) -> None:
    assert main(["screenshot", str(moons), "a.jpg"]) == 1
    assert ".png" in capsys.readouterr().err
