"""Blocks on the canvas: made of a selection, opened, and shown by the readings of their layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from playground.app.document import Document
from playground.catalog.layers.base.user_block import saved_block
from playground.graph.block import BlockLayer, expanded, opened
from playground.graph.graph import GraphError
from playground.graph.grouping import gathered, grouped
from playground.graph.part_id import split
from playground.session.messages import Reading
from playground.translation import tr


def make_block(document: Document, name: str) -> str | None:
    """Make a block of the selection; returns why that is not possible, or None on success."""
    graph, chosen = document.graph, document.selected
    try:
        parts = gathered(graph, chosen)
        graph, block_id = grouped(graph, chosen, saved_block(name, parts))
    except GraphError as error:
        return str(error)
    document.edit_graph(tr("Make block {name}", name=name), graph.rename(block_id, name))
    document.select([block_id])
    return None


def open_blocks(document: Document) -> str | None:
    """Replace every selected block by its layers; returns why not, or None on success."""
    graph, inputs = document.graph, document.examined.inputs
    blocks = [i for i in document.selected if isinstance(graph.nodes[i].layer, BlockLayer)]
    ready = [i for i in blocks if i in inputs]
    if not ready:
        if blocks:
            return tr("Connect the block first: its layers depend on the input shape.")
        return tr("Select a block to open.")
    title = graph.nodes[ready[0]].title
    ids: list[str] = []
    for node_id in ready:
        graph, new = opened(graph, node_id, inputs[node_id])
        ids += new
    name = tr("Open {block}", block=title) if len(ready) == 1 else tr("Open blocks")
    document.edit_graph(name, graph)
    document.select(ids)
    return None


def stand_ins(document: Document) -> Mapping[str, str]:
    """For the id of every block, the engine's node whose output is the block's output."""
    graph = document.graph
    if not any(isinstance(node.layer, BlockLayer) for node in graph.nodes.values()):
        return {}
    found = expanded(graph, document.examined).stands_for
    return {block: part for block, part in found.items() if block in graph.nodes}


def with_blocks(
    readings: Mapping[str, Reading], stands_for: Mapping[str, str]
) -> Mapping[str, Reading]:
    """The readings of a frame, in which every block has the readings of its last layer."""
    if not stands_for or not readings:
        return readings
    found = dict(readings)
    if "activity" in found:
        found["activity"] = _activity(found["activity"], stands_for)
    if "units" in found:
        units: dict[str, Any] = dict(found["units"])
        for key in ("maps", "scale", "units"):
            values = dict(units.get(key, {}))
            values |= {block: values[part] for block, part in stands_for.items() if part in values}
            units[key] = values
        found["units"] = units
    return found


def _activity(reading: Reading, stands_for: Mapping[str, str]) -> Reading:
    nodes = list(reading["nodes"])
    places = {node: rank for rank, node in enumerate(nodes)}
    blocks = [block for block, part in stands_for.items() if part in places]
    ranks = [*range(len(nodes)), *(places[stands_for[block]] for block in blocks)]
    return {
        "nodes": (*nodes, *blocks),
        "activation": np.asarray(reading["activation"])[ranks],
        "gradient": np.asarray(reading["gradient"])[ranks],
    }


def owner(node_id: str, document: Document) -> str:
    """The node of the document that a node of the engine belongs to; "" if there is none."""
    found = split(node_id)[0]
    return found if found in document.graph.nodes else ""
