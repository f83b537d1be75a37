"""The glossary of plain words: what is banned stands in no text that a person sees, in no name.

A reader who learned a word elsewhere finds it here, and one who learned it here can look it up.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import messages
import pytest

ROOT = Path(__file__).parents[1]
BANNED = {
    r"mend(s|ed|ing)?": "fix",
    r"starv(es|ed|ing|ation)": "vanishing gradient",
    r"(sick|sickness|ill|illness)": "non-finite, danger",
    r"anew": "again, from scratch",
    r"thaw(s|ed|ing)?": "unfreeze",
    r"(told|tells?|telling)": "reported, shows, notifies",
    r"whoever": "anyone who",
}
"""Words that are banned everywhere, with what to say instead."""
PHRASES = BANNED | {
    r"put(s|ting)? out": "output",
    r"kept aside": "validation set",
    r"at hand": "current",
    r"in sight": "visible",
    r"for ever": "forever, never",
    r"picked": "chosen",
    r"one an? (channel|feature|class|node|layer|unit|step)": "one per channel",
    r"where (there|not|it is|they)": "if, when; name the place otherwise",
    r"tak(e|es|en|ing) up": "restore, resume; use",
    r"go(es)? on\b(?! to\b)": "continue",
    r"there (is|are) no [\w ]{1,20} (called|named)": "unknown X 'Y'; available: ...",
    r"next to (nothing|0)": "almost no, close to 0",
    r"(steps?|updates|frames|batches|times|numbers?) an? (second|class|step|epoch)": "per second",
    r"a sort of": "a kind of",
    r"sorts of": "kinds of",
}
"""Further phrases that are banned in texts."""
OWN_FILE = Path(__file__).relative_to(ROOT).as_posix()
PYTHON = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("playground", "packaging", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "golden" not in path.parts
)
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(ROOT / "playground").rglob("*.md"))
)


def words_of(name: str) -> list[str]:
    """The words of an identifier: "restart_anew" and "RestartAnew" have two."""
    return re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)


def banned_in(text: str) -> Iterator[str]:
    """What a text says that it should not, with what to say instead."""
    for pattern, instead in PHRASES.items():
        for found in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
            yield f"{found[0]!r}: say {instead!r} ({text[:80]!r})"


def names(path: Path) -> Iterator[tuple[int, str]]:
    """Every identifier of a file, and the line it stands in."""
    for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
        if token.type == tokenize.NAME:
            yield token.start[0], token.string


@pytest.mark.slow
def test_that_no_identifier_holds_a_banned_word() -> None:
    found = [
        f"{file}:{line}: {name}: {said}"
        for file in PYTHON
        for line, name in names(ROOT / file)
        for said in banned_in(" ".join(words_of(name)))
    ]
    assert not found


def prose_of(file: str) -> Iterator[str]:
    """The docstrings and comments of a file."""
    text = (ROOT / file).read_text("utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield str(node.value.value)
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    yield from (token.string for token in tokens if token.type == tokenize.COMMENT)


@pytest.mark.slow
def test_that_no_docstring_or_comment_holds_a_banned_word() -> None:
    files = [file for file in PYTHON if file != OWN_FILE]
    found = {file: [said for text in prose_of(file) for said in banned_in(text)] for file in files}
    assert not {file: words for file, words in found.items() if words}


def test_that_no_text_that_a_person_sees_holds_a_banned_word() -> None:
    found = []
    for message in messages.catalogue():
        if message.id:
            several = message.id if isinstance(message.id, tuple) else (message.id,)
            places = [place for place, _ in message.locations]
            found += [(places, said) for text in several for said in banned_in(text)]
    assert not found


def test_that_no_page_holds_a_banned_word() -> None:
    found = {}
    for file in PAGES:
        lines = (ROOT / file).read_text("utf-8").splitlines()
        text = "\n".join(line for line in lines if not line.startswith("Source:"))  # of papers
        found[file] = list(banned_in(text))
    assert not {file: words for file, words in found.items() if words}


FOR_PROGRAMMERS = {"AttributeError", "KeyError", "NotImplementedError", "PluginError", "TypeError"}
COPIED_INTO_SCRIPTS = {"playground/engine/modules.py"}


def untranslated(tree: ast.AST) -> Iterator[str]:
    """Errors that are raised with a sentence which did not pass through `tr`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if ast.unparse(node.exc.func).rpartition(".")[2] in FOR_PROGRAMMERS:
                continue
            for argument in node.exc.args:
                if any(re.search(r"[A-Za-z]{3,} ", text) for text in _literals(argument)):
                    yield f"line {node.lineno}: {ast.unparse(node.exc)[:90]}"


def _literals(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif not isinstance(node, ast.Call):
        for child in ast.iter_child_nodes(node):
            yield from _literals(child)


def test_that_the_messages_of_errors_are_translated() -> None:
    found = {
        file: list(untranslated(ast.parse((ROOT / file).read_text("utf-8"))))
        for file in PYTHON
        if file.startswith("playground/") and file not in COPIED_INTO_SCRIPTS
    }
    assert not {file: errors for file, errors in found.items() if errors}


def test_that_an_error_that_is_not_translated_would_be_found() -> None:
    wrong = ast.parse("raise FileError(f'There is no file {path}.')")
    right = ast.parse("raise FileError(tr('File not found: {path}', path=path))")
    assert list(untranslated(wrong))
    assert not list(untranslated(right))


def test_that_a_banned_word_would_be_found() -> None:
    assert [w.lower() for w in words_of("_restartAnew_HTTPMend")][1:] == ["anew", "http", "mend"]
    assert list(banned_in("Before it goes on, mend it."))
    assert list(banned_in(" ".join(words_of("go_on_from"))))
    assert list(banned_in(" ".join(words_of("test_that_training_goes_on"))))
    assert list(banned_in("Shift, one a channel, where there is one."))
    assert not list(banned_in("The place where the wire ends."))
    assert not list(banned_in("He recommends an amendment to it."))
