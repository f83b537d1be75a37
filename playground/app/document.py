"""The open project: its value, its undo stack, its selection, and one `changed` signal."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from playground.graph.graph import Graph
from playground.project.check import Checked, check
from playground.project.project import Project
from playground.translation import tr

UNDO_LIMIT = 500
MERGE_WITHIN_S = 1.5


@dataclass(frozen=True)
class Entry:
    """An undo step: the name of the edit, and the project before it."""

    name: str
    project: Project


class Document(QObject):
    """Holds the project and its undo stack. Projects are immutable values that are replaced."""

    changed = Signal()
    """The project was replaced: by an edit, undo, redo, or opening a file."""
    selection_changed = Signal()
    saved_state_changed = Signal()
    """The path or the modified state changed."""
    notified = Signal(str)
    """Describes side effects of an edit (e.g. the loss was changed too)."""

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._examined: Checked | None = None
        self._clean: Project | None = project
        self._undo: list[Entry] = []
        self._redo: list[Entry] = []
        self._merge_key: str | None = None
        self._merged_at = 0.0
        self.selected: frozenset[str] = frozenset()
        self.path: Path | None = None
        self.view: dict[str, Any] = {}

    # The project

    @property
    def project(self) -> Project:
        """The current project."""
        return self._project

    @property
    def graph(self) -> Graph:
        """The graph of the current project."""
        return self._project.graph

    @property
    def examined(self) -> Checked:
        """Shapes, parameter counts and diagnostics of the current project, computed once per edit.

        Everything in the app reads it here; nothing else calls `check` on this project.
        """
        if self._examined is None:
            self._examined = check(self._project)
        return self._examined

    def edit(self, name: str, project: Project, *, merge_key: str | None = None) -> None:
        """Replace the project; `name` is what Undo shows ("Add ReLU").

        Edits with the same `merge_key` in quick succession become one undo step: a drag, a
        number being typed, a slider being moved.
        """
        if project == self._project:
            return
        followed = project.adjustments(self._project)
        now = time.monotonic()
        merges = (
            merge_key is not None
            and merge_key == self._merge_key
            and now - self._merged_at < MERGE_WITHIN_S
            and bool(self._undo)
        )
        if merges:
            self._undo[-1] = Entry(name, self._undo[-1].project)
        else:
            self._undo.append(Entry(name, self._project))
            del self._undo[:-UNDO_LIMIT]
        self._redo.clear()
        self._merge_key, self._merged_at = merge_key, now
        self._replace(project)
        if followed:
            self.notified.emit(followed)

    def edit_graph(self, name: str, graph: Graph, *, merge_key: str | None = None) -> None:
        """Replace the graph of the project."""
        self.edit(name, self._project.with_graph(graph), merge_key=merge_key)

    def end_merge(self) -> None:
        """Make the next edit a separate undo step, whatever its merge key."""
        self._merge_key = None

    def open(self, project: Project, path: Path | None = None) -> None:
        """Open another project, with nothing to undo and nothing unsaved."""
        self._undo.clear()
        self._redo.clear()
        self._merge_key = None
        self.path = path
        self._clean = project
        self.selected = frozenset()
        self._replace(project)
        self.selection_changed.emit()
        self.saved_state_changed.emit()

    def _replace(self, project: Project) -> None:
        was_modified = self.is_modified
        self._project = project
        self._examined = None
        gone = self.selected - set(project.graph.nodes)
        if gone:
            self.selected -= gone
        self.changed.emit()
        if gone:
            self.selection_changed.emit()
        if was_modified != self.is_modified:
            self.saved_state_changed.emit()

    def set_view(self, view: Mapping[str, Any]) -> None:
        """Replace what the project's file holds about the window; shown once it is opened."""
        self.view = dict(view)

    # Undo

    @property
    def undo_name(self) -> str | None:
        """The name of the edit that Undo would undo, or None."""
        return self._undo[-1].name if self._undo else None

    @property
    def redo_name(self) -> str | None:
        """The name of the edit that Redo would redo, or None."""
        return self._redo[-1].name if self._redo else None

    def undo(self) -> None:
        """Return to the project before the last edit."""
        self._go(self._undo, self._redo)

    def redo(self) -> None:
        """Return to the project that was undone."""
        self._go(self._redo, self._undo)

    def _go(self, source: list[Entry], other: list[Entry]) -> None:
        if not source:
            return
        entry = source.pop()
        other.append(Entry(entry.name, self._project))
        self._merge_key = None
        self._replace(entry.project)

    # Saving

    @property
    def is_modified(self) -> bool:
        """Whether the project differs from what was saved or opened."""
        return self._clean is not self._project and self._clean != self._project

    def mark_saved(self, path: Path, project: Project) -> None:
        """Note that this project is saved in this file."""
        self.path = path
        self._clean = project
        self.saved_state_changed.emit()

    def mark_modified(self) -> None:
        """Note that there are unsaved changes besides the project: trained weights."""
        if self._clean is not None:
            self._clean = None
            self.saved_state_changed.emit()

    @property
    def title(self) -> str:
        """The file's name, or "untitled" in the person's language."""
        return self.path.name if self.path else tr("untitled")

    # Selection

    def select(self, ids: Iterable[str]) -> None:
        """Select exactly these nodes."""
        chosen = frozenset(ids) & set(self.graph.nodes)
        if chosen != self.selected:
            self.selected = chosen
            self.selection_changed.emit()
