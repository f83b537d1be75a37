"""One module a format version: each turns the plain values of one version into the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LATEST = 1
STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""What turns version n into n + 1; empty while there is only one version."""


def migrate(data: dict[str, Any], version: int) -> dict[str, Any]:
    """Plain values of an older version as those of the latest."""
    for number in range(version, LATEST):
        data = STEPS[number](data)
    return data
