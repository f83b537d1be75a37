"""The reading before training is of the very weights that training starts with."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch
from torch import nn

from playground.catalog.constant_initializers import Zeros
from playground.catalog.initializers import (
    HeNormal,
    Initializer,
    Normal,
    TorchDefault,
    TruncatedNormal,
    XavierUniform,
)
from playground.catalog.registry import declared
from playground.engine import modules
from playground.engine.compile import resolve
from playground.engine.probe_set import declared_probes
from playground.engine.probes.initial import InitialProbe, _drawn, fans, theory
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


def test_that_zeros_are_reported_as_a_constant() -> None:
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


def test_that_it_is_read_again_only_if_the_initial_state_changes() -> None:
    project, probe = mlp(), InitialProbe()
    first = probe.read(Trainer(project))
    assert probe.read(Trainer(project.with_training(l2=0.1))) is first
    other = project.with_training(seed=project.training.seed + 1)
    assert probe.read(Trainer(other)) is not first
    moved = project.with_graph(project.graph.move({"n1": (9.0, 9.0)}))
    assert initial_key(moved) == initial_key(project) != initial_key(other)


@pytest.mark.parametrize("kind", [nn.Linear, nn.Conv2d])
@pytest.mark.parametrize("initializer", [one() for one in declared(Initializer).values()])
def test_that_the_stated_formula_is_the_variance(
    initializer: Initializer, kind: type[nn.Module]
) -> None:
    module = nn.Linear(6, 10) if kind is nn.Linear else nn.Conv2d(2, 4, 3)
    fan_in, fan_out = fans(module.weight)
    python = re.sub(r"\\frac\{(.*)\}\{(.*)\}", r"(\1) / (\2)", initializer.spread)
    python = python.replace("3 n_{in}", "3 * n_{in}").replace("^", "**").replace(r"\max", "max")
    python = python.replace("n_{in}", str(fan_in)).replace("n_{out}", str(fan_out))
    stated = initializer.variance(fan_in, fan_out)
    if python:
        assert eval(python) == pytest.approx(stated, rel=0.01)
    else:
        assert stated == 0 or isinstance(initializer, TruncatedNormal)


def test_that_attention_is_a_mixture_of_two_draws() -> None:
    torch.manual_seed(0)
    module = modules.SelfAttention(64, 4)
    found = [module.in_proj_weight, module.out_proj.weight]
    stds = [0.0, 0.0]
    for place, weight in enumerate(found):
        law = theory(TorchDefault(), module, weight)
        assert law is not None
        stds[place] = law[2]
        assert float(weight.detach().std()) == pytest.approx(law[2], rel=0.03)
    assert stds[0] == pytest.approx(math.sqrt(2 / (64 + 3 * 64)))
    assert stds[1] == pytest.approx(math.sqrt(1 / (3 * 64)))
    reading = _drawn(TorchDefault(), module, [one.detach() for one in found])
    assert reading["law"] == "mixed"
    assert "fans" not in reading
    assert [part["share"] for part in reading["parts"]] == [0.75, 0.25]
    assert reading["theory_std"] == pytest.approx(reading["std"], rel=0.02)


def test_that_learned_positions_have_a_theory() -> None:
    torch.manual_seed(0)
    module = modules.LearnedEncoding(64, 100)
    law = theory(TorchDefault(), module, module.weight)
    assert law is not None
    assert float(module.weight.detach().std()) == pytest.approx(law[2], rel=0.03)


def test_that_a_bell_that_is_cut_off_says_where() -> None:
    initializer = TruncatedNormal(mean=1.0, std=0.5, cut=1.0)
    module = nn.Linear(100, 100)
    call = initializer.call()
    assert call is not None
    resolve(call.target)(module.weight, **call.kwargs)
    (part,) = _drawn(initializer, module, [module.weight.detach()])["parts"]
    assert (part["mean"], part["sigma"], part["reach"]) == (1.0, 0.5, pytest.approx(0.5))
    assert part["std"] == pytest.approx(float(module.weight.detach().std()), rel=0.05)
