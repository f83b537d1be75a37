"""From the columns of a table to features and labels."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from playground.catalog.datasets.dataset import DataError, Floats, Labels, Target
from playground.catalog.datasets.table import Column, Table
from playground.translation import tr, trn

TaskChoice = Literal["auto", "classes", "regression"]
Rows = npt.NDArray[np.bool_]
MAX_CATEGORIES = 20
MAX_CLASSES = 1000
MIN_ROWS = 4
MAX_NUMBERS = 100_000_000
LARGEST = 1e30


@dataclass(frozen=True)
class Choice:
    """Which columns are features, which is the label, and whether that is a class or a number."""

    feature_columns: tuple[str, ...] = ()
    label_column: str = ""
    task: TaskChoice = "auto"


@dataclass(frozen=True, eq=False)
class Feature:
    """A column that goes into the net: as a number, or as a 0/1 column for each of its texts."""

    column: Column
    categories: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What its features are called."""
        if not self.categories:
            return (self.column.name,)
        return tuple(f"{self.column.name} = {category}" for category in self.categories)

    def numbers(self, rows: Rows) -> npt.NDArray[np.float64]:
        """N × features."""
        if not self.categories:
            return self.column.numbers[rows].reshape(-1, 1)
        found = _texts(self.column, rows)
        categories = np.array(self.categories, object)
        return np.asarray(found[:, None] == categories, np.float64)


@dataclass(frozen=True, eq=False)
class Chosen:
    """What a table comes to: features and label over the rows in which nothing is missing."""

    features: tuple[Feature, ...]
    label: Column
    target: Target
    rows: Rows
    notes: tuple[str, ...]

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of all features."""
        return tuple(name for feature in self.features for name in feature.names)

    def examples(self) -> tuple[Floats, Labels]:
        """All of them, in the order of the file."""
        x = np.concatenate([feature.numbers(self.rows) for feature in self.features], 1)
        if self.target.task == "regression":
            return x.astype(np.float32), self.label.numbers[self.rows, None].astype(np.float32)
        places = {name: i for i, name in enumerate(self.target.classes)}
        y = np.array([places[text] for text in _texts(self.label, self.rows)], np.int64)
        return x.astype(np.float32), y


@lru_cache(maxsize=4)
def chosen(table: Table, choice: Choice) -> Chosen:
    """The features and the label of a table, by the chosen columns; raises DataError."""
    label = _find(table, choice.label_column) if choice.label_column else table.columns[-1]
    if label.is_missing.all():
        raise DataError(
            tr(
                "{file}: the label {label} is empty: choose another column.",
                file=table.file,
                label=repr(label.name),
            )
        )
    named = [_find(table, name) for name in dict.fromkeys(choice.feature_columns)]
    if label in named:
        raise DataError(
            tr(
                "{file}: column {label} is the label and cannot be a feature as well: remove it "
                "from the features, or choose another label.",
                file=table.file,
                label=repr(label.name),
            )
        )
    candidates = named or [column for column in table.columns if column is not label]
    columns, notes = _usable(table, candidates, is_named=bool(named))
    rows = ~np.any([column.is_missing for column in (*columns, label)], axis=0)
    _refuse_few(table, rows)
    features = tuple(_feature(table, column, rows) for column in columns)
    target = _target(table, label, choice.task, rows)
    width = sum(len(feature.names) for feature in features)
    if width * int(rows.sum()) > MAX_NUMBERS:
        raise DataError(
            tr(
                "{file} has {width} features, which is too many: choose fewer columns.",
                file=table.file,
                width=f"{width:,}",
            )
        )
    return Chosen(features, label, target, rows, _notes(table, rows, features, notes))


def _find(table: Table, name: str) -> Column:
    for column in table.columns:
        if column.name == name:
            return column
    near = difflib.get_close_matches(name, table.names, 1, 0.6)
    known = ", ".join(table.names[:10]) + (", …" if len(table.names) > 10 else "")
    unknown = tr("{file} has no column {name}.", file=table.file, name=repr(name))
    hint = tr("Did you mean {name}?", name=repr(near[0])) if near else ""
    available = tr("Available: {columns}.", columns=known)
    raise DataError(" ".join(filter(None, (unknown, hint, available))))


def _usable(
    table: Table, candidates: list[Column], *, is_named: bool
) -> tuple[list[Column], list[str]]:
    # Columns that were not chosen by name are left out if a network cannot use them.
    kept, notes = [], []
    for column in candidates:
        reason = _unusable(column)
        if reason is None:
            kept.append(column)
        elif is_named:
            raise DataError(
                tr("{file}: {reason} Choose other features.", file=table.file, reason=reason)
            )
        else:
            notes.append(tr("{reason} It is left out.", reason=reason))
    if not kept:
        raise DataError(
            tr(
                "{file} has no column of numbers to learn from beside the label: choose a file "
                "with at least two columns, separated by comma, semicolon or tab.",
                file=table.file,
            )
        )
    return kept, notes


def _unusable(column: Column) -> str | None:
    if column.is_missing.all():
        return tr("Column {name} is empty.", name=repr(column.name))
    if column.is_numeric:
        return None
    numbers = np.unique(column.numbers[~np.isnan(column.numbers)])
    if column.is_many or len(column.texts) + len(numbers) > MAX_CATEGORIES:
        return tr(
            "Column {name} has more than {limit} different texts.",
            name=repr(column.name),
            limit=MAX_CATEGORIES,
        )
    return None


def _refuse_few(table: Table, rows: Rows) -> None:
    count, gone = int(rows.sum()), int((~rows).sum())
    if count >= MIN_ROWS:
        return
    values = {"file": table.file, "least": MIN_ROWS}
    if gone:
        raise DataError(
            trn(
                "{file} has {count} complete row ({gone} left out because a value is missing); "
                "training needs at least {least}: add rows, or choose columns that are filled.",
                "{file} has {count} complete rows ({gone} left out because a value is missing); "
                "training needs at least {least}: add rows, or choose columns that are filled.",
                count,
                gone=gone,
                **values,
            )
        )
    raise DataError(
        trn(
            "{file} has {count} row; training needs at least {least}: add rows.",
            "{file} has {count} rows; training needs at least {least}: add rows.",
            count,
            **values,
        )
    )


def _feature(table: Table, column: Column, rows: Rows) -> Feature:
    if column.is_numeric:
        _refuse_texts(table, column, rows)
        return Feature(column)
    return Feature(column, tuple(sorted(set(_texts(column, rows)))))


def _refuse_texts(table: Table, column: Column, rows: Rows) -> None:
    bad = column.first_text(rows)
    if bad is not None:
        what = tr("expected a number")
        _refuse(table, column, bad, what, tr("Correct it, or leave the cell empty."))
    large = np.flatnonzero(rows & ~(np.abs(column.numbers) < LARGEST))
    if len(large):
        what = tr("the number is too large")
        _refuse(table, column, int(large[0]), what, tr("Correct it."))


def _refuse(table: Table, column: Column, row: int, what: str, hint: str) -> None:
    value = column.text(row) or tr("a text")
    raise DataError(
        tr(
            "{file}, line {line}, column {name}: {what}, got {value}. {hint}",
            file=table.file,
            line=table.lines[row],
            name=repr(column.name),
            what=what,
            value=repr(value if len(value) <= 40 else value[:37] + "..."),
            hint=hint,
        )
    )


# Labels


def _target(table: Table, label: Column, task: TaskChoice, rows: Rows) -> Target:
    if task == "regression" or (task == "auto" and label.is_numeric):
        bad = label.first_text(rows)
        if bad is not None:
            hint = tr('Correct it, or set the task to "classes".')
            _refuse(table, label, bad, tr("the label must be a number"), hint)
        _refuse_texts(table, label, rows)
        if task == "regression" or not _are_few_integers(label.numbers[rows]):
            return Target("regression", columns=(label.name,))
    return _classes(table, label, rows)


def _are_few_integers(values: npt.NDArray[np.float64]) -> bool:
    found = np.unique(values)
    return len(found) <= MAX_CATEGORIES and bool((found == np.round(found)).all())


def _classes(table: Table, label: Column, rows: Rows) -> Target:
    classes = _sorted_texts(label, rows)
    if label.is_many or len(classes) > MAX_CLASSES:
        raise DataError(
            tr(
                "{file}: the label {label} has more than {limit} classes: choose another column, "
                'or set the task to "regression" if these are numbers.',
                file=table.file,
                label=repr(label.name),
                limit=MAX_CLASSES,
            )
        )
    if len(classes) < 2:
        raise DataError(
            tr(
                "{file}: the label {label} is {value} in every row; at least two classes are "
                "needed: choose another column.",
                file=table.file,
                label=repr(label.name),
                value=repr(classes[0]),
            )
        )
    return Target("binary" if len(classes) == 2 else "classes", classes)


def _sorted_texts(column: Column, rows: Rows) -> tuple[str, ...]:
    if column.first_text(rows) is None:  # 2 comes before 10
        return tuple(_as_text(number) for number in np.unique(column.numbers[rows]))
    return tuple(sorted(set(_texts(column, rows))))


def _texts(column: Column, rows: Rows) -> npt.NDArray[np.object_]:
    texts = np.array([*column.texts, ""], object)
    found = texts[np.clip(column.codes[rows], -1, None)]
    numbers = column.numbers[rows]
    is_number = ~np.isnan(numbers)
    found[is_number] = [_as_text(number) for number in numbers[is_number]]
    return found


def _as_text(number: float) -> str:
    return f"{number:.15g}"


# What a person should know


def _notes(
    table: Table, rows: Rows, features: tuple[Feature, ...], notes: list[str]
) -> tuple[str, ...]:
    gone = len(rows) - int(rows.sum())
    found = [*table.notes]
    if gone:
        found.append(
            trn(
                "{count} row is left out because a value is missing in it.",
                "{count} rows are left out because a value is missing in them.",
                gone,
            )
        )
    found += [
        tr(
            "Column {name} holds texts and became {width} columns of 0 and 1.",
            name=repr(f.column.name),
            width=len(f.names),
        )
        for f in features
        if f.categories
    ]
    return (*found, *notes)
