"""The base of the inspector's sections."""

from __future__ import annotations

from pydantic import ValidationError
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.app.document import Document
from playground.app.inspector.form import OptionEdit, OptionsForm
from playground.app.readings import reading_of
from playground.catalog.registry import explain
from playground.graph.layer import Layer
from playground.project.initial import initial_key
from playground.project.project import Project
from playground.session.messages import Frame, Reading


class Section(QWidget):
    """A part of the inspector over one thing; it is refreshed in place, never rebuilt.

    It is a ReadingsConsumer: it names the probes it draws from and is handed the frames that hold
    one of them. Sections within it are served along with it.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.sections: list[Section] = []
        """The sections within this one."""
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(6)

    def add_section(self, section: Section) -> None:
        """Put a section at the end of this one."""
        self.sections.append(section)
        self.body.addWidget(section)

    def refresh(self) -> None:
        """Show the project as it is now."""
        for section in self.sections:
            section.refresh()

    def first_field(self) -> QWidget:
        """What gets the focus when the person turns to this section."""
        return self

    @property
    def probes(self) -> tuple[str, ...]:
        """The probes that it and the sections within it draw from now."""
        return tuple(dict.fromkeys(p for section in self.sections for p in section.probes))

    def show_frame(self, frame: Frame) -> None:
        """Draw what was read: each section within gets what it asks for."""
        for section in self.sections:
            if not frame.readings.keys().isdisjoint(section.probes):
                section.show_frame(frame)

    def clear(self) -> None:
        """Forget what was read of a run: another one begins."""
        for section in self.sections:
            section.clear()


class InitialSection(Section):
    """Draws from the probe "initial": the net before training.

    It reads the same as long as the project's initial weights, data and loss are the same, so it
    is asked for once for each of them, and it outlasts the runs.
    """

    PROBE = "initial"

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self._shown_key = ""
        self._keyed: Project | None = None
        self._key = ""

    @property
    def probes(self) -> tuple[str, ...]:
        """The probe, until the reading of the current project has come. A net with errors cannot
        be built, so nothing is read of it."""
        if self.document.examined.errors or self._shown_key == self._current_key():
            return ()
        return (self.PROBE,)

    def show_frame(self, frame: Frame) -> None:
        """Draw the reading if it is of the current project and not of an earlier one."""
        reading = reading_of(frame, self.PROBE)
        if reading is not None and reading["key"] == self._current_key():
            self._shown_key = reading["key"]
            self.show_initial(reading)

    def show_initial(self, reading: Reading) -> None:
        """Draw the net before training."""

    def _current_key(self) -> str:
        if self._keyed is not self.document.project:
            self._keyed = self.document.project
            self._key = initial_key(self._keyed)
        return self._key


class LayerForm(QWidget):
    """The options of a node's layer."""

    def __init__(self, document: Document, node_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.node_id = node_id
        layer = document.graph.nodes[node_id].layer
        self.form = OptionsForm(type(layer))
        self.form.edited.connect(self._on_edited)
        self.form.edit_ended.connect(document.end_merge)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.form)
        self.refresh()

    def refresh(self) -> None:
        """Show the options as they are now."""
        node = self.document.graph.nodes.get(self.node_id)
        if node is not None and type(node.layer) is self.form.value_type:
            self.form.show_values(node.layer)

    def _on_edited(self, edit: OptionEdit) -> None:
        node = self.document.graph.nodes[self.node_id]
        try:
            graph = self.document.graph.set_options(node.id, **{edit.path[0]: edit.value})
        except ValidationError as error:
            self.form.refuse(edit.path, explain(error))
            return
        key = ".".join((node.id, *edit.path))
        self.document.edit_graph(edit.name_for(node.title), graph, merge_key=key)


def has_form(layer: Layer) -> bool:
    """Whether there is anything to set on a layer."""
    return bool(type(layer).model_fields)
