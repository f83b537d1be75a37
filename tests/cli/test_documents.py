"""README and CONTRIBUTING say what is true."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from playground.cli import VERBS, main
from tests.cli.command import ROOT, environment

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = ROOT / "CONTRIBUTING.md"

# Each block becomes a module of the package; then all are used as the program would.
TRY_EXAMPLES = """
import re, sys
blocks = re.findall(r"```python\\n(.*?)```", open(sys.argv[1], encoding="utf-8").read(), re.DOTALL)
for number, block in enumerate(blocks):
    space = {"__name__": f"playground.example{number}"}
    exec(compile(block, f"block {number}", "exec"), space)
    globals().update({k: v for k, v in space.items() if not k.startswith("__")})
from pathlib import Path
from PySide6.QtWidgets import QApplication
from playground.app.panels import found
from playground.catalog.registry import make, make_layer
from playground.engine import headless
from playground.engine.probe import declared_probes
from playground.export.files import write_script
from playground.project.templates import build
from playground.session.messages import Frame
project = build("moons").with_data(make(Dataset, "stripes")).with_training(optimizer="adagrad")
graph = project.graph.set_layer("relu1", make_layer({"kind": "Sine"}))
project = project.with_graph(graph).with_training(max_epochs=2)
result = headless.train(project, epochs=2)
assert result.final.train_loss < 1
script, _ = write_script(project, Path(sys.argv[2]))
assert "torch.sin(" in script.read_text()
declared_probes.cache_clear()
reading = headless.probe(project, "weight_sizes", 3)
app = QApplication([])
panel = WeightSizesPanel(Document(project))
panel.show_frame(Frame(1, 3, 0.1, False, readings={"weight_sizes": reading}))
assert "hidden 1" in panel.label.text()
print(len(blocks), "blocks run")
"""


def test_that_the_examples_for_contributors_run(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRY_EXAMPLES, str(CONTRIBUTING), str(tmp_path / "net.py")],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "5 blocks run\n"


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
