"""What holds for every layer of the catalog: a new layer is tested without another line."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
import torch
from pydantic import ConfigDict

from playground.catalog.datasets.dataset import Dataset, Examples, Target
from playground.catalog.layers.base.weighted import Weighted
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.embedding import Embedding
from playground.catalog.layers.reshape import Flatten
from playground.catalog.losses import MeanSquaredError
from playground.catalog.optimizers import SGD, Adam, AdamW
from playground.catalog.registry import make_layer
from playground.engine.change import change
from playground.engine.checkpoint import from_files, restore, snapshot, to_files
from playground.engine.compile import Recorder
from playground.engine.probe_set import Probes, declared_probes
from playground.engine.trainer import Trainer
from playground.graph.fix import SetOptions
from playground.graph.graph import Edge, Graph, Node
from playground.graph.layer import Layer, required
from playground.graph.shape import Shape, ShapeError
from playground.project.check import check
from playground.project.file import from_json, to_json
from playground.project.project import Project
from tests.catalog.generated import PADDED, cases
from tests.conformance.sweep import sampled
from tests.engine.nets import losses, same, train, weights

SHAPES = (Shape((6,)), Shape((3, 8, 8)), Shape((5, 8)), Shape((5,), "int"))
SMALL: dict[str, dict[str, object]] = {
    "Embedding": {"num_embeddings": 10, "embedding_dim": 3},
    "LearnedEncoding": {"max_length": 6},
    **{kind: {"hidden_size": 3} for kind in ("RNN", "LSTM", "GRU")},
}
"""Options of layers that are large as they come, so that finite differences are few."""
KINDS = cases()


class Shaped(Dataset):
    """Noise of any shape with one number to learn. Its module keeps it out of the catalog."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[str] = "shaped"
    label: ClassVar[str] = "Noise"
    dims: tuple[int, ...] = (6,)
    is_ids: bool = False

    def features(self) -> Shape:
        return Shape(self.dims, "int" if self.is_ids else "float")

    def target(self) -> Target:
        return Target("regression", columns=("y",))

    def load(self) -> Examples:
        generator = np.random.default_rng(0)
        x = generator.normal(size=(24, *self.dims)).astype(np.float32)
        y = x.reshape(24, -1).mean(1, keepdims=True)
        if self.is_ids:
            x = generator.integers(0, 10, (24, *self.dims))
            y = x.mean(1, keepdims=True, dtype=np.float32) / 10
        return Examples(x[:16], y[:16], x[16:], y[16:], self.target())


def takes(layer: Layer) -> Shape:
    """The first of the shapes that a layer can be fed."""
    for shape in SHAPES:
        try:
            layer.infer(*[shape] * len(required(layer.inputs)))
        except ShapeError:
            continue
        return shape
    raise AssertionError(f"no shape here suits {layer.kind}: add one to SHAPES")


def around(case: str) -> Project:
    """A net with that layer, as it comes, in the middle; a merge is fed twice.

    A padded one is fed vectors of tokens, and the tokens themselves at its optional port.
    """
    kind, is_padded = case.removesuffix(PADDED), case.endswith(PADDED)
    layer = make_layer({"kind": kind, **SMALL.get(kind, {})})
    graph = Graph()
    before = "embed" if is_padded else "input1"
    for node_id, found in {
        "input1": make_layer({"kind": "Input"}),
        **({"embed": Embedding(num_embeddings=10, embedding_dim=4)} if is_padded else {}),
        "it": layer,
        "flat": Flatten(),
        "head": Linear(out_features=1),
        "output1": make_layer({"kind": "Output"}),
    }.items():
        graph = graph.add(Node(node_id, found))
    for port in required(layer.inputs):
        for _ in range(2 if port.many else 1):
            graph = graph.connect(Edge(before, "it", target_port=port.name))
    if is_padded:
        graph = graph.connect(Edge("input1", "embed"))
        graph = graph.connect(Edge("input1", "it", target_port=layer.inputs[-1].name))
    graph = graph.connect(Edge("it", "flat", source_port=layer.outputs[0].name))
    graph = graph.connect(Edge("flat", "head")).connect(Edge("head", "output1"))
    shape = Shape((5,), "int") if is_padded else takes(layer)
    data = Shaped(dims=tuple(map(int, shape.dims)), is_ids=shape.dtype == "int")
    project = Project(graph, data)
    return project.with_training(
        loss=MeanSquaredError(), optimizer=Adam(), batch_size=4, seed=5, device="cpu"
    )


each_layer = pytest.mark.parametrize("kind", sampled(KINDS))


@each_layer
def test_that_training_reduces_the_loss(kind: str) -> None:
    trainer = Trainer(around(kind))
    found = losses(trainer, 200)
    assert np.isfinite(found).all()
    assert np.mean(found[-20:]) < np.mean(found[:20])


@each_layer
def test_that_shapes_and_parameters_match_the_declaration(kind: str) -> None:
    trainer = Trainer(around(kind))
    layer = trainer.project.graph.nodes["it"].layer
    shapes = check(trainer.project).inputs["it"]
    inferred = layer.infer(*shapes)
    first = inferred if isinstance(inferred, Shape) else inferred[0]
    recorder = Recorder(trainer.compiled.net, with_grad=False)
    with trainer.evaluating():
        recorder.run(trainer.objective.train.x)
    assert tuple(recorder.outputs["it"].shape[1:]) == first.dims
    own = trainer.compiled.parameters.get("it", ())
    assert {name: tuple(p.shape) for name, p in own} == dict(layer.parameters(*shapes))


@each_layer
def test_that_gradients_match_finite_differences(kind: str) -> None:
    trainer = Trainer(around(kind))
    net = trainer.net.double().eval()
    # A fixed draw, small and away from 0, where some functions have a corner.
    generator = torch.Generator().manual_seed(2)
    x = trainer.objective.train.x[:2]
    if x.is_floating_point():
        x = torch.rand(x.shape, generator=generator, dtype=torch.float64)
        x = (x + 0.1) * torch.where(torch.rand(x.shape, generator=generator) > 0.5, 1.0, -1.0)
        x.requires_grad_()
        assert torch.autograd.gradcheck(net, (x,), eps=1e-6, atol=1e-5, rtol=1e-3)
    names = [name for name, _ in net.named_parameters()]

    def of_parameters(*values: torch.Tensor) -> torch.Tensor:
        named = dict(zip(names, values, strict=True))
        return torch.func.functional_call(net, named, (x.detach(),))

    values = tuple(p.detach().clone().requires_grad_() for p in net.parameters())
    assert torch.autograd.gradcheck(of_parameters, values, eps=1e-6, atol=1e-5, rtol=1e-3)


@each_layer
def test_that_a_resumed_run_gives_the_same_losses_bit_for_bit(kind: str) -> None:
    trainer = train(Trainer(around(kind)), 7)
    files = to_files(snapshot(trainer))
    expected = losses(trainer, 20)
    other = Trainer(trainer.project)
    restore(other, from_files(files))
    assert losses(other, 20) == expected


@each_layer
def test_that_probes_do_not_change_the_training(kind: str) -> None:
    plain = Trainer(around(kind))
    expected = losses(plain, 12)
    trainer, probes = Trainer(around(kind)), Probes()
    found = []
    for _ in range(12):
        trainer.watch_next_step()
        found += losses(trainer, 1)
        readings = probes.read(declared_probes(), trainer)
        assert "it" in readings["activity"]["nodes"]
    assert found == expected
    assert same(weights(trainer), weights(plain))


@each_layer
def test_that_an_edit_of_another_layer_keeps_its_weights(kind: str) -> None:
    trainer = train(Trainer(around(kind)), 5)
    before = weights(trainer)
    project = trainer.project.with_training(optimizer=SGD(lr=0.01), l2=0.1)
    graph = project.graph.set_options("head", bias=False)
    change(trainer, project.with_graph(graph))
    own = [name for name in before if name.startswith("it.")]
    after = weights(trainer)
    assert all(torch.equal(after[name], before[name]) for name in own)
    train(trainer, 5)


@each_layer
def test_that_a_saved_file_opens_as_the_same_net(kind: str) -> None:
    project = around(kind)
    graph = from_json(to_json(Project(project.graph))).project.graph
    assert graph.same_net(project.graph)
    again = Trainer(Project(graph, project.data, project.training))
    assert same(weights(again), weights(Trainer(project)))


@each_layer
def test_that_a_frozen_layer_keeps_its_weights_bit_for_bit(kind: str) -> None:
    project = around(kind)
    project = project.with_training(optimizer=AdamW(weight_decay=0.1), l1=0.1, l2=0.1, clip_norm=1)
    if isinstance(project.graph.nodes["it"].layer, Weighted):
        project = project.edited(SetOptions((("max_norm", 0.01),), "it"))
    trainer = Trainer(project.with_graph(project.graph.set_frozen(["it"])))
    before = {name: p.detach().clone() for name, p in trainer.net.named_parameters()}
    assert same(weights(trainer), weights(Trainer(project)))
    train(trainer, 10)
    for name, parameter in trainer.net.named_parameters():
        is_frozen = name.startswith("it.")
        assert torch.equal(parameter, before[name]) == is_frozen, name
    assert "head.weight" in before


@each_layer
def test_that_a_bypassed_layer_returns_its_input_or_is_reported(kind: str) -> None:
    project = around(kind)
    examined = check(project)
    keeps_shape = examined.inputs["it"][0] == next(
        shape for (node, _), shape in examined.shapes.items() if node == "it"
    )
    bypassed = project.with_graph(project.graph.set_bypassed(["it"]))
    assert {d.code for d in check(bypassed).errors} == (set() if keeps_shape else {"bypass_shape"})
    if not keeps_shape:
        return
    trainer = Trainer(bypassed)
    before = weights(trainer)
    recorder = Recorder(trainer.compiled.net, with_grad=False)
    with trainer.evaluating():
        recorder.run(trainer.objective.train.x)
    source = trainer.project.graph.inputs_in_order("it")[0].source
    assert recorder.outputs["it"] is recorder.outputs[source]
    after = weights(train(trainer, 5))
    assert all(torch.equal(after[name], before[name]) for name in before if name[:3] == "it.")
