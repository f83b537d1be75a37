"""Mistakes of students: found at the right layer, fixed by one click, and then the net trains."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import pytest

from playground.catalog.datasets.dataset import Dataset
from playground.catalog.layers.base.user_block import saved_block
from playground.catalog.registry import make, make_layer
from playground.engine.trainer import Trainer
from playground.graph.diagnose import Diagnostic
from playground.graph.graph import Edge, Graph, Node
from playground.graph.grouping import gathered, grouped
from playground.project.check import check
from playground.project.project import Project
from playground.project.training import Training

DIGITS = {"kind": "digits"}
WORDS = {"kind": "first_symbol", "count": 40, "length": 6}
SUMS = {"kind": "adding", "count": 40, "length": 6}
MOONS = {"kind": "moons", "count": 40}
WAVE = {"kind": "wave", "count": 40}


class Case(NamedTuple):
    """A chain of layers with a mistake, and the node that is reported."""

    code: str
    node: str
    layers: tuple[str | dict[str, object], ...]
    data: dict[str, object] = MOONS
    training: Mapping[str, object] = MappingProxyType({})
    block: tuple[str, ...] = ()
    """The layers that are made a block of first; it is called "block1" then."""
    severity: str = "error"

    @property
    def project(self) -> Project:
        """The layers as n1, n2, ... between Input and Output, some of them gathered in a block."""
        graph, last = Graph().add(Node("n0", make_layer({"kind": "Input"}))), "n0"
        for number, one in enumerate((*self.layers, "Output"), 1):
            layer = make_layer({"kind": one} if isinstance(one, str) else dict(one))
            node_id = "end" if one == "Output" else f"n{number}"
            graph = graph.add(Node(node_id, layer))
            graph = graph.connect(Edge(last, node_id, "out", layer.inputs[0].name))
            last = node_id
        if self.block:
            parts = gathered(graph, self.block)
            graph, _ = grouped(graph, self.block, saved_block("Mine", parts))
        training = {"batch_size": 16, "loss": LOSSES[str(self.data["kind"])], **self.training}
        return Project(graph, make(Dataset, self.data), Training(**training))


LOSSES = {
    "digits": "cross_entropy",
    "first_symbol": "cross_entropy",
    "adding": "mse",
    "wave": "mse",
    "moons": "bce_with_logits",
}


def linear(units: int) -> dict[str, object]:
    return {"kind": "Linear", "out_features": units}


EMBED: dict[str, object] = {"kind": "Embedding", "num_embeddings": 5, "embedding_dim": 6}
SMALL = EMBED | {"num_embeddings": 2}
ENCODER: dict[str, object] = {"kind": "EncoderBlock", "num_heads": 4, "hidden": 8}
CASES = (
    Case("wrong_rank", "n1", (linear(10),), DIGITS),
    Case("wrong_rank", "n1", ("DenseBlock", linear(10)), DIGITS),
    Case("wrong_rank", "block1", (linear(4), "ReLU", linear(10)), DIGITS, block=("n1", "n2")),
    Case("window_too_large", "n1", ({"kind": "Conv2d", "kernel_size": 9}, "Flatten"), DIGITS),
    Case(
        "window_too_large", "block1",
        ({"kind": "Conv2d", "kernel_size": 9}, "ReLU", "Flatten"), DIGITS, block=("n1", "n2"),
    ),
    Case("groups_do_not_divide", "n1", ({"kind": "Conv2d", "groups": 2}, "Flatten"), DIGITS),
    Case("token_ids", "n1", (linear(4), "LastStep"), WORDS),
    Case("token_ids", "n1", (ENCODER, "LastStep"), WORDS),
    Case("token_ids", "end", (), WORDS),
    Case("vocabulary_too_small", "n1", (SMALL, "LastStep", linear(4)), WORDS),
    Case("vocabulary_too_small", "n2", ("Flatten", SMALL, "LastStep", linear(4)), WORDS),
    Case(
        "vocabulary_too_small", "block1", (SMALL, "LastStep", linear(4)), WORDS, block=("n1", "n2")
    ),
    Case("too_long", "n2", (EMBED, {"kind": "LearnedEncoding", "max_length": 3}, "LSTM"), WORDS),
    Case("heads_do_not_divide", "n2", (EMBED, ENCODER, "LastStep"), WORDS),
    Case(
        "heads_do_not_divide", "block1", (EMBED, "SelfAttention", "LayerNorm", "LastStep"), WORDS,
        block=("n2", "n3"),
    ),
    Case("wrong_outputs", "end", ("LSTM",), SUMS),
    Case("wrong_outputs", "end", (linear(3),)),
    Case("batch_norm_single", "n1", ("BatchNorm", linear(1)), training={"batch_size": 1}),
    Case("batch_norm_single", "n1", ("DenseBlock", linear(1)), training={"batch_size": 1}),
    Case(
        "batch_norm_single", "n1", ("ConvBlock", "Flatten", linear(10)), DIGITS, {"batch_size": 1},
        severity="warning",
    ),
    Case("linear_linear", "n2", (linear(4), linear(1)), severity="warning"),
    Case("linear_linear", "n4", (linear(4), "Dropout", "Flatten", linear(1)), severity="warning"),
    Case("linear_linear", "n2", (linear(4), "DenseBlock", linear(1)), severity="warning"),
    Case(
        "linear_linear", "block1", (linear(4), linear(4), "ReLU", linear(1)), block=("n2", "n3"),
        severity="warning",
    ),
    Case(
        "linear_linear", "n3", (linear(4), "Dropout", linear(1)), block=("n1", "n2"),
        severity="warning",
    ),
    Case(
        "linear_linear", "block1", (linear(4), linear(4), "ReLU", linear(1)), block=("n1", "n2"),
        severity="warning",
    ),
    Case(
        "linear_linear", "n2", ("Conv2d", "Conv2d", "ReLU", "Flatten", linear(10)), DIGITS,
        severity="hint",
    ),
    Case("bounded_end", "n2", (linear(1), "ReLU"), severity="warning"),
    Case("bounded_end", "n2", (linear(1), "ReLU"), WAVE, severity="hint"),
    Case("bounded_end", "n2", (linear(1), "Sigmoid"), WAVE, severity="hint"),
    Case("dropout_at_end", "n2", (linear(1), "Dropout"), severity="hint"),
    Case("softmax_before_cross_entropy", "n3", ("Flatten", linear(10), "Softmax"), DIGITS,
         severity="warning"),
    Case("sigmoid_before_bce_with_logits", "n2", (linear(1), "Sigmoid"), severity="warning"),
)  # fmt: skip


def findings(project: Project, case: Case) -> list[Diagnostic]:
    return [d for d in check(project).at(case.node) if d.code == case.code]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.code}-{c.node}")
def test_that_a_mistake_is_found_at_its_layer_and_one_click_fixes_it(case: Case) -> None:
    (found,) = findings(case.project, case)
    assert found.severity == case.severity
    assert found.fix is not None
    fixed = case.project.apply(found.fix)
    assert not findings(fixed, case)
    for _ in range(6):  # what it hid is found then, and fixed as well
        others = [d.fix for d in check(fixed).errors]
        if not others:
            break
        assert others[0] is not None
        fixed = fixed.apply(others[0])
    trainer = Trainer(fixed.with_training(device="cpu"))
    next(trainer.run())
    trainer.read_losses()
    assert trainer.bad_step is None


@pytest.mark.parametrize(
    "layers",
    [
        ({"kind": "Conv2d", "out_channels": 4}, {"kind": "Conv2d", "out_channels": 8, "groups": 4},
         "ReLU", "Flatten", linear(10)),
        ("Conv2d", "MaxPool2d", "Flatten", linear(10)),
        ("ConvBlock", "ResidualBlock", "GlobalAvgPool", "DenseBlock", linear(10)),
    ],
)  # fmt: skip
def test_that_layers_of_a_kind_that_occurs_once_keep_their_name(layers: tuple[str, ...]) -> None:
    assert not check(Case("", "", layers, DIGITS).project).diagnostics
