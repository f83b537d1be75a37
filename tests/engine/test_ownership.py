"""A trainer's state is changed by its own methods alone, and a change is checked once."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import playground
from playground.catalog.layers.dense import Linear
from playground.engine import change as change_module
from playground.engine import trainer as trainer_module
from playground.engine.change import change
from playground.engine.trainer import Trainer
from playground.project import check as check_module
from playground.project.check import Checked, check
from playground.project.project import Project
from tests.engine.nets import mlp, train

ROOT = Path(playground.__file__).parent
OWNED = (
    "trainer",
    "stepper",
    "objective",
    "pace",
    "stopping",
    "batches",
    "losses",
    "keyframes",
    "patience",
    "watcher",
)


def written_from_outside(tree: ast.AST, owned: tuple[str, ...] = OWNED) -> list[str]:
    """Assignments such as `trainer.step = 3`, also of attributes deeper in it."""
    found = []
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
            found += [ast.unparse(part) for part in parts if is_owned_elsewhere(part, owned)]
    return found


def is_owned_elsewhere(target: ast.expr, owned: tuple[str, ...]) -> bool:
    """Whether a target is an attribute of an object that owns its state."""
    if not isinstance(target, ast.Attribute):
        return False
    owner = target.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name.lstrip("_") in owned


def test_that_nothing_writes_the_state_of_a_trainer_from_outside() -> None:
    found = {
        str(path.relative_to(ROOT)): written
        for room in ("engine", "session", "export", "verbs")
        for path in sorted((ROOT / room).rglob("*.py"))
        if (written := written_from_outside(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found == {}


IN_WINDOW = ("rendering", "readings", "drawing", "canvas", "hover", "files", "document", "view")


def test_that_parts_of_the_window_do_not_write_the_state_of_others() -> None:
    found = {
        str(path.relative_to(ROOT)): written
        for path in sorted((ROOT / "app").rglob("*.py"))
        if (written := written_from_outside(ast.parse(path.read_text("utf-8")), IN_WINDOW))
    }
    assert found == {}


def test_that_the_search_for_writes_finds_them() -> None:
    text = "trainer.step, x = 3, 4\nself._trainer.objective.train = 1\ntrainer.epoch += 1"
    assert written_from_outside(ast.parse(text)) == [
        "trainer.step",
        "self._trainer.objective.train",
        "trainer.epoch",
    ]


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[Project]:
    """Every project that is checked from now on."""
    found: list[Project] = []

    def counted(project: Project) -> Checked:
        found.append(project)
        return check(project)

    for module in (change_module, trainer_module, check_module):
        monkeypatch.setattr(module, "check", counted)
    from playground.engine import compile as compile_module
    from playground.engine import device as device_module

    monkeypatch.setattr(compile_module, "check", counted)
    monkeypatch.setattr(device_module, "check", counted, raising=False)
    return found


def test_that_a_project_is_checked_once_when_a_trainer_is_made(checks: list[Project]) -> None:
    trainer = Trainer(mlp())
    trainer.restart()
    assert len(checks) == 1


@pytest.mark.parametrize("steps", [0, 3])
def test_that_a_change_is_checked_once(checks: list[Project], steps: int) -> None:
    trainer = train(Trainer(mlp()), steps)
    checks.clear()
    project = trainer.project
    graph = project.graph.set_layer("n1", Linear(out_features=5))
    changed = change(trainer, project.with_graph(graph))
    assert changed.trainer.project.graph.nodes["n1"].layer == Linear(out_features=5)
    assert len(checks) == 1
