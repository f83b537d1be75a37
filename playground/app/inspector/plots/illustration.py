"""Illustrates what is chosen for an option: its formula, and its curve over time if it has one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from playground.app.inspector.plots.rate_plot import Course, RatePlot, Scheduled
from playground.app.widgets.formula import FormulaView
from playground.app.widgets.reference_button import ReferenceButton
from playground.graph.declaration import Declaration


class Illustration(QWidget):
    """Formula, curve, and a button that opens the reference."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.formula = FormulaView(waits=True)
        self.button = ReferenceButton(self)
        self.curve: RatePlot | None = None
        self.course = Course()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.formula, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 1, 0, 2)
        self._column.setSpacing(4)
        self._column.addLayout(row)

    def show_over(self, declaration: Declaration, course: Course) -> None:
        """Illustrate this over the course of a run."""
        self.course = course
        self.show_declaration(declaration)

    def show_formula(self, kind: type[Declaration], formula: str) -> None:
        """Illustrate a declaration by a formula."""
        self.formula.show_formula(formula)
        self.button.lead_to(kind)
        self.setVisible(bool(formula))

    def show_declaration(self, declaration: Declaration) -> None:
        """Illustrate this with its options as they are set; hide without formula and curve."""
        formula = str(getattr(declaration, "rule", declaration.formula))
        self.show_formula(type(declaration), formula)
        if isinstance(declaration, Scheduled):
            if self.curve is None:
                self.curve = RatePlot()
                self._column.addWidget(self.curve)
            self.curve.show_schedule(declaration, self.course)
        is_scheduled = isinstance(declaration, Scheduled)
        if self.curve is not None:
            self.curve.setVisible(is_scheduled)
        self.setVisible(bool(formula) or is_scheduled)
