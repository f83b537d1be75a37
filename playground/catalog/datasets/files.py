"""Data sets from files."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from playground.catalog.datasets.columns import Choice, Chosen, TaskChoice, chosen
from playground.catalog.datasets.dataset import DataError, Floats, Labels, Target
from playground.catalog.datasets.scaling import ScaledLabels
from playground.catalog.datasets.table import read_table
from playground.graph.shape import Shape


class CSV(ScaledLabels):
    """A table of your own: one example per line, separated by comma, semicolon or tab, with or
    without a header. Columns of text become 0/1 columns, one for each text; rows in which a value
    is missing are left out."""

    kind: ClassVar[str] = "csv"
    label: ClassVar[str] = "CSV file"
    source: ClassVar[str] = "RFC 4180, Common format for comma-separated values"
    family: ClassVar[str] = "Files"
    aliases: ClassVar[tuple[str, ...]] = (
        "table", "spreadsheet", "excel", "own data", "tsv", "pandas", "read_csv", "import",
    )  # fmt: skip
    when: ClassVar[str] = "For a table of your own."
    pitfall: ClassVar[str] = (
        "Row numbers and names go in as features too, unless you leave them out: choose the "
        "columns."
    )
    order: ClassVar[int] = 30

    path: str = Field(
        "",
        max_length=4096,
        title="File",
        description="Path of the table: a .csv file in UTF-8.",
        json_schema_extra={"sort": "path"},
    )
    feature_columns: tuple[str, ...] = Field(
        (),
        max_length=10_000,
        title="Features",
        description="Columns that go into the network. Empty: all but the label.",
    )
    label_column: str = Field(
        "", title="Label", description="The column to predict. Empty: the last one."
    )
    task: TaskChoice = Field(
        "auto",
        title="Task",
        description=(
            "Classes sorts examples into groups, regression predicts a number. Auto takes "
            "classes for texts and for at most 20 different whole numbers."
        ),
    )

    def _chosen(self) -> Chosen:
        choice = Choice(self.feature_columns, self.label_column, self.task)
        return chosen(read_table(self.path), choice)

    def features(self) -> Shape:
        """As many numbers as there are columns, those of texts counted once a text."""
        return Shape((len(self._chosen().feature_names),))

    def feature_names(self) -> tuple[str, ...]:
        """The header; a column of texts gives "sex = male"."""
        return self._chosen().feature_names

    def target(self) -> Target:
        """Classes sorted, or the label's name."""
        return self._chosen().target

    def notes(self) -> tuple[str, ...]:
        """Rows and columns that were left out, and texts that became columns."""
        try:
            return self._chosen().notes
        except DataError:
            return ()

    def draw(self, generator: np.random.Generator) -> tuple[Floats, Labels]:
        """Every row in which nothing is missing; the only draw is the split."""
        return self._chosen().examples()
