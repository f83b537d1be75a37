"""How much a training step computes, and how many CPU threads that is worth."""

from __future__ import annotations

from math import prod

from playground.graph.diagnose import Examined
from playground.graph.shape import Shape
from playground.project.check import check
from playground.project.project import Project

WORTH_TWO, WORTH_ALL = 5e6, 5e7
"""Multiply-adds per step from which two CPU threads beat one, and from which all do."""
OPEN_LENGTH = 64
"""The length that a sequence is assumed to have if the drawing leaves it open."""


def worthwhile_threads(work: float) -> int | None:
    """How many CPU threads speed a step of so many multiply-adds up; None for all there are."""
    if work < WORTH_TWO:
        return 1
    return 2 if work < WORTH_ALL else None


def multiply_adds(project: Project, examined: Examined | None = None) -> float:
    """Roughly how many multiply-adds a training step takes: forward, and twice that backward."""
    examined = examined or check(project)
    total = 0.0
    for node_id, shapes in examined.inputs.items():
        layer = project.graph.nodes[node_id].layer
        if not shapes or shapes[0].dtype == "int":
            continue  # an embedding looks up, it does not multiply
        weights = [w for w in layer.parameters(*shapes).values() if len(w) > 1]
        if weights:
            out = examined.shapes.get((node_id, layer.outputs[0].name))
            total += sum(prod(sides) for sides in weights) * _places(shapes[0], out)
    return 3 * total * project.training.batch_size


def _places(into: Shape, out: Shape | None) -> int:
    """At how many places of an example the same weights are applied."""
    if into.rank == 2:
        return into.dims[0] if isinstance(into.dims[0], int) else OPEN_LENGTH
    sides = [d for d in out.dims[1:] if isinstance(d, int)] if into.rank == 3 and out else []
    return prod(sides)
