"""Tables from files: what is read, and how each mistake in a file is reported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.catalog.datasets import table
from playground.catalog.datasets.dataset import DataError
from playground.catalog.datasets.files import CSV


@pytest.fixture
def csv(tmp_path: Path) -> Any:
    """Builds a CSV data set over a file with this content."""

    def build(content: str | bytes, **options: object) -> CSV:
        path = tmp_path / "own.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return CSV(path=str(path), **options)

    return build


RAW: dict[str, Any] = {"normalise": "none", "scale_target": False}


def drawn(data: CSV) -> tuple[list[Any], list[Any]]:
    x, y = data.draw(np.random.default_rng(0))
    return x.tolist(), y.tolist()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_that_any_usual_separator_and_line_end_is_found(csv: Any, delimiter: str, end: str) -> None:
    lines = ["a,b,c", "1,-2.5,0", "3,4e1,1", "5,6,0", "7, 8 ,1"]
    data = csv(end.join(lines).replace(",", delimiter))
    assert drawn(data) == ([[1, -2.5], [3, 40], [5, 6], [7, 8]], [0, 1, 0, 1])
    assert data.feature_names() == ("a", "b")
    assert data.target().classes == ("0", "1")
    assert data.notes() == ()


def test_that_a_comma_is_a_decimal_point_where_semicolons_separate(csv: Any) -> None:
    data = csv("a;b\n1,5;2,25\n2,5;3,5\n3,5;4,5\n4;5\n")
    assert drawn(data) == ([[1.5], [2.5], [3.5], [4]], [[2.25], [3.5], [4.5], [5]])


def test_that_quotes_keep_separators_and_line_ends_inside_a_cell(csv: Any) -> None:
    data = csv('a,b\n1,"x, y"\n2,"z\nz"\n3,"x, y"\n4,"z\nz"\n')
    assert data.target().classes == ("x, y", "z\nz")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_that_letters_with_accents_are_read(csv: Any, encoding: str) -> None:
    data = csv("größe,typ\n1,é\n2,ü\n3,é\n4,ü\n".encode(encoding))
    assert data.feature_names() == ("größe",)
    assert data.target().classes == ("é", "ü")
    assert bool(data.notes()) == (encoding == "cp1252")


def test_that_a_file_without_header_gets_numbered_columns(csv: Any) -> None:
    data = csv("1,2,0\n3,4,1\n5,6,0\n7,8,1\n")
    assert data.feature_names() == ("column 1", "column 2")
    assert len(drawn(data)[0]) == 4
    assert "not a header" in data.notes()[0]


def test_that_a_header_is_recognised_above_text_columns(csv: Any) -> None:
    assert csv("sex,hand\nm,l\nf,r\nm,r\nf,l\n").feature_names() == ("sex = f", "sex = m")
    assert "column 1" in csv("m,l\nf,r\nm,r\nf,l\nm,l\n").feature_names()[0]


def test_that_texts_become_columns_of_0_and_1(csv: Any) -> None:
    data = csv("age,sex,y\n1,m,1.5\n2,f,2.5\n3,m,3.5\n4,x,4.5\n")
    assert data.features().dims == (4,)
    assert data.feature_names() == ("age", "sex = f", "sex = m", "sex = x")
    assert drawn(data)[0] == [[1, 0, 1, 0], [2, 1, 0, 0], [3, 0, 1, 0], [4, 0, 0, 1]]
    assert data.notes() == ("Column 'sex' holds texts and became 3 columns of 0 and 1.",)


def test_that_rows_with_missing_values_are_left_out_and_counted(csv: Any) -> None:
    data = csv("a,b,c\n1,2,x\n,3,y\nNA,3,y\n5,?,x\n6,7,\n8,9,y\n2,2,x\n1,1,y\n")
    assert drawn(data)[0] == [[1, 2], [8, 9], [2, 2], [1, 1]]
    assert data.notes() == ("4 rows are left out because a value is missing in them.",)


def test_that_missing_values_in_columns_that_are_not_used_do_not_matter(csv: Any) -> None:
    data = csv("a,b,c\n1,,x\n2,,y\n3,,x\n4,,y\n", feature_columns=("a",))
    assert len(drawn(data)[0]) == 4


def test_that_columns_of_many_texts_are_left_out_unless_chosen(csv: Any) -> None:
    rows = "".join(f"name{i},{i % 7},{i % 2}\n" for i in range(30))
    data = csv("who,n,y\n" + rows)
    assert data.feature_names() == ("n",)
    assert data.notes() == ("Column 'who' has more than 20 different texts. It is left out.",)
    with pytest.raises(DataError, match="Column 'who' has more than 20 different texts"):
        csv("who,n,y\n" + rows, feature_columns=("who",)).features()


def test_that_columns_can_be_chosen_and_come_in_the_chosen_order(csv: Any) -> None:
    content = "a,b,c\n1,x,5\n2,y,6\n3,x,7\n4,y,8\n"
    data = csv(content, feature_columns=("c", "a"), label_column="b")
    assert data.feature_names() == ("c", "a")
    assert drawn(data) == ([[5, 1], [6, 2], [7, 3], [8, 4]], [0, 1, 0, 1])


def test_that_duplicate_and_missing_column_names_become_unique(csv: Any) -> None:
    data = csv("a,a,,a,y\n1,2,3,4,1\n1,2,3,4,0\n1,2,3,4,1\n1,2,3,5,0\n")
    assert data.feature_names() == ("a", "a (2)", "column 3", "a (3)")


def test_that_a_separator_at_the_end_of_every_line_makes_no_column(csv: Any) -> None:
    data = csv("a,y,\n1,0,\n2,1,\n3,0,\n4,1,\n")
    assert data.feature_names() == ("a",)


@pytest.mark.parametrize(
    ("labels", "task", "classes"),
    [
        ("b a b a", "binary", ("a", "b")),
        ("3 10 2 3", "classes", ("2", "3", "10")),
        ("0 1 1 0", "binary", ("0", "1")),
        ("0.5 1.5 0.5 1", "regression", ()),
        ("1.0 2.0 1.0 2.0", "binary", ("1", "2")),
    ],
)
def test_that_the_task_is_inferred_from_the_labels(
    csv: Any, labels: str, task: str, classes: tuple[str, ...]
) -> None:
    content = "x,y\n" + "".join(f"{i},{label}\n" for i, label in enumerate(labels.split()))
    target = csv(content).target()
    assert (target.task, target.classes) == (task, classes)


def test_that_more_than_20_whole_numbers_are_a_regression_by_default(csv: Any) -> None:
    content = "x,y\n" + "".join(f"{i * i},{i}\n" for i in range(21))
    assert csv(content).target().task == "regression"
    assert csv(content, task="classes").target().classes[:3] == ("0", "1", "2")
    few = "x,y\n" + "".join(f"{i * i},{i % 20}\n" for i in range(40))
    assert csv(few).target().task == "classes"
    assert csv(few, task="regression").target().columns == ("y",)


def test_that_features_and_labels_are_scaled_by_the_training_part(csv: Any) -> None:
    content = "x,y\n" + "".join(f"{i},{1000 + 3.5 * i}\n" for i in range(50))
    plain, both = csv(content, **RAW).load(), csv(content).load()
    expected = (plain.x_val - plain.x_train.mean()) / plain.x_train.std()
    np.testing.assert_allclose(both.x_val, expected, rtol=1e-4, atol=1e-5)
    assert abs(float(both.y_train.mean())) < 1e-5


# Mistakes

MANY = "".join(f"{i},{i}.5\n" for i in range(9))


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("", {}, "own.csv is empty"),
        ("\n \n\n", {}, "own.csv is empty"),
        ("a,b\n", {}, "has a header but no rows"),
        ("a\n1\n2\n3\n4\n", {}, "no column of numbers to learn from"),
        ("a,b\n1,2\n3,4\n", {}, "has 2 rows; training needs at least 4"),
        ("a,b\n1,2\n,4\n,5\n3,3\n", {}, r"2 complete rows \(2 left out because a value"),
        ("a,b\n1,2\n3\n5,6\n7,8\n", {}, "line 3: this line has 1 columns and the first has 2"),
        ("a,b\n1,2\n3,4,5\n5,6\n7,8\n", {}, "line 3: this line has 3 columns and the first has 2"),
        ('a,b\n1,2\n"3,4\n5,6\n', {}, "line 4: this is not CSV: a quote is opened and never"),
        ('a,b\n1,2\n3,"4"x\n5,6\n', {}, "line 3: this is not CSV"),
        ("a,b\n1,2\nx,4\n5,6\n7,8\n", {}, "line 3, column 'a': expected a number, got 'x'"),
        ("a,b\n1,2.5\n2,x\n5,6\n7,8\n", {}, "line 3, column 'b': the label must be a number, got"),
        ("a,b\n1,x\n2,y\n5,x\n7,y\n", {"task": "regression"}, 'set the task to "classes"'),
        ("a,b\n1,x\n2,x\n3,x\n4,x\n", {}, "label 'b' is 'x' in every row"),
        ("a,b\n1e999,1\n2,2\n3,1\n4,2\n", {}, "line 2, column 'a': the number is too large"),
        ("a,b\n1,\n2,\n3,\n4,\n", {}, "label 'b' is empty: choose another column"),
        ("a,b\n,1\n,2\n,1\n,2\n", {"feature_columns": ("a",)}, "Column 'a' is empty"),
        (
            "a,b\n" + MANY,
            {"label_column": "bb"},
            "no column 'bb'. Did you mean 'b'\\? Available: a, b",
        ),
        ("a,b\n" + MANY, {"feature_columns": ("q",)}, "no column 'q'. Available: a, b"),
        ("a,b\n" + MANY, {"feature_columns": ("b",)}, "'b' is the label and cannot be a feature"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", {}, "not a text file"),
        (b"PK\x03\x04" + bytes(range(256)), {}, "not a text file"),
        (b"a,b\n1,2\n" * 9000 + b"\x81\x8d,2\n", {}, "not a text file"),
        (b"\xff\xfea,b\n1", {}, "."),
        ("a," * 20_000 + "b\n" + "1," * 20_000 + "2\n", {}, "more than 10,000 columns"),
        ('a,b\n1,"' + "x" * 200_000 + '"\n', {}, "field larger than field limit"),
    ],
)
def test_that_csv_errors_name_line_column_and_value(
    csv: Any, content: str | bytes, options: dict[str, Any], message: str
) -> None:
    data = csv(content, **options)
    for ask in (data.features, data.target, data.load):
        with pytest.raises(DataError, match=message) as caught:
            ask()
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300
    assert data.notes() == ()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "choose a CSV file"),
        ("/no/such/file.csv", "File not found"),
        ("a\0b", "cannot be read"),
    ],
)
def test_that_a_missing_file_is_reported(path: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        CSV(path=path).features()


def test_that_what_is_not_a_regular_file_is_never_opened(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a file"):
        CSV(path=str(tmp_path)).features()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(DataError, match="not a file"):
            CSV(path=str(tmp_path / "pipe")).features()


def test_that_a_file_that_is_too_big_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as stream:
        stream.truncate(table.MAX_BYTES + 1)
    with pytest.raises(DataError, match="256 MiB; at most 256"):
        CSV(path=str(path)).features()


def test_that_too_many_rows_are_refused(csv: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_ROWS", 5000)
    with pytest.raises(DataError, match="at most 5,000 rows"):
        csv("a,b\n" + "1,2\n" * 5001).features()


# Reading again


def test_that_a_file_is_read_once_until_it_changes(
    csv: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    read = table._read
    monkeypatch.setattr(table, "_read", lambda path: (reads.append(path), read(path))[1])
    data = csv("a,b\n1,0\n2,1\n3,0\n4,1\n")
    for _ in range(3):
        data.features(), data.target(), data.feature_names(), data.notes()
    assert len(reads) == 1
    again = csv("a,c,b\n1,2,0\n2,2,1\n3,3,0\n4,4,1\n")
    assert again.features().dims == (2,)
    assert len(reads) == 2


def test_that_a_broken_file_is_not_read_again_and_again(
    csv: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    read = table._read
    monkeypatch.setattr(table, "_read", lambda path: (reads.append(path), read(path))[1])
    data = csv("a,b\n1\n")
    for _ in range(3):
        with pytest.raises(DataError):
            data.features()
    assert len(reads) == 1
