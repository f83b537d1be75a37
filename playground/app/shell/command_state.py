"""What the commands read of the document and the run: when they are enabled, checked, and how
they are titled now."""

from __future__ import annotations

from playground.app import edits
from playground.app.shell.commands import Commands
from playground.graph.block import BlockLayer
from playground.graph.graph import Node
from playground.translation import tr


def has_selection(commands: Commands) -> bool:
    return bool(commands.document.selected)


def can_step(commands: Commands) -> bool:
    return not commands.run.is_training


def selected(commands: Commands) -> list[Node]:
    nodes = commands.document.graph.nodes
    return [nodes[i] for i in commands.document.selected if i in nodes]


def can_join(commands: Commands) -> bool:
    graph, chosen = commands.document.graph, selected(commands)
    return (
        len(chosen) == 1
        and len(graph.incoming(chosen[0].id)) == 1
        and bool(graph.outgoing(chosen[0].id))
    )


def freezable(commands: Commands) -> list[Node]:
    document = commands.document
    return [document.graph.nodes[i] for i in edits.freezable(document, document.selected)]


def bypassable(commands: Commands) -> list[Node]:
    document = commands.document
    return [document.graph.nodes[i] for i in edits.bypassable(document, document.selected)]


def has_block(commands: Commands) -> bool:
    return any(isinstance(node.layer, BlockLayer) for node in selected(commands))


def is_frozen(commands: Commands) -> bool:
    nodes = freezable(commands)
    return bool(nodes) and all(node.is_frozen for node in nodes)


def is_bypassed(commands: Commands) -> bool:
    nodes = bypassable(commands)
    return bool(nodes) and all(node.is_bypassed for node in nodes)


def is_recomputed(commands: Commands) -> bool:
    nodes = bypassable(commands)
    return bool(nodes) and all(node.is_recomputed for node in nodes)


def train_title(commands: Commands) -> str:
    run = commands.run
    return tr("Pausing…") if run.is_pausing else tr("Pause") if run.is_training else tr("Train")


def train_icon(commands: Commands) -> str:
    return "mdi6.pause" if commands.run.is_training else "mdi6.play"


def undo_title(commands: Commands) -> str:
    name = commands.document.undo_name
    return tr("Undo") if name is None else tr("Undo: {edit}", edit=name)


def redo_title(commands: Commands) -> str:
    name = commands.document.redo_name
    return tr("Redo") if name is None else tr("Redo: {edit}", edit=name)
