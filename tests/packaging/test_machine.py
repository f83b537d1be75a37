"""packaging/machine.py: what the system lacks is installed, or named with the line to type."""

import shutil

import machine
import pytest
from commands import SetupError
from machine import QT_PARTS, VENV_MODULE, SystemPart

from tests.packaging.shell import Shell

EGL = SystemPart("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd")
XVFB = SystemPart("Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb")
ENSUREPIP = SystemPart(VENV_MODULE, "python3.11-venv", "python3", "python")


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


def test_that_without_root_a_missing_qt_library_stops_with_the_exact_command(
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
def test_that_other_systems_get_the_command_of_their_installer(
    monkeypatch: pytest.MonkeyPatch, program: str, line: str
) -> None:
    with_programs(monkeypatch, program)
    as_root(monkeypatch, False)
    assert machine.install_line([EGL, XVFB]) == line


def test_that_an_unknown_system_is_shown_the_names_of_the_files(
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


def test_that_a_failing_optional_package_does_not_block_a_required_one(
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
