"""What is computed again on the way back: the same numbers, and less memory."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.profiler import ProfilerActivity, profile

from playground.catalog.datasets.toy import Moons
from playground.catalog.layers.activation import ReLU, Tanh
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.normalization import BatchNorm
from playground.catalog.layers.regularization import Dropout
from playground.catalog.losses import CrossEntropy
from playground.catalog.optimizers import SGD
from playground.engine.trainer import Trainer
from playground.graph.graph import Edge, Node
from playground.project.project import Project
from tests.engine.nets import chain, losses, same, train, weights
from tests.engine.whole_nets import Made, layer


def test_that_recomputing_activations_changes_no_value() -> None:
    def project(**training: Any) -> Project:
        return chain(
            Linear(out_features=16), BatchNorm(), ReLU(), Dropout(p=0.3),
            Linear(out_features=16), BatchNorm(), ReLU(), Linear(out_features=1), **training,
        )  # fmt: skip

    plain = Trainer(project())
    expected = losses(plain, 30)
    again = Trainer(project(recompute=True))
    assert losses(again, 30) == expected
    assert same(weights(again), weights(plain))


def kept_for_the_way_back(trainer: Trainer) -> int:
    """Numbers that the forward pass keeps besides the weights."""
    sizes: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        sizes[tensor.data_ptr()] = tensor.numel()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        trainer.stepper.forward(trainer.objective.train.x)
    own = {p.data_ptr() for p in trainer.net.parameters()}
    return sum(size for where, size in sizes.items() if where not in own)


def test_that_recomputing_single_layers_changes_no_value() -> None:
    plain = chain(
        Linear(out_features=16), BatchNorm(), ReLU(), Dropout(p=0.3),
        Linear(out_features=16), BatchNorm(), ReLU(), Linear(out_features=1),
    )  # fmt: skip
    expected = losses(Trainer(plain), 30)
    kept = [kept_for_the_way_back(Trainer(plain))]
    for chosen in (("n2",), ("n2", "n3", "n4"), ("n1", "n2", "n3", "n4", "n6", "n7")):
        graph = plain.graph.set_recomputed(chosen)
        again = Trainer(plain.with_graph(graph))
        assert losses(again, 30) == expected
        kept.append(kept_for_the_way_back(again))
    assert kept == sorted(set(kept), reverse=True), "the more, the less is kept"


def test_that_secondary_outputs_are_recomputed_with_their_layer() -> None:
    tokens = Made(shape=(6,), tokens=9, classes=3, count=24)
    graph = chain(
        layer("Embedding", num_embeddings=9, embedding_dim=4),
        layer("LSTM", hidden_size=5, output="last step"), layer("Linear", out_features=3),
        data=tokens, loss=CrossEntropy(),
    ).graph  # fmt: skip
    both = graph.add(Node("both", layer("Concatenate")))
    (last,) = both.incoming("n3")
    both = both.disconnect(last).connect(Edge("n2", "both")).connect(Edge("n2", "both", "state"))
    both = both.connect(Edge("both", "n3"))
    project = Project(both, tokens).with_training(loss=CrossEntropy(), batch_size=8)
    expected = losses(Trainer(project), 9)
    assert losses(Trainer(project.with_graph(both.set_recomputed(["n2"]))), 9) == expected


def test_that_a_block_is_recomputed_with_its_parts() -> None:
    project = chain(layer("DenseBlock"), layer("Linear", out_features=1))
    again = project.with_graph(project.graph.set_recomputed(["n1"]))
    assert losses(Trainer(again), 9) == losses(Trainer(project), 9)
    assert kept_for_the_way_back(Trainer(again)) < kept_for_the_way_back(Trainer(project))


def test_that_a_bypassed_layer_is_not_computed_at_all() -> None:
    project = chain(Linear(out_features=8), Tanh(), Linear(out_features=1))
    graph = project.graph.set_bypassed(["n2"])
    expected = kept_for_the_way_back(Trainer(project.with_graph(graph)))
    again = Trainer(project.with_graph(graph.set_recomputed(["n2"])))
    assert kept_for_the_way_back(again) == expected
    assert again.stepper.is_plain


def test_that_recomputing_keeps_fewer_activations_for_the_backward_pass() -> None:
    layers = [layer for _ in range(16) for layer in (Linear(out_features=64), Tanh())]
    kept = {}
    for recompute in (False, True):
        trainer = Trainer(chain(*layers, Linear(out_features=1), recompute=recompute))
        kept[recompute] = kept_for_the_way_back(trainer)
    assert kept[True] < kept[False] / 2


def most_allocated(trainer: Trainer, path: Path) -> int:
    """Bytes that were taken at once, at the most, in the course of a step."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as watched:
        train(trainer, 1)
    watched.export_chrome_trace(str(path))
    events = json.loads(path.read_text(encoding="utf-8"))["traceEvents"]
    taken = [(e["ts"], e["args"]["Bytes"]) for e in events if e["name"] == "[memory]"]
    return max(itertools.accumulate(size for _, size in sorted(taken)))


@pytest.mark.slow
def test_that_recomputing_reduces_the_memory_of_a_step(
    tmp_path: Path,
) -> None:
    layers = [layer for _ in range(32) for layer in (Linear(out_features=64), Tanh())]
    data, peaks, found = Moons(count=3000), {}, {}
    for recompute in (False, True):
        project = chain(
            *layers, Linear(out_features=1), data=data, batch_size=1000, recompute=recompute,
            optimizer=SGD(lr=0.1),
        )  # fmt: skip
        trainer = Trainer(project)
        train(trainer, 1)
        peaks[recompute] = most_allocated(trainer, tmp_path / "trace.json")
        found[recompute] = losses(trainer, 3)
    whole = 32 * 1000 * 64 * 4  # the outputs of all Tanh, which the way back needs
    assert peaks[False] > whole > 2 * peaks[True]
    assert found[True] == found[False]
