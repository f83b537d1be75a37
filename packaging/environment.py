"""The virtual environment in .venv and the packages in it."""

import hashlib
import json
import os
import shutil
import sys
import tomllib
from pathlib import Path

from commands import ROOT, SetupError, run_quietly, say
from dev import OLDEST_PYTHON

VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
# What the last finished installation was made from; absent until one has finished.
STAMP = "playground-installed.txt"
# There while pip writes. Found at the start, it means that pip was cut off between two files.
UNFINISHED = "playground-unfinished.txt"
PIP_LOG = "playground-pip.log"

# Settings that would send an installation, or an import, somewhere else than .venv.
FOREIGN_SETTINGS = (
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_REQUIREMENT",
    "__PYVENV_LAUNCHER__",
)


def venv_python() -> Path:
    """Return the interpreter of .venv."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def clean_environment() -> dict[str, str]:
    """Return the environment for children: as it is, less what points outside .venv."""
    environment = {k: v for k, v in os.environ.items() if k not in FOREIGN_SETTINGS}
    environment["PIP_USER"] = "0"
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    return environment


def venv_version() -> str:
    """Return the Python version of a working .venv, such as "3.11"; "" if there is none."""
    python = venv_python()
    if not python.exists() or (VENV / UNFINISHED).exists():
        return ""
    probe = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    code, printed = run_quietly([str(python), "-c", probe], clean_environment())
    if code != 0:
        return ""
    major, minor = map(int, printed.split(".")[:2])
    return f"{major}.{minor}" if (major, minor) >= OLDEST_PYTHON else ""


def remove_venv() -> None:
    """Remove a broken .venv: a folder, or a link or file in its place."""
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        say("setup: .venv is broken or half-finished; creating it again")
        shutil.rmtree(str(VENV))


def make_venv() -> None:
    """Create .venv."""
    remove_venv()
    say("setup: creating .venv")
    # Not sys.executable: that may be the interpreter of the .venv that was just removed.
    python = getattr(sys, "_base_executable", sys.executable)
    code, printed = run_quietly([python, "-m", "venv", str(VENV)], clean_environment())
    if code != 0 or not venv_version():
        raise SetupError(f"{python} could not make a working {VENV}:\n{last_lines(printed, 5)}")


def wanted_stamp(version: str) -> str:
    """Return the fingerprint of what an installation is made from.

    Of pyproject.toml only the tables that pip reads count: a new lint rule installs nothing.
    """
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    read_by_pip = {name: tables.get(name) for name in ("build-system", "project")}
    parts = (json.dumps(read_by_pip, sort_keys=True), CONSTRAINTS.read_text("utf-8"), version)
    return hashlib.sha256("\n".join((*parts, str(ROOT))).encode()).hexdigest()


def provide_packages(version: str) -> None:
    """Install Playground and all it needs into .venv, unless that was done from the same lists."""
    stamp, unfinished = VENV / STAMP, VENV / UNFINISHED
    wanted = wanted_stamp(version)
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    say("setup: installing packages into .venv (some minutes the first time)")
    unfinished.write_text("pip is running\n", "utf-8")
    install = ["-m", "pip", "install", "-e", ".[dev,docs]", "-c", str(CONSTRAINTS)]
    code, printed = run_quietly([str(venv_python()), *install], clean_environment())
    # Not in a `finally`: cut off by the keyboard, pip may leave a package half written. When it
    # fails by itself it puts back what was there.
    unfinished.unlink()
    (VENV / PIP_LOG).write_text(printed, "utf-8")
    if code != 0:
        raise SetupError(pip_advice(printed))
    stamp.write_text(wanted, "utf-8")


def last_lines(text: str, count: int) -> str:
    """Return the end of what a tool printed, indented."""
    return "\n".join("    " + line for line in text.strip().splitlines()[-count:])


# What pip prints when it cannot get through, and the words for it.
UNREACHABLE = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "NameResolutionError",
    "ProxyError",
    "Read timed out",
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    # Any Python can install the build tool: an index without it is one that was not reached.
    "No matching distribution found for hatchling",
)
UNTRUSTED = ("CERTIFICATE_VERIFY_FAILED", "SSLError")
DISK_FULL = ("No space left on device",)
NO_BUILD = ("No matching distribution found",)


def pip_advice(printed: str) -> str:
    """Why pip failed, how to fix it, and where to read more."""

    def shows(signs: tuple[str, ...]) -> bool:
        return any(sign in printed for sign in signs)

    if os.environ.get("PIP_NO_INDEX"):
        advice = "pip could not reach a package index: PIP_NO_INDEX forbids it. Unset it"
    elif shows(UNTRUSTED):
        advice = "pip does not trust the package index. Set PIP_CERT to your network's certificate"
    elif shows(UNREACHABLE):
        advice = (
            "pip could not reach a package index. "
            "Connect to the network (behind a proxy, set HTTPS_PROXY)"
        )
    elif shows(DISK_FULL):
        advice = "the disk is full. Free some gigabytes"
    elif shows(NO_BUILD):
        advice = (
            "the package index has no build of a package for this Python and system. "
            "Use Python {}.{}, as the checks do".format(*OLDEST_PYTHON)
        )
    else:
        advice = "pip failed. Fix the errors below"
    errors = "\n".join(line for line in printed.splitlines() if "ERROR" in line) or printed
    log = VENV / PIP_LOG
    return f"{advice}, then run the same command again.\n{last_lines(errors, 3)}\n    ({log})"
