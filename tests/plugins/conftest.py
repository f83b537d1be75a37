"""The example plug-in and a broken one, built as wheels and installed into folders of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import environment

EXAMPLE = Path(__file__).parent / "acme_layers"
Run = Callable[..., subprocess.CompletedProcess[str]]

BROKEN = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}-layers"
version = "0.3"

[project.entry-points."playground.plugins"]
{name} = "{name}_layers"
"""

FAULTY_PANELS = """
from playground.app.panels import Panel


class Unmade(Panel):
    key = "faulty.unmade"
    title = "Unmade"
    order = -2
    is_shown_first = True

    def __init__(self, document, parent=None):
        raise RuntimeError("no room")


class Undrawn(Panel):
    key = "faulty.undrawn"
    title = "Undrawn"
    probes = ("history",)
    order = -1
    is_shown_first = True

    def show_frame(self, frame):
        raise RuntimeError("no ink")
"""


def installed(source: Path, folder: Path) -> Path:
    """Build the package as a wheel and install it; the folder belongs on the import path."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", folder / "wheels", source]
    subprocess.run(build, check=True, capture_output=True, timeout=100)
    (wheel,) = (folder / "wheels").glob("*.whl")
    site = folder / "site"
    install = [*pip, "install", "--no-deps", "--no-index", "--target", site, wheel]
    subprocess.run(install, check=True, capture_output=True, timeout=100)
    return site


def runner(*sites: Path) -> Run:
    """Runs this Python with packages of these folders installed."""

    def run(*words: object, **settings: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([*map(str, sites), environment()["PYTHONPATH"]])
        return subprocess.run(
            [sys.executable, *map(str, words)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**environment(), "PYTHONPATH": path, **settings},
            timeout=100,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs Python with the example plug-in installed."""
    folder = tmp_path_factory.mktemp("acme")
    source = folder / "source"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__"))
    return runner(installed(source, folder))


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs Python with a plug-in installed whose catalog and panels fail."""
    return written(
        tmp_path_factory,
        "broken",
        {
            "catalog": "import a_module_that_is_missing\n",
            "panels": "from playground.app.panels import Panel\n\n\n"
            "class Taken(Panel):\n    key = 'loss'\n    title = 'Loss'\n",
        },
    )


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs Python with a plug-in installed whose panels load, and fail when they are used."""
    return written(tmp_path_factory, "faulty", {"panels": FAULTY_PANELS})


def written(factory: pytest.TempPathFactory, name: str, modules: dict[str, str]) -> Run:
    """Runs Python with a plug-in of these modules installed."""
    folder = factory.mktemp(name)
    package = folder / "source" / f"{name}_layers"
    package.mkdir(parents=True)
    (folder / "source" / "pyproject.toml").write_text(BROKEN.format(name=name))
    (package / "__init__.py").write_text("")
    for module, text in modules.items():
        (package / f"{module}.py").write_text(text)
    return runner(installed(folder / "source", folder))
