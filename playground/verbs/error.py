"""What a verb says when it cannot do what was asked."""

from __future__ import annotations


class VerbError(Exception):
    """Something that cannot be done, in one line for the person; the exit code is 1."""
