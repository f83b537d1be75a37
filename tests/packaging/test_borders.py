"""The one-way rule as it runs: import-linter reads imports, this looks at what they load."""

import subprocess
import sys
from graphlib import TopologicalSorter

import grimp
import pytest

LOAD = """
import importlib, pkgutil, sys
def load(name):
    module = importlib.import_module(name)
    for found in pkgutil.iter_modules(getattr(module, "__path__", ()), name + "."):
        load(found.name)
names, forbidden = sys.argv[1].split(), sys.argv[2].split()
for name in names:
    load(name)
print(*sorted(set(forbidden) & set(sys.modules)))
"""


def loaded(rooms: str, forbidden: str) -> str:
    """Import all of `rooms` in a new interpreter; return which of `forbidden` that loaded."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD, rooms, forbidden],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rooms", "forbidden"),
    [
        ("playground.graph playground.catalog playground.project", "torch PySide6"),
        ("playground.session.client playground.session.messages", "torch PySide6"),
        ("playground.app", "torch"),
        ("playground.engine playground.session.server", "PySide6 pyqtgraph"),
    ],
)
def test_that_a_room_never_loads_what_belongs_to_another(rooms: str, forbidden: str) -> None:
    assert loaded(rooms, forbidden) == ""


def test_that_no_import_cycle_exists() -> None:
    graph = grimp.build_graph("playground", exclude_type_checking_imports=False, cache_dir=None)
    imported = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    TopologicalSorter(imported).prepare()  # raises CycleError, which names the circle
