"""What draws from a running net, and how it gets its readings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from playground.graph.graph import Graph
from playground.graph.part_id import split
from playground.session.messages import Frame, Reading


class ReadingsConsumer(Protocol):
    """Draws readings: the canvas, the inspector, the panels, the top bar.

    `Run.add_consumer` takes it; every frame then asks for the union of all `probes`, and is
    handed to every consumer.
    """

    @property
    def probes(self) -> tuple[str, ...]:
        """The probes that it draws from now: none while it is hidden."""
        ...

    def show_frame(self, frame: Frame) -> None:
        """Draw what was read; a frame holds only the readings that were due."""
        ...

    def clear(self) -> None:
        """Forget what was drawn: another run begins."""
        ...


def reading_of(frame: Frame, probe: str) -> Reading | None:
    """What a probe read in this frame, or None if it was not due or had nothing to say."""
    return frame.readings.get(probe) or None


def node_names(graph: Graph, ids: Iterable[str]) -> dict[str, str]:
    """What nodes are called in a list: their own names, or "Linear 2" if titles repeat.

    A part of a block, such as "block1/linear1", is called after both: "Encoder · linear1".
    """
    found = {i: graph.nodes[i].title if i in graph.nodes else _part_name(graph, i) for i in ids}
    titles = list(found.values())
    for node_id, title in found.items():
        node = graph.nodes.get(node_id)
        if titles.count(title) > 1 and node is not None:
            number = node_id[len(node_id.rstrip("0123456789")) :]
            found[node_id] = f"{title} {number}".strip()
    return found


def _part_name(graph: Graph, node_id: str) -> str:
    owner, *parts = split(node_id)
    if owner not in graph.nodes or not parts:
        return node_id
    return f"{graph.nodes[owner].title} · {' · '.join(parts)}"
