"""The palette's stored preferences: favourites and collapsed families."""

from __future__ import annotations

from collections.abc import Container, Iterable

from PySide6.QtCore import QSettings

FAVOURITES, FOLDED = "palette/favourites", "palette/folded"


class Preferences:
    """Stored in the settings if there are any, else only in memory."""

    def __init__(self, settings: QSettings | None, kinds: Iterable[str]) -> None:
        self._settings = settings
        known = set(kinds)
        self.favourites = [kind for kind in self._read(FAVOURITES) if kind in known]
        self.folded = set(self._read(FOLDED))

    def set_favourite(self, kind: str, is_favourite: bool) -> None:
        """Append a layer to the favourites, or remove it."""
        if is_favourite and kind not in self.favourites:
            self.favourites.append(kind)
        elif not is_favourite and kind in self.favourites:
            self.favourites.remove(kind)
        self._write(FAVOURITES, self.favourites)

    def rename(self, kind: str, new: str) -> None:
        """A favourite has another kind now."""
        self.favourites = [new if found == kind else found for found in self.favourites]
        self._write(FAVOURITES, self.favourites)

    def keep_only(self, kinds: Container[str]) -> None:
        """Remove favourites that do not exist any more."""
        for kind in [kind for kind in self.favourites if kind not in kinds]:
            self.set_favourite(kind, False)

    def set_folded(self, family: str, is_folded: bool) -> None:
        """Collapse or expand a family."""
        (self.folded.add if is_folded else self.folded.discard)(family)
        self._write(FOLDED, sorted(self.folded))

    # As one text: QSettings reads a list of one item back as a plain text.

    def _read(self, key: str) -> list[str]:
        text = self._settings.value(key, "") if self._settings is not None else ""
        return [part for part in str(text or "").split("|") if part]

    def _write(self, key: str, names: Iterable[str]) -> None:
        if self._settings is not None:
            self._settings.setValue(key, "|".join(names))
