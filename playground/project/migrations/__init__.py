"""One module per format version: each turns what one version wrote into that of the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playground.project.migrations import version_2

LATEST = 2
STEPS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: version_2.project}
"""What turns the plain values of version n into those of n + 1."""
STATE_STEPS: Mapping[
    int, Callable[[Mapping[str, Any], Mapping[str, bytes]], Mapping[str, bytes]]
] = {1: version_2.state}
"""What does so with the state of training, for the plain values of version n beside it."""


def migrate(data: dict[str, Any], version: int) -> dict[str, Any]:
    """Plain values of an older version as those of the latest."""
    for number in range(version, LATEST):
        data = STEPS[number](data)
    return data


def migrate_state(
    data: dict[str, Any], state: Mapping[str, bytes], version: int
) -> Mapping[str, bytes]:
    """The state of training beside plain values of an older version, as the latest writes it."""
    for number in range(version, LATEST):
        state = STATE_STEPS[number](data, state)
        data = STEPS[number](data)
    return state
