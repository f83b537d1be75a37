"""The base of the inspector's sections."""

from __future__ import annotations

from pydantic import ValidationError
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.app.document import Document
from playground.app.inspector.form import OptionEdit, OptionsForm
from playground.catalog.registry import explain
from playground.graph.layer import Layer
from playground.session.messages import Frame, Reading


class Section(QWidget):
    """A part of the inspector over one thing; it is refreshed in place, never rebuilt."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(6)

    def refresh(self) -> None:
        """Show the project as it is now."""

    def first_field(self) -> QWidget:
        """What gets the focus when the person turns to this section."""
        return self

    def show_frame(self, frame: Frame) -> None:
        """Show what was read."""

    @property
    def wants_initial(self) -> bool:
        """Whether it shows something of the net before training."""
        return False

    def show_initial(self, reading: Reading) -> None:
        """Show what was read of the net before training."""

    def clear(self) -> None:
        """Forget what was read: the run starts anew."""


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
