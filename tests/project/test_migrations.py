"""Files of older versions open as those of the latest."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

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
    weights = {
        "block1_n1.weight": "block1/n1.weight",
        "block1_inner_n2.bias": "block1/inner/n2.bias",
        "out.weight": "out.weight",
    }
    training = {
        "optimizer.block1_n1.weight.step": "optimizer.block1/n1.weight.step",
        "best.block1_n1.weight": "best.block1/n1.weight",
        "memory.dead_units.since.block1_n1": "memory.dead_units.since.block1/n1",
        "random.torch": "random.torch",
    }
    assert migrated(data, weights) == weights
    assert migrated(data, training, "training.safetensors") == training


def migrated(
    data: dict[str, Any], names: Mapping[str, str], file: str = "weights.safetensors"
) -> dict[str, str]:
    """By the old name of each tensor, its new one; the numbers are those of the old one."""
    tensors = {name: np.full(3, rank, np.float32) for rank, name in enumerate(names)}
    found = migrate_state(data, {file: save(tensors), "training.json": b"{}"}, 1)
    assert found["training.json"] == b"{}"
    by_rank = {int(tensor[0]): name for name, tensor in load(found[file]).items()}
    return {old: by_rank[rank] for rank, old in enumerate(names)}


def test_that_only_ids_of_nodes_are_renamed() -> None:
    inner = {
        "content": {"nodes": [{"id": "avg", "kind": "Linear"}, {"id": "mean", "kind": "Linear"}]}
    }
    blocks = [{"id": name, "kind": "Block", "options": inner} for name in ("exp", "running")]
    data = {"graph": {"nodes": [*blocks, {"id": "bn1", "kind": "BatchNorm"}]}}
    weights = {"bn1.running_mean": "bn1.running_mean", "exp_avg.weight": "exp/avg.weight"}
    training = {
        "optimizer.bn1.weight.exp_avg": "optimizer.bn1.weight.exp_avg",
        "optimizer.exp_avg.weight.exp_avg": "optimizer.exp/avg.weight.exp_avg",
        "history.running_mean": "history.running_mean",
    }
    assert migrated(data, weights) == weights
    assert migrated(data, training, "training.safetensors") == training


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
