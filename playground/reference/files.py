"""The pages as files, and whether they still say what the declarations say."""

from __future__ import annotations

from pathlib import Path

from playground.plugins import plugin_of
from playground.reference.markdown import index, markdown
from playground.reference.page import pages

FOLDER = Path(__file__).parent / "pages"


def wanted() -> dict[str, str]:
    """The text of every file by its path below the folder."""
    own = [page for page in pages().values() if plugin_of(page.declaration.kind) is None]
    return {f"{page.key}.md": markdown(page) for page in own} | {"index.md": index(own)}


def present(folder: Path = FOLDER) -> dict[str, str]:
    """The files that are there."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.md")
    }


def write(folder: Path = FOLDER) -> list[str]:
    """Bring the folder up to date; the paths that were written or taken away."""
    texts, old = wanted(), present(folder)
    touched = [path for path, text in texts.items() if old.get(path) != text]
    for path in touched:
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(texts[path], encoding="utf-8", newline="\n")
    gone = sorted(set(old) - set(texts))
    for path in gone:
        (folder / path).unlink()
    return [*touched, *gone]
