"""One node is selected: its name, findings, formula, plots and options."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from playground.app.document import Document
from playground.app.inspector.fields.pickers import PickField
from playground.app.inspector.plots.function_plot import TRAITS_TIP, FunctionPlot, traits_text
from playground.app.inspector.row import labelled
from playground.app.inspector.section import LayerForm, Section, has_form
from playground.app.inspector.sections.ends import DataSection, LossSection
from playground.app.inspector.sections.firing import FiringSection
from playground.app.inspector.sections.flags import FlagSwitches
from playground.app.inspector.sections.initial_weights import InitialWeights
from playground.app.inspector.sections.parts import PartsSection
from playground.app.inspector.sections.summary import Findings, parameters_text
from playground.app.theme.tokens import NAME_PX, SMALL_PX, TITLE_PX, set_font
from playground.app.widgets.cards import heading, line
from playground.app.widgets.formula import FormulaView
from playground.app.widgets.quiet_inputs import QuietLineEdit
from playground.app.widgets.reference_button import ReferenceButton
from playground.catalog.layers.base.activation import Activation
from playground.catalog.layers.base.activation_analysis import traits_of
from playground.catalog.layers.base.user_block import SavedBlock
from playground.catalog.layers.base.weighted import Scaled, Weighted
from playground.catalog.options import Option
from playground.catalog.registry import declared
from playground.graph.graph import Graph, Node
from playground.graph.layer import Layer
from playground.session.messages import Frame
from playground.translation import N_, tr, trn

ACTIVATION = Option(
    "activation", N_("Activation"), "declaration", None, N_("Replace this activation.")
)


def feeding_of(graph: Graph, node_id: str) -> str | None:
    """The layer with weights in front of an activation; normalisation between them is skipped."""
    seen = {node_id}
    while True:
        edges = graph.incoming(node_id)
        if len(edges) != 1 or edges[0].source in seen:
            return None
        node_id = edges[0].source
        seen.add(node_id)
        layer = graph.nodes[node_id].layer
        if isinstance(layer, Weighted) and not isinstance(layer, Scaled):
            return node_id
        if layer.is_activation or not layer.inputs:
            return None


class NodeSection(Section):
    """Everything about one node."""

    @staticmethod
    def key(graph: Graph, node_id: str) -> tuple[object, ...]:
        """The section is refreshed as long as this is the same, and rebuilt otherwise."""
        layer = graph.nodes[node_id].layer
        feeding = feeding_of(graph, node_id) if layer.is_activation else None
        return (node_id, type(layer), feeding, feeding and type(graph.nodes[feeding].layer))

    def __init__(self, document: Document, node_id: str, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.node_id = node_id
        self.forms: list[LayerForm] = []
        self.plot: FunctionPlot | None = None
        self.firing: FiringSection | None = None
        self.initial_weights: InitialWeights | None = None
        self.picker: PickField | None = None
        layer = self.node.layer
        self._add_title(layer)
        self.findings = Findings(document, shows_where=False)
        self.body.addWidget(self.findings)
        self.formula = FormulaView(layer.formula, pixels=NAME_PX)
        self.body.addWidget(self.formula)
        if isinstance(layer, Activation):
            self._add_activation(layer)
        if has_form(layer):
            self._add_form(tr("Options"), node_id)
        if isinstance(layer, SavedBlock):
            self.add_section(PartsSection(document, node_id))
        if layer.is_activation:
            self._add_feeding()
        if isinstance(layer, Weighted) and not isinstance(layer, Scaled):
            self.initial_weights = InitialWeights(self.document, node_id)
            self.add_section(self.initial_weights)
        if layer.role != "inner":
            self.add_section((DataSection if layer.role == "input" else LossSection)(document))
        self.refresh()

    @property
    def node(self) -> Node:
        """The node as it is now."""
        return self.document.graph.nodes[self.node_id]

    def first_field(self) -> QWidget:
        """The first option of the layer, or its name if it has no options."""
        own = [form for form in self.forms if form.node_id == self.node_id]
        fields = [field for form in own for field in form.form.fields.values()]
        return fields[0] if fields else self.name

    # Building

    def _add_title(self, layer: Layer) -> None:
        self.kind = QLabel(f"{tr(layer.label)} ·" if layer.label else "")
        set_font(self.kind, TITLE_PX, bold=True)
        self.kind.setToolTip(tr(layer.help()))
        self.name = QuietLineEdit()
        self.name.setProperty("role", "title")
        set_font(self.name, TITLE_PX, bold=True)
        self.name.setPlaceholderText(self.node_id)
        self.name.setMaxLength(60)
        self.name.setToolTip(tr("Layer name (click to rename)"))
        self.name.setAccessibleName(tr("Layer name"))
        self.name.editingFinished.connect(self._on_named)
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.kind)
        row.addWidget(self.name, 1)
        self.reference = ReferenceButton(self)
        row.addWidget(self.reference)
        self.reference.lead_to(type(layer))
        self.subtitle = line("")
        self.body.addLayout(row)
        self.body.addWidget(self.subtitle)
        self.flags = FlagSwitches(self.document)
        self.body.addWidget(self.flags)

    def _add_activation(self, layer: Activation) -> None:
        self.plot = FunctionPlot()
        self.traits = line("", "muted", SMALL_PX)
        self.traits.setToolTip(tr(TRAITS_TIP))
        for part in (heading(tr("Function and derivative")), self.plot, self.traits):
            self.body.addWidget(part)
        kinds = {k: c for k, c in declared(Layer).items() if c.is_activation}
        self.picker = PickField(ACTIVATION, among=kinds)
        self.picker.edited.connect(self._on_activation_chosen)
        self.body.addWidget(labelled(ACTIVATION, self.picker))
        if layer.is_rectifier:
            feeding = feeding_of(self.document.graph, self.node_id)
            self.firing = FiringSection(self.document, self.node_id, feeding)
            self.add_section(self.firing)

    def _add_form(self, title: str, node_id: str) -> None:
        form = LayerForm(self.document, node_id)
        self.forms.append(form)
        self.body.addWidget(heading(title))
        self.body.addWidget(form)

    def _add_feeding(self) -> None:
        feeding = feeding_of(self.document.graph, self.node_id)
        if feeding is not None:
            node = self.document.graph.nodes[feeding]
            self._add_form(tr("Input from {layer}", layer=node.title), feeding)

    # Showing

    def refresh(self) -> None:
        """Show the node as it is now."""
        node = self.document.graph.nodes.get(self.node_id)
        if node is None:
            return
        if self.name.text() != node.name and not self.name.isModified():
            self.name.setText(node.name)
        self._show_subtitle()
        self.flags.refresh()
        self.findings.show_findings(self.document.examined.at(self.node_id))
        if self.plot is not None and isinstance(node.layer, Activation):
            self.plot.show_activation(node.layer)
            self.traits.setText(traits_text(traits_of(node.layer)))
        if self.picker is not None:
            self.picker.set_value(node.layer)
        for form in self.forms:
            form.refresh()
        super().refresh()

    def _show_subtitle(self) -> None:
        node, examined = self.node, self.document.examined
        dead = self.firing.dead_count if self.firing is not None else 0
        family = tr(node.layer.family).lower() or node.layer.kind
        parts = []
        shape = examined.shapes.get((node.id, "out"))
        inputs = examined.inputs.get(node.id)
        if dead and self.firing is not None:
            units = len(self.firing.squares.dead)
            parts.append(trn("{count} unit", "{count} units", units))
            parts.append(trn("{count} dead", "{count} dead", dead))
        elif node.layer.is_activation and shape is not None:
            parts.append(f"{shape}")
        elif inputs is not None:
            parts.append(node.layer.summary(*inputs) or str(shape or inputs[0]))
        if examined.parameters.get(node.id):
            parts.append(parameters_text(examined.parameters[node.id]))
        self.subtitle.setText(" — ".join(filter(None, (family, " · ".join(parts)))))
        role = "danger" if dead else "muted"
        if self.subtitle.property("role") != role:
            self.subtitle.setProperty("role", role)
            self.subtitle.style().polish(self.subtitle)

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        if self.firing is not None:
            self._show_subtitle()

    def clear(self) -> None:
        super().clear()
        self._show_subtitle()

    # Editing

    def _on_named(self) -> None:
        if not self.name.isModified():
            return
        self.name.setModified(False)
        text = self.name.text().strip()
        graph = self.document.graph.rename(self.node_id, text)
        self.document.edit_graph(tr("Rename {layer}", layer=self.node.title), graph)

    def _on_activation_chosen(self, layer: Layer) -> None:
        before, after = self.node.title, tr(layer.label)
        name = tr("Change {layer} to {activation}", layer=before, activation=after)
        self.document.edit_graph(name, self.document.graph.set_layer(self.node_id, layer))
