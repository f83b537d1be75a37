"""The training recipe: loss, optimizer and its hyperparameters, batches, penalties, seed."""

from __future__ import annotations

from pydantic import ValidationError
from PySide6.QtWidgets import QWidget

from playground.app.document import Document
from playground.app.inspector.form import OptionEdit, OptionsForm
from playground.app.inspector.plots.rate_plot import Course
from playground.app.inspector.section import Section
from playground.app.widgets.cards import heading
from playground.catalog.registry import explain
from playground.project.training import Training
from playground.translation import tr


class TrainingSection(Section):
    """A form over the project's training recipe."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.form = OptionsForm(Training)
        self.form.edited.connect(self._on_edited)
        self.form.edit_ended.connect(document.end_merge)
        self.body.addWidget(heading(tr("Training")))
        self.body.addWidget(self.form)
        self.refresh()

    def refresh(self) -> None:
        """Show the recipe as it is now."""
        training = self.document.project.training
        self.form.show_values(training)
        picture = self.form.nested["schedule"].illustration
        if picture is not None:
            rate, epochs = training.optimizer.lr, float(training.max_epochs)
            picture.show_over(training.schedule, Course(rate, epochs, training.warmup_epochs))

    def _on_edited(self, edit: OptionEdit) -> None:
        try:
            project = self.document.project.with_training(**{edit.path[0]: edit.value})
        except ValidationError as error:
            self.form.refuse(edit.path, explain(error))
            return
        self.document.edit(edit.name, project, merge_key=".".join(("training", *edit.path)))
