"""Rules about a whole project look into blocks; a finding at a part is shown at its block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from playground.catalog.layers.base.user_block import SavedBlock
from playground.graph.block import BlockLayer, expanded, inside
from playground.graph.diagnose import Diagnostic, Examined, examine
from playground.graph.fix import Edit, SetOptions
from playground.graph.shape import Shape
from playground.project.project import Project


@dataclass(frozen=True)
class Opened:
    """A project whose blocks are replaced by their parts, and what is known of it."""

    project: Project
    examined: Examined
    owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the id of a part, that of its block on the canvas and those that lead to it within."""

    def outside(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Findings of this project as those of the project with its blocks."""
        # A block may hold several layers with the same mistake.
        return list(dict.fromkeys(self._outside(diagnostic) for diagnostic in found))

    def _outside(self, found: Diagnostic) -> Diagnostic:
        fix = found.fix and found.fix.rewritten(self._edit)
        if found.node not in self.owners:
            return replace(found, fix=fix)
        title = self.project.graph.nodes[found.node].title
        text, owner = inside(title, found.message), self.owners[found.node][0]
        return replace(found, node=owner, message=text, fix=fix)

    def _edit(self, edit: Edit) -> Edit | None:
        """The same edit of the project with its blocks; None if they are in its way."""
        if not any(node_id in self.owners for node_id in edit.nodes):
            return edit
        if isinstance(edit, SetOptions):
            block, *part = self.owners[edit.node]
            return replace(edit, node=block, part=tuple(part))
        return None


def opened(
    project: Project,
    examined: Examined,
    features: Shape | None,
    kind: type[BlockLayer] = SavedBlock,
) -> Opened:
    """The project with its blocks of a kind, usually saved blocks, replaced by their parts."""
    if not any(isinstance(node.layer, kind) for node in project.graph.nodes.values()):
        return Opened(project, examined)
    found = expanded(project.graph, examined, kind)
    graph = found.graph
    return Opened(project.with_graph(graph), examine(graph, features), found.owners)
