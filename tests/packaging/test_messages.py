"""packaging/messages.py: the catalogue holds literals, plurals and the texts of declarations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import messages
import pytest

from playground.app.panels import found as panels
from playground.catalog.layers.activation import ReLU
from playground.catalog.optimizers import SGD
from playground.catalog.options import options_of


@pytest.fixture(scope="module")
def catalogue() -> Mapping[Any, Any]:
    """By text, or by singular and plural."""
    return {message.id: message for message in messages.catalogue() if message.id}


@pytest.mark.slow
def test_that_literals_plurals_and_declared_texts_are_extracted(
    catalogue: Mapping[Any, Any],
) -> None:
    assert len(catalogue) > 800
    assert any(isinstance(key, tuple) and "{count}" in key[1] for key in catalogue)
    for text in (ReLU.label, ReLU.help(), ReLU.when, options_of(SGD)[0].title):
        assert text in catalogue
    for panel in panels():
        assert panel.title in catalogue


def test_that_every_message_names_its_file(catalogue: Mapping[Any, Any]) -> None:
    assert all(message.locations for message in catalogue.values())
    assert any("app/shell" in place for m in catalogue.values() for place, _ in m.locations)


def test_that_placeholders_are_named(catalogue: Mapping[Any, Any]) -> None:
    for key in catalogue:
        for text in key if isinstance(key, tuple) else (key,):
            assert "{}" not in text.replace("([]{})", ""), text  # brackets of a data set
            assert "%s" not in text, text
            assert "%d" not in text, text
