"""Several nodes are selected: their kinds, and the options that they share."""

from __future__ import annotations

from collections import Counter

from pydantic import ValidationError
from PySide6.QtWidgets import QWidget

from playground.app.document import Document
from playground.app.inspector.form import OptionEdit, OptionsForm
from playground.app.inspector.section import Section, has_form
from playground.app.inspector.sections.flags import FlagSwitches
from playground.app.theme.tokens import TITLE_PX, set_font
from playground.app.widgets.cards import heading, line
from playground.catalog.registry import explain
from playground.translation import tr, trn


class SeveralSection(Section):
    """Counts per kind; if all are of one kind, their options are set together."""

    def __init__(
        self, document: Document, node_ids: list[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(document, parent)
        self.node_ids = node_ids
        title = line(self._layers_text(), "", TITLE_PX)
        set_font(title, TITLE_PX, bold=True)
        layers = [document.graph.nodes[i].layer for i in node_ids]
        counts = Counter(tr(layer.label) for layer in layers)
        self.body.addWidget(title)
        self.body.addWidget(line(" · ".join(f"{n} {label}" for label, n in counts.items())))
        self.flags = FlagSwitches(document)
        self.body.addWidget(self.flags)
        self.form: OptionsForm | None = None
        if len({type(layer) for layer in layers}) == 1 and has_form(layers[0]):
            self.form = OptionsForm(type(layers[0]))
            self.form.edited.connect(self._on_edited)
            self.form.edit_ended.connect(document.end_merge)
            self.body.addWidget(heading(tr("Options of all")))
            self.body.addWidget(self.form)
        self.refresh()

    def refresh(self) -> None:
        """Show the options of the first one, and which flags are set."""
        nodes = self.document.graph.nodes
        self.flags.refresh()
        if self.form is not None and self.node_ids[0] in nodes:
            self.form.show_values(nodes[self.node_ids[0]].layer)

    def _on_edited(self, edit: OptionEdit) -> None:
        if self.form is None:
            return
        graph = self.document.graph
        try:
            for node_id in self.node_ids:
                graph = graph.set_options(node_id, **{edit.path[0]: edit.value})
        except ValidationError as error:
            self.form.refuse(edit.path, explain(error))
            return
        key = ".".join((*self.node_ids, *edit.path))
        self.document.edit_graph(edit.name_for(self._layers_text()), graph, merge_key=key)

    def _layers_text(self) -> str:
        return trn("{count} layer", "{count} layers", len(self.node_ids))
