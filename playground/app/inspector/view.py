"""The inspector: what is selected, and how the net is trained."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from playground.app.document import Document
from playground.app.inspector.section import Section
from playground.app.inspector.sections.node import NodeSection
from playground.app.inspector.sections.several import SeveralSection
from playground.app.inspector.sections.summary import SummarySection
from playground.app.inspector.sections.training import TrainingSection
from playground.app.theme.tokens import SPACE, scaled_px, theme
from playground.session.messages import Frame, Reading
from playground.translation import tr

Key: TypeAlias = tuple[object, ...]
WIDTH, NARROWEST, WIDEST_HINT = 294, 288, 420


class InspectorView(QScrollArea):
    """Forms over the document, at the right of the window.

    Sections are rebuilt only if another thing is selected or its kind changed; otherwise they are
    refreshed in place, so that focus and cursor stay.
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
        self._fit_text()
        self.setAccessibleName(tr("Inspector"))
        content = QWidget()
        self._layout = QVBoxLayout(content)
        self._layout.setContentsMargins(SPACE * 7 // 4, SPACE * 3 // 2, SPACE * 7 // 4, SPACE * 2)
        self._layout.setSpacing(SPACE)
        self.training = TrainingSection(document)
        self._layout.addWidget(self.training)
        self._layout.addStretch(1)
        self.setWidget(content)
        self._key: Key = self._key_of_selection()
        self._frame: Frame | None = None
        self._readings: dict[str, Reading] = {}
        """The last reading of every probe of this run, for what is selected next."""
        self.upper = self._built()
        document.changed.connect(self.refresh)
        document.selection_changed.connect(self.refresh)
        theme.changed.connect(self._fit_text)

    def _fit_text(self) -> None:
        self.setMinimumWidth(min(scaled_px(NARROWEST), WIDEST_HINT))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as the forms need; large text gets more room, but not all of the window's."""
        return QSize(min(scaled_px(WIDTH), WIDEST_HINT), 600)

    # Showing

    def refresh(self) -> None:
        """Show the document as it is now."""
        key = self._key_of_selection()
        if key != self._key:
            self._key = key
            self._rebuild()
        else:
            self.upper.refresh()
        self.training.refresh()

    def _key_of_selection(self) -> Key:
        graph, selected = self.document.graph, sorted(self.document.selected)
        if len(selected) != 1:
            return tuple((i, graph.nodes[i].layer.kind) for i in selected)
        return NodeSection.key(graph, selected[0])

    def _rebuild(self) -> None:
        self._layout.removeWidget(self.upper)
        self.upper.hide()
        self.upper.deleteLater()
        self.upper = self._built()

    def _built(self) -> Section:
        """The section of what is selected, in its place and with what was read so far."""
        selected = sorted(self.document.selected)
        found: Section
        if not selected:
            found = SummarySection(self.document)
        elif len(selected) == 1:
            found = NodeSection(self.document, selected[0])
        else:
            found = SeveralSection(self.document, selected)
        self._layout.insertWidget(0, found)
        self.setFocusProxy(found.first_field())
        self.verticalScrollBar().setValue(0)
        if self._frame is not None:
            found.show_frame(replace(self._frame, readings=self._readings))
        return found

    # Readings

    @property
    def probes(self) -> tuple[str, ...]:
        """The probes that the sections draw from now; none while the inspector is hidden."""
        if not self.isVisible():
            return ()
        return tuple(dict.fromkeys((*self.upper.probes, *self.training.probes)))

    def show_frame(self, frame: Frame) -> None:
        """Hand the readings to the sections that draw from them."""
        self._frame = frame
        self._readings.update(frame.readings)
        for section in (self.upper, self.training):
            if not frame.readings.keys().isdisjoint(section.probes):
                section.show_frame(frame)

    def clear(self) -> None:
        """Forget what was read: another run begins."""
        self._frame = None
        self._readings.clear()
        for section in (self.upper, self.training):
            section.clear()
