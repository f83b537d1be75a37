"""What the palette remembers from one start to the next: favourites, and families folded away."""

from __future__ import annotations

from collections.abc import Container, Iterable

from PySide6.QtCore import QSettings

FAVOURITES, FOLDED = "palette/favourites", "palette/folded"


class Preferences:
    """Kept in the settings where there are some, else for as long as the palette lives."""

    def __init__(self, settings: QSettings | None, kinds: Iterable[str]) -> None:
        self._settings = settings
        known = set(kinds)
        self.favourites = [kind for kind in self._read(FAVOURITES) if kind in known]
        self.folded = set(self._read(FOLDED))

    def set_favourite(self, kind: str, is_favourite: bool) -> None:
        """Add a layer at the end of the favourites, or take it out of them."""
        if is_favourite and kind not in self.favourites:
            self.favourites.append(kind)
        elif not is_favourite and kind in self.favourites:
            self.favourites.remove(kind)
        self._write(FAVOURITES, self.favourites)

    def rename(self, kind: str, new: str) -> None:
        """A favourite is known under another kind."""
        self.favourites = [new if found == kind else found for found in self.favourites]
        self._write(FAVOURITES, self.favourites)

    def keep_only(self, kinds: Container[str]) -> None:
        """Favourites that cannot be picked any more are none."""
        for kind in [kind for kind in self.favourites if kind not in kinds]:
            self.set_favourite(kind, False)

    def set_folded(self, family: str, is_folded: bool) -> None:
        """Fold a family away, or open it."""
        (self.folded.add if is_folded else self.folded.discard)(family)
        self._write(FOLDED, sorted(self.folded))

    # As one text: QSettings reads a list of one back as something else.

    def _read(self, key: str) -> list[str]:
        text = self._settings.value(key, "") if self._settings is not None else ""
        return [part for part in str(text or "").split("|") if part]

    def _write(self, key: str, names: Iterable[str]) -> None:
        if self._settings is not None:
            self._settings.setValue(key, "|".join(names))
