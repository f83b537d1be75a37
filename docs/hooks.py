"""What mkdocs calls while it builds the site: it adds the pages, the pictures and the menu."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from docs.pages import PICTURES, ROOT, navigation, pages, panels, picture_of
from docs.pictures import draw


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Set the menu; the site is in English, and so are its pictures."""
    os.environ["PLAYGROUND_LANG"] = "en"
    config.nav = navigation()
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add every page and every picture."""
    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    for source, path in PICTURES.items():
        files.append(File.generated(config, path, content=(ROOT / source).read_bytes()))
    with TemporaryDirectory() as folder:
        drawn = draw(panels(), Path(folder))
        for panel in panels():
            content = drawn[panel.key].read_bytes()
            files.append(File.generated(config, picture_of(panel), content=content))
    return files
