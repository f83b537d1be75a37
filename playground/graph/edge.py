"""Edge: a wire between two ports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    """A wire from an output port to an input port."""

    source: str
    target: str
    source_port: str = "out"
    target_port: str = "in"
