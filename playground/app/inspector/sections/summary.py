"""The size of the net and all findings about it: shown while nothing is selected."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.app.document import Document
from playground.app.inspector.section import Section
from playground.app.inspector.sections.depth import DepthSection
from playground.app.inspector.sections.whole_net import WholeNetSection
from playground.app.readings import node_names
from playground.app.theme.tokens import TITLE_PX, set_font
from playground.app.widgets.cards import FindingCard, line
from playground.graph.diagnose import Diagnostic
from playground.translation import tr, trn


class Findings(QWidget):
    """Diagnostics as cards; clicking one selects its node, its button fixes it."""

    def __init__(self, document: Document, *, shows_where: bool) -> None:
        super().__init__()
        self.document = document
        self.shows_where = shows_where
        self.cards: list[FindingCard] = []
        self._shown: tuple[Diagnostic, ...] = ()
        self._names: dict[str, str] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)

    def show_findings(self, findings: tuple[Diagnostic, ...]) -> None:
        """Show these and no others."""
        self.setVisible(bool(findings))
        if findings == self._shown:
            return
        self._shown = findings
        for card in self.cards:
            self._layout.removeWidget(card)
            card.hide()
            card.deleteLater()
        graph = self.document.graph
        self._names = node_names(graph, graph.nodes)
        self.cards = [self._card(finding) for finding in findings]

    def _card(self, finding: Diagnostic) -> FindingCard:
        node = self.document.graph.nodes.get(finding.node)
        where = self._names[node.id] if node is not None and self.shows_where else ""
        card = FindingCard(finding, where)
        card.fixed.connect(lambda: self._fix(finding))
        if node is not None and self.shows_where:
            card.clicked.connect(lambda: self.document.select([finding.node]))
        self._layout.addWidget(card)
        return card

    def _fix(self, finding: Diagnostic) -> None:
        if finding.fix is not None:
            self.document.edit(finding.fix.label, self.document.project.apply(finding.fix))


def parameters_text(count: int) -> str:
    """A number of parameters: "1,024 parameters"."""
    return trn("{number} parameter", "{number} parameters", count, number=f"{count:,}")


class SummarySection(Section):
    """Layers, parameters, findings."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.title = line(tr("Network"), "", TITLE_PX)
        set_font(self.title, TITLE_PX, bold=True)
        self.counts = line("")
        self.verdict = line("", "healthy")
        self.findings = Findings(document, shows_where=True)
        self.depths = DepthSection(document)
        self.weights = WholeNetSection(document)
        for part in (self.title, self.counts, self.verdict, self.findings):
            self.body.addWidget(part)
        self.add_section(self.depths)
        self.add_section(self.weights)
        self.refresh()

    def refresh(self) -> None:
        """Count, and list the findings."""
        examined = self.document.examined
        inner = [
            n for n in self.document.graph.nodes.values() if n.layer.inputs and n.layer.outputs
        ]
        layers = trn("{count} layer", "{count} layers", len(inner))
        self.counts.setText(f"{layers} · {parameters_text(examined.total_parameters)}")
        self.findings.show_findings(examined.diagnostics)
        self.verdict.setText(tr("No problems found: the network can be trained."))
        self.verdict.setVisible(not examined.diagnostics)
        super().refresh()
