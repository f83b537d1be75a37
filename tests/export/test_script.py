"""An exported script trains as the engine does, number by number."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from playground.catalog.bound import bound
from playground.catalog.datasets.dataset import Dataset
from playground.catalog.datasets.files import CSV
from playground.catalog.datasets.tabular import Diabetes, Iris
from playground.catalog.registry import declared, make
from playground.engine import headless
from playground.engine.compile import compile_project
from playground.engine.device import choose
from playground.engine.objectives import objective_of
from playground.export.error import ExportError
from playground.export.files import write_script
from playground.graph.reserved import RESERVED
from playground.project.file import from_json
from playground.project.project import Project, empty_project
from playground.project.templates import build
from tests.export.projects import (
    ALL_AT_ONCE,
    EPOCHS,
    OTHERS,
    TEMPLATES,
    all_projects,
    table,
    with_data,
)

LINE = re.compile(r"epoch +\d+ +train_loss (\S+) +val_loss (\S+) +val_\w+ (\S+)")
RUN_ALL = """
import runpy, sys
for path in sys.argv[1:]:
    print("script", path)
    runpy.run_path(path, run_name="__main__")
"""


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    return all_projects(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def printed(
    projects: dict[str, Project], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[tuple[float, ...]]]:
    """What every script printed: training loss, validation loss and metric by epoch."""
    folder = tmp_path_factory.mktemp("scripts")
    paths = {key: folder / f"{key}.py" for key in projects}
    for key, project in projects.items():
        write_script(project, paths[key])
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUN_ALL, *map(str, paths.values())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[tuple[float, ...]]] = {}
    for line in done.stdout.splitlines():
        if line.startswith("script "):
            rows = found.setdefault(Path(line.removeprefix("script ")).stem, [])
        else:
            match = LINE.fullmatch(line)
            assert match, line
            rows.append(tuple(map(float, match.groups())))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("key", [*TEMPLATES, *OTHERS])
def test_that_a_script_reaches_the_losses_of_the_engine(
    key: str,
    projects: dict[str, Project],
    printed: dict[str, list[tuple[float, ...]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if key == "fp16":  # refused on a CPU because it is slow, which does not matter here
        monkeypatch.setattr("playground.engine.device.refuse_precision", lambda *_: None)
    history = headless.train(projects[key], epochs=EPOCHS).history
    metric = next(name for name in history if name not in ("step", "epoch") and "loss" not in name)
    expected = np.stack([history[c][1:] for c in ("train_loss", "val_loss", metric)], 1)
    found = np.array(printed[key])
    assert found.shape == expected.shape
    np.testing.assert_allclose(found[:, :2], expected[:, :2], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found[:, 2], expected[:, 2], rtol=1e-5, atol=1e-4)


def _namespace(project: Project, folder: Path) -> dict[str, Any]:
    (path, *_) = write_script(project, folder / "script.py")
    return runpy.run_path(str(path), run_name="script")


@pytest.mark.slow
@pytest.mark.parametrize("kind", [k for k in declared(Dataset) if k != "csv"])
def test_that_a_script_draws_the_examples_of_every_data_set(kind: str, tmp_path: Path) -> None:
    options = {"seed": 3, "validation": 0.25}
    given = declared(Dataset)[kind].model_fields
    options |= {"count": 61} if "count" in given else {}
    options |= {"noise": 0.2} if "noise" in given else {}
    options |= {"arms": 3} if "arms" in given else {}
    options |= {"shortest": 3, "kinds": 3} if "kinds" in given else {}
    data = make(Dataset, {"kind": kind, **options})
    namespace = _namespace(with_data(data), tmp_path)
    function = type(data).function
    assert function is not None
    drawn = bound(namespace[function.__name__], data)
    for part, own in zip(
        drawn(np.random.default_rng(3)),
        data.draw(np.random.default_rng(3)),
        strict=True,
    ):
        assert part.dtype == own.dtype
        np.testing.assert_array_equal(part, own)


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        Diabetes(),
        Diabetes(normalise="min-max"),
        Diabetes(normalise="none"),
        Diabetes(scale_target=False),
        Iris(normalise="min-max", validation=0.5),
        Iris(normalise="none"),
    ],
    ids=str,
)
def test_that_a_script_splits_and_scales_as_the_data_set_does(
    data: Dataset, tmp_path: Path
) -> None:
    project = with_data(data)
    x_train, y_train, x_val, y_val = _namespace(project, tmp_path)["examples"]()
    objective = objective_of(project, data.load(), torch.device("cpu"))
    assert torch.equal(x_train, objective.train.x)
    assert torch.equal(y_train, objective.train.y)
    assert torch.equal(x_val, objective.val.x)
    assert torch.equal(y_val, objective.val.y)


def test_that_the_numbers_of_a_csv_file_are_written_beside_the_script(tmp_path: Path) -> None:
    data = CSV(path=str(table(tmp_path)))
    project = build("regression-1d").with_data(data)
    script, beside = write_script(project, tmp_path / "net.py")
    assert (script.name, beside.name) == ("net.py", "net-data.npz")
    x, y = data.draw(np.random.default_rng(0))
    stored = np.load(beside)
    np.testing.assert_array_equal(stored["x"], x)
    np.testing.assert_array_equal(stored["y"], y)


@pytest.mark.slow
def test_that_names_of_torch_are_left_to_torch() -> None:
    public = {name for name in dir(nn.Module()) if not name.startswith("_")}
    assert public <= RESERVED


def test_that_the_exported_script_is_idiomatic(tmp_path: Path) -> None:
    (path,) = write_script(build("spiral-residual"), tmp_path / "net.py")
    text = path.read_text(encoding="utf-8")
    assert "        self.linear1 = nn.Linear(2, 16)\n" in text
    assert "        add1 = relu2 + relu1\n" in text
    assert max(map(len, text.splitlines())) <= 100
    assert "playground" not in text


@pytest.mark.slow
def test_that_a_project_with_errors_is_not_written_out(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="Nothing is connected"):
        write_script(empty_project(), tmp_path / "net.py")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_that_a_net_without_weights_is_not_written_out(tmp_path: Path) -> None:
    project = build("moons").with_data(make(Dataset, {"kind": "wave"}))
    graph = project.graph
    for node_id in ("linear1", "relu1", "linear2", "relu2", "linear3"):
        graph = graph.remove_and_join(node_id)
    with pytest.raises(ExportError, match="no layer with weights"):
        write_script(project.with_graph(graph), tmp_path / "net.py")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("batch_size", "expected"),
    [
        (16, "torch.set_num_threads(1)"),
        (32_000, "torch.set_num_threads(min(2, os.cpu_count() or 1))"),
        (320_000, "torch.set_num_threads(os.cpu_count() or 1)"),
    ],
)
def test_that_a_script_takes_as_many_threads_as_the_engine(
    batch_size: int, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = build("moons").with_training(batch_size=batch_size)
    (path,) = write_script(project, tmp_path / "net.py")
    line = next(line.strip() for line in path.read_text("utf-8").splitlines() if "threads" in line)
    assert line.split("  #")[0] == expected
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    asked: list[int] = []
    monkeypatch.setattr("torch.set_num_threads", asked.append)
    exec(line, {"torch": torch, "os": os})
    assert asked == [choose(project, ("cpu",)).threads]


@pytest.mark.slow
def test_that_parameters_have_the_names_of_the_engine(tmp_path: Path) -> None:
    project = from_json(ALL_AT_ONCE).project
    namespace = _namespace(project, tmp_path)
    found = namespace["Net"]().state_dict().keys()
    assert found == compile_project(project).net.state_dict().keys()
