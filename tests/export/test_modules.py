"""Layers of our own come along with a script as text, and only those that are used."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from playground.engine import modules
from playground.export.modules import module_sources
from playground.export.net import IMPORTS

OWN = sorted(
    name
    for name, found in vars(modules).items()
    if getattr(found, "__module__", "") == modules.__name__
)


@pytest.mark.parametrize("name", OWN)
def test_that_a_source_stands_alone_on_the_imports_it_names(name: str) -> None:
    sources, names = module_sources([f"modules.{name}"])
    room: dict[str, object] = {}
    exec("\n".join(IMPORTS[root] for root in names & IMPORTS.keys()), room)
    exec("\n\n".join(sources), room)
    assert name in room
    assert ast.parse(sources[-1])


def test_that_what_a_layer_needs_comes_before_it_and_nothing_else_comes() -> None:
    def defined(*wanted: str) -> list[str]:
        sources, _ = module_sources(f"modules.{name}" for name in wanted)
        return [source.split("(")[0].split(":")[0].split()[1] for source in sources]

    assert defined("SelfAttention") == ["MultiheadAttention", "SelfAttention"]
    assert defined("LSTM") == ["Recurrent", "LSTM"]
    assert defined("Mean", "Step") == ["Step", "Mean"]
    assert defined() == []


def test_that_sources_are_found_without_torch() -> None:
    text = (
        "import sys; from playground.export.modules import module_sources; "
        "module_sources(['modules.LSTM']); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", text], timeout=60).returncode == 0
