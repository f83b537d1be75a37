"""NaN, saving and opening, against a real engine process."""

from __future__ import annotations

import pytest

from playground.catalog.datasets.toy import Hills, Moons
from playground.catalog.layers.activation import ReLU
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.regularization import Dropout
from playground.catalog.losses import MeanSquaredError
from playground.catalog.optimizers import SGD
from playground.project.file import STATE_NAMES, to_json
from playground.project.project import Project
from playground.session import messages as m
from tests.engine.nets import chain, mlp
from tests.session.conftest import EngineRecorder


def changed(project: Project) -> m.Change:
    return m.Change(to_json(project))


def without(project: Project, node_id: str) -> Project:
    return project.with_graph(project.graph.remove([node_id]))


def exploding(lr: float = 5.0) -> Project:
    return chain(
        Linear(out_features=16), ReLU(), Linear(out_features=16), ReLU(), Linear(out_features=1),
        data=Hills(count=100), loss=MeanSquaredError(), optimizer=SGD(lr=lr),
    )  # fmt: skip


@pytest.mark.slow
def test_that_nan_pauses_and_training_continues_after_rewinding_with_a_lower_rate(
    engine: EngineRecorder,
) -> None:
    engine.open(exploding(lr=0.05))
    engine.step("batch", 200)
    engine.send(changed(exploding(lr=5.0)), m.Play())
    unhealthy = engine.wait_for(m.Unhealthy)
    assert unhealthy.step > unhealthy.healthy_step >= 200
    assert unhealthy.node in exploding().graph.nodes
    assert unhealthy.what in ("activation", "gradient", "weight", "loss")
    assert not engine.frame().is_training
    assert engine.save().step == unhealthy.healthy_step
    engine.send(m.Rewind())
    opened = engine.wait_for(m.Opened)
    assert (opened.step, opened.is_fresh) == (unhealthy.healthy_step, False)
    frame = engine.frame("history")
    assert frame.readings["history"]["step"][-1] <= unhealthy.healthy_step
    engine.send(changed(exploding(lr=0.01)), m.Play())
    engine.frame(that=lambda f: f.step > unhealthy.healthy_step + 100 and (f.train_loss or 9) < 2)


@pytest.mark.slow
def test_that_an_edit_after_nan_is_made_on_the_last_good_weights(engine: EngineRecorder) -> None:
    engine.open(exploding(lr=0.05))
    engine.step("batch", 50)
    engine.send(changed(exploding(lr=5.0)), m.Play())
    unhealthy = engine.wait_for(m.Unhealthy)
    wider = exploding(lr=0.01)
    engine.send(changed(without(wider, "n3")))
    engine.wait_for(m.Failed)
    engine.send(changed(wider.with_graph(wider.graph.set_options("n3", out_features=20))))
    opened = engine.wait_for(m.Opened)
    assert opened.step == unhealthy.healthy_step
    assert opened.kept == ("n1",)
    engine.send(m.Play())
    frame = engine.frame(that=lambda f: f.step > opened.step + 100)
    assert frame.train_loss is not None


@pytest.mark.slow
def test_that_a_saved_state_opens_where_it_was_left(engine: EngineRecorder) -> None:
    project = chain(Linear(out_features=8), Dropout(), ReLU(), Linear(out_features=1))
    engine.open(project)
    engine.step("batch", 10)
    saved = engine.save()
    assert saved.step == 10
    engine.step("batch", 30)
    expected = engine.save().state["weights.safetensors"]
    opened = engine.open(project, saved.state)
    assert (opened.step, opened.is_fresh) == (10, False)
    engine.step("batch", 30)
    assert engine.save().state["weights.safetensors"] == expected


@pytest.mark.slow
def test_that_a_run_that_was_opened_in_mid_course_can_play_for_long(engine: EngineRecorder) -> None:
    project = mlp(data=Moons(count=20_000))
    engine.open(project)
    engine.step("batch", 5)
    engine.open(project, engine.save().state)
    engine.send(m.Play())
    # Past the chores, within the epoch: nothing of an epoch's end is known yet.
    engine.frame(that=lambda f: f.step > 200)
    assert not [e for e in engine.settle() if isinstance(e, m.Failed)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "state",
    [
        {},
        dict.fromkeys(STATE_NAMES, b""),
        dict.fromkeys(STATE_NAMES, b"\x00" * 64),
        dict.fromkeys(STATE_NAMES, b'{"step": NaN}'),
        {name: bytes(range(256)) * 20 for name in STATE_NAMES},
    ],
    ids=["missing", "empty", "zeros", "nan", "noise"],
)
def test_that_a_hostile_state_is_reported_and_training_starts_from_scratch(
    engine: EngineRecorder, state: dict[str, bytes]
) -> None:
    opened = engine.open(mlp(), state)
    assert (opened.step, opened.is_fresh) == (0, True)
    assert "starts from the initial weights" in engine.wait_for(m.Failed).message
    engine.send(m.Step("batch"))
    assert engine.wait_for(m.StatusChanged).reason == "stepped"


@pytest.mark.slow
def test_that_a_project_that_is_no_project_is_refused(engine: EngineRecorder) -> None:
    for text in ("", "{", "[]", '{"graph": 3}'):
        engine.send(m.Open(8000, text))
        assert engine.wait_for(m.Failed).message
    engine.open(mlp())
