"""probe: the readings that a panel would show, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playground.engine import headless
from playground.translation import tr
from playground.verbs.answer import console, plain, print_json
from playground.verbs.project_file import opened

LONGEST = 8
"""Longest list that is printed in full; longer ones are summarized."""


def probe_file(path: Path, key: str, *, steps: int, as_json: bool) -> int:
    """Print the reading of a probe after that many more steps of training."""
    saved = opened(path)
    reading = headless.probe(saved.project, key, steps, saved.state)
    if as_json:
        print_json({"probe": key, "steps": steps, "reading": reading}, indent=None)
    elif reading is None:
        print(tr("The probe {key} has no reading for this project.", key=key))
    else:
        _print(reading)
    return 0


def _print(reading: Mapping[str, Any]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for name, value in _flat(reading):
        table.add_row(escape(name), escape(_brief(value)))
    console().print(table)


def _flat(reading: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in reading.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((prefix + str(name), value))
    return found


def _brief(value: Any) -> str:
    shape = getattr(value, "shape", None)
    if shape is None:
        return str(value)
    if value.size <= LONGEST or value.dtype.kind not in "fiu":
        return str(plain(value))
    size = " × ".join(map(str, shape))
    return tr(
        "{size} numbers, {low:.4g} to {high:.4g}, mean {mean:.4g}",
        size=size,
        low=value.min(),
        high=value.max(),
        mean=value.mean(),
    )
