"""Fixes: what a button at a diagnostic does, as typed edits that are plain values.

A layer that refuses its input may name a fix without knowing its node: the edit then applies to
`HERE`, which `Fix.at` replaces by the id of the node. `Project.apply` makes the edits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from playground.graph.edge import Edge

HERE = ""
"""Stands for the node at which a fix is named; no node has this id."""
Options = tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class SetOptions:
    """Set options of a layer, or of a part of a block; `part` leads there from the block."""

    options: Options
    node: str = HERE
    part: tuple[str, ...] = ()

    @property
    def nodes(self) -> tuple[str, ...]:
        """Ids of the nodes that it changes."""
        return (self.node,)


@dataclass(frozen=True, slots=True)
class InsertBefore:
    """Insert a new layer between an input of a node, counted from 0, and what feeds it."""

    kind: str
    node: str = HERE
    port: int = 0
    options: Options = ()

    @property
    def nodes(self) -> tuple[str, ...]:
        """Ids of the nodes that it changes."""
        return (self.node,)


@dataclass(frozen=True, slots=True)
class Unplug:
    """Remove the wires that end at an input of a node, counted from 0."""

    port: int
    node: str = HERE

    @property
    def nodes(self) -> tuple[str, ...]:
        """Ids of the nodes that it changes."""
        return (self.node,)


@dataclass(frozen=True, slots=True)
class Connect:
    """Add a wire."""

    edge: Edge

    @property
    def nodes(self) -> tuple[str, ...]:
        """Ids of the nodes that it connects."""
        return (self.edge.source, self.edge.target)


@dataclass(frozen=True, slots=True)
class RemoveNodes:
    """Remove nodes and their wires."""

    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveAndJoin:
    """Remove a node and connect what fed it to what it fed."""

    node: str

    @property
    def nodes(self) -> tuple[str, ...]:
        """Ids of the nodes that it changes."""
        return (self.node,)


@dataclass(frozen=True, slots=True)
class SetFrozen:
    """Freeze nodes, or unfreeze them."""

    nodes: tuple[str, ...]
    is_frozen: bool


@dataclass(frozen=True, slots=True)
class SetBypassed:
    """Bypass nodes, or remove their bypass."""

    nodes: tuple[str, ...]
    is_bypassed: bool


@dataclass(frozen=True, slots=True)
class OpenBlock:
    """Replace a block by its parts."""

    node: str

    @property
    def nodes(self) -> tuple[str, ...]:
        """Ids of the nodes that it changes."""
        return (self.node,)


@dataclass(frozen=True, slots=True)
class AddEnd:
    """Add an Input or an Output, connected to the layer that waits for it if there is one."""

    kind: str

    @property
    def nodes(self) -> tuple[str, ...]:
        """None: the node that it adds has no id yet."""
        return ()


@dataclass(frozen=True, slots=True)
class SetTraining:
    """Set options of the training recipe."""

    options: Options

    @property
    def nodes(self) -> tuple[str, ...]:
        """None: the graph stays as it is."""
        return ()


GraphEdit = (
    SetOptions
    | InsertBefore
    | Unplug
    | Connect
    | RemoveNodes
    | RemoveAndJoin
    | SetFrozen
    | SetBypassed
    | OpenBlock
    | AddEnd
)
Edit = GraphEdit | SetTraining


@dataclass(frozen=True, slots=True)
class Fix:
    """What fixes a diagnostic: a label for the button, and the edits that it makes."""

    label: str
    edits: tuple[Edit, ...]

    @classmethod
    def setting(cls, label: str, /, **options: object) -> Fix:
        """A fix by a layer: set some of its own options."""
        return cls(label, (SetOptions(tuple(options.items())),))

    @classmethod
    def inserting(cls, label: str, kind: str, /, *, port: int = 0, **options: object) -> Fix:
        """A fix by a layer: insert a layer of that kind before one of its inputs."""
        return cls(label, (InsertBefore(kind, HERE, port, tuple(options.items())),))

    @classmethod
    def unplugging(cls, label: str, /, port: int) -> Fix:
        """A fix by a layer: remove the wire at one of its inputs."""
        return cls(label, (Unplug(port),))

    @classmethod
    def training(cls, label: str, /, **options: object) -> Fix:
        """A fix of a project: set options of its training recipe."""
        return cls(label, (SetTraining(tuple(options.items())),))

    def at(self, node_id: str) -> Fix:
        """The fix that a layer named, as edits of its node."""
        return replace(self, edits=tuple(_at(edit, node_id) for edit in self.edits))

    def rewritten(self, rewrite: Callable[[Edit], Edit | None]) -> Fix | None:
        """The fix with every edit replaced; None if one of them has no replacement."""
        edits = tuple(found for edit in self.edits if (found := rewrite(edit)) is not None)
        return replace(self, edits=edits) if len(edits) == len(self.edits) else None


def _at(edit: Edit, node_id: str) -> Edit:
    if isinstance(edit, SetOptions | InsertBefore | Unplug) and edit.node == HERE:
        return replace(edit, node=node_id)
    return edit
