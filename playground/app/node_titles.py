"""The title of a node in the person's language."""

from __future__ import annotations

from playground.graph.layer import UnknownLayer
from playground.graph.node import Node
from playground.translation import tr


def title_of(node: Node) -> str:
    """The node's name, or the translated label of its layer if it has none."""
    if node.name or isinstance(node.layer, UnknownLayer):
        return node.title
    return tr(node.layer.label)
