"""The file of the engine's last keyframe: it outlives an engine that ends unexpectedly."""

from __future__ import annotations

import logging
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from playground.project.file import STATE_NAMES

log = logging.getLogger(__name__)


class KeyframeFile:
    """A temporary folder with the keyframe that the engine writes and the window reads."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="playground-"))
        self.path = self._folder / "keyframe.zip"

    def read(self) -> Mapping[str, bytes] | None:
        """The files of a checkpoint; None if the engine has written none that is whole."""
        if not self.path.exists():
            return None
        try:
            with zipfile.ZipFile(self.path) as archive:
                return {name: archive.read(name) for name in STATE_NAMES}
        except (OSError, KeyError, zipfile.BadZipFile):
            log.exception("the keyframe cannot be read; training starts without it")
            return None

    def delete(self) -> None:
        """Delete the keyframe: it belongs to another run."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)
