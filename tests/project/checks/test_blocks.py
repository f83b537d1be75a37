"""Rules about the whole project see what is inside blocks, and their fixes reach there."""

from __future__ import annotations

import pytest

from playground.catalog.layers.base.user_block import SavedBlock, saved_block
from playground.catalog.registry import make_layer
from playground.engine.compile import compile_project
from playground.graph.diagnose import Diagnostic
from playground.graph.fix import InsertBefore
from playground.graph.graph import Edge, Graph, Node
from playground.graph.grouping import gathered, grouped
from playground.project.check import check
from playground.project.project import Project
from playground.project.templates import build


def grouped_in(project: Project, *ids: str) -> Project:
    """The project with these layers made a block."""
    block = saved_block("Block", gathered(project.graph, ids))
    return project.with_graph(grouped(project.graph, ids, block)[0])


def codes(project: Project) -> list[str]:
    return [found.code for found in check(project).diagnostics]


def finding(project: Project, code: str) -> Diagnostic:
    (found,) = [found for found in check(project).diagnostics if found.code == code]
    return found


def of_layers(*layers: dict[str, object], **training: object) -> Project:
    """Moons through these layers under the ids n1, n2, ..."""
    graph, last = Graph().add(Node("x", make_layer({"kind": "Input"}))), "x"
    for rank, data in enumerate(layers, 1):
        graph = graph.add(Node(f"n{rank}", make_layer(data))).connect(Edge(last, f"n{rank}"))
        last = f"n{rank}"
    graph = graph.add(Node("y", make_layer({"kind": "Output"}))).connect(Edge(last, "y"))
    return build("moons").with_graph(graph).with_training(**training)


LINEAR: dict[str, object] = {"kind": "Linear", "out_features": 1}


def test_that_a_head_inside_a_block_is_set_to_the_labels_by_the_fix() -> None:
    project = grouped_in(
        of_layers({"kind": "ReLU"}, {"kind": "Linear", "out_features": 3}), "n1", "n2"
    )
    project = grouped_in(project.edited(InsertBefore("Tanh", "block1")), "tanh1", "block1")
    found = finding(project, "wrong_outputs")
    assert found.node == "y"
    assert found.fix is not None
    assert found.fix.label == "Set Linear to 1"
    fixed = project.apply(found.fix)
    assert codes(fixed) == []
    block = fixed.graph.nodes["block1"].layer
    assert isinstance(block, SavedBlock)
    compile_project(fixed)


def test_that_a_sigmoid_at_the_end_of_a_block_is_seen() -> None:
    plain = of_layers(LINEAR, {"kind": "Sigmoid"})
    assert codes(grouped_in(plain.with_training(loss="bce"), "n1", "n2")) == []
    project = grouped_in(plain, "n1", "n2")
    found = finding(project, "sigmoid_before_bce_with_logits")
    assert found.node == "block1"
    assert found.message.startswith("Inside, Sigmoid: ")
    assert found.fix is None, "the block would have to be opened for it"


@pytest.mark.parametrize("kind", ["own", "built in"])
def test_that_a_batch_norm_in_a_block_is_found_where_the_batch_is_one_example(kind: str) -> None:
    project = of_layers({"kind": "DenseBlock", "out_features": 4}, LINEAR, batch_size=1)
    if kind == "own":
        project = grouped_in(of_layers({"kind": "BatchNorm"}, LINEAR, batch_size=1), "n1", "n2")
    found = finding(project, "batch_norm_single")
    assert found.node == ("block1" if kind == "own" else "n1")
    assert found.fix is not None
    assert codes(project.apply(found.fix)) == []


def test_that_the_perceptron_rule_trains_a_unit_in_a_block() -> None:
    step = {"kind": "Step", "straight_through": True}
    project = of_layers(LINEAR, step, optimizer="perceptron", loss="mae")
    assert codes(grouped_in(project, "n1", "n2")) == codes(project)
    weak = of_layers(LINEAR, {"kind": "Step"}, optimizer="perceptron", loss="mae")
    weak = grouped_in(weak, "n1", "n2")
    fix = finding(weak, "perceptron_step").fix
    assert fix is not None
    assert "perceptron_step" not in codes(weak.apply(fix))
