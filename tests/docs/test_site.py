"""The documentation site: its pages, its menu, and a strict build."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from docs import pages as site
from docs.pages import PageError, navigation, pages, panels, picture_of

LOADED = re.compile(r"<(?:script|img|iframe|link)\b[^>]*?(?:src|href)=\"?(?:https?:)?//[^\s\">]+")


def paths_in(entries: object) -> Iterator[str]:
    if isinstance(entries, str):
        yield entries
    elif isinstance(entries, dict):
        yield from (path for value in entries.values() for path in paths_in(value))
    elif isinstance(entries, list):
        yield from (path for entry in entries for path in paths_in(entry))


@pytest.mark.slow
def test_that_the_menu_lists_every_page_once() -> None:
    assert sorted(paths_in(navigation())) == sorted(pages())


@pytest.mark.slow
def test_that_every_panel_has_a_section_with_its_picture() -> None:
    text = pages()["panels.md"]
    for panel in panels():
        assert f"## {panel.title}" in text
        assert f"]({picture_of(panel)})" in text


def test_that_links_of_documents_lead_to_pages_of_the_site() -> None:
    for target in ("contributing.md", "format.md", "license.md", "assets/screenshot.png"):
        assert f"]({target})" in pages()["index.md"]


def test_that_a_link_to_no_page_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "README.md").write_text("See [this](playground/cli.py).")
    monkeypatch.setattr(site, "ROOT", tmp_path)
    with pytest.raises(PageError, match=r"README\.md links to playground/cli\.py"):
        pages()


def test_that_formulas_are_drawn() -> None:
    texts = pages()
    assert not any("```math" in text for text in texts.values())
    assert "<svg" in texts["reference/layers/Linear.md"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_that_the_site_builds_strictly_with_a_picture_per_panel_and_loads_nothing_else(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(
        command, cwd=site.ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    for path in pages():
        assert (tmp_path / path).with_suffix(".html").exists()
    for panel in panels():
        image = QImage(str(tmp_path / picture_of(panel)))
        assert not image.isNull(), panel.key
        colours = {image.pixel(x, y) for x in range(0, 560, 7) for y in range(0, 340, 7)}
        assert len(colours) > 5, f"the picture of {panel.key} is empty"
    for page in tmp_path.rglob("*.html"):
        assert not LOADED.search(page.read_text(encoding="utf-8")), page
