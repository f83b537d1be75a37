"""How the weights of the whole net are initialized: one initializer for every layer, and the
variance of each."""

from __future__ import annotations

from html import escape

from PySide6.QtWidgets import QWidget

from playground.app.document import Document
from playground.app.inspector.fields.pickers import PickField
from playground.app.inspector.plots.histogram import variance_text
from playground.app.inspector.row import labelled
from playground.app.inspector.section import InitialSection
from playground.app.readings import node_names
from playground.app.theme.tokens import SMALL_PX, colour, theme
from playground.app.widgets.cards import heading, line
from playground.catalog.initializers import Initializer
from playground.catalog.layers.base.weighted import Scaled, Weighted
from playground.catalog.options import Option
from playground.session.messages import Reading
from playground.translation import N_, tr, trn

WHOLE_NET = Option(
    "initializer",
    N_("Initializer"),
    "declaration",
    None,
    N_(
        "How the weights of every layer are initialized. Setting it here applies it to every "
        "layer; individual layers can override it."
    ),
    picks=Initializer,
)
MOST_ROWS = 12


class WholeNetSection(InitialSection):
    """Sets the initializer of all layers with weights; lists their variances beside theory."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self._reading: Reading | None = None
        self.picker = PickField(WHOLE_NET)
        self.picker.box.setPlaceholderText(tr("varies by layer"))
        self.picker.edited.connect(self._on_chosen)
        self.table = line("", "muted", SMALL_PX)
        title = heading(tr("Weights of the whole network"))
        for part in (title, labelled(WHOLE_NET, self.picker), self.table):
            self.body.addWidget(part)
        theme.changed.connect(self._show_table)
        self.refresh()

    @property
    def weighted(self) -> dict[str, Weighted]:
        """The layers with weight matrices, by their nodes; scale factors of norms do not count."""
        nodes = self.document.graph.nodes
        layers = {i: node.layer for i, node in nodes.items() if isinstance(node.layer, Weighted)}
        return {i: layer for i, layer in layers.items() if not isinstance(layer, Scaled)}

    def refresh(self) -> None:
        """Show the initializer that all layers have, or that they differ."""
        found = self.weighted
        kinds = {layer.initializer.kind for layer in found.values()}
        common = next(iter(found.values())).initializer if len(kinds) == 1 else None
        self.picker.set_value(common)
        self.setVisible(bool(found))
        self._show_table()

    def show_initial(self, reading: Reading) -> None:
        self._reading = reading
        self._show_table()

    def _show_table(self) -> None:
        drawn = self._reading["weights"] if self._reading is not None else {}
        nodes = [i for i in self.document.graph.order if i in drawn and i in self.weighted]
        names = node_names(self.document.graph, nodes)
        tone = colour("warning").name()
        rows = []
        for node_id in nodes[:MOST_ROWS]:
            found, expected = drawn[node_id]["std"], drawn[node_id].get("theory_std")
            variance, theory = tr("Var {variance}", variance=variance_text(found)), ""
            if expected is not None:
                theory = tr("theory {variance}", variance=variance_text(expected))
            rows.append(
                f"<tr><td>{escape(names[node_id])}</td><td>&nbsp; {variance}</td>"
                f'<td style="color:{tone}">&nbsp; {theory}</td></tr>'
            )
        if len(nodes) > MOST_ROWS:
            more = trn("and {count} more", "and {count} more", len(nodes) - MOST_ROWS)
            rows.append(f"<tr><td>{more}</td></tr>")
        self.table.setText(f"<table>{''.join(rows)}</table>" if rows else "")
        self.table.setVisible(bool(rows))

    def _on_chosen(self, initializer: Initializer) -> None:
        graph = self.document.graph
        for node_id in self.weighted:
            graph = graph.set_options(node_id, initializer=initializer)
        name = tr("Set initializer of all layers to {value}", value=tr(initializer.label))
        self.document.edit_graph(name, graph)
