"""What a report of a fault should say: versions, devices, platform, plug-ins, the log's end."""

from __future__ import annotations

import locale
import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from playground import __version__, logs, plugins

PACKAGES = (
    "torch",
    "numpy",
    "PySide6-Essentials",
    "pyqtgraph",
    "qtawesome",
    "networkx",
    "pydantic",
    "safetensors",
    "scikit-learn",
    "rich",
    "platformdirs",
)
"""What Playground needs, by the names that pip knows."""


def report(devices: Sequence[str] = (), *, log_lines: int = 60) -> str:
    """A plain text to paste into a report; the home folder is written as ~.

    `devices` are those that a running engine has found.
    """
    parts = ["\n".join(f"{name}: {value}" for name, value in facts(devices))]
    logged = logs.recent(log_lines)
    parts.append(f"Log\n\n{logged}" if logged else "Log: empty")
    return without_home("\n\n".join(parts))


def facts(devices: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Names and values: versions, platform, devices and plug-ins."""
    yield "playground", __version__
    yield "Python", platform.python_version()
    yield "system", platform.platform()
    yield "language", locale.getlocale()[0] or "unknown"
    for name in PACKAGES:
        yield name, installed_version(name) or "not installed"
    yield "devices", ", ".join(devices) or "unknown (no engine is running)"
    yield from _plugins()


def _plugins() -> Iterator[tuple[str, str]]:
    for plugin in plugins.installed():
        yield f"plug-in {plugin.name}", plugin.origin
    for failure in plugins.failures():
        yield f"plug-in {failure.plugin} ({failure.part})", f"skipped: {failure.message}"


def installed_version(name: str) -> str | None:
    """The version of a package; None if it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def without_home(text: str) -> str:
    """The text with the person's home folder written as ~."""
    home = str(Path.home())
    return text if len(home) < 2 else text.replace(home, "~")
