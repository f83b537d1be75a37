"""What has no findings trains; what torch would refuse is said before, in words."""

from __future__ import annotations

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import r2_score

from playground.catalog.datasets.dataset import DataError
from playground.catalog.datasets.images import Digits
from playground.catalog.datasets.sequences import Adding, FirstSymbol
from playground.catalog.datasets.toy import Moons, Wave
from playground.catalog.layers.activation import Sigmoid
from playground.catalog.layers.convolution import Conv2d
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.normalization import BatchNorm
from playground.catalog.losses import BinaryCrossEntropy, MeanSquaredError
from playground.catalog.objectives import Autoencoder
from playground.catalog.registry import declared, make_layer
from playground.engine.compile import CompileError
from playground.engine.objectives import objective_of
from playground.engine.trainer import Trainer
from playground.graph.graph import Edge, Graph, Node
from playground.graph.layer import Layer
from playground.project.check import check
from playground.project.project import Project
from tests.catalog.generated import made
from tests.engine.nets import chain, train

MSE = MeanSquaredError()
ADDING = Adding(count=40, length=6)


@pytest.mark.parametrize(
    "project",
    [
        chain(Conv2d(out_channels=1, padding=1), data=Digits(), loss=MSE, objective=Autoencoder()),
        chain(Linear(out_features=2), data=ADDING, loss=MSE, objective=Autoencoder()),
    ],
)
def test_that_an_autoencoder_may_output_images_and_sequences(project: Project) -> None:
    trainer = train(Trainer(project), 2)
    outputs = trainer.outputs(trainer.objective.val.x).flatten(1).numpy()
    truth = trainer.objective.val.x.flatten(1).numpy()
    # As one column about its own mean: pixels that never vary count with what they are off by.
    truth, outputs = truth - truth.mean(0), outputs - truth.mean(0)
    expected = r2_score(truth.ravel(), outputs.ravel())
    assert trainer.evaluate(trainer.objective.val)[1]["r2"] == pytest.approx(expected, rel=1e-3)


def test_that_bce_is_rejected_for_features_outside_0_to_1() -> None:
    project = chain(
        Linear(out_features=2), Sigmoid(), data=ADDING, loss=BinaryCrossEntropy(),
        objective=Autoencoder(),
    )  # fmt: skip
    assert not check(project).errors
    train(Trainer(project), 2)  # values from 0 to 1, and marks
    wave = chain(
        Linear(out_features=1), Sigmoid(), data=Wave(count=40), loss=BinaryCrossEntropy(),
        objective=Autoencoder(),
    )  # fmt: skip
    with pytest.raises(CompileError, match=r"lie outside this range\. Use Mean squared error"):
        Trainer(wave)
    checked = check(wave)
    with pytest.raises(DataError, match=r"go from .* to .*\. Use Mean squared error"):
        objective_of(checked.project, wave.data.load(), torch.device("cpu"))


@pytest.mark.slow
@pytest.mark.parametrize("accumulation", [1, 2])
@pytest.mark.parametrize("count", [45, 46, 47, 48])
def test_that_no_last_batch_is_too_small_for_batch_norm(count: int, accumulation: int) -> None:
    data = Moons(count=count, noise=0.1)
    project = chain(
        Linear(out_features=4), BatchNorm(), Linear(out_features=1),
        data=data, batch_size=2, accumulation=accumulation,
    )  # fmt: skip
    assert not check(project).errors
    assert train(Trainer(project), 60).epochs_done >= 1


DATA = (
    Moons(count=40), Digits(), Wave(count=40), ADDING, FirstSymbol(count=40, length=6),
)  # fmt: skip
KINDS = [kind for kind, layer in declared(Layer).items() if layer.inputs and layer.outputs]


@st.composite
def fixed_nets(draw: st.DrawFn) -> Project:
    """A short net of any layers with any options, every fix that is offered applied."""
    layers = draw(
        st.lists(st.sampled_from(KINDS).flatmap(lambda k: made(declared(Layer)[k])), max_size=4)
    )
    graph, last = Graph({"x": Node("x", make_layer({"kind": "Input"}))}), "x"
    for rank, layer in enumerate((*layers, make_layer({"kind": "Output"}))):
        graph = graph.add(Node(f"n{rank}", layer, is_bypassed=draw(st.integers(0, 9)) == 9))
        for port in layer.inputs:
            sources = st.sampled_from([*dict.fromkeys((last, "x"))])
            source = last if port is layer.inputs[0] else draw(sources)
            graph = graph.connect(Edge(source, f"n{rank}", target_port=port.name))
        last = f"n{rank}"
    project = Project(graph).with_data(draw(st.sampled_from(DATA)))
    project = project.with_training(batch_size=draw(st.sampled_from([1, 2, 9])), device="cpu")
    for _ in range(12):
        fixes = [d.fix for d in check(project).errors]
        if not fixes or fixes[0] is None:
            break
        project = project.apply(fixes[0])
    assume(not check(project).errors)
    return project


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(fixed_nets())
def test_that_any_net_without_errors_trains(project: Project) -> None:
    trainer = train(Trainer(project), 3)
    trainer.evaluate(trainer.objective.val)
    assert trainer.step == 3
