"""The language of everything a person reads: gettext catalogues, chosen once per process.

`tr` translates a whole sentence and fills in its named placeholders, `trn` does so for a sentence
with a count. The texts of declarations (labels, help, option titles) are plain class attributes;
they are translated when shown: `tr(layer.label)`.

The language is that of `PLAYGROUND_LANG`, else of the environment (`LANGUAGE`, `LC_ALL`, ...),
else of the system's locale.
`PLAYGROUND_LANG=pseudo` accents every letter and makes texts 40 % longer, so that text which
bypasses the translation, or does not fit, is seen.
"""

from __future__ import annotations

import gettext
import locale
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

DOMAIN = "playground"
FOLDER = Path(__file__).parent / "locale"
PSEUDO = "pseudo"

# Neither accented nor lengthened: placeholders, tags, entities, mnemonics and code.
_KEPT = re.compile(r"(\{[^{}]*\}|<[^<>]*>|&\w+;|&|`[^`]*`)")
_ACCENTED = str.maketrans("aceginosuyzACEGINOSUYZdlrtDLRT", "áçéğíñóšúýžÁÇÉĞÍÑÓŠÚÝŽďĺŕťĎĹŔŤ")
_FILLER = "·"
PSEUDO_GROWTH = 0.4
"""By how much the pseudo-locale lengthens a text: German and Finnish come close to it."""


class PseudoTranslations(gettext.NullTranslations):
    """Every text accented and 40 % longer: a language that nobody speaks, to test with."""

    def gettext(self, message: str) -> str:
        """The text with accents, and dots behind it for its length."""
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The singular or the plural, as English chooses, with accents."""
        return pseudo(msgid1 if n == 1 else msgid2)


def pseudo(text: str) -> str:
    """A text as the pseudo-locale shows it; placeholders, tags and code stay as they are."""
    if not text.strip():
        return text
    parts = _KEPT.split(text)
    accented = [part if i % 2 else part.translate(_ACCENTED) for i, part in enumerate(parts)]
    letters = sum(len(part) for part in parts[::2])
    end = len(text.rstrip())
    filler = _FILLER * max(1, round(PSEUDO_GROWTH * letters))
    return "".join(accented)[:end] + filler + text[end:]


_is_source_language: ContextVar[bool] = ContextVar("is_source_language", default=False)


@cache
def _translations() -> gettext.NullTranslations:
    wanted = os.environ.get("PLAYGROUND_LANG", "")
    if wanted == PSEUDO:
        return PseudoTranslations()
    languages = [wanted] if wanted else _languages_of_the_system()
    return gettext.translation(DOMAIN, FOLDER, languages, fallback=True)


def _languages_of_the_system() -> list[str] | None:
    """The language of the locale if no variable names one, as on Windows and macOS."""
    if any(os.environ.get(name) for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")):
        return None  # gettext reads them
    language, _ = locale.getlocale()
    return [language] if language else None


@contextmanager
def source_language() -> Iterator[None]:
    """Within it texts stay as they are written in the source, as for generated files."""
    token = _is_source_language.set(True)
    try:
        yield
    finally:
        _is_source_language.reset(token)


def _current() -> gettext.NullTranslations:
    return gettext.NullTranslations() if _is_source_language.get() else _translations()


def tr(text: str, **values: object) -> str:
    """The text in the person's language, its `{named}` placeholders filled with `values`."""
    found = _current().gettext(text) if text else ""
    return found.format(**values) if values else found


def trn(singular: str, plural: str, count: int, **values: object) -> str:
    """The singular or plural in the person's language; `{count}` and `values` are filled in."""
    return _current().ngettext(singular, plural, count).format(count=count, **values)


def language() -> str:
    """The language of the catalogue in use, as its header names it ("de", "pt_BR"); else "en"."""
    return _translations().info().get("language") or "en"


def N_(text: str) -> str:  # noqa: N802 — gettext's name for it, which Babel knows
    """The text as it is, marked for the catalogue: it is translated when shown."""
    return text
