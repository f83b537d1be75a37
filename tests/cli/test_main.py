"""The words of the command line, exit codes, and errors in one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from playground import __version__
from playground.cli import VERBS, main
from tests.cli.command import ROOT, environment, playground

LOADED = """
import sys
from playground.cli import main
main(sys.argv[1:])
heavy = {"torch", "PySide6", "rich", "numpy", "sklearn"} & set(sys.modules)
print("\\nloaded", *sorted(heavy))
"""


@pytest.fixture(params=sorted(VERBS))
def verb(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_that_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: playground {verb}")


@pytest.mark.parametrize(
    "words",
    [
        ["train"],
        ["train", "a.nplay", "--epochs", "many"],
        ["train", "a.nplay", "--epochs", "0"],
        ["train", "a.nplay", "--epochs", "1", "--steps", "1"],
        ["train", "a.nplay", "--device", "tpu"],
        ["train", "a.nplay", "--seed", "-1"],
        ["probe", "a.nplay"],
        ["screenshot", "a.nplay", "a.png", "--size", "big"],
        ["screenshot", "a.nplay", "a.png", "--theme", "pink"],
        ["check", "a.nplay", "--nonsense"],
        ["new", "moons"],
        ["chek"],
        ["--nonsense"],
    ],
    ids=" ".join,
)
def test_that_wrong_usage_is_reported_in_one_line_with_code_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("playground: ")
    assert printed.err.count("\n") == 1


def test_that_a_mistyped_verb_gets_a_proposal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trian"]) == 2
    assert "did you mean train?" in capsys.readouterr().err


def test_that_a_missing_file_is_reported_in_one_line_with_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.nplay")
    for words in (["check", missing], ["train", missing], [missing], ["export", missing, "a.py"]):
        assert main(words) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err == f"playground: File not found: {missing}.\n"


def test_that_debug_anywhere_shows_the_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.nplay")
    for words in (["--debug", "check", missing], ["check", "--debug", missing]):
        assert main(words) == 1
        assert "Traceback" in capsys.readouterr().err


def test_that_an_unexpected_error_is_one_line_too(
    moons: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> int:
        raise KeyError("two\nlines")

    monkeypatch.setattr("playground.verbs.check.check_file", fail)
    assert main(["check", str(moons)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("playground: KeyError")
    assert error.count("\n") == 1


def test_that_a_missing_library_leads_to_the_doctor(
    moons: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> int:
        raise ImportError("libEGL.so.1: cannot open shared object file")

    monkeypatch.setattr("playground.verbs.window.open_file", fail)
    assert main([str(moons)]) == 1
    assert "playground doctor" in capsys.readouterr().err


def test_that_a_file_alone_opens_it(moons: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path | None] = []

    def open_file(path: Path | None) -> int:
        opened.append(path)
        return 0

    monkeypatch.setattr("playground.verbs.window.open_file", open_file)
    assert main([str(moons)]) == 0
    assert main([]) == 0
    assert main(["open", str(moons)]) == 0
    assert opened == [moons, None, moons]


def test_that_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"playground {__version__}\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (["--version"], set()),
        (["check", "FILE", "--json"], {"numpy"}),
        (["new", "moons", "NEW"], {"numpy", "rich"}),
        (["catalog", "--json"], {"numpy"}),
        (["export", "FILE", "OUT.py"], {"numpy"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_that_a_verb_loads_no_more_than_it_needs(
    words: list[str], allowed: set[str], moons: Path
) -> None:
    names = {"FILE": str(moons), "NEW": str(moons) + "2.nplay", "OUT.py": str(moons) + ".py"}
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *(names.get(word, word) for word in words)],
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )
    loaded = set(done.stdout.splitlines()[-1].split()[1:])
    assert loaded <= allowed


def test_that_a_reader_who_leaves_early_is_no_error() -> None:
    command = [sys.executable, "-m", "playground", "catalog", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(90) in (0, 141)


def heed_ctrl_c() -> None:
    """Undo what a background shell or nohup set for all that it starts: SIGINT ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_that_ctrl_c_ends_quietly_with_code_130(moons: Path) -> None:
    command = [sys.executable, "-m", "playground", "train", str(moons)]
    with subprocess.Popen(
        [*command, "--epochs", "1000000", "--json"],
        preexec_fn=heed_ctrl_c,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for _ in range(3):
            process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(90) == 130
        assert process.stderr.read() == b""


@pytest.mark.slow
def test_that_it_runs_as_a_module_from_any_folder(moons: Path) -> None:
    done = playground("check", moons.name, cwd=moons.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert "can be trained" in done.stdout
