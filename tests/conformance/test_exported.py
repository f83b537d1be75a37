"""Every schedule, metric and data set exports, those of a plug-in too, with the same numbers."""

from __future__ import annotations

import re
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from pydantic import Field

from playground.catalog import metrics
from playground.catalog.bound import bound
from playground.catalog.datasets.dataset import Dataset, DrawFunction, Floats, Labels, Target
from playground.catalog.metrics import Measure, Metric
from playground.catalog.options import live
from playground.catalog.registry import declared
from playground.catalog.schedules import Factor, Schedule, Watcher
from playground.engine import headless
from playground.engine.trainer import Trainer
from playground.export.evaluation import evaluate_source
from playground.export.files import write_script
from playground.export.loop import main_source
from playground.export.net import net_source
from playground.export.sources import Sources
from playground.graph.shape import Shape
from playground.project.check import check, flattened
from playground.project.project import Project
from playground.project.templates import build
from tests.conformance.recipes import net

EPOCHS = 3
LINE = re.compile(r"epoch +\d+ +train_loss (\S+) +val_loss (\S+) +val_(\w+) (\S+)")


# As a plug-in declares them: one class and its function each

HALF = 0.5


def every_other(epoch: float, strength: float) -> float:
    """Full and reduced epochs in turn."""
    return 1.0 if int(epoch) % 2 == 0 else HALF * strength


class EveryOther(Schedule):
    """Full and reduced epochs in turn."""

    kind: ClassVar[str] = "acme.EveryOther"
    label: ClassVar[str] = "Every other"
    function: ClassVar[Factor] = staticmethod(every_other)
    strength: float = live(0.5, "Strength", "How much of the rate is left.", gt=0, le=1)


class Fading:
    """Halves the learning rate whenever the validation loss rises."""

    def __init__(self, fade: float) -> None:
        self.fade = fade
        self.best, self.cut = float("inf"), 1.0

    def see(self, val_loss: float) -> None:
        """An epoch has ended with this validation loss."""
        self.cut = self.cut * self.fade
        self.best = min(self.best, val_loss)

    def state(self) -> dict[str, float]:
        """What it has seen."""
        return {"best": self.best, "cut": self.cut}

    def restore(self, state: Mapping[str, float]) -> None:
        """Restore a state."""
        self.best, self.cut = state["best"], state["cut"]


class Watching(Schedule):
    """Halves the learning rate whenever the validation loss rises."""

    kind: ClassVar[str] = "acme.Watching"
    label: ClassVar[str] = "Watching"
    watcher: ClassVar[type[Watcher]] = Fading
    fade: float = live(0.5, "Fade", "What is left after each epoch.", gt=0, le=1)


def matching(outputs: np.ndarray, labels: np.ndarray, threshold: float, weight: float) -> float:
    """A weighted share of matching signs."""
    return weight * float(((outputs[:, 0] > threshold) == (labels > 0)).mean())


class Matching(Metric):
    """A weighted share of matching signs."""

    kind: ClassVar[str] = "acme.Matching"
    label: ClassVar[str] = "Matching"
    tasks: ClassVar[tuple[Any, ...]] = ("binary",)
    function: ClassVar[Measure] = staticmethod(matching)
    weight: float = Field(0.25, title="Weight", description="What a match counts.")


def stripes(rng: np.random.Generator, count: int, width: float) -> tuple[Floats, Labels]:
    """Upright stripes of two classes in a square."""
    x = rng.uniform(-1, 1, (count, 2))
    return x.astype(np.float32), np.floor(x[:, 0] / width).astype(np.int64) % 2


class Stripes(Dataset):
    """Upright stripes of two classes in a square."""

    kind: ClassVar[str] = "acme.Stripes"
    label: ClassVar[str] = "Stripes"
    function: ClassVar[DrawFunction] = staticmethod(stripes)
    count: int = Field(80, title="Examples", description="How many to make.")
    width: float = Field(0.5, title="Width", description="How wide a stripe is.")

    def features(self) -> Shape:
        return Shape((2,))

    def target(self) -> Target:
        return Target("binary", ("blue", "orange"))


class OverriddenStripes(Stripes):
    """Drawn by a method: a script gets the numbers."""

    kind: ClassVar[str] = "acme.OverriddenStripes"

    def draw(self, generator: np.random.Generator) -> tuple[Floats, Labels]:
        return stripes(generator, self.count, self.width)


def _train(project: Project, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The script prints what the engine computes."""
    torch.set_num_threads(1)
    project = project.with_training(max_epochs=EPOCHS)
    history = headless.train(project, epochs=EPOCHS).history
    (path, *_) = write_script(project, folder / "net.py")
    capsys.readouterr()
    runpy.run_path(str(path), run_name="__main__")
    rows = [LINE.fullmatch(line) for line in capsys.readouterr().out.splitlines()]
    first = next(name for name in history if name not in ("step", "epoch") and "loss" not in name)
    assert len(rows) == EPOCHS
    for row, train_loss, val_loss, metric in zip(
        rows,
        history["train_loss"][1:],
        history["val_loss"][1:],
        history[first][1:],
        strict=True,
    ):
        assert row is not None
        found = float(row[1]), float(row[2])
        assert found == pytest.approx((train_loss, val_loss), rel=1e-6, abs=1e-7)
        assert float(row[4]) == pytest.approx(metric, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("schedule", [EveryOther(strength=0.3), Watching(fade=0.7)], ids=str)
@pytest.mark.parametrize("warmup", [0.0, 1.5])
def test_that_a_schedule_of_a_plugin_exports_and_trains_alike(
    schedule: Schedule, warmup: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _train(net(schedule=schedule, warmup_epochs=warmup), tmp_path, capsys)


@pytest.mark.slow
def test_that_a_watching_schedule_resumes_where_it_was() -> None:
    trainer = Trainer(net(schedule=Watching(fade=0.7)))
    trainer.pace.see(1.0)
    state = trainer.pace.state()
    assert state == {"best": 1.0, "cut": 0.7}
    trainer.pace.restart()
    assert trainer.pace.factor(0.0) == 1.0
    trainer.pace.restore(state)
    assert trainer.pace.factor(0.0) == 0.7


@pytest.mark.slow
@pytest.mark.parametrize("data", [Stripes(width=0.4), OverriddenStripes(width=0.4)], ids=str)
def test_that_a_data_set_of_a_plugin_exports_and_trains_alike(
    data: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _train(net().with_data(data), tmp_path, capsys)
    assert ("def stripes(" in (tmp_path / "net.py").read_text("utf-8")) is (type(data) is Stripes)


def test_that_a_metric_of_a_plugin_exports_and_trains_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {"acme.Matching": Matching, **declared(Metric)}
    monkeypatch.setattr(metrics, "declared", lambda base: found)
    _train(net(), tmp_path, capsys)
    assert "def matching(" in (tmp_path / "net.py").read_text("utf-8")


# What the catalog has


@pytest.mark.slow
@pytest.mark.parametrize("kind", declared(Schedule))
def test_that_every_schedule_is_printed_as_it_runs(kind: str) -> None:
    project = flattened(net(schedule=kind, warmup_epochs=2.0))
    sources = Sources()
    drawn = net_source(project.graph, check(project), sources)
    sources.take()
    metric = declared(Metric)["accuracy"]()
    text = main_source(project, drawn, metric, sources)
    room: dict[str, Any] = {}
    exec("\n".join(sorted(sources.imports)), room)
    exec("\n\n".join(sources.take()), room)
    schedule = project.training.schedule
    if not schedule.is_constant and not schedule.needs_validation:
        factor = bound(room[type(schedule).function.__name__], schedule)
        for epoch in np.linspace(0, 130, 50):
            assert factor(float(epoch)) == schedule.factor(float(epoch))
    assert "warmed_up(" in text
    if (watcher := type(schedule).watcher) is not None:
        ours, theirs = bound(watcher, schedule)(), bound(room["Plateau"], schedule)()
        for loss in (2.0, 1.0, *[1.5] * 30, float("nan"), 0.5):
            ours.see(loss)
            theirs.see(loss)
            assert ours.cut == theirs.cut


EXAMPLES: dict[str, tuple[str, np.ndarray]] = {
    "binary": ("moons", np.array([[0.4], [-1.0], [2.0], [-0.1]], np.float32)),
    "regression": ("regression-1d", np.array([[0.4], [-1.0], [2.0], [-0.1]], np.float32)),
    "tokens": ("sentences-bert", np.array([[[0.1, 2, 0], [3, 0, 1]]] * 2, np.float32)),
}
LABELS = {
    "binary": np.array([1, 0, 0, 1]),
    "regression": np.array([[0.5], [-1.0], [1.0], [0.2]], np.float32),
    "tokens": np.array([[1, -100], [2, 0]]),
}


@pytest.mark.parametrize("kind", declared(Metric))
def test_that_every_metric_is_printed_as_it_runs(kind: str) -> None:
    metric = declared(Metric)[kind]()
    task = next(task for task in EXAMPLES if task in metric.tasks)
    template, outputs = EXAMPLES[task]
    project, sources = build(template), Sources()
    text = evaluate_source(project, metric, sources)
    room: dict[str, Any] = {}
    exec("import torch\n" + "\n".join(sorted(sources.imports)), room)
    exec("\n\n".join([*sources.take(), text]), room)
    labels = LABELS[task]
    y = torch.from_numpy(labels if task != "binary" else labels[:, None].astype(np.float32))
    model = torch.nn.Identity()
    loss, found = room["evaluate"](
        model, lambda outputs, y: torch.zeros(()), torch.from_numpy(outputs), y
    )
    assert loss == 0
    threshold = project.training.loss.threshold
    assert found == pytest.approx(metric.measure(outputs, labels, threshold), rel=1e-12)


def test_that_every_data_set_but_files_is_drawn_by_a_function() -> None:
    others = {kind for kind, data in declared(Dataset).items() if not data.draws_with_function()}
    assert others == {"csv"}
