"""The example plug-in adds to every part of the program, from a wheel."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from playground.project.check import check
from playground.project.file import FileError, from_json, read, to_json
from tests.cli.command import ROOT
from tests.plugins.conftest import EXAMPLE, Run, runner

LOSSES = re.compile(r"train_loss (\S+)")

WINDOW = """
import sys
from pathlib import Path
from playground.app.main import application
from playground.app.shell.window import MainWindow
from playground.app.panels import found
from playground.catalog.registry import declared, make_layer
from playground.engine import headless
from playground.graph.layer import Layer
from playground.project.templates import build
from playground.reference.page import pages
from playground.session.messages import Frame
app = application()
window = MainWindow()
window.project_files.start_from("acme.stripes")
app.processEvents()
(panel_class,) = [panel for panel in found() if panel.key == "acme.weight_sizes"]
panel = panel_class(window.document)
project = build("acme.stripes")
reading = headless.probe(project, "acme.weight_sizes", 3)
panel.show_frame(Frame(1, 3, 0.1, False, readings={"acme.weight_sizes": reading}))
print(panel.label.text().splitlines()[0].split()[0])
window.canvas.edits.add_layer("acme.Sine")
print([node.layer.kind for node in window.document.graph.nodes.values()].count("acme.Sine"))
print("layers/acme.Sine" in pages(), "datasets/acme.stripes" in pages())
"""

FAULTY_WINDOW = """
from playground import plugins
from playground.app.main import application
from playground.app.shell.window import MainWindow
from playground.session.messages import Frame
app = application()
window = MainWindow()
window.show()
window.project_files.start_from("moons")
app.processEvents()
print(window.panels.shown[:3])
later = []
window.run.frame_arrived.connect(later.append)
frame = Frame(1, 3, 0.1, False, readings={"history": {"epoch": [], "train_loss": []}})
for _ in range(2):
    window.run._show(frame)
    app.processEvents()
print(len(later))
print(*(f"{f.plugin} {f.part}: {f.message}" for f in plugins.failures()), sep=chr(10))
window.run.close()
"""

LOSS = """
import sys
from playground.engine import headless
from playground.project.file import read
result = headless.train(read(sys.argv[1]).project, epochs=5)
print(*(float(loss) for loss in result.history["train_loss"]))
"""


@pytest.fixture(scope="module")
def project(acme: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project from the plug-in's template."""
    path = tmp_path_factory.mktemp("project") / "stripes.nplay"
    done = acme("-m", "playground", "new", "acme.stripes", path)
    assert done.returncode == 0, done.stderr
    return path


@pytest.mark.slow
def test_that_the_catalog_lists_what_the_plugin_declares(acme: Run) -> None:
    done = acme("-m", "playground", "catalog", "--json")
    assert done.returncode == 0, done.stderr
    catalog = json.loads(done.stdout)
    kinds = {
        name: [entry["kind"] for entry in entries]
        for name, entries in catalog.items()
        if isinstance(entries, list)
    }
    assert {"acme.Sine", "acme.FourierFeatures"} <= set(kinds["layers"])
    assert "acme.stripes" in kinds["datasets"]
    assert "acme.adagrad" in kinds["optimizers"]
    assert "acme.halving" in kinds["schedules"]
    assert "acme.error_rate" in kinds["metrics"]
    assert "acme.stripes" in kinds["templates"]


@pytest.mark.slow
def test_that_doctor_lists_the_plugin_with_its_parts(acme: Run) -> None:
    done = acme("-m", "playground", "doctor", COLUMNS="300")
    line = next(line for line in done.stdout.splitlines() if line.startswith("plug-in acme"))
    assert "acme-layers 1.0" in line
    assert {"acme.Sine,", "acme.weight_sizes,"} <= set(line.split())
    assert "skipped" not in done.stdout


@pytest.mark.slow
def test_that_a_project_of_the_plugin_trains_and_its_probe_reads(acme: Run, project: Path) -> None:
    done = acme("-m", "playground", "train", project, "--epochs", "3", "--json")
    assert done.returncode == 0, done.stderr
    end = json.loads(done.stdout.splitlines()[-1])
    assert end["epoch"] == 3
    assert 0 < end["train_loss"] < 2
    assert 0 <= end["metrics"]["acme.error_rate"] <= 1
    done = acme("-m", "playground", "probe", project, "--probe", "acme.weight_sizes", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["reading"]["nodes"] == ["linear1", "linear2"]


@pytest.mark.slow
def test_that_the_window_finds_panel_template_and_reference(acme: Run) -> None:
    done = acme("-c", WINDOW)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Linear", "2", "True True"]


@pytest.mark.slow
def test_that_the_exported_script_gives_the_same_losses_without_the_plugin(
    acme: Run, project: Path, tmp_path: Path
) -> None:
    script = tmp_path / "net.py"
    done = acme("-m", "playground", "export", project, script)
    assert done.returncode == 0, done.stderr
    assert "acme" not in re.sub('""".*?"""', "", script.read_text(), flags=re.DOTALL)
    trained = acme("-c", LOSS, project)
    assert trained.returncode == 0, trained.stderr
    alone = runner()(script)
    assert alone.returncode == 0, alone.stderr
    printed = [float(loss) for loss in LOSSES.findall(alone.stdout)]
    assert printed == pytest.approx([float(loss) for loss in trained.stdout.split()][-5:], rel=1e-6)


@pytest.mark.slow
def test_that_the_file_names_the_package_where_the_plugin_is_missing(
    project: Path, tmp_path: Path
) -> None:

    with pytest.raises(FileError, match=r"acme.stripes comes from a plug-in .*acme-layers 1\.0"):
        read(project)
    text = json.dumps(
        {
            "graph": {
                "nodes": [
                    {"id": "input1", "kind": "Input"},
                    {"id": "sine1", "kind": "acme.Sine", "options": {"speed": 3}},
                    {"id": "output1", "kind": "Output"},
                ],
                "edges": [
                    {"source": "input1", "target": "sine1"},
                    {"source": "sine1", "target": "output1"},
                ],
            },
            "plugins": {"acme": "acme-layers 1.0"},
        }
    )
    opened = from_json(text).project
    (found,) = [one for one in check(opened).errors if one.code == "unknown_layer"]
    assert "acme.Sine comes from a plug-in that is not installed: acme-layers 1.0" in found.message
    again = json.loads(to_json(opened))
    assert again["plugins"] == {"acme": "acme-layers 1.0"}
    assert again["graph"]["nodes"][1]["options"] == {"speed": 3}


@pytest.mark.slow
def test_that_a_plugin_that_fails_is_named_and_skipped(broken: Run) -> None:
    done = broken("-m", "playground", "catalog", "--json")
    assert done.returncode == 0
    assert "Plug-in broken (broken-layers 0.3) skipped" in done.stderr
    done = broken("-m", "playground", "doctor", COLUMNS="300")
    assert done.returncode == 1
    assert "plug-in broken: catalog skipped: ModuleNotFoundError" in done.stdout
    assert "plug-in broken: panels skipped: PluginError: 'loss' must start with" in done.stdout


@pytest.mark.slow
def test_that_panels_of_a_plugin_that_fail_leave_the_window_whole(faulty: Run) -> None:
    done = faulty("-c", FAULTY_WINDOW, QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "('faulty.unmade', 'faulty.undrawn', 'loss')",
        "2",
        "faulty panels faulty.unmade: RuntimeError: no room",
        "faulty panels faulty.undrawn: RuntimeError: no ink",
    ]
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_that_doctor_names_a_panel_that_cannot_be_made(faulty: Run) -> None:
    done = faulty("-m", "playground", "doctor", COLUMNS="300")
    assert done.returncode == 1
    assert "plug-in faulty: panels faulty.unmade skipped: RuntimeError: no room" in done.stdout
    assert "No problems found" not in done.stdout


@pytest.mark.slow
def test_that_the_examples_for_contributors_are_the_files_of_the_plugin() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"`tests/plugins/acme_layers/(\S+)`:\n\n```\w+\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 6
    for path, block in blocks:
        assert (EXAMPLE / path).read_text(encoding="utf-8") == block, path
    assert len(re.findall("```python", text)) == sum(path.endswith(".py") for path, _ in blocks)
