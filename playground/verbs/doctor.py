"""doctor: check packages, devices, Qt and plug-ins, and say how to fix what is missing."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from playground import __version__
from playground.diagnostics import PACKAGES, report
from playground.translation import tr
from playground.verbs.answer import console
from playground.verbs.plugin_report import plugin_reports

DEBIAN = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
}
WINDOW_PACKAGES = "libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1"

# In processes of their own: a missing library ends the process that loads it.
QT = (
    "from PySide6.QtCore import qVersion; from PySide6.QtWidgets import QApplication; "
    "app = QApplication([]); print(qVersion(), app.platformName())"
)
TORCH = "from playground.engine.device import available; print(', '.join(available()))"
TIMEOUT_S = 60


def examine_machine() -> int:
    """Print what is installed and how to fix what is missing; returns 1 if something is."""
    rows: list[tuple[str, str]] = []
    problems: list[str] = []
    rows.append(("playground", __version__))
    python = tr("{version} at {path}", version=platform.python_version(), path=sys.executable)
    rows.append(("Python", python))
    rows.append((tr("system"), platform.platform()))
    for name in PACKAGES:
        _look_for_package(name, rows, problems)
    _look_for_devices(rows, problems)
    _look_for_qt(rows, problems)
    failures = _look_for_plugins(rows)
    lines = problems + failures
    _print(rows)
    for line in lines or [tr("No problems found.")]:
        print(line)
    return 1 if lines else 0


def print_report() -> int:
    """Print what a report of a fault should say: versions, plug-ins, and the end of the log."""
    print(report(devices_found()))
    return 0


def devices_found() -> tuple[str, ...]:
    """The devices that torch finds; none if torch does not start."""
    code, printed, _ = _asked(TORCH)
    return tuple(printed.split(", ")) if code == 0 else ()


def _print(rows: list[tuple[str, str]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=False)
    for name, value in rows:
        table.add_row(name, escape(value))
    console().print(table)


def _look_for_package(name: str, rows: list[tuple[str, str]], problems: list[str]) -> None:
    try:
        rows.append((name, version(name)))
    except PackageNotFoundError:
        rows.append((name, tr("not installed")))
        command = f"{sys.executable} -m pip install {name}"
        problems.append(tr("missing: {package} (fix: {command})", package=name, command=command))


def _look_for_devices(rows: list[tuple[str, str]], problems: list[str]) -> None:
    code, printed, said = _asked(TORCH)
    if code == 0:
        rows.append((tr("devices"), printed))
        return
    rows.append((tr("devices"), tr("torch does not start")))
    command = f"{sys.executable} -m pip install --force-reinstall torch"
    problems.append(tr("missing: torch: {error} (fix: {command})", error=said, command=command))


def _look_for_qt(rows: list[tuple[str, str]], problems: list[str]) -> None:
    code, printed, said = _asked(QT, QT_QPA_PLATFORM="offscreen")
    if code != 0:
        rows.append(("Qt", tr("does not start")))
        problems.append(problem_of_qt(said))
        return
    rows.append(("Qt", printed.split()[0]))
    display = display_name()
    rows.append(
        (tr("display"), display or tr("none: images can be drawn, but no window can be opened"))
    )
    if not display:
        return
    code, printed, said = _asked(QT)
    if code == 0:
        rows.append((tr("Qt platform"), printed.split()[-1]))
    else:
        rows.append((tr("Qt platform"), tr("no window can be opened")))
        problems.append(problem_of_window(said))


def _look_for_plugins(rows: list[tuple[str, str]]) -> list[str]:
    """Add a row for every plug-in; a line for each part of one that failed."""
    failures = []
    for found in plugin_reports():
        plugin = found.plugin
        names = ", ".join(name for some in found.names.values() for name in some)
        title = tr("plug-in {name}", name=plugin.name)
        rows.append((title, f"{plugin.origin}: {names or tr('nothing')}"))
        failures += [
            tr(
                "plug-in {name}: {part} skipped: {message} (fix: update or uninstall {package})",
                name=failure.plugin,
                part=failure.part,
                message=failure.message,
                package=plugin.distribution,
            )
            for failure in found.failures
        ]
    return failures


def display_name() -> str:
    """The display that a window would open on, or ""."""
    if sys.platform in ("win32", "darwin"):
        return tr("the desktop")
    return os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""


def problem_of_qt(error: str) -> str:
    """An error of Qt and how to fix it."""
    library = re.search(r"lib[\w.+-]+\.so[.\d]*", error)
    package = DEBIAN.get(library[0]) if library else None
    if package:
        return tr(
            "missing: Qt: {error} (fix: apt-get install {packages})", error=error, packages=package
        )
    return tr(
        "missing: Qt: {error} (fix: reinstall PySide6-Essentials, or in a checkout run python3 "
        "packaging/dev.py run)",
        error=error,
    )


def problem_of_window(error: str) -> str:
    """Why Qt starts but opens no window on the display, and what to do."""
    if "could not connect" in error:
        return tr(
            "missing: a window: {error} (fix: set DISPLAY to a running display, or unset it to "
            "work without one)",
            error=error,
        )
    return tr(
        "missing: a window: {error} (fix: apt-get install {packages})",
        error=error,
        packages=WINDOW_PACKAGES,
    )


def _asked(program: str, **settings: str) -> tuple[int, str, str]:
    # Exit code, what it printed, and the line on stderr that says why it failed.
    environment = {**os.environ, **settings}
    root = str(Path(__file__).parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(
        part for part in (root, environment.get("PYTHONPATH", "")) if part
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 1, "", str(error)
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    # Qt names the cause first and its plugins after that; Python ends with the cause.
    causes = [line for line in lines if line.startswith("qt.qpa")] or lines[-1:]
    return (
        done.returncode,
        done.stdout.strip(),
        causes[0] if causes else tr("it ended without a message"),
    )
