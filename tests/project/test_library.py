"""Blocks that a person keeps: found again at the next start, and never a reason not to start."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.catalog.layers.base.user_block import DEFAULT, SavedBlock
from playground.catalog.registry import declared, make_layer, set_saved_blocks
from playground.graph.layer import Layer
from playground.graph.shape import Shape
from playground.project.library import Library


@pytest.fixture(autouse=True)
def no_saved_blocks() -> Iterator[None]:
    """What one test keeps, no other finds."""
    yield
    set_saved_blocks(())


def test_that_a_saved_block_can_be_chosen_and_is_found_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state" / "blocks.json"
    Library(path).keep("Hidden", DEFAULT)
    set_saved_blocks(())
    assert "Block:Hidden" not in declared(Layer)
    assert Library(path).names == ("Hidden",)
    found = declared(Layer)["Block:Hidden"]
    assert found.label == "Hidden"
    assert found().infer(Shape((3,))) == (Shape((8,)),)


def test_that_a_saved_block_is_stored_like_any_other_block() -> None:
    Library().keep("Hidden", DEFAULT)
    layer = make_layer({"kind": "Block:Hidden"})
    assert layer.to_dict() == SavedBlock(name="Hidden").to_dict()
    set_saved_blocks(())
    again = make_layer(json.loads(json.dumps(layer.to_dict())))
    assert again == SavedBlock(name="Hidden")


def test_that_a_renamed_block_keeps_its_place_and_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "blocks.json"
    library = Library(path)
    for name in ("First", "Hidden", "Last"):
        library.keep(name, DEFAULT)
    library.rename("Hidden", "Deep")
    assert Library(path).names == library.names == ("First", "Deep", "Last")
    assert declared(Layer)["Block:Deep"]().to_dict() == SavedBlock(name="Deep").to_dict()
    with pytest.raises(ValueError, match="a block called First"):
        library.rename("Deep", "First")
    assert Library(path).names == ("First", "Deep", "Last")


def test_that_blocks_saved_by_an_older_version_are_found(tmp_path: Path) -> None:
    path = tmp_path / "blocks.json"
    content = {
        "nodes": [{"id": "a", "kind": "ReLU"}, {"id": "b", "kind": "Tanh"}],
        "edges": [{"source": "a", "target": "b"}],
        "inputs": [["a", "in"]],
        "output": ["b", "out"],
    }
    path.write_text(json.dumps({"Old": content}))
    assert Library(path).names == ("Old",)
    assert declared(Layer)["Block:Old"]().infer(Shape((3,))) == (Shape((3,)),)


def test_that_a_removed_block_is_gone(tmp_path: Path) -> None:
    library = Library(tmp_path / "blocks.json")
    library.keep("Hidden", DEFAULT)
    library.forget("Hidden")
    assert "Block:Hidden" not in declared(Layer)
    assert Library(tmp_path / "blocks.json").names == ()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 3}', '{"a": {"nodes": 1}}', "\x00"])
def test_that_a_damaged_library_is_ignored(tmp_path: Path, text: str) -> None:
    path = tmp_path / "blocks.json"
    path.write_text(text)
    assert Library(path).names == ()
