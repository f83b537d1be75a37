"""The reading before training is of the very weights that training starts with."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from playground.catalog.initializers import HeNormal, Initializer, Normal, XavierUniform, Zeros
from playground.engine.probe import declared_probes
from playground.engine.probes.initial import InitialProbe, fans
from playground.engine.trainer import Trainer
from playground.graph.graph import Graph
from playground.project.initial import initial_key
from playground.project.project import Project
from tests.engine.nets import mlp, same, train, weights


def with_initializer(project: Project, initializer: Initializer) -> Project:
    graph: Graph = project.graph
    for node in graph.nodes.values():
        if "initializer" in type(node.layer).model_fields:
            graph = graph.set_options(node.id, initializer=initializer)
    return project.with_graph(graph)


def test_that_it_is_found() -> None:
    assert declared_probes()["initial"] is InitialProbe


def test_that_the_histogram_is_of_the_weights_that_training_starts_with() -> None:
    trainer = Trainer(mlp())
    first = {name: t.clone() for name, t in weights(trainer).items()}
    train(trainer, 5)
    reading = InitialProbe().read(trainer)
    assert reading is not None
    for node_id, found in reading["weights"].items():
        values = first[f"{node_id}.weight"].double().numpy().ravel()
        assert found["count"] == len(values) == found["counts"].sum()
        assert found["std"] == pytest.approx(values.std(), rel=1e-6)
        assert np.array_equal(found["counts"], np.histogram(values, len(found["counts"]))[0])


def test_that_reading_disturbs_neither_the_weights_nor_the_draws() -> None:
    alone, watched = Trainer(mlp()), Trainer(mlp())
    train(alone, 3), train(watched, 3)
    state = torch.get_rng_state()
    InitialProbe().read(watched)
    assert torch.equal(torch.get_rng_state(), state)
    assert same(weights(train(alone, 3)), weights(train(watched, 3)))


@pytest.mark.parametrize(
    ("initializer", "law"),
    [(HeNormal(), "normal"), (XavierUniform(), "uniform"), (Normal(mean=1, std=0.2), "normal")],
)
def test_that_theory_is_torchs(initializer: Initializer, law: str) -> None:
    trainer = Trainer(with_initializer(mlp(), initializer))
    reading = InitialProbe().read(trainer)
    assert reading is not None
    for node_id, found in reading["weights"].items():
        weight = weights(trainer)[f"{node_id}.weight"]
        assert fans(weight) == torch.nn.init._calculate_fan_in_and_fan_out(weight)
        drawn = torch.empty(400, *weight.shape)
        for one in drawn:
            call = initializer.call()
            assert call is not None
            getattr(torch.nn.init, call.target.removeprefix("init."))(one, **call.kwargs)
        assert found["law"] == law
        assert found["theory_std"] == pytest.approx(float(drawn.std()), rel=0.05)
        assert found["mean"] == pytest.approx(float(drawn.mean()), abs=0.05)


def test_that_torchs_own_draw_has_a_theory_too() -> None:
    reading = InitialProbe().read(Trainer(mlp()))
    assert reading is not None
    first = next(iter(reading["weights"].values()))
    assert first["law"] == "uniform"
    assert first["theory_std"] == pytest.approx(math.sqrt(1 / (3 * 2)), rel=1e-6)
    assert first["edges"][-1] <= 1 / math.sqrt(2) + 1e-6


def test_that_zeros_are_told_as_a_constant() -> None:
    reading = InitialProbe().read(Trainer(with_initializer(mlp(), Zeros())))
    assert reading is not None
    first = next(iter(reading["weights"].values()))
    assert (first["law"], first["std"], first["theory_std"]) == ("constant", 0.0, 0.0)


def test_that_the_scales_are_those_of_one_batch_before_training() -> None:
    project = mlp()
    trainer = Trainer(project)
    reading = InitialProbe().read(train(Trainer(project), 4))
    assert reading is not None
    count = min(64, project.training.batch_size)
    x, y = trainer.objective.train.x[:count], trainer.objective.train.y[:count]
    outputs = []
    out = x
    for module in trainer.net.children():
        out = module(out)
        out.retain_grad()
        outputs.append(out)
    trainer.objective.compare(out, y).backward()
    assert reading["activation"][1:] == pytest.approx(
        [float(o.detach().std(correction=0)) for o in outputs], rel=1e-5
    )
    assert reading["gradient"][1:] == pytest.approx(
        [float(o.grad.std(correction=0)) for o in outputs], rel=1e-5
    )


def test_that_it_is_read_again_only_where_the_project_begins_otherwise() -> None:
    project, probe = mlp(), InitialProbe()
    first = probe.read(Trainer(project))
    assert probe.read(Trainer(project.with_training(l2=0.1))) is first
    other = project.with_training(seed=project.training.seed + 1)
    assert probe.read(Trainer(other)) is not first
    moved = project.with_graph(project.graph.move({"n1": (9.0, 9.0)}))
    assert initial_key(moved) == initial_key(project) != initial_key(other)
