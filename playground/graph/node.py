"""Node and Edge: a layer in the drawing and a wire, and both as plain values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.graph.edge import Edge
from playground.graph.layer import Layer, Port, UnknownLayer
from playground.translation import tr

ID_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
MAX_NAME = 200
FLAGS = ("is_frozen", "is_bypassed", "is_recomputed")
MakeLayer = Callable[[dict[str, Any]], Layer]


class GraphError(ValueError):
    """An edit that would break the graph, refused; the message says why."""


@dataclass(frozen=True)
class Node:
    """One layer in the drawing, with a name of its own and a place."""

    id: str
    layer: Layer
    name: str = ""
    x: float = 0.0
    y: float = 0.0
    is_frozen: bool = False
    """Whether its weights stay as they are while the rest of the net learns."""
    is_bypassed: bool = False
    """Whether its input is passed on as it is; its weights are kept for later."""
    is_recomputed: bool = False
    """Whether its activations are discarded and recomputed in the backward pass."""

    @property
    def has_fixed_weights(self) -> bool:
        """Whether training leaves its weights as they are."""
        return self.is_frozen or self.is_bypassed

    @property
    def title(self) -> str:
        """What the node is called on screen."""
        if isinstance(self.layer, UnknownLayer):
            return self.name or self.layer.unknown_kind
        return self.name or tr(self.layer.label)


def input_port(layer: Layer, name: str) -> Port | None:
    """The input of a layer with that name, or None."""
    return next((port for port in layer.inputs if port.name == name), None)


def output_port(layer: Layer, name: str) -> Port | None:
    """The output of a layer with that name, or None."""
    return next((port for port in layer.outputs if port.name == name), None)


def node_to_dict(node: Node) -> dict[str, Any]:
    """A node as plain values, without what has its default."""
    kind = node.layer.to_dict()["kind"]
    item = {"id": node.id, "kind": kind, "options": node.layer.options(), "x": node.x, "y": node.y}
    flags = {name: True for name in FLAGS if getattr(node, name)}
    return item | ({"name": node.name} if node.name else {}) | flags


def edge_to_dict(edge: Edge) -> dict[str, Any]:
    """A wire as plain values, without ports that have the usual names."""
    item: dict[str, Any] = {"source": edge.source, "target": edge.target}
    if edge.source_port != "out":
        item["source_port"] = edge.source_port
    if edge.target_port != "in":
        item["target_port"] = edge.target_port
    return item


def list_of_dicts(data: Mapping[str, Any], key: str, limit: int) -> list[dict[str, Any]]:
    """The entries under a key; raises GraphError if they are no objects or too many."""
    items = data.get(key, [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise GraphError(tr('"{key}" must be a list of objects.', key=key))
    if len(items) > limit:
        raise GraphError(
            tr(
                '"{key}" has {count:,} entries; at most {limit:,} can be read.',
                key=key,
                count=len(items),
                limit=limit,
            )
        )
    return items


def one_line(name: str) -> str:
    """A name without line breaks, and not too long."""
    return " ".join(name.split())[:MAX_NAME]


def _number(item: Mapping[str, Any], key: str) -> float:
    value = item.get(key, 0.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e7:
        raise GraphError(
            tr(
                'Node {id}: "{key}" must be a number, got {value}.',
                id=repr(item.get("id")),
                key=key,
                value=shortened(value),
            )
        )
    return float(value)


def _claim(item: Mapping[str, Any], key: str) -> bool:
    value = item.get(key, False)
    if not isinstance(value, bool):
        raise GraphError(
            tr(
                'Node {id}: "{key}" must be true or false, got {value}.',
                id=repr(item.get("id")),
                key=key,
                value=shortened(value),
            )
        )
    return value


def node_from_dict(item: dict[str, Any], make_layer: MakeLayer) -> Node:
    """The node that plain values describe; raises GraphError."""
    node_id, kind, options = item.get("id"), item.get("kind"), item.get("options", {})
    name = item.get("name", "")
    if not isinstance(node_id, str) or not isinstance(kind, str):
        raise GraphError(tr('Every node needs an "id" and a "kind", both text.'))
    refuse_bad_id(node_id)
    if not isinstance(options, dict) or not isinstance(name, str):
        raise GraphError(
            tr('Node {id}: "options" must be an object and "name" text.', id=repr(node_id))
        )
    try:
        layer = make_layer({**options, "kind": kind})
    except ValueError as error:
        raise GraphError(tr("Node {id}: {message}", id=repr(node_id), message=error)) from error
    flags = {flag: _claim(item, flag) for flag in FLAGS}
    x, y = _number(item, "x"), _number(item, "y")
    return Node(node_id, layer, one_line(name), x, y, **flags)


def refuse_bad_id(node_id: str) -> None:
    """Raise GraphError for an id that cannot name a layer in code."""
    if not ID_PATTERN.fullmatch(node_id):
        raise GraphError(
            tr(
                "A node cannot be called {id}: use at most 64 letters, digits and _, a letter "
                "first.",
                id=shortened(node_id),
            )
        )


def shortened(value: object) -> str:
    """A value as it would be written in Python, cut if it is long."""
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def edge_from_dict(item: dict[str, Any], nodes: Mapping[str, Node]) -> Edge:
    """The wire that plain values describe; raises GraphError."""
    texts = [item.get("source"), item.get("target")]
    texts += [item.get("source_port", "out"), item.get("target_port", "in")]
    if not all(isinstance(text, str) for text in texts):
        raise GraphError(tr('Every edge needs a "source" and a "target", both ids of nodes.'))
    edge = Edge(*map(str, texts))
    for end in (edge.source, edge.target):
        if end not in nodes:
            raise GraphError(tr("An edge names node {id}, which is not there.", id=shortened(end)))
    source, target = nodes[edge.source].layer, nodes[edge.target].layer
    # The ports of a layer that this version does not know are unknown too.
    if not isinstance(source, UnknownLayer) and output_port(source, edge.source_port) is None:
        port = shortened(edge.source_port)
        raise GraphError(
            tr("Node {id} has no output called {port}.", id=repr(edge.source), port=port)
        )
    if not isinstance(target, UnknownLayer) and input_port(target, edge.target_port) is None:
        port = shortened(edge.target_port)
        raise GraphError(
            tr("Node {id} has no input called {port}.", id=repr(edge.target), port=port)
        )
    return edge


def refuse_taken(nodes: Mapping[str, Node], edges: Iterable[Edge]) -> None:
    """Raise GraphError if two wires end on an input that takes one."""
    taken: set[tuple[str, str]] = set()
    for edge in edges:
        port = input_port(nodes[edge.target].layer, edge.target_port)
        if port is None or port.many or isinstance(nodes[edge.target].layer, UnknownLayer):
            continue
        if (edge.target, edge.target_port) in taken:
            raise GraphError(
                tr(
                    "Two edges end on input {port} of node {id}, which takes one: join them with "
                    "Add or Concatenate.",
                    port=repr(edge.target_port),
                    id=repr(edge.target),
                )
            )
        taken.add((edge.target, edge.target_port))
