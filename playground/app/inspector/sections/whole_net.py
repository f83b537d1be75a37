"""How all weights of the net are drawn: one initializer for every layer, and what came of it."""

from __future__ import annotations

from html import escape

from PySide6.QtWidgets import QWidget

from playground.app.document import Document
from playground.app.inspector.fields.pickers import PickField
from playground.app.inspector.form import in_sentence, labelled
from playground.app.inspector.plots.histogram import variance_text
from playground.app.inspector.section import Section
from playground.app.readings import node_names
from playground.app.theme.tokens import SMALL_PX, colour, theme
from playground.app.widgets.cards import heading, line
from playground.catalog.initializers import Initializer
from playground.catalog.layers.base.weighted import Scaled, Weighted
from playground.catalog.options import Option
from playground.session.messages import Reading

WHOLE_NET = Option(
    "initializer",
    "Initializer",
    "declaration",
    None,
    "How the weights of every layer are drawn before training: picked here, it is set for all. "
    "Each layer can have another one.",
    picks=Initializer,
)
MOST_ROWS = 12


class WholeNetSection(Section):
    """Picks the initializer of all layers with weights; their variances, against theory."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self._reading: Reading | None = None
        self.picker = PickField(WHOLE_NET)
        self.picker.box.setPlaceholderText("they differ")
        self.picker.edited.connect(self._on_picked)
        self.table = line("", "muted", SMALL_PX)
        title = heading("Weights of the whole net")
        for part in (title, labelled(WHOLE_NET, self.picker), self.table):
            self.body.addWidget(part)
        theme.changed.connect(self._show_table)
        self.refresh()

    @property
    def weighted(self) -> dict[str, Weighted]:
        """The layers that draw matrices, by their nodes; factors of norms are left as they are."""
        nodes = self.document.graph.nodes
        layers = {i: node.layer for i, node in nodes.items() if isinstance(node.layer, Weighted)}
        return {i: layer for i, layer in layers.items() if not isinstance(layer, Scaled)}

    def refresh(self) -> None:
        """Show the initializer that all have, or that they differ."""
        found = self.weighted
        kinds = {layer.initializer.kind for layer in found.values()}
        common = next(iter(found.values())).initializer if len(kinds) == 1 else None
        self.picker.set_value(common)
        self.setVisible(bool(found))
        self._show_table()

    def show_initial(self, reading: Reading) -> None:
        """Tell what was drawn at every layer."""
        self._reading = reading
        self._show_table()

    def _show_table(self) -> None:
        drawn = self._reading["weights"] if self._reading is not None else {}
        nodes = [i for i in self.document.graph.order if i in drawn and i in self.weighted]
        names = node_names(self.document.graph, nodes)
        tone = colour("warning").name()
        rows = []
        for node_id in nodes[:MOST_ROWS]:
            theory = drawn[node_id].get("theory_std")
            notified = "" if theory is None else f"theory {variance_text(theory)}"
            rows.append(
                f"<tr><td>{escape(names[node_id])}</td>"
                f"<td>&nbsp; Var {variance_text(drawn[node_id]['std'])}</td>"
                f'<td style="color:{tone}">&nbsp; {notified}</td></tr>'
            )
        if len(nodes) > MOST_ROWS:
            rows.append(f"<tr><td>and {len(nodes) - MOST_ROWS} more</td></tr>")
        self.table.setText(f"<table>{''.join(rows)}</table>" if rows else "")
        self.table.setVisible(bool(rows))

    def _on_picked(self, initializer: Initializer) -> None:
        graph = self.document.graph
        for node_id in self.weighted:
            graph = graph.set_options(node_id, initializer=initializer)
        name = f"Set {in_sentence(WHOLE_NET.title)} of all layers to {initializer.label}"
        self.document.edit_graph(name, graph)
