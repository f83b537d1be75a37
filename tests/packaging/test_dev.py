"""packaging/dev.py: an old Python gets a clear message; the verbs work from any folder."""

import ast
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import dev
import pytest
import verbs
from commands import SetupError
from machine import SystemPart

DEV = Path(dev.__file__)


def test_that_an_old_python_is_named_in_one_line_with_what_is_needed() -> None:
    words = dev.refusal((3, 8, 10), "/usr/bin/python3")
    assert "3.11" in words
    assert "3.8.10 (/usr/bin/python3)" in words
    assert "\n" not in words


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 2), (4, 0, 0)])
def test_that_a_python_new_enough_is_not_refused(version: tuple[int, int, int]) -> None:
    assert dev.refusal(version, "python3") == ""


def test_that_the_launcher_is_readable_by_pythons_that_it_refuses() -> None:
    ast.parse(DEV.read_text("utf-8"), feature_version=(3, 4))
    assert "f'" not in DEV.read_text("utf-8")
    assert 'f"' not in DEV.read_text("utf-8")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Set-up done, and lint, types and test ending with the codes of this dict."""
    codes = {"lint": 0, "types": 0, "test": 0}
    monkeypatch.setattr(verbs, "set_up", lambda verb: None)
    monkeypatch.setattr(verbs, "lint", lambda: codes["lint"])
    monkeypatch.setattr(verbs, "types", lambda: codes["types"])

    def run_tests(arguments: Sequence[str]) -> int:
        print("= 3 passed in 1.0s =")
        return codes["test"]

    monkeypatch.setattr(verbs, "test", run_tests)
    return codes


def test_that_check_ends_with_the_closing_line_of_the_tests(
    steps: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verbs.main(["check"], usage="") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "= 3 passed in 1.0s ="


@pytest.mark.parametrize("failing", ["lint", "types"])
def test_that_check_stops_at_the_first_failure_and_names_it(
    steps: dict[str, int], capsys: pytest.CaptureFixture[str], failing: str
) -> None:
    steps[failing] = 7
    assert verbs.main(["check"], usage="") == 7
    assert capsys.readouterr().out == f"check stopped at {failing}\n"


def test_that_check_fails_when_the_tests_fail(steps: dict[str, int]) -> None:
    steps["test"] = 1
    assert verbs.main(["check"], usage="") == 1


@pytest.mark.parametrize("failure", [SetupError("no pip"), PermissionError(13, "denied", "/x")])
def test_that_a_failing_setup_prints_a_message_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], failure: Exception
) -> None:
    def fail(verb: str) -> None:
        raise failure

    monkeypatch.setattr(verbs, "set_up", fail)
    assert verbs.main(["test"], usage="") == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line in ("dev.py: no pip", "dev.py: denied: /x")


@pytest.mark.parametrize(
    ("verb", "display", "necessary", "wanted"),
    [
        ("lint", ":0", set(), set()),
        ("run", "", {"libEGL.so.1"}, set()),
        ("run", ":0", {"libEGL.so.1", "libxcb-cursor.so.0"}, set()),
        ("test", "", {"libEGL.so.1"}, {"libxcb-cursor.so.0", "Xvfb"}),
    ],
)
def test_that_each_verb_asks_only_for_the_parts_that_it_needs(
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    display: str,
    necessary: set[str],
    wanted: set[str],
) -> None:
    asked: list[Sequence[SystemPart]] = []
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setattr(verbs, "is_linux", lambda: True)
    monkeypatch.setattr(verbs, "venv_version", lambda: "3.11")
    monkeypatch.setattr(verbs, "provide_parts", lambda *parts: asked.extend(parts))
    monkeypatch.setattr(verbs, "provide_packages", lambda version: None)
    verbs.provide_everything(verb)
    engine_events = {"libEGL.so.1", "libxcb-cursor.so.0", "Xvfb"}
    first, second = ({part.file for part in parts} & engine_events for parts in asked)
    assert (first, second) == (necessary, wanted)


@pytest.mark.parametrize("words", [["fly"], ["lint", "more"], []])
def test_that_unknown_verbs_are_refused_from_any_folder(tmp_path: Path, words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, str(DEV), *words],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "lint" in done.stdout
    assert done.stderr == ""


def test_that_tools_run_in_the_repository_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(verbs, "venv_python", lambda: Path(sys.executable))
    show = "import os; print(os.getcwd(), os.environ['QT_QPA_PLATFORM'])"
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    assert verbs.run_visibly(["-c", show], QT_QPA_PLATFORM="offscreen") == 0
    assert capfd.readouterr().out.split() == [str(DEV.parent.parent), "offscreen"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], [*verbs.IN_PARALLEL, *verbs.COVERAGE]),
        (["--quick"], [*verbs.QUICK]),
        (["--quick", "tests/graph"], [*verbs.QUICK, "tests/graph"]),
        (["tests/graph", "-x"], ["tests/graph", "-x"]),
    ],
)
def test_that_a_selection_of_tests_is_neither_measured_nor_parallel(
    monkeypatch: pytest.MonkeyPatch, words: list[str], expected: list[str]
) -> None:
    run: list[Sequence[str]] = []
    monkeypatch.setattr(verbs, "run_visibly", lambda arguments, **_: run.append(arguments) or 0)
    assert verbs.test(words) == 0
    assert run == [["-m", "pytest", *expected]]


@pytest.mark.slow
def test_that_the_closing_line_of_pytest_follows_the_table_of_coverage(tmp_path: Path) -> None:
    (tmp_path / "measured.py").write_text("def one():\n    return 1\n")
    (tmp_path / "test_it.py").write_text(
        "import measured\n\n\ndef test_one():\n    assert measured.one() == 1\n"
    )
    words = [word if word != "--cov" else "--cov=measured" for word in verbs.COVERAGE]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "1", "--dist", "loadfile", *words, "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.strip().splitlines()
    assert "1 passed" in lines[-1]
    assert any(line.startswith("TOTAL") for line in lines[:-1])
