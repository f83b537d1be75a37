"""The values import neither torch nor Qt, and scikit-learn only where examples are drawn."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ["torch", "PySide6", "shiboken6", "pyqtgraph", "sklearn", "scipy", "networkx", "pandas"]
IMPORTS_EVERYTHING = f"""
import importlib, pkgutil, sys
for name in ("graph", "catalog", "project"):
    room = importlib.import_module("playground." + name)
    for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
        importlib.import_module(module.name)
from playground.catalog.datasets.dataset import DataError, Dataset
from playground.catalog.registry import declared
from playground.project.check import check
from playground.project.file import from_json, to_json
from playground.project.templates import templates
for kind in declared(Dataset).values():
    data = kind()
    try:
        data.features(), data.target(), data.feature_names(), data.notes()
    except DataError:
        assert kind.kind == "csv"
for template in templates():
    check(from_json(to_json(template.build())).project)
print([name for name in {HEAVY} if name in sys.modules])
"""


def test_that_reading_a_project_imports_no_heavy_package() -> None:
    found = subprocess.run(
        [sys.executable, "-c", IMPORTS_EVERYTHING], capture_output=True, text=True, check=False
    )
    assert found.stderr == ""
    assert found.stdout == "[]\n"
