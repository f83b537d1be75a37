"""Graph: what is drawn, as a value. Every edit returns a new Graph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from playground.graph.edge import Edge
from playground.graph.layer import Layer, Port, required
from playground.graph.node import (
    FLAGS,
    ID_PATTERN,
    MAX_NAME,
    GraphError,
    MakeLayer,
    Node,
    edge_from_dict,
    edge_to_dict,
    input_port,
    list_of_dicts,
    node_from_dict,
    node_to_dict,
    one_line,
    output_port,
    refuse_bad_id,
    refuse_taken,
    shortened,
)
from playground.translation import tr

__all__ = [
    "ID_PATTERN",
    "MAX_EDGES",
    "MAX_NAME",
    "MAX_NODES",
    "Edge",
    "Graph",
    "GraphError",
    "MakeLayer",
    "Node",
    "input_port",
    "output_port",
    "shortened",
]

MAX_NODES = 10_000
MAX_EDGES = 100_000


@dataclass(frozen=True)
class Graph:
    """Nodes by id, and the wires between them. Treat `nodes` as read-only."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()

    # What stands where

    @cached_property
    def _incoming(self) -> dict[str, list[Edge]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.target, []).append(edge)
        return found

    @cached_property
    def _outgoing(self) -> dict[str, list[Edge]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.source, []).append(edge)
        return found

    def incoming(self, node_id: str, port: str | None = None) -> list[Edge]:
        """Wires that end at a node, or at one of its ports, in the order they were drawn."""
        edges = self._incoming.get(node_id, [])
        return [e for e in edges if port is None or e.target_port == port]

    def inputs_in_order(self, node_id: str) -> list[Edge]:
        """Wires that end at a node in the order its layer takes them: by port, then as drawn."""
        ports = self.nodes[node_id].layer.inputs
        return [edge for port in ports for edge in self.incoming(node_id, port.name)]

    def outgoing(self, node_id: str) -> list[Edge]:
        """Wires that start at a node."""
        return list(self._outgoing.get(node_id, []))

    def of_kind(self, kind: str) -> list[Node]:
        """Nodes of a kind, in the order they were added."""
        return [node for node in self.nodes.values() if node.layer.kind == kind]

    @cached_property
    def input_nodes(self) -> tuple[Node, ...]:
        """The nodes that bring the data, in the order they were added: one in a sound graph."""
        return tuple(node for node in self.nodes.values() if node.layer.role == "input")

    @cached_property
    def output_nodes(self) -> tuple[Node, ...]:
        """The nodes that feed the loss, in the order they were added: one in a sound graph."""
        return tuple(node for node in self.nodes.values() if node.layer.role == "output")

    def reachable(self, start: Iterable[str], *, backwards: bool = False) -> set[str]:
        """Every node that can be reached from `start` along the wires, `start` included."""
        seen: set[str] = set()
        queue = [node_id for node_id in start if node_id in self.nodes]
        while queue:
            node_id = queue.pop()
            if node_id in seen:
                continue
            seen.add(node_id)
            if backwards:
                queue.extend(edge.source for edge in self.incoming(node_id))
            else:
                queue.extend(edge.target for edge in self.outgoing(node_id))
        return seen

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Node ids so that each comes after all it depends on; nodes on a cycle are left out."""
        waiting = {node_id: len(self.incoming(node_id)) for node_id in self.nodes}
        ready = [node_id for node_id, count in waiting.items() if count == 0]
        done: list[str] = []
        for node_id in ready:
            done.append(node_id)
            for edge in self.outgoing(node_id):
                waiting[edge.target] -= 1
                if waiting[edge.target] == 0:
                    ready.append(edge.target)
        return tuple(done)

    def same_net(self, other: Graph) -> bool:
        """Whether both describe the same net: places and names do not count."""
        return (
            self.edges == other.edges
            and self.nodes.keys() == other.nodes.keys()
            and all(_same_layer(node, other.nodes[i]) for i, node in self.nodes.items())
        )

    # Edits

    def fresh_id(self, layer: Layer) -> str:
        """An id that no node has yet: the layer's short name and a number."""
        stem = layer.short or re.sub(r"\W", "", layer.kind).lower() or "node"
        number = 1
        while f"{stem}{number}" in self.nodes:
            number += 1
        return f"{stem}{number}"

    def add(self, node: Node) -> Graph:
        """With one more node."""
        refuse_bad_id(node.id)
        if node.id in self.nodes:
            raise GraphError(tr("There is a node called {id} already.", id=repr(node.id)))
        return replace(self, nodes={**self.nodes, node.id: node})

    def add_layer(self, layer: Layer, x: float = 0.0, y: float = 0.0) -> tuple[Graph, str]:
        """With one more node for `layer`, and that node's id."""
        node_id = self.fresh_id(layer)
        return self.add(Node(node_id, layer, x=x, y=y)), node_id

    def remove(self, ids: Iterable[str]) -> Graph:
        """Without these nodes and their wires."""
        gone = set(ids)
        nodes = {node_id: node for node_id, node in self.nodes.items() if node_id not in gone}
        edges = tuple(e for e in self.edges if e.source not in gone and e.target not in gone)
        return Graph(nodes, edges)

    def remove_and_join(self, node_id: str) -> Graph:
        """Without a node, its input joined to whatever it fed; for a fix or a cut from a chain."""
        needed = required(self.nodes[node_id].layer.inputs)
        before = [edge for port in needed for edge in self.incoming(node_id, port.name)]
        after = self.outgoing(node_id)
        if len(before) != 1:
            return self.remove([node_id])
        (origin,) = before
        edges = [  # in the place of the old ones: a merge keeps the order of its inputs
            replace(edge, source=origin.source, source_port=origin.source_port)
            if edge in after
            else edge
            for edge in self.edges
            if edge != origin
        ]
        return replace(self, edges=tuple(edges)).remove([node_id])

    def why_not(self, edge: Edge) -> str | None:
        """Why a wire cannot be drawn, as a sentence; None if it can."""
        if edge.source not in self.nodes or edge.target not in self.nodes:
            return tr("The layer at the end of this wire is gone.")
        source, target = self.nodes[edge.source], self.nodes[edge.target]
        if edge.source == edge.target:
            return tr("A layer cannot feed itself.")
        if edge.source_port not in {port.name for port in source.layer.outputs}:
            return tr(
                "{layer} has no output {port}.", layer=source.title, port=repr(edge.source_port)
            )
        port = input_port(target.layer, edge.target_port)
        if port is None:
            return tr(
                "{layer} has no input {port}.", layer=target.title, port=repr(edge.target_port)
            )
        if edge in self.edges and not port.many:
            return tr("These two are connected already.")
        if not port.many and self.incoming(edge.target, edge.target_port):
            return _taken(target, port)
        if edge.source in self.reachable([edge.target]):
            return tr(
                "This would close a loop: {target} already feeds {source}. A network runs forward, "
                "so no layer may depend on itself.",
                target=target.title,
                source=source.title,
            )
        return None

    def connect(self, edge: Edge) -> Graph:
        """With one more wire; raises GraphError if it would close a loop or its input is taken."""
        reason = self.why_not(edge)
        if reason:
            raise GraphError(reason)
        return replace(self, edges=(*self.edges, edge))

    def disconnect(self, edge: Edge) -> Graph:
        """Without a wire (one of them, if a merge takes the same output twice)."""
        edges = list(self.edges)
        edges.remove(edge)
        return replace(self, edges=tuple(edges))

    def unplug(self, node_id: str, port: str) -> Graph:
        """Without the wires that end at an input."""
        gone = self.incoming(node_id, port)
        return replace(self, edges=tuple(edge for edge in self.edges if edge not in gone))

    def set_layer(self, node_id: str, layer: Layer) -> Graph:
        """With a node's layer replaced; wires that its ports have no room for are dropped."""
        graph = self._with_node(replace(self.nodes[node_id], layer=layer))
        outs = {port.name for port in layer.outputs}
        kept = [
            edge
            for port in layer.inputs
            for edge in self.incoming(node_id, port.name)[: None if port.many else 1]
        ]
        edges = []
        for edge in self.edges:
            if edge.target == node_id:
                if edge not in kept:
                    continue
                kept.remove(edge)  # a merge may have taken the same output twice
            if edge.source != node_id or edge.source_port in outs:
                edges.append(edge)
        return graph if len(edges) == len(self.edges) else replace(graph, edges=tuple(edges))

    def set_options(self, node_id: str, **options: object) -> Graph:
        """With some options of a node's layer changed; raises pydantic's ValidationError."""
        return self.set_layer(node_id, self.nodes[node_id].layer.with_options(**options))

    def rename(self, node_id: str, name: str) -> Graph:
        """With a node called something else on screen; "" gives it its layer's name back."""
        return self._with_node(replace(self.nodes[node_id], name=one_line(name)))

    def set_frozen(self, ids: Iterable[str], is_frozen: bool = True) -> Graph:
        """Freeze these nodes, or unfreeze them."""
        changed = {i: replace(self.nodes[i], is_frozen=is_frozen) for i in ids}
        return replace(self, nodes={**self.nodes, **changed})

    def set_bypassed(self, ids: Iterable[str], is_bypassed: bool = True) -> Graph:
        """Bypass these nodes, or remove their bypass."""
        changed = {i: replace(self.nodes[i], is_bypassed=is_bypassed) for i in ids}
        return replace(self, nodes={**self.nodes, **changed})

    def set_recomputed(self, ids: Iterable[str], is_recomputed: bool = True) -> Graph:
        """Recompute the activations of these nodes in the backward pass, or keep them."""
        changed = {i: replace(self.nodes[i], is_recomputed=is_recomputed) for i in ids}
        return replace(self, nodes={**self.nodes, **changed})

    def move(self, places: Mapping[str, tuple[float, float]]) -> Graph:
        """With nodes at other places."""
        moved = {i: replace(self.nodes[i], x=x, y=y) for i, (x, y) in places.items()}
        return replace(self, nodes={**self.nodes, **moved})

    def insert_on(self, edge: Edge, node_id: str) -> Graph:
        """With a wire led through a node that has free ports."""
        layer = self.nodes[node_id].layer
        if not layer.inputs or not layer.outputs:
            title = self.nodes[node_id].title
            raise GraphError(tr("{layer} cannot be inserted into a wire.", layer=title))
        first = Edge(edge.source, node_id, edge.source_port, layer.inputs[0].name)
        last = Edge(node_id, edge.target, layer.outputs[0].name, edge.target_port)
        graph = self.disconnect(edge).connect(first).connect(last)
        rank = self.edges.index(edge)  # a merge keeps the order of its inputs
        others = tuple(e for e in graph.edges if e is not last)
        return replace(graph, edges=(*others[:rank], last, *others[rank:]))

    def insert_before(self, node_id: str, port: str, layer: Layer) -> Graph:
        """With a layer between a node's input and whatever feeds it."""
        edges = self.incoming(node_id, port)
        if not edges:
            title = self.nodes[node_id].title
            raise GraphError(tr("Nothing is connected to {layer} yet.", layer=title))
        target = self.nodes[node_id]
        source = self.nodes[edges[0].source]
        x, y = (source.x + target.x) / 2, (source.y + target.y) / 2
        graph, new_id = self.add_layer(layer, x, y)
        return graph.insert_on(edges[0], new_id)

    def _with_node(self, node: Node) -> Graph:
        return replace(self, nodes={**self.nodes, node.id: node})

    # As plain values

    def to_dict(self, ids: Iterable[str] | None = None) -> dict[str, Any]:
        """The graph as plain values, or the part of it that `ids` names."""
        chosen = set(self.nodes if ids is None else ids)
        nodes = [node_to_dict(n) for n in self.nodes.values() if n.id in chosen]
        edges = [edge_to_dict(e) for e in self.edges if e.source in chosen and e.target in chosen]
        return {"nodes": nodes, "edges": edges}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], make_layer: MakeLayer) -> Graph:
        """The graph that plain values describe; raises GraphError with the place of a mistake."""
        nodes: dict[str, Node] = {}
        for item in list_of_dicts(data, "nodes", MAX_NODES):
            node = node_from_dict(item, make_layer)
            if node.id in nodes:
                raise GraphError(tr("There are two nodes called {id}.", id=repr(node.id)))
            nodes[node.id] = node
        edges = [edge_from_dict(item, nodes) for item in list_of_dicts(data, "edges", MAX_EDGES)]
        refuse_taken(nodes, edges)
        graph = cls(nodes, tuple(edges))
        if len(graph.order) < len(nodes):
            stuck = next(node_id for node_id in nodes if node_id not in set(graph.order))
            raise GraphError(
                tr("The edges close a loop, and node {id} depends on it.", id=repr(stuck))
            )
        return graph

    def paste(
        self, data: Mapping[str, Any], make_layer: MakeLayer, dx: float = 40.0, dy: float = 40.0
    ) -> tuple[Graph, list[str]]:
        """With the nodes and wires of `to_dict` added under new ids, and those ids."""
        piece = Graph.from_dict(data, make_layer)
        graph, ids = self, {}
        for node in piece.nodes.values():
            ids[node.id] = graph.fresh_id(node.layer)
            graph = graph.add(replace(node, id=ids[node.id], x=node.x + dx, y=node.y + dy))
        moved = [replace(e, source=ids[e.source], target=ids[e.target]) for e in piece.edges]
        return replace(graph, edges=(*graph.edges, *moved)), list(ids.values())


def _taken(target: Node, port: Port) -> str:
    if len(target.layer.inputs) > 1:
        values = {"layer": target.title, "port": repr(port.name)}
        if port.is_optional:
            return tr("The input {port} of {layer} is taken. Remove that wire first.", **values)
        return tr(
            "The input {port} of {layer} is taken. Remove that wire first, or join two wires with "
            "Add or Concatenate.",
            **values,
        )
    return tr(
        "{layer} has one input and it is taken. Remove that wire first, or join two wires with Add "
        "or Concatenate.",
        layer=target.title,
    )


def _same_layer(one: Node, other: Node) -> bool:
    flags = all(getattr(one, name) == getattr(other, name) for name in FLAGS)
    return flags and one.layer == other.layer
