"""The inspector: what is selected, and how the net is trained."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from playground.app.document import Document
from playground.app.inspector.section import Section
from playground.app.inspector.sections.node import NodeSection
from playground.app.inspector.sections.several import SeveralSection
from playground.app.inspector.sections.summary import SummarySection
from playground.app.inspector.sections.training import TrainingSection
from playground.app.theme.tokens import SPACE
from playground.project.initial import initial_key
from playground.project.project import Project
from playground.session.messages import Frame, Reading

Key: TypeAlias = tuple[object, ...]
WIDTH = 290


class InspectorView(QScrollArea):
    """Forms over the document, at the right of the window.

    Sections are rebuilt only where another thing is selected or its kind changed; otherwise they
    are refreshed in place, so that focus and cursor stay where they are.
    """

    reference_asked = Signal(str)
    """A page of the reference is to be opened; its address."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields have it, not the ground
        self.setMinimumWidth(250)
        self.setAccessibleName("Inspector")
        content = QWidget()
        self._layout = QVBoxLayout(content)
        self._layout.setContentsMargins(SPACE * 7 // 4, SPACE * 3 // 2, SPACE * 7 // 4, SPACE * 2)
        self._layout.setSpacing(SPACE)
        self.training = TrainingSection(document)
        self._layout.addWidget(self.training)
        self._layout.addStretch(1)
        self.setWidget(content)
        self.upper: Section | None = None
        self._key: Key = ("not built",)
        self._last_frame: Frame | None = None
        self._initial: Reading | None = None
        self._keyed: Project | None = None
        self._key_of_initial = ""
        self.refresh()
        document.changed.connect(self.refresh)
        document.selection_changed.connect(self.refresh)

    def sizeHint(self) -> QSize:
        """As wide as the forms like it."""
        return QSize(WIDTH, 600)

    @property
    def probes(self) -> tuple[str, ...]:
        """The probes that what is shown draws from; ask again when the selection changes."""
        found = ["dead_units"] if isinstance(self.upper, NodeSection) and self.upper.firing else []
        if self._needs_initial():
            found.append("initial")
        return tuple(found)

    def _needs_initial(self) -> bool:
        if self.upper is None or not self.upper.wants_initial or not self.isVisible():
            return False
        return self._initial is None or self._initial["key"] != self._initial_key()

    def _initial_key(self) -> str:
        if self._keyed is not self.document.project:
            self._keyed = self.document.project
            self._key_of_initial = initial_key(self._keyed)
        return self._key_of_initial

    # Showing

    def refresh(self) -> None:
        """Show the document as it is now."""
        key = self._key_of_selection()
        if key != self._key:
            self._key = key
            self._build()
        elif self.upper is not None:
            self.upper.refresh()
        self.training.refresh()

    def _key_of_selection(self) -> Key:
        graph, selected = self.document.graph, sorted(self.document.selected)
        if len(selected) != 1:
            return tuple((i, graph.nodes[i].layer.kind) for i in selected)
        return NodeSection.key(graph, selected[0])

    def _build(self) -> None:
        if self.upper is not None:
            self._layout.removeWidget(self.upper)
            self.upper.hide()
            self.upper.deleteLater()
        selected = sorted(self.document.selected)
        if not selected:
            self.upper = SummarySection(self.document)
        elif len(selected) == 1:
            self.upper = NodeSection(self.document, selected[0])
        else:
            self.upper = SeveralSection(self.document, selected)
        self._layout.insertWidget(0, self.upper)
        self.setFocusProxy(self.upper.first_field())
        self.verticalScrollBar().setValue(0)
        if self._last_frame is not None:
            self.upper.show_frame(self._last_frame)
        if self._initial is not None and self.upper.wants_initial:
            self.upper.show_initial(self._initial)

    # Readings

    def show_frame(self, frame: Frame) -> None:
        """Show what was read of the selected node."""
        initial = frame.readings.get("initial")
        if initial is not None and initial["key"] == self._initial_key():
            self._initial = initial
            if self.upper is not None:
                self.upper.show_initial(initial)
        if "dead_units" in frame.readings:
            self._last_frame = frame
            if self.upper is not None:
                self.upper.show_frame(frame)

    def clear(self) -> None:
        """Forget what was read: the run starts anew."""
        self._last_frame = None
        if self.upper is not None:
            self.upper.clear()
