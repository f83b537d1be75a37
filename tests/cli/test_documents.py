"""README and CONTRIBUTING are correct; tests/plugins runs the examples of the latter."""

from __future__ import annotations

import re

import pytest

from playground.cli import VERBS, main
from tests.cli.command import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = ROOT / "CONTRIBUTING.md"


def test_that_every_file_the_contributors_read_of_exists() -> None:
    text = CONTRIBUTING.read_text(encoding="utf-8")
    paths = set(re.findall(r"`([\w/]+(?:\.py|\.md|\.txt|\.toml|/))`", text))
    assert paths
    for path in paths:
        assert (ROOT / path).exists() or (ROOT / "playground" / path).exists(), path


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"open"}))
def test_that_the_readme_names_every_verb_and_option(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [line for line in README.splitlines() if line.startswith(f"playground {verb}")]
    assert lines
    assert main([verb, "--help"]) == 0
    options = set(re.findall(r"(--\w+)", capsys.readouterr().out)) - {"--help", "--force"}
    assert options <= set(re.findall(r"(--\w+)|new --list", " ".join(lines))) | {"--list"}


def test_that_every_link_of_the_readme_leads_somewhere() -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        if path != "assets/screenshot.png":
            assert (ROOT / path).exists(), path
