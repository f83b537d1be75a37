"""The weights of a node before training: their histogram, their variance and its formula."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from playground.app.document import Document
from playground.app.inspector.fields.penalties import number_in_latex
from playground.app.inspector.plots.histogram import WeightHistogram, variance_text
from playground.app.inspector.section import InitialSection
from playground.app.theme.text import power_text
from playground.app.theme.tokens import SMALL_PX, colour, theme
from playground.app.widgets.cards import heading, line
from playground.app.widgets.formula import FormulaView
from playground.catalog.layers.base.weighted import Weighted
from playground.session.messages import Reading
from playground.translation import tr, trn


class InitialWeights(InitialSection):
    """The weights of a node before training; hidden until they have been read."""

    def __init__(self, document: Document, node_id: str, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.node_id = node_id
        self.histogram = WeightHistogram()
        self.facts = line("", "muted", SMALL_PX)
        self.variance = FormulaView()
        title = heading(tr("Initial weights"))
        for part in (title, self.histogram, self.facts, self.variance):
            self.body.addWidget(part)
        self._own: Mapping[str, Any] | None = None
        theme.changed.connect(self._show_own)
        self.hide()

    def show_initial(self, reading: Reading) -> None:
        self._own = reading["weights"].get(self.node_id)
        self._show_own()

    def _show_own(self) -> None:
        own = self._own
        self.setVisible(own is not None)
        if own is None:
            return
        self.histogram.show_weights(own)
        count, variance = f"{own['count']:,}", variance_text(own["std"])
        weights = trn("{number} weight", "{number} weights", own["count"], number=count)
        parts = [weights, tr("Var {variance}", variance=variance)]
        if "theory_std" in own:
            theory = tr("theory {variance}", variance=variance_text(own["theory_std"]))
            parts.append(f'<span style="color:{colour("warning").name()}">{theory}</span>')
        self.facts.setText(" · ".join(parts))
        self.facts.setToolTip(tr("Standard deviation {std}", std=power_text(own["std"])))
        self.variance.show_formula(self._variance_formula(own))
        self.histogram.setAccessibleName(tr("Histogram of {weights}", weights=weights))

    def _variance_formula(self, own: Mapping[str, Any]) -> str:
        """Var(W) in n_in and n_out and with their numbers, if the initializer has a formula."""
        layer = self.document.graph.nodes[self.node_id].layer
        if "fans" not in own or "theory_std" not in own or not isinstance(layer, Weighted):
            return ""
        one = layer.initializer
        stated = one.variance(*own["fans"])
        # Some layers of torch draw with another variance: the formula does not hold for them.
        if stated is None or not math.isclose(stated, own["theory_std"] ** 2, rel_tol=1e-6):
            return ""
        numbers = one.spread
        for sign, fan in zip((r"n_{in}", r"n_{out}"), own["fans"], strict=True):
            numbers = numbers.replace(sign, rf"\cdot {fan}" if f"3 {sign}" in numbers else str(fan))
        steps = dict.fromkeys(filter(None, (one.spread, numbers)))
        return " = ".join((r"\mathrm{Var}(W)", *steps, number_in_latex(stated, 3)))
