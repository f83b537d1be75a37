"""Old files open and go on with the same numbers, and old scripts print what they printed.

`expected.json` holds what version 0.1.0 gave on one thread, before the code was laid out in its
present folders: the losses of three epochs, those of two more from the saved file, and the lines
of the exported script.
"""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from playground.engine import headless
from playground.export.files import write_script
from playground.project.check import check
from playground.project.file import read

FOLDER = Path(__file__).parent
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text("utf-8"))
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As many threads as the numbers were made with."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def numbers(lines: list[str]) -> list[float]:
    """Every number of the lines that report an epoch."""
    rows = [line for line in lines if line.startswith("epoch")]
    return [float(found) for line in rows for found in NUMBER.findall(line)]


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[] if n == "moons" else [pytest.mark.slow]) for n in EXPECTED],
)
def test_that_an_old_file_continues_with_the_same_numbers(name: str) -> None:
    saved = read(FOLDER / f"{name}.nplay")
    assert not check(saved.project).errors
    more = headless.train(saved.project, state=saved.state, epochs=2)
    wanted = EXPECTED[name]
    assert more.final.val_loss == pytest.approx(wanted["continued_val_loss"], rel=1e-6)
    assert dict(more.final.metrics) == pytest.approx(wanted["metrics"], rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPECTED)
def test_that_an_old_project_trains_from_scratch_to_the_same_losses(name: str) -> None:
    project = read(FOLDER / f"{name}.nplay").project
    history = headless.train(project, epochs=3).history
    wanted = EXPECTED[name]
    assert list(history["train_loss"]) == pytest.approx(wanted["train_loss"], rel=1e-6, nan_ok=True)
    assert list(history["val_loss"]) == pytest.approx(wanted["val_loss"], rel=1e-6, nan_ok=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPECTED)
def test_that_an_old_script_and_one_exported_now_print_the_same_numbers(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = numbers(EXPECTED[name]["printed"])
    assert len(wanted) >= 3 * 4
    runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
    assert numbers(capsys.readouterr().out.splitlines()) == pytest.approx(wanted, rel=1e-6)
    project = read(FOLDER / f"{name}.nplay").project
    (script, *_) = write_script(project, tmp_path / f"{name}.py")
    runpy.run_path(str(script), run_name="__main__")
    assert numbers(capsys.readouterr().out.splitlines()) == pytest.approx(wanted, rel=1e-6)
