"""packaging/environment.py: .venv is made once, fixed when broken, and a failing pip explained."""

from pathlib import Path

import environment
import pytest
import turns
from commands import SetupError

from tests.packaging.shell import Shell


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


def test_that_pip_without_an_index_names_the_setting_that_forbids_it(
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


def test_that_a_pip_failure_does_not_invalidate_the_environment(venv: Path, shell: Shell) -> None:
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


def test_that_a_broken_environment_is_created_again(venv: Path, shell: Shell) -> None:
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


def test_that_a_venv_that_is_created_broken_is_reported_and_not_used(
    venv: Path, shell: Shell
) -> None:
    shell.answer("-m venv", 0, "made, but without an interpreter")
    with pytest.raises(SetupError, match="could not make a working"):
        environment.make_venv()


def test_that_settings_that_point_outside_the_environment_are_removed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PYTHONPATH", "PIP_TARGET", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("PLAYGROUND_KEEPS", "this")
    clean = environment.clean_environment()
    assert "/elsewhere" not in clean.values()
    assert clean["PLAYGROUND_KEEPS"] == "this"


def test_that_two_setups_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("w", encoding="utf-8") as other:
        with turns.turn(path):
            assert not turns.try_to_take(other)
        assert turns.try_to_take(other)
