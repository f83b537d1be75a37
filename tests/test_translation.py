"""Texts are translated whole, with their placeholders; the pseudo-locale shows which are not."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground import translation
from playground.translation import pseudo, tr, trn


@pytest.fixture
def language(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """PLAYGROUND_LANG can be set; the language is read again before and after."""
    translation._translations.cache_clear()
    yield monkeypatch
    translation._translations.cache_clear()


def test_that_without_a_catalogue_texts_are_as_written(language: pytest.MonkeyPatch) -> None:
    language.setenv("PLAYGROUND_LANG", "xx")
    assert tr("Delete {layer}", layer="ReLU") == "Delete ReLU"
    assert trn("{count} layer", "{count} layers", 1) == "1 layer"
    assert trn("{count} layer", "{count} layers", 3) == "3 layers"
    assert tr("100 % {of} what") == "100 % {of} what"
    assert tr("") == ""


def test_that_a_catalogue_is_found_by_language(
    language: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    # A .mo file with one entry, laid out as the GNU gettext manual describes the format.
    key, value = b"Delete {layer}", b"{layer} wissen"
    header = (0x950412DE, 0, 1, 28, 36, 0, 0)
    tables = (len(key), 44, len(value), 44 + len(key) + 1)
    numbers = b"".join(number.to_bytes(4, "little") for number in (*header, *tables))
    (folder / "playground.mo").write_bytes(numbers + key + b"\0" + value + b"\0")
    language.setattr(translation, "FOLDER", tmp_path)
    language.setenv("PLAYGROUND_LANG", "xx")
    assert gettext.find("playground", tmp_path, ["xx"]) is not None
    assert tr("Delete {layer}", layer="ReLU") == "ReLU wissen"
    assert translation.language() == "en", "this catalogue has no header"


def test_that_the_pseudo_locale_accents_lengthens_and_keeps_placeholders(
    language: pytest.MonkeyPatch,
) -> None:
    language.setenv("PLAYGROUND_LANG", "pseudo")
    found = tr("Delete {layer}", layer="ReLU")
    assert found.startswith("Ďéĺéťé ReLU")
    assert found.endswith("·")
    assert len(pseudo("Nothing is wrong.")) == round(1.4 * len("Nothing is wrong."))
    assert pseudo("<b>Bold</b> &amp; <i>x</i>").startswith("<b>Bóĺď</b> &amp; <i>x</i>")
    assert trn("{count} unit", "{count} units", 2).startswith("2 úñíťš")
