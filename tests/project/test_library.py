"""Blocks that a person keeps: found again at the next start, and never a reason not to start."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.catalog.layers.saved import DEFAULT, SavedBlock
from playground.catalog.registry import declared, make_layer, set_own_layers
from playground.graph.layer import Layer
from playground.graph.shape import Shape
from playground.project.library import Library


@pytest.fixture(autouse=True)
def no_own_layers() -> Iterator[None]:
    """What one test keeps, no other finds."""
    yield
    set_own_layers(())


def test_that_a_kept_block_can_be_picked_and_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "state" / "blocks.json"
    Library(path).keep("Hidden", DEFAULT)
    set_own_layers(())
    assert "Block:Hidden" not in declared(Layer)
    assert Library(path).names == ("Hidden",)
    found = declared(Layer)["Block:Hidden"]
    assert found.label == "Hidden"
    assert found().infer(Shape((3,))) == (Shape((8,)),)


def test_that_in_a_file_it_is_a_block_like_any_other() -> None:
    Library().keep("Hidden", DEFAULT)
    layer = make_layer({"kind": "Block:Hidden"})
    assert layer.to_dict() == SavedBlock(name="Hidden").to_dict()
    set_own_layers(())
    again = make_layer(json.loads(json.dumps(layer.to_dict())))
    assert again == SavedBlock(name="Hidden")


def test_that_a_forgotten_block_is_gone(tmp_path: Path) -> None:
    library = Library(tmp_path / "blocks.json")
    library.keep("Hidden", DEFAULT)
    library.forget("Hidden")
    assert "Block:Hidden" not in declared(Layer)
    assert Library(tmp_path / "blocks.json").names == ()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 3}', '{"a": {"nodes": 1}}', "\x00"])
def test_that_a_damaged_library_is_left_out(tmp_path: Path, text: str) -> None:
    path = tmp_path / "blocks.json"
    path.write_text(text)
    assert Library(path).names == ()
