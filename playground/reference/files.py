"""The Markdown pages in `pages/`, and whether they are up to date with the declarations."""

from __future__ import annotations

from pathlib import Path

from playground.plugins import plugin_of
from playground.reference.markdown import index, markdown
from playground.reference.page import Page, pages
from playground.translation import source_language

FOLDER = Path(__file__).parent / "pages"


def built_in() -> list[Page]:
    """The pages of this package; those of plug-ins are shown by the window only."""
    return [page for page in pages().values() if plugin_of(page.declaration.kind) is None]


def wanted() -> dict[str, str]:
    """The text of every file by its path below the folder, in the language of the source."""
    with source_language():
        found = {f"{page.key}.md": markdown(page) for page in built_in()}
        return found | {"index.md": index(built_in())}


def present(folder: Path = FOLDER) -> dict[str, str]:
    """The files in the folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.md")
    }


def write(folder: Path = FOLDER) -> list[str]:
    """Bring the folder up to date; returns the paths that were written or removed."""
    texts, old = wanted(), present(folder)
    changed = [path for path, text in texts.items() if old.get(path) != text]
    for path in changed:
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(texts[path], encoding="utf-8", newline="\n")
    removed = sorted(set(old) - set(texts))
    for path in removed:
        (folder / path).unlink()
    return [*changed, *removed]
