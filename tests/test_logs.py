"""The log of a process: its file, what ends up in it, and what a report says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from playground import logs
from playground.diagnostics import report, without_home


def run_in_process(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """A process of its own, which logs to `folder`."""
    return subprocess.run(
        [sys.executable, "-c", f"from playground import logs\nlogs.start('window')\n{program}"],
        capture_output=True,
        text=True,
        env={**os.environ, logs.FOLDER_VARIABLE: str(folder)},
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("1 / 0", "ZeroDivisionError"),
        (
            "import threading\nthread = threading.Thread(target=lambda: 1 / 0, name='adder')\n"
            "thread.start()\nthread.join()",
            "uncaught exception in adder",
        ),
        ("import warnings\nwarnings.warn('careful')", "careful"),
        ("import logging\nlogging.getLogger('playground.app').info('opened')", "opened"),
    ],
)
def test_that_errors_warnings_and_messages_are_logged(
    tmp_path: Path, program: str, expected: str
) -> None:
    run_in_process(tmp_path, program)
    assert expected in (tmp_path / "window.log").read_text(encoding="utf-8")


def test_that_uncaught_exceptions_are_still_printed(tmp_path: Path) -> None:
    assert "ZeroDivisionError" in run_in_process(tmp_path, "1 / 0").stderr


def test_that_a_native_crash_leaves_its_stack(tmp_path: Path) -> None:
    done = run_in_process(tmp_path, "import faulthandler\nfaulthandler._sigsegv()")
    assert done.returncode != 0
    assert "Segmentation fault" in (tmp_path / "window-crash.log").read_text(encoding="utf-8")


def test_that_a_full_log_file_is_rotated(tmp_path: Path) -> None:
    fill = "import logging\nfor _ in range(30): logging.getLogger('x').info('y' * 100_000)"
    run_in_process(tmp_path, fill)
    sizes = [path.stat().st_size for path in tmp_path.glob("window.log*")]
    assert 3 <= len(sizes) <= 1 + logs.OLD_FILES
    assert max(sizes) <= logs.MAX_BYTES


def test_that_a_folder_that_cannot_be_written_does_not_keep_from_starting(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = run_in_process(blocked / "logs", "print('started')")
    assert (done.returncode, done.stdout) == (0, "started\n")
    assert "no log file can be written" in done.stderr


def test_that_tests_do_not_write_to_the_log_folder_of_the_user() -> None:
    assert os.environ[logs.FOLDER_VARIABLE] == str(logs.folder())


def test_that_recent_lines_are_the_last_ones_of_each_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(logs.FOLDER_VARIABLE, str(tmp_path))
    assert logs.recent() == ""
    for name in ("engine", "window"):
        (tmp_path / f"{name}.log").write_text("\n".join(f"{name} {i}" for i in range(100)))
    assert (
        logs.recent(2) == "engine.log:\nengine 98\nengine 99\n\nwindow.log:\nwindow 98\nwindow 99"
    )


def test_that_a_report_names_versions_devices_and_the_log_but_no_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(logs.FOLDER_VARIABLE, str(tmp_path))
    (tmp_path / "window.log").write_text(f"{Path.home() / 'secret.nplay'} cannot be read")
    text = report(("cpu", "cuda"))
    for expected in ("playground: ", "torch: ", "devices: cpu, cuda", "secret.nplay"):
        assert expected in text
    assert without_home(str(Path.home())) == "~"
    assert str(Path.home()) not in text
