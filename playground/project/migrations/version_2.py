"""Version 2: a "/" joins the ids of a block and its part in the state of training, no longer "_".

"block1_linear1" could also be the id of a node of its own; "block1/linear1" cannot. `project.json`
is the same in both versions: only names of tensors change.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

BUILT_IN: Mapping[str, tuple[str, ...]] = {
    "DenseBlock": ("linear", "norm", "act", "drop"),
    "ConvBlock": ("conv", "norm", "act"),
    "ResidualBlock": (
        "conv1", "norm1", "act1", "conv2", "norm2", "add", "act2", "short", "short_norm",
    ),
    "EncoderBlock": (
        "attention_norm", "attention", "attention_drop", "attention_add",
        "net_norm", "up", "act", "down", "net_drop", "net_add",
    ),
    "DecoderBlock": (
        "attention_norm", "attention", "attention_drop", "attention_add",
        "net_norm", "up", "act", "down", "net_drop", "net_add",
    ),
}  # fmt: skip
"""The parts that the blocks of version 1 could have."""
WEIGHTS, TRAINING = "weights.safetensors", "training.safetensors"
NODE_PLACES = {"optimizer": 1, "best": 1, "memory": 3}
"""By the first part of a tensor's name in the state of training, which part is the node's id."""


def project(data: dict[str, Any]) -> dict[str, Any]:
    """Plain values of version 1 as those of version 2: nothing changed."""
    return data


def state(data: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files of the state of training, with tensors under the names of version 2."""
    names = part_names(data["graph"])
    return {
        name: _renamed(content, names, name) if name in (WEIGHTS, TRAINING) else content
        for name, content in files.items()
    }


def part_names(graph: Mapping[str, Any]) -> dict[str, str]:
    """By the id that a part of a block had while version 1 ran it, its id now."""
    nodes = graph.get("nodes", [])
    taken = {node["id"] for node in nodes}
    waiting = [(node["id"], node["id"], node) for node in nodes]
    found: dict[str, str] = {}
    for old, new, node in waiting:
        inner = _parts(node)
        names = {part["id"]: _fresh(f"{old}_{part['id']}", taken) for part in inner}
        if inner:
            taken.remove(old)
        taken |= set(names.values())
        found |= {names[part["id"]]: f"{new}/{part['id']}" for part in inner}
        waiting += [(names[part["id"]], f"{new}/{part['id']}", part) for part in inner]
    return found


def _parts(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    if node["kind"] == "Block":
        content = node.get("options", {}).get("content", {})
        content = json.loads(content) if isinstance(content, str) else content
        return list(content.get("nodes", []))
    return [{"id": part, "kind": ""} for part in BUILT_IN.get(node["kind"], ())]


def _fresh(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _renamed(content: bytes, names: Mapping[str, str], file: str) -> bytes:
    # A safetensors file: the length of its header in 8 bytes, the header as JSON, the numbers.
    try:
        (length,) = struct.unpack_from("<Q", content)
        header = json.loads(content[8 : 8 + length])
    except (struct.error, ValueError, RecursionError):
        return content  # damaged: the engine refuses it with a message when it reads it
    if not isinstance(header, dict):
        return content
    changed = {_new_name(tensor, names, file): where for tensor, where in header.items()}
    text = json.dumps(changed, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + content[8 + length :]


def _new_name(tensor: str, names: Mapping[str, str], file: str) -> str:
    # Only where a node's id stands: a parameter or a column of the history may look like one.
    parts = tensor.split(".")
    place = 0 if file == WEIGHTS else NODE_PLACES.get(parts[0], len(parts))
    if place < len(parts):
        parts[place] = names.get(parts[place], parts[place])
    return ".".join(parts)
