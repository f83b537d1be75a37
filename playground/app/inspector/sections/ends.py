"""What is set at the ends of the net: the data set at Input, the loss at Output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from PySide6.QtWidgets import QWidget

from playground.app.document import Document
from playground.app.examples import examples_of, why_no_examples
from playground.app.inspector.fields.pickers import PickField
from playground.app.inspector.form import OptionEdit, OptionsForm, labelled
from playground.app.inspector.section import Section
from playground.app.theme.tokens import SMALL_PX
from playground.app.widgets.cards import heading, line
from playground.app.widgets.formula import FormulaView
from playground.catalog.datasets.dataset import Dataset, Target
from playground.catalog.losses import Loss
from playground.catalog.options import Option
from playground.catalog.registry import explain
from playground.project.project import target_of

DATA = Option(
    "data", "Data set", "declaration", None, "Where the examples come from.", picks=Dataset
)
LOSS = Option(
    "loss",
    "Loss",
    "declaration",
    None,
    "How far the net's output is from the labels; it must suit them.",
    picks=Loss,
)


class DataSection(Section):
    """Picks the data set, sets its options, and tells what is in it."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.picker = PickField(DATA)
        self.picker.edited.connect(self._on_picked)
        self.form: OptionsForm | None = None
        self.help = line("", "muted", SMALL_PX)
        self.facts = line("", "", SMALL_PX)
        self.body.addWidget(heading("Data set"))
        for part in (labelled(DATA, self.picker), self.help, self.facts):
            self.body.addWidget(part)
        self.refresh()

    def refresh(self) -> None:
        """Show the data set as it is now."""
        data = self.document.project.data
        self.picker.set_value(data)
        self.help.setText(data.help())
        self._show_facts(data)
        if self.form is None or self.form.value_type is not type(data):
            self._build_form(data)
        if self.form is not None:
            self.form.show_values(data)

    def _build_form(self, data: Dataset) -> None:
        if self.form is not None:
            self.body.removeWidget(self.form)
            self.form.deleteLater()
        self.form = OptionsForm(type(data))
        self.form.edited.connect(self._on_edited)
        self.form.edit_ended.connect(self.document.end_merge)
        self.body.addWidget(self.form)

    def _show_facts(self, data: Dataset) -> None:
        examples = examples_of(data)
        self.facts.setProperty("role", "" if examples else "danger")
        self.facts.style().polish(self.facts)
        if examples is None:
            self.facts.setText(why_no_examples(data))
            return
        shape = " × ".join(map(str, examples.x_train.shape[1:]))
        features = "1 feature" if shape == "1" else f"{shape} features"
        counts = f"{len(examples.x_train):,} to train on, {len(examples.x_val):,} to validate"
        self.facts.setText(f"{counts} · {features}\n{target_text(examples.target)}")

    def _on_picked(self, data: Dataset) -> None:
        name = f"Set data set to {data.label}"
        self.document.edit(name, self.document.project.with_data(data))

    def _on_edited(self, edit: OptionEdit) -> None:
        try:
            data = self.document.project.data.with_options(**{edit.path[0]: edit.value})
        except ValidationError as error:
            if self.form is not None:
                self.form.refuse(edit.path, explain(error))
            return
        key = ".".join(("data", *edit.path))
        self.document.edit(edit.name, self.document.project.with_data(data), merge_key=key)


class LossSection(Section):
    """Picks the loss that the Output is compared with, and shows its formula."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.picker = PickField(LOSS)
        self.picker.edited.connect(self._on_picked)
        self.help = line("", "muted", SMALL_PX)
        self.formula = FormulaView()
        self.target = line("", "muted", SMALL_PX)
        self.body.addWidget(heading("Loss"))
        for part in (labelled(LOSS, self.picker), self.formula, self.help, self.target):
            self.body.addWidget(part)
        self.refresh()

    def refresh(self) -> None:
        """Show the loss as it is now."""
        loss = self.document.project.training.loss
        self.picker.set_value(loss)
        self.help.setText(loss.help())
        self.formula.show_formula(loss.formula)
        target = target_of(self.document.project.data)
        self.target.setText("" if target is None else f"Labels: {target_text(target)}")

    def _on_picked(self, loss: Loss) -> None:
        changes: Mapping[str, Any] = {"loss": loss}
        project = self.document.project.with_training(**changes)
        self.document.edit(f"Set loss to {loss.label}", project)


def target_text(target: Target) -> str:
    """What is to be predicted, in words."""
    if target.task == "regression":
        return f"predicts {', '.join(target.columns)}"
    names = ", ".join(target.classes[:10]) + (" …" if len(target.classes) > 10 else "")
    return f"{len(target.classes)} classes: {names}"
