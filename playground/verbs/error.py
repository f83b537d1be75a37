"""The error of a verb."""

from __future__ import annotations


class VerbError(Exception):
    """A one-line message for the user; the exit code is 1."""
