"""The options at the ends of the net: the data set at Input, the loss at Output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from PySide6.QtWidgets import QWidget

from playground.app.document import Document
from playground.app.examples import examples_of, why_no_examples
from playground.app.inspector.fields.pickers import PickField
from playground.app.inspector.form import OptionEdit, OptionsForm
from playground.app.inspector.row import labelled
from playground.app.inspector.section import Section
from playground.app.theme.tokens import SMALL_PX
from playground.app.widgets.cards import heading, line
from playground.app.widgets.formula import FormulaView
from playground.catalog.datasets.dataset import Dataset, Target
from playground.catalog.losses import Loss
from playground.catalog.options import Option
from playground.catalog.registry import explain
from playground.project.project import target_of
from playground.translation import N_, tr, trn

SHOWN_CLASSES = 10
DATA = Option(
    "data", N_("Data set"), "declaration", None, N_("Source of the examples."), picks=Dataset
)
LOSS = Option(
    "loss",
    N_("Loss"),
    "declaration",
    None,
    N_("Measures how far the network's output is from the labels. It must match their type."),
    picks=Loss,
)


class DataSection(Section):
    """The data set, its options, and how many examples it has."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.picker = PickField(DATA)
        self.picker.edited.connect(self._on_chosen)
        self.form: OptionsForm | None = None
        self.help = line("", "muted", SMALL_PX)
        self.facts = line("", "", SMALL_PX)
        self.body.addWidget(heading(tr("Data set")))
        for part in (labelled(DATA, self.picker), self.help, self.facts):
            self.body.addWidget(part)
        self.refresh()

    def refresh(self) -> None:
        """Show the data set as it is now."""
        data = self.document.project.data
        self.picker.set_value(data)
        self.help.setText(tr(data.help()))
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
        features = trn("{shape} feature", "{shape} features", 1 if shape == "1" else 2, shape=shape)
        counts = tr(
            "{train} training examples, {validation} validation examples",
            train=f"{len(examples.x_train):,}",
            validation=f"{len(examples.x_val):,}",
        )
        self.facts.setText(f"{counts} · {features}\n{target_text(examples.target)}")

    def _on_chosen(self, data: Dataset) -> None:
        name = tr("Set data set to {value}", value=tr(data.label))
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
    """The loss that compares the output with the labels, and its formula."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.picker = PickField(LOSS)
        self.picker.edited.connect(self._on_chosen)
        self.help = line("", "muted", SMALL_PX)
        self.formula = FormulaView()
        self.target = line("", "muted", SMALL_PX)
        self.body.addWidget(heading(tr("Loss")))
        for part in (labelled(LOSS, self.picker), self.formula, self.help, self.target):
            self.body.addWidget(part)
        self.refresh()

    def refresh(self) -> None:
        """Show the loss as it is now."""
        loss = self.document.project.training.loss
        self.picker.set_value(loss)
        self.help.setText(tr(loss.help()))
        self.formula.show_formula(loss.formula)
        target = target_of(self.document.project.data)
        self.target.setText(
            "" if target is None else tr("Labels: {labels}", labels=target_text(target))
        )

    def _on_chosen(self, loss: Loss) -> None:
        changes: Mapping[str, Any] = {"loss": loss}
        project = self.document.project.with_training(**changes)
        self.document.edit(tr("Set loss to {value}", value=tr(loss.label)), project)


def target_text(target: Target) -> str:
    """What is predicted, in words."""
    if target.task == "regression":
        return tr("predicts {columns}", columns=", ".join(target.columns))
    names = ", ".join(target.classes[:SHOWN_CLASSES])
    if len(target.classes) > SHOWN_CLASSES:
        names += " …"
    count = len(target.classes)
    return trn("{count} class: {names}", "{count} classes: {names}", count, names=names)
