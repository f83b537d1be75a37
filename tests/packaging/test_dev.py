"""packaging/dev.py on machines that lack something: what is named, what is mended, what is left."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import dev
import environment
import machine
import pytest
import verbs
from commands import SetupError
from machine import QT_PARTS, VENV_MODULE, SystemPart

DEV = Path(dev.__file__)
EGL = SystemPart("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd")
XVFB = SystemPart("Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb")
ENSUREPIP = SystemPart(VENV_MODULE, "python3.11-venv", "python3", "python")

Runs = list[list[str]]


class Shell:
    """Stands in for run_quietly: notes each command, answers as it was told to."""

    def __init__(self) -> None:
        self.ran: Runs = []
        self.answers: list[tuple[str, int, str]] = []
        self.effects: list[tuple[str, Callable[[], object]]] = []

    def answer(self, part: str, code: int, printed: str) -> None:
        self.answers.append((part, code, printed))

    def __call__(self, command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
        self.ran.append(list(command))
        line = " ".join(command)
        for part, effect in self.effects:
            if part in line:
                effect()
        for part, code, printed in self.answers:
            if part in line:
                return code, printed
        return 0, ""

    def lines(self, part: str) -> list[str]:
        return [line for line in map(" ".join, self.ran) if part in line]


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Shell:
    fake = Shell()
    monkeypatch.setattr(machine, "run_quietly", fake)
    monkeypatch.setattr(environment, "run_quietly", fake)
    return fake


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: Shell) -> Path:
    """A .venv in a folder of its own, whose interpreter answers as one that works."""
    folder = tmp_path / ".venv"
    monkeypatch.setattr(environment, "VENV", folder)
    python = environment.venv_python()
    python.parent.mkdir(parents=True)
    python.touch()
    shell.answer("import pip", 0, "3.11\n")
    return folder


def lacking(monkeypatch: pytest.MonkeyPatch, absent: set[SystemPart]) -> set[SystemPart]:
    """Make the machine lack `absent`, and nothing else."""
    monkeypatch.setattr(machine, "is_present", lambda part: part not in absent)
    return absent


def with_programs(monkeypatch: pytest.MonkeyPatch, *programs: str) -> None:
    def which(name: str) -> str | None:
        return f"/usr/bin/{name}" if name in programs else None

    monkeypatch.setattr(shutil, "which", which)


def as_root(monkeypatch: pytest.MonkeyPatch, is_root: bool) -> None:
    monkeypatch.setattr(machine, "is_root", lambda: is_root)


# ----------------------------------------------------------------------------------- Python


def test_that_an_old_python_is_named_in_one_line_with_what_is_needed() -> None:
    words = dev.refusal((3, 8, 10), "/usr/bin/python3")
    assert "3.11" in words
    assert "3.8.10 (/usr/bin/python3)" in words
    assert "\n" not in words


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 2), (4, 0, 0)])
def test_that_a_python_new_enough_is_not_refused(version: tuple[int, int, int]) -> None:
    assert dev.refusal(version, "python3") == ""


def test_that_the_launcher_is_readable_by_pythons_that_it_refuses() -> None:
    import ast

    ast.parse(DEV.read_text("utf-8"), feature_version=(3, 4))
    assert "f'" not in DEV.read_text("utf-8")
    assert 'f"' not in DEV.read_text("utf-8")


# ----------------------------------------------------------------------------- system parts


def test_that_without_root_a_missing_qt_library_stops_with_the_exact_line(
    monkeypatch: pytest.MonkeyPatch, shell: Shell
) -> None:
    lacking(monkeypatch, {EGL})
    with_programs(monkeypatch, "apt-get")
    as_root(monkeypatch, False)
    with pytest.raises(SetupError) as stopped:
        machine.provide_parts(QT_PARTS, [])
    assert "libEGL.so.1" in str(stopped.value)
    assert str(stopped.value).splitlines()[-1].strip() == (
        "sudo apt-get update && sudo apt-get install -y libegl1"
    )
    assert shell.ran == []


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("dnf", "sudo dnf install -y libglvnd-egl xorg-x11-server-Xvfb"),
        ("pacman", "sudo pacman -S --needed libglvnd xorg-server-xvfb"),
    ],
)
def test_that_other_systems_get_the_line_of_their_own_installer(
    monkeypatch: pytest.MonkeyPatch, program: str, line: str
) -> None:
    with_programs(monkeypatch, program)
    as_root(monkeypatch, False)
    assert machine.install_line([EGL, XVFB]) == line


def test_that_an_unknown_system_is_told_the_names_of_the_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_programs(monkeypatch)
    assert "libEGL.so.1, Xvfb" in machine.install_line([EGL, XVFB])


def test_that_a_missing_venv_module_gives_the_apt_line(
    monkeypatch: pytest.MonkeyPatch, shell: Shell
) -> None:
    lacking(monkeypatch, {ENSUREPIP})
    with_programs(monkeypatch, "apt-get")
    as_root(monkeypatch, False)
    with pytest.raises(SetupError, match=r"apt-get install -y python3\.11-venv$"):
        machine.provide_parts([ENSUREPIP], [])


def test_that_root_on_debian_gets_what_is_missing_installed(
    monkeypatch: pytest.MonkeyPatch, shell: Shell
) -> None:
    absent = lacking(monkeypatch, {EGL, XVFB})
    with_programs(monkeypatch, "apt-get")
    as_root(monkeypatch, True)
    shell.effects.append((" install ", absent.clear))
    machine.provide_parts([EGL], [XVFB])
    update, install = shell.ran
    assert update[-1] == "update"
    assert install[-2:] == ["libegl1", "xvfb"]


def test_that_parts_only_the_desktop_tests_want_do_not_stop_the_rest(
    monkeypatch: pytest.MonkeyPatch, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking(monkeypatch, {XVFB})
    with_programs(monkeypatch, "apt-get")
    as_root(monkeypatch, False)
    machine.provide_parts([EGL], [XVFB])
    said = capsys.readouterr().out
    assert "without Xvfb the desktop tests are skipped" in said
    assert "sudo apt-get install -y xvfb" in said


def test_that_a_failing_optional_package_does_not_keep_out_a_necessary_one(
    monkeypatch: pytest.MonkeyPatch, shell: Shell
) -> None:
    absent = lacking(monkeypatch, {EGL, XVFB})
    with_programs(monkeypatch, "apt-get")
    as_root(monkeypatch, True)
    shell.answer("xvfb", 100, "E: Unable to locate package xvfb")
    shell.effects.append(("recommends libegl1", lambda: absent.discard(EGL)))
    # apt-get takes all or nothing: the first attempt names both and installs neither.
    shell.effects.append(("libegl1 xvfb", lambda: absent.add(EGL)))
    machine.provide_parts([EGL], [XVFB])
    assert absent == {XVFB}


def test_that_a_library_is_asked_of_the_loader_and_a_program_of_the_path() -> None:
    nothing = SystemPart("libplayground-has-no-such.so.9", "", "", "")
    assert not machine.is_present(nothing)
    assert not machine.is_present(SystemPart("playground-has-no-such-program", "", "", ""))
    assert machine.is_present(ENSUREPIP)


# ------------------------------------------------------------------------------ environment


def test_that_packages_are_installed_once_and_again_when_the_lists_change(
    venv: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.provide_packages("3.11")
    environment.provide_packages("3.11")
    assert len(shell.lines("pip install")) == 1
    other = tmp_path / "constraints.txt"
    other.write_text("numpy==2.0.0\n", "utf-8")
    monkeypatch.setattr(environment, "CONSTRAINTS", other)
    environment.provide_packages("3.11")
    assert len(shell.lines("pip install")) == 2


def test_that_a_new_lint_rule_installs_nothing_and_a_new_dependency_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    project = tmp_path / "pyproject.toml"

    def stamp(text: str) -> str:
        project.write_text(text, "utf-8")
        return environment.wanted_stamp("3.11")

    plain = stamp('[project]\ndependencies = ["numpy"]\n')
    assert plain == stamp('[project]\ndependencies = ["numpy"]\n[tool.ruff]\nline-length = 80\n')
    assert plain != stamp('[project]\ndependencies = ["numpy", "torch"]\n')


def test_that_the_constraints_always_bind_the_installation(venv: Path, shell: Shell) -> None:
    environment.provide_packages("3.11")
    (line,) = shell.lines("pip install")
    assert f"-c {environment.CONSTRAINTS}" in line
    assert "torch==" in environment.CONSTRAINTS.read_text("utf-8")


@pytest.mark.parametrize(
    ("printed", "advice"),
    [
        ("WARNING: Retrying ... NewConnectionError(...)", "Connect to the network"),
        ("ERROR: No matching distribution found for hatchling>=1", "Connect to the network"),
        ("SSLError(CERTIFICATE_VERIFY_FAILED)", "PIP_CERT"),
        ("ERROR: [Errno 28] No space left on device", "Free some gigabytes"),
        ("ERROR: No matching distribution found for torch==2", "no build of a package"),
        ("ERROR: the moon is full", "the moon is full"),
    ],
)
def test_that_a_failing_pip_is_explained_and_leaves_no_stamp(
    venv: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch, printed: str, advice: str
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)
    shell.answer("pip install", 1, printed)
    with pytest.raises(SetupError) as stopped:
        environment.provide_packages("3.11")
    assert advice in str(stopped.value)
    assert not (venv / environment.STAMP).exists()
    assert (venv / environment.PIP_LOG).read_text("utf-8") == printed


def test_that_a_pip_without_an_index_is_told_which_setting_forbids_it(
    venv: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    shell.answer("pip install", 1, "ERROR: No matching distribution found for hatchling")
    with pytest.raises(SetupError, match="PIP_NO_INDEX forbids it"):
        environment.provide_packages("3.11")


def test_that_an_environment_cut_off_while_pip_wrote_is_not_trusted(
    venv: Path, shell: Shell
) -> None:
    def cut_off() -> None:
        raise KeyboardInterrupt

    assert environment.venv_version() == "3.11"
    shell.effects.append(("pip install", cut_off))
    with pytest.raises(KeyboardInterrupt):
        environment.provide_packages("3.11")
    assert environment.venv_version() == ""


def test_that_a_pip_that_failed_by_itself_leaves_the_environment_trusted(
    venv: Path, shell: Shell
) -> None:
    shell.answer("pip install", 1, "ERROR: offline")
    with pytest.raises(SetupError):
        environment.provide_packages("3.11")
    assert environment.venv_version() == "3.11"


@pytest.mark.parametrize(("code", "printed"), [(1, "No module named pip"), (0, "3.9\n")])
def test_that_an_environment_without_pip_or_of_an_old_python_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: Shell, code: int, printed: str
) -> None:
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    python = environment.venv_python()
    python.parent.mkdir(parents=True)
    python.touch()
    shell.answer("import pip", code, printed)
    assert environment.venv_version() == ""


def test_that_a_broken_environment_is_made_again_from_nothing(venv: Path, shell: Shell) -> None:
    remnant = venv / "remnant"
    remnant.touch()
    python = environment.venv_python()

    def make() -> None:
        python.parent.mkdir(parents=True)
        python.touch()

    shell.effects.append(("-m venv", make))
    environment.make_venv()
    assert not remnant.exists()
    assert environment.venv_version() == "3.11"


def test_that_a_venv_that_comes_out_broken_is_said_and_not_used(venv: Path, shell: Shell) -> None:
    shell.answer("-m venv", 0, "made, but without an interpreter")
    with pytest.raises(SetupError, match="could not make a working"):
        environment.make_venv()


def test_that_settings_that_point_outside_the_environment_are_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PYTHONPATH", "PIP_TARGET", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("PLAYGROUND_KEEPS", "this")
    clean = environment.clean_environment()
    assert "/elsewhere" not in clean.values()
    assert clean["PLAYGROUND_KEEPS"] == "this"


# ------------------------------------------------------------------------------------ verbs


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
def test_that_a_failing_set_up_ends_in_words_and_not_in_a_traceback(
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
    verbs.set_up(verb)
    telling = {"libEGL.so.1", "libxcb-cursor.so.0", "Xvfb"}
    first, second = ({part.file for part in parts} & telling for parts in asked)
    assert (first, second) == (necessary, wanted)


@pytest.mark.parametrize("words", [["fly"], ["lint", "more"], []])
def test_that_words_it_does_not_know_are_refused_from_any_folder(
    tmp_path: Path, words: list[str]
) -> None:
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
