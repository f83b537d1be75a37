"""The reference matches the declarations, and its pages are up to date."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import Field

from playground import translation
from playground.catalog.layers.activation import ReLU
from playground.catalog.layers.convolution import Conv2d
from playground.catalog.layers.merge import Add
from playground.catalog.options import options_of
from playground.graph.declaration import Declaration
from playground.reference.files import present, wanted, write
from playground.reference.markdown import markdown
from playground.reference.page import Page, pages
from playground.reference.ranges import range_text
from playground.reference.shapes import shape_examples
from playground.translation import PseudoTranslations


def test_that_the_pages_are_up_to_date() -> None:
    now, then = wanted(), present()
    stale = sorted(path for path in {*now, *then} if now.get(path) != then.get(path))
    assert not stale, "run `python -m playground.reference` and commit what it writes"


def test_that_pages_are_written_in_the_language_of_the_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(translation, "_translations", PseudoTranslations)
    assert pages()["layers/Linear"].help != pages()["layers/Linear"].declaration.help()
    assert wanted()["layers/Linear.md"] == present()["layers/Linear.md"]


def test_that_addresses_are_files_on_every_system() -> None:
    keys = [key.casefold() for key in pages()]
    assert len(keys) == len(set(keys))
    assert all(part.isidentifier() for key in keys for part in key.split("/"))


def test_that_shapes_are_those_that_the_layer_infers() -> None:
    (image,) = [shape for shape in shape_examples(Conv2d) if shape.what == "an image"]
    assert image.inputs == ("B × 16 × 28 × 28",)
    assert image.outputs == ("B × 8 × 26 × 26",)
    assert image.parameters == 8 * 16 * 9 + 8
    assert str(shape_examples(ReLU)[0]) == "any shape  →  the same shape"
    assert str(shape_examples(Add)[0]) == "equal shapes  →  the same shape"


def test_that_an_optional_input_is_documented_and_left_out_of_the_shapes() -> None:
    page = pages()["layers/LastStep"]
    assert "token ids" in dict(page.advice)["Optional input: padding"]
    assert "Optional input: padding" in markdown(page)
    assert page.shapes[0].inputs == ("B × T × 16",)


class Sample(Declaration):
    """Options with every kind of bounds."""

    open: float = Field(0.5, gt=0, le=2)
    low: float = Field(0.5, ge=0)
    between: int = Field(3, ge=1, le=9)
    most: int = Field(3, lt=9)
    maybe: int | None = Field(None, ge=1)
    on: bool = True

    kind: ClassVar[str] = "sample"


def test_that_ranges_are_described_in_words() -> None:
    found = {option.name: range_text(option) for option in options_of(Sample)}
    assert found == {
        "open": "above 0, up to 2",
        "low": "number ≥ 0",
        "between": "1 to 9",
        "most": "whole number < 9",
        "maybe": "whole number ≥ 1 or off",
        "on": "on or off",
    }


@pytest.mark.slow
def test_that_writing_removes_old_pages_and_is_idempotent(tmp_path: Path) -> None:
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / "Gone.md").write_text("old")
    assert "layers/Gone.md" in write(tmp_path)
    assert present(tmp_path) == wanted()
    assert write(tmp_path) == []


def test_that_advice_is_listed_under_its_headings() -> None:
    class Advised(ReLU):
        when: ClassVar[str] = "Nearly always."
        pitfall: ClassVar[str] = "Units die."

    assert dict(Page("layers", Advised).advice) == {
        "When to use it": "Nearly always.",
        "Pitfalls": "Units die.",
    }
