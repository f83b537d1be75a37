"""What cannot be written out."""

from __future__ import annotations


class ExportError(ValueError):
    """A project that cannot be written out as asked; the message says why."""
