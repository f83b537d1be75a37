"""Reads a CSV file into columns. Whatever is in the file is untrusted: nothing is evaluated."""

from __future__ import annotations

import codecs
import csv
import itertools
import math
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from playground.catalog.datasets.dataset import DataError
from playground.translation import tr

MAX_BYTES = 256 * 2**20
MAX_ROWS = 1_000_000
MAX_CELLS = 20_000_000
MAX_COLUMNS = 10_000
MAX_TEXTS = 1000
"""Different texts kept of one column; more than these are counted as OTHER."""
SAMPLE_BYTES = 64 * 2**10
CHUNK_ROWS = 4096
HEAD_ROWS = 200
DELIMITERS = ("\t", ";", ",")
MISSING_WORDS = frozenset({"", "na", "n/a", "nan", "null", "?", "-"})
MISSING, NUMBER, OTHER = -1, -2, -3
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")

Stamp = tuple[int, int]
Row = tuple[int, list[str]]


class Reader(Protocol):
    """What csv.reader gives: rows, and the line it is at."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


@dataclass(frozen=True, eq=False)
class Column:
    """The cells of one column: numbers as they are, texts by their place in `texts`."""

    name: str
    numbers: npt.NDArray[np.float64]
    """NaN if a cell is missing or a text."""
    codes: npt.NDArray[np.int32]
    """A place in `texts`, or MISSING, NUMBER, or OTHER for a text beyond the first thousand."""
    texts: tuple[str, ...]

    @property
    def is_missing(self) -> npt.NDArray[np.bool_]:
        """By row, whether the cell is empty."""
        return np.asarray(self.codes == MISSING)

    @property
    def is_numeric(self) -> bool:
        """Whether at least half of the cells that are there are numbers."""
        present = int((self.codes != MISSING).sum())
        return present > 0 and 2 * int((self.codes == NUMBER).sum()) >= present

    @property
    def is_many(self) -> bool:
        """Whether there are more different texts than are kept."""
        return bool((self.codes == OTHER).any())

    def text(self, row: int) -> str:
        """A cell as text."""
        code = int(self.codes[row])
        if code >= 0:
            return self.texts[code]
        return f"{self.numbers[row]:g}" if code == NUMBER else ""

    def first_text(self, rows: npt.NDArray[np.bool_]) -> int | None:
        """The first of these rows whose cell is a text, or None."""
        found = np.flatnonzero(rows & (self.codes != NUMBER) & (self.codes != MISSING))
        return int(found[0]) if len(found) else None


@dataclass(frozen=True, eq=False)
class Table:
    """A CSV file in columns."""

    file: str
    columns: tuple[Column, ...]
    lines: npt.NDArray[np.int64]
    """The line in the file on which every row ends."""
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns are called."""
        return tuple(column.name for column in self.columns)


def stamp_of(path: str) -> Stamp:
    """When a file was changed and how large it is; raises DataError if it cannot be read."""
    if not path:
        raise DataError(tr("No file is chosen: choose a CSV file."))
    try:
        found = os.stat(path)
    except FileNotFoundError as error:
        raise DataError(tr("File not found: {path}. Choose it again.", path=path)) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(tr("{file} cannot be read: {reason}.", file=path, reason=reason)) from error
    if not stat.S_ISREG(found.st_mode):
        raise DataError(tr("{file} is not a file: choose a CSV file.", file=path))
    if found.st_size > MAX_BYTES:
        raise DataError(
            tr(
                "{file} has {size} MiB; at most {limit} can be read: use a part of it.",
                file=_name(path),
                size=f"{found.st_size / 2**20:,.0f}",
                limit=MAX_BYTES // 2**20,
            )
        )
    return found.st_mtime_ns, found.st_size


def read_table(path: str) -> Table:
    """The columns of a CSV file, read again only if it has changed; raises DataError."""
    found = _outcome(path, stamp_of(path))
    if isinstance(found, str):
        raise DataError(found)
    return found


@lru_cache(maxsize=4)
def _outcome(path: str, stamp: Stamp) -> Table | str:
    # A mistake in the file is remembered too: it would take as long to find again.
    try:
        return _read(path)
    except DataError as error:
        return str(error)
    except UnicodeError:
        return tr("{file} is not a text file: save the table as CSV in UTF-8.", file=_name(path))


def _name(path: str) -> str:
    return Path(path).name


def _empty(path: str) -> str:
    return tr("{file} is empty: choose a file with a header and rows.", file=_name(path))


def _read(path: str) -> Table:
    try:
        encoding = _encoding(path)
        with open(path, encoding=encoding, newline="") as stream:
            sample = stream.read(SAMPLE_BYTES)
        delimiter = _delimiter(sample)
        with open(path, encoding=encoding, newline="") as stream:
            reader = csv.reader(stream, delimiter=delimiter, strict=True)
            table = _columns(path, reader, delimiter)
    except OSError as error:
        reason = error.strerror or error
        raise DataError(tr("{file} cannot be read: {reason}.", file=path, reason=reason)) from error
    except csv.Error as error:
        raise DataError(_broken(path, reader, error)) from error
    if encoding == "cp1252":
        note = tr("The file is not UTF-8 and was read as Windows-1252: check letters with accents.")
        return Table(table.file, table.columns, table.lines, (note, *table.notes))
    return table


def _broken(path: str, reader: Reader, error: csv.Error) -> str:
    reason = str(error)
    if "unexpected end" in reason:
        reason = tr("a quote is opened and never closed")
    return tr(
        "{file}, line {line}: this is not CSV: {reason}.",
        file=_name(path),
        line=reader.line_num,
        reason=reason,
    )


# Which letters and which delimiter


def _encoding(path: str) -> str:
    with open(path, "rb") as stream:
        start = stream.read(SAMPLE_BYTES)
        if not start.strip():
            raise DataError(_empty(path))
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if CONTROL.search(start):
            raise DataError(
                tr("{file} is not a text file: save the table as CSV.", file=_name(path))
            )
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        try:
            decoder.decode(start)
            while block := stream.read(2**20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _delimiter(sample: str) -> str:
    # The first that cuts every line alike. Tab and semicolon come first: if one cuts evenly,
    # a comma that does so as well is a decimal comma.
    lines = sample.splitlines()
    lines = [line for line in (lines[:-1] if len(lines) > 1 else lines) if line.strip()][:100]
    widths = {d: [len(row) for row in csv.reader(lines, delimiter=d)] for d in DELIMITERS}
    for delimiter, found in widths.items():
        if found and found[0] > 1 and len(set(found)) == 1:
            return delimiter
    return max(reversed(DELIMITERS), key=lambda d: sum(widths[d]))


# Rows into columns


class _Growing:
    """A column while it is read, a few thousand cells at a time."""

    def __init__(self, has_decimal_comma: bool) -> None:
        self.numbers: list[npt.NDArray[np.float64]] = []
        self.codes: list[npt.NDArray[np.int32]] = []
        self.texts: dict[str, int] = {}
        self._has_decimal_comma = has_decimal_comma

    def extend(self, cells: Sequence[str]) -> None:
        try:
            numbers = np.array([_number(cell) for cell in cells])
            codes = np.where(np.isnan(numbers), MISSING, NUMBER).astype(np.int32)
        except ValueError:
            pairs = [self._cell(cell.strip()) for cell in cells]
            numbers = np.array([number for number, _ in pairs])
            codes = np.array([code for _, code in pairs], np.int32)
        self.numbers.append(numbers)
        self.codes.append(codes)

    def _cell(self, cell: str) -> tuple[float, int]:
        if cell.lower() in MISSING_WORDS:
            return np.nan, MISSING
        if self._has_decimal_comma and DECIMAL_COMMA.fullmatch(cell):
            cell = cell.replace(",", ".")
        try:
            return _number(cell), NUMBER
        except ValueError:
            if cell not in self.texts and len(self.texts) >= MAX_TEXTS:
                return np.nan, OTHER
            return np.nan, self.texts.setdefault(cell, len(self.texts))

    def column(self, name: str) -> Column:
        return Column(
            name, np.concatenate(self.numbers), np.concatenate(self.codes), tuple(self.texts)
        )


def _number(cell: str) -> float:
    # Python reads "1_000" as a number; in a table it is a text.
    if "_" in cell:
        raise ValueError(cell)
    return float(cell)


def _columns(path: str, reader: Reader, delimiter: str) -> Table:
    rows = _rows(path, reader)
    head = list(itertools.islice(rows, HEAD_ROWS))
    if not head:
        raise DataError(_empty(path))
    if len(head[0][1]) > MAX_COLUMNS:
        raise DataError(
            tr(
                "{file} has more than {limit} columns: use fewer.",
                file=_name(path),
                limit=f"{MAX_COLUMNS:,}",
            )
        )
    names, head, notes = _named(head)
    growing = [_Growing(has_decimal_comma=delimiter != ",") for _ in names]
    lines: list[int] = []
    everything = itertools.chain(head, rows)
    while chunk := list(itertools.islice(everything, CHUNK_ROWS)):
        lines += [line for line, _ in chunk]
        _refuse_too_much(path, len(lines), len(names))
        for column, cells in zip(
            growing, zip(*(row for _, row in chunk), strict=True), strict=True
        ):
            column.extend(cells)
    if not lines:
        raise DataError(tr("{file} has a header but no rows below it.", file=_name(path)))
    columns = tuple(
        column
        for column in (c.column(name) for c, name in zip(growing, names, strict=True))
        if column.name or not column.is_missing.all()  # a separator at the end of every line
    )
    columns = tuple(replace(c, name=n) for c, n in zip(columns, _distinct(columns), strict=True))
    return Table(_name(path), columns, np.array(lines), notes)


def _refuse_too_much(path: str, rows: int, columns: int) -> None:
    if rows > MAX_ROWS or rows * columns > MAX_CELLS:
        raise DataError(
            tr(
                "{file} is too large: at most {rows} rows and {cells} cells can be read. Use a "
                "part of it.",
                file=_name(path),
                rows=f"{MAX_ROWS:,}",
                cells=f"{MAX_CELLS:,}",
            )
        )


def _rows(path: str, reader: Reader) -> Iterator[Row]:
    # Blank lines do not count, nor empty cells that are too many at the end of a line.
    width = 0
    for row in reader:
        if not row or (len(row) == 1 and not row[0].strip()):
            continue
        width = width or len(row)
        if len(row) > width and not any(cell.strip() for cell in row[width:]):
            row = row[:width]
        if len(row) != width:
            raise DataError(
                tr(
                    "{file}, line {line}: this line has {found} columns and the first has "
                    "{expected}. Add what is missing, or put texts that contain the separator in "
                    "quotes.",
                    file=_name(path),
                    line=reader.line_num,
                    found=len(row),
                    expected=width,
                )
            )
        yield reader.line_num, row


def _named(rows: list[Row]) -> tuple[list[str], list[Row], tuple[str, ...]]:
    # A header has no number in it, and says what stands beneath rather than standing there too.
    first = [cell.strip() for cell in rows[0][1]]
    below = [row for _, row in rows[1:]]
    if any(_is_number(cell) for cell in first) or not any(first):
        is_header = False
    else:
        cells = [cell for row in below for cell in row]
        recurs = any(cell in {row[i].strip() for row in below} for i, cell in enumerate(first))
        is_header = any(_is_number(cell) for cell in cells) or not recurs
    if is_header:
        return first, rows[1:], ()
    note = tr('The first line is not a header, so the columns are named "column 1" and so on.')
    return [f"column {i + 1}" for i in range(len(first))], rows, (note,)


def _is_number(cell: str) -> bool:
    try:
        return not math.isnan(_number(cell))
    except ValueError:
        return DECIMAL_COMMA.fullmatch(cell) is not None


def _distinct(columns: Sequence[Column]) -> list[str]:
    found: dict[str, None] = {}
    seen: dict[str, int] = {}
    for i, column in enumerate(columns):
        stem = name = column.name or f"column {i + 1}"
        while name in found:
            seen[stem] = seen.get(stem, 1) + 1
            name = f"{stem} ({seen[stem]})"
        found[name] = None
    return list(found)
