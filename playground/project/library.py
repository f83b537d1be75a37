"""Blocks that a person keeps in the palette, from one start to the next."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import platformdirs

from playground.catalog.layers.base.user_block import OwnBlock, user_block
from playground.catalog.registry import set_saved_blocks
from playground.translation import tr

log = logging.getLogger(__name__)

MAX_BYTES = 32 * 2**20


def library_path() -> Path:
    """Where the blocks are kept."""
    return Path(platformdirs.user_data_dir("playground")) / "blocks.json"


class Library:
    """Blocks by name, in a file of JSON, or in memory if there is no path.

    What cannot be read is left out: a block is never a reason not to start.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._blocks: dict[str, type[OwnBlock]] = {}
        for name, content in self._read().items():
            try:
                self._blocks[name] = user_block(name, content)
            except ValueError:
                log.warning("the saved block %s is left out", name, exc_info=True)
        set_saved_blocks(self._blocks.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The blocks that are kept."""
        return tuple(self._blocks)

    def keep(self, name: str, content: str) -> None:
        """Keep a block, in place of one of that name; raises ValueError or OSError."""
        self._blocks[name] = user_block(name, content)
        self._publish()

    def rename(self, name: str, new: str) -> None:
        """Rename a block; raises ValueError if the name is not valid, or OSError."""
        if new in self._blocks:
            raise ValueError(tr("The palette already has a block called {name}.", name=new))
        renamed = user_block(new, self._blocks[name]().content)
        self._blocks = {
            new if old == name else old: renamed if old == name else block
            for old, block in self._blocks.items()
        }
        self._publish()

    def forget(self, name: str) -> None:
        """Keep a block no longer; raises OSError."""
        self._blocks.pop(name, None)
        self._publish()

    def _publish(self) -> None:
        set_saved_blocks(self._blocks.values())
        if self._path is None:
            return
        data = {name: block().options()["content"] for name, block in self._blocks.items()}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".part")
        temporary.write_text(json.dumps(data, indent=1), encoding="utf-8")
        os.replace(temporary, self._path)

    def _read(self) -> dict[str, str]:
        try:
            if self._path is None or not self._path.exists():
                return {}
            if self._path.stat().st_size > MAX_BYTES:
                log.warning("%s is larger than %d bytes: no saved blocks", self._path, MAX_BYTES)
                return {}
            data = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            log.warning("%s cannot be read: no saved blocks", self._path, exc_info=True)
            return {}
        if not isinstance(data, dict):
            return {}
        return {str(name): json.dumps(content, sort_keys=True) for name, content in data.items()}
