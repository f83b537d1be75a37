"""Ids of a block's parts: "block1/linear1" is linear1 of block1. No other id contains a "/"."""

from __future__ import annotations

SEPARATOR = "/"


def joined(owner: str, part: str) -> str:
    """The id of a part of a node, which may be a part itself."""
    return f"{owner}{SEPARATOR}{part}"


def split(node_id: str) -> tuple[str, ...]:
    """The ids that an id consists of: those of the blocks from outside, that of the part last."""
    return tuple(node_id.split(SEPARATOR))


def is_part(node_id: str, part: str) -> bool:
    """Whether an id is that of such a part of some block."""
    return node_id.endswith(f"{SEPARATOR}{part}")
