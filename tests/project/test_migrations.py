"""Files of older versions open as those of the latest."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from safetensors.numpy import load, save

from playground.graph.node import ID_PATTERN
from playground.graph.part_id import SEPARATOR, is_part, joined, split
from playground.project.migrations import migrate_state, version_2

BLOCK = {
    "kind": "Block",
    "options": {
        "content": {
            "nodes": [
                {"id": "n1", "kind": "Linear"},
                {"id": "inner", "kind": "Block", "options": {"content": {"nodes": [
                    {"id": "n2", "kind": "Linear"},
                ]}}},
            ]
        }
    },
}  # fmt: skip


def test_that_an_id_never_contains_what_joins_the_ids_of_block_and_part() -> None:
    assert not ID_PATTERN.fullmatch(joined("block1", "linear1"))
    assert split(joined("block1", joined("inner", "linear1"))) == ("block1", "inner", "linear1")
    assert is_part("block1/inner/linear1", "linear1")
    assert not is_part("block1_linear1", "linear1")
    assert SEPARATOR == "/"


def test_that_tensors_of_parts_are_renamed_also_within_blocks_within_blocks() -> None:
    data = {"graph": {"nodes": [{"id": "block1", **BLOCK}, {"id": "out", "kind": "Linear"}]}}
    names = ("block1_n1.weight", "block1_inner_n2.bias", "out.weight", "optimizer.block1_n1.step")
    tensors = {name: np.full(3, rank, np.float32) for rank, name in enumerate(names)}
    files = {"weights.safetensors": save(tensors), "training.json": b"{}"}
    found = migrate_state(data, files, 1)
    assert found["training.json"] == b"{}"
    read = load(found["weights.safetensors"])
    wanted = ("block1/n1.weight", "block1/inner/n2.bias", "out.weight", "optimizer.block1/n1.step")
    assert read.keys() == set(wanted)
    for rank, name in enumerate(wanted):
        np.testing.assert_array_equal(read[name], tensors[names[rank]])


def test_that_a_part_whose_old_name_was_taken_is_found_under_the_name_it_had() -> None:
    graph = {"nodes": [{"id": "block1", **BLOCK}, {"id": "block1_n1", "kind": "Linear"}]}
    found = version_2.part_names(graph)
    assert found["block1_n1_"] == "block1/n1"
    assert "block1_n1" not in found


def test_that_parts_of_built_in_blocks_are_renamed() -> None:
    found = version_2.part_names({"nodes": [{"id": "encoder1", "kind": "EncoderBlock"}]})
    assert found["encoder1_attention_norm"] == "encoder1/attention_norm"


@pytest.mark.parametrize(
    "content",
    [b"", b"12", struct.pack("<Q", 2**60), struct.pack("<Q", 4) + b"null", b"x" * 64],
)
def test_that_a_damaged_state_is_left_for_the_engine_to_refuse(content: bytes) -> None:
    data = {"graph": {"nodes": [{"id": "block1", **BLOCK}]}}
    files = {"weights.safetensors": content, "training.json": json.dumps({}).encode()}
    assert migrate_state(data, files, 1) == files
