"""Edits of the graph: each takes a document and makes one undo step with a short name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QRectF

from playground.app.document import Document
from playground.catalog.registry import declared, make_layer
from playground.graph.fix import Fix
from playground.graph.graph import Edge, Graph, GraphError
from playground.graph.layer import Layer, UnknownLayer, required
from playground.graph.shape import Shape, ShapeError
from playground.translation import N_, tr, trn

Place = tuple[float, float]
Flag = Literal["is_frozen", "is_bypassed", "is_recomputed"]


@dataclass(frozen=True, slots=True)
class FlagSetting:
    """How a flag is set in a graph, and what Undo shows if it is set or removed."""

    on: str
    off: str
    apply: Callable[[Graph, Iterable[str], bool], Graph]


FLAGS: Mapping[Flag, FlagSetting] = {
    "is_frozen": FlagSetting(N_("Freeze {layers}"), N_("Unfreeze {layers}"), Graph.set_frozen),
    "is_bypassed": FlagSetting(
        N_("Bypass {layers}"), N_("Remove bypass from {layers}"), Graph.set_bypassed
    ),
    "is_recomputed": FlagSetting(
        N_("Recompute {layers}"), N_("Keep activations of {layers}"), Graph.set_recomputed
    ),
}


def counted(graph: Graph, ids: Iterable[str]) -> str:
    """How an undo step names these nodes: "Linear", or "3 layers"."""
    chosen = [node_id for node_id in ids if node_id in graph.nodes]
    if len(chosen) == 1:
        return graph.nodes[chosen[0]].title
    return trn("{count} layer", "{count} layers", len(chosen))


def kinds() -> list[str]:
    """Every kind of layer that can be chosen, in the order of the palette."""
    return [kind for kind, layer in declared(Layer).items() if layer is not UnknownLayer]


def accepts(kind: str, shape: Shape | None) -> bool:
    """Whether a new layer of this kind accepts an input of this shape."""
    found = declared(Layer)[kind]
    if not found.inputs:
        return False
    if shape is None:
        return True
    try:
        found().infer(*[shape] * len(required(found.inputs)))
    except (ShapeError, ValueError, TypeError, ArithmeticError):
        return False
    return True


def grown(document: Document, kind: str, wire: Edge | None) -> tuple[Graph, str]:
    """The graph with one more layer, connected to the end that `wire` names, and its node's id.

    A `wire` without a target leads to the new layer; one without a source leads from it.
    """
    layer = make_layer({"kind": kind})
    graph, node_id = document.graph.add_layer(layer)
    if wire is not None and not wire.target:
        wire = Edge(wire.source, node_id, wire.source_port, layer.inputs[0].name)
    elif wire is not None:
        wire = Edge(node_id, wire.target, layer.outputs[0].name, wire.target_port)
    return (graph if wire is None else graph.connect(wire)), node_id


def move(document: Document, places: Mapping[str, Place], *, merge_key: str | None = None) -> None:
    """Move nodes."""
    name = tr("Move {layers}", layers=counted(document.graph, places))
    document.edit_graph(name, document.graph.move(places), merge_key=merge_key)


def nudge(document: Document, dx: float, dy: float) -> None:
    """Move the selection a little; several nudges in a row are one undo step."""
    nodes = document.graph.nodes
    places = {i: (nodes[i].x + dx, nodes[i].y + dy) for i in document.selected}
    if places:
        move(document, places, merge_key=f"nudge {sorted(places)}")


def delete(document: Document, ids: Iterable[str]) -> None:
    """Remove nodes and their wires."""
    chosen = list(ids)
    if chosen:
        name = tr("Delete {layers}", layers=counted(document.graph, chosen))
        document.edit_graph(name, document.graph.remove(chosen))


def cut(document: Document, ids: Iterable[str]) -> None:
    """Remove nodes that were copied to the clipboard, and their wires."""
    chosen = list(ids)
    if chosen:
        name = tr("Cut {layers}", layers=counted(document.graph, chosen))
        document.edit_graph(name, document.graph.remove(chosen))


def delete_and_join(document: Document, node_id: str) -> None:
    """Remove a node and connect its source to its targets."""
    name = tr("Delete {layer} and join", layer=document.graph.nodes[node_id].title)
    document.edit_graph(name, document.graph.remove_and_join(node_id))


def delete_wire(document: Document, edge: Edge) -> None:
    """Remove a wire."""
    if edge in document.graph.edges:
        document.edit_graph(tr("Delete wire"), document.graph.disconnect(edge))


def duplicate(document: Document, ids: Iterable[str]) -> None:
    """Add a copy of some nodes and of the wires between them, and select it."""
    chosen = [node_id for node_id in document.graph.nodes if node_id in set(ids)]
    if not chosen:
        return
    name = tr("Duplicate {layers}", layers=counted(document.graph, chosen))
    graph, added = document.graph.paste(document.graph.to_dict(chosen), make_layer)
    document.edit_graph(name, graph)
    document.select(added)


def as_text(document: Document, ids: Iterable[str]) -> str:
    """Some nodes and the wires between them as text for the clipboard."""
    return json.dumps({"playground": 1, **document.graph.to_dict(ids)}, ensure_ascii=False)


def paste_text(document: Document, text: str, shift: float, visible: QRectF) -> str | None:
    """Add the layers that a text describes, in the visible part of the canvas.

    Returns why nothing was added, or None on success.
    """
    nothing = tr("The clipboard contains no layers. Copy layers first.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return nothing
    if not isinstance(data, dict) or data.get("playground") != 1:
        return nothing
    try:
        graph, added = document.graph.paste(data, make_layer, 0.0, 0.0)
    except (GraphError, ValueError) as error:
        return tr("These layers cannot be pasted: {reason}", reason=error)
    if not added:
        return nothing
    graph = graph.move(_pasted_places(document, graph, added, shift, visible))
    document.edit_graph(tr("Paste {layers}", layers=counted(graph, added)), graph)
    document.select(added)
    return None


def _pasted_places(
    document: Document, graph: Graph, added: list[str], shift: float, visible: QRectF
) -> dict[str, Place]:
    # Next to the originals; if that is not visible, in the middle of the visible part.
    xs = [graph.nodes[i].x for i in added]
    ys = [graph.nodes[i].y for i in added]
    dx = dy = shift
    if not visible.contains(min(xs) + dx, min(ys) + dy):
        dx = visible.center().x() - (min(xs) + max(xs)) / 2
        dy = visible.center().y() - (min(ys) + max(ys)) / 2
    taken = {(node.x, node.y) for node in document.graph.nodes.values()}
    while (xs[0] + dx, ys[0] + dy) in taken:  # pasted before: not on top of it
        dx, dy = dx + shift, dy + shift
    return {i: (graph.nodes[i].x + dx, graph.nodes[i].y + dy) for i in added}


def rename(document: Document, node_id: str, name: str) -> None:
    """Give a node another name."""
    node = document.graph.nodes[node_id]
    if name.strip() == node.title and not node.name:
        return
    graph = document.graph.rename(node_id, name)
    document.edit_graph(tr("Rename {layer}", layer=node.title), graph)


def change_activation(document: Document, node_id: str, kind: str) -> None:
    """Replace an activation by another one."""
    layer = make_layer({"kind": kind})
    before = document.graph.nodes[node_id].title
    graph = document.graph.set_layer(node_id, layer)
    name = tr("Change {layer} to {activation}", layer=before, activation=tr(layer.label))
    document.edit_graph(name, graph)


def connect(document: Document, edge: Edge) -> str | None:
    """Add a wire; returns why it cannot be added, or None on success."""
    reason = document.graph.why_not(edge)
    if reason is None:
        document.edit_graph(tr("Connect"), document.graph.connect(edge))
    return reason


def reroute(document: Document, old: Edge, new: Edge) -> str | None:
    """Replace a wire by another one; returns why that is not possible, or None on success."""
    if new == old:
        return None
    without = document.graph.disconnect(old)
    reason = without.why_not(new)
    if reason is None:
        document.edit_graph(tr("Reroute"), without.connect(new))
    return reason


def moved_end(edge: Edge, target: str, port: str) -> Edge:
    """The wire with another target."""
    return replace(edge, target=target, target_port=port)


def set_flag(document: Document, flag: Flag, is_on: bool | None = None) -> None:
    """Set a flag on the selected nodes that can have it, or remove it; None toggles."""
    chosen = flaggable(document, flag, document.selected)
    if is_on is None:
        is_on = not all(getattr(document.graph.nodes[i], flag) for i in chosen)
    setting = FLAGS[flag]
    name = tr(setting.on if is_on else setting.off, layers=counted(document.graph, chosen))
    document.edit_graph(name, setting.apply(document.graph, chosen, is_on))


def flaggable(document: Document, flag: Flag, ids: Iterable[str]) -> list[str]:
    """The nodes among `ids` that can have a flag."""
    return freezable(document, ids) if flag == "is_frozen" else bypassable(document, ids)


def freezable(document: Document, ids: Iterable[str]) -> list[str]:
    """The nodes among `ids` that have weights; if shapes are unknown, whose kind has weights."""
    nodes, known = document.graph.nodes, document.examined.parameters
    return [
        i
        for i in bypassable(document, ids)
        if known.get(i, type(nodes[i].layer).parameters is not Layer.parameters)
    ]


def bypassable(document: Document, ids: Iterable[str]) -> list[str]:
    """The nodes among `ids` that are neither an Input nor an Output."""
    nodes = document.graph.nodes
    return [i for i in ids if nodes[i].layer.inputs and nodes[i].layer.outputs]


def apply_fix(document: Document, fix: Fix) -> None:
    """Apply the fix that a diagnostic offers."""
    document.edit(fix.label, document.project.apply(fix))
