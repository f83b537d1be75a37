"""Blocks while they train: with several ways in and out, edited inside, made and opened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch

from playground.catalog.layers.base.user_block import SavedBlock, saved_block
from playground.catalog.optimizers import Adam
from playground.catalog.registry import make_layer
from playground.engine.change import change
from playground.engine.checkpoint import from_files, restore, snapshot, to_files
from playground.engine.compile import compile_project
from playground.engine.optimizer import states_of
from playground.engine.trainer import Trainer
from playground.graph.block import opened
from playground.graph.graph import Edge, Graph, Node
from playground.graph.grouping import gathered, grouped
from playground.project.check import check
from playground.project.project import Project
from tests.engine.nets import MOONS, losses, mlp, same, train, weights


def two_ways() -> Project:
    """Two inputs and two outputs, a merge that is fed from inside and outside, dropout."""
    layers: dict[str, dict[str, Any]] = {
        "x": {"kind": "Input"},
        "before": {"kind": "Linear", "out_features": 6},
        "left": {"kind": "Linear", "out_features": 6},
        "right": {"kind": "Linear", "out_features": 5},
        "drop": {"kind": "Dropout", "p": 0.2},
        "both": {"kind": "Concatenate"},
        "join": {"kind": "Concatenate"},
        "head": {"kind": "Linear", "out_features": 1},
        "y": {"kind": "Output"},
    }
    wires = "x before, x left, before right, right drop, left both, before both, drop both"
    graph = Graph()
    for node_id, data in layers.items():
        graph = graph.add(Node(node_id, make_layer(data)))
    for wire in f"{wires}, both join, drop join, join head, head y".split(", "):
        graph = graph.connect(Edge(*wire.split()))
    options = {"batch_size": 16, "seed": 7, "optimizer": Adam(lr=0.01)}
    return Project(graph, MOONS).with_training(**options)


def as_block(project: Project, ids: Sequence[str]) -> tuple[Project, str]:
    """The project with these layers made a block, and the block's id."""
    block = saved_block("Block", gathered(project.graph, ids))
    graph, block_id = grouped(project.graph, ids, block)
    return project.with_graph(graph), block_id


def inside(project: Project, block_id: str, part: str, **options: object) -> Project:
    """The project with options of a part of a block changed."""
    block = project.graph.nodes[block_id].layer
    assert isinstance(block, SavedBlock)
    changed = block.with_part_options([part], **options)
    return project.with_graph(project.graph.set_layer(block_id, changed))


def momenta(trainer: Trainer) -> dict[str, torch.Tensor]:
    found = states_of(trainer.optimizer, trainer.net)
    return {name: state["exp_avg"].clone() for name, state in found.items() if state}


TOWERS = ["left", "right", "drop", "both"]


@pytest.mark.slow
def test_that_a_block_with_several_ways_learns() -> None:
    project, block = as_block(two_ways(), TOWERS)
    assert [port.name for port in project.graph.nodes[block].layer.inputs] == ["left", "right"]
    found = losses(Trainer(project), 120)
    assert sum(found[-10:]) < 0.6 * sum(found[:10])


@pytest.mark.slow
def test_that_a_block_with_several_ways_resumes_bit_for_bit() -> None:
    project, _ = as_block(two_ways(), TOWERS)
    first, second = Trainer(project), Trainer(project)
    files = to_files(snapshot(train(first, 9)))
    expected = losses(first, 15)
    restore(second, from_files(files))
    assert losses(second, 15) == expected
    assert same(weights(first), weights(second))


def test_that_an_edit_inside_keeps_the_weights_and_momenta_of_the_other_parts() -> None:
    project, block = as_block(two_ways(), TOWERS)
    trainer = train(Trainer(project), 9)
    before, moved = weights(trainer), momenta(trainer)
    done = change(trainer, inside(project, block, "right", out_features=9))
    after, now = weights(trainer), momenta(trainer)
    assert not done.is_fresh
    assert set(done.kept) == {"before", f"{block}/left"}
    for name in ("before.weight", f"{block}/left.weight", f"{block}/left.bias"):
        assert torch.equal(after[name], before[name])
        assert torch.equal(now[name], moved[name])
    assert after[f"{block}/right.weight"].shape == (9, 6)
    train(trainer, 3)


def test_that_making_and_opening_a_block_does_not_disturb_the_run() -> None:
    project = mlp(optimizer=Adam(lr=0.01))
    alone, trainer = train(Trainer(project), 9), train(Trainer(project), 9)
    closed, block = as_block(project, ["n1", "n2", "n3"])
    done = change(trainer, closed)
    assert set(done.kept) == {f"{block}/n1", f"{block}/n3", "n5"}
    assert losses(trainer, 7) == losses(alone, 7)
    nested, outer = as_block(closed, [block, "n4"])
    change(trainer, nested)
    assert losses(trainer, 7) == losses(alone, 7)
    graph, _ = opened(nested.graph, outer, check(nested).inputs[outer])
    change(trainer, nested.with_graph(graph))
    assert losses(trainer, 7) == losses(alone, 7)
    change(trainer, project)
    assert losses(trainer, 7) == losses(alone, 7)
    assert same(weights(trainer), weights(alone))


def test_that_a_layer_that_only_looks_like_a_part_is_initialised() -> None:
    project = mlp(optimizer=Adam(lr=0.01))
    trainer = train(Trainer(project), 9)
    graph = project.graph
    nodes = {i: n for i, n in graph.nodes.items() if i != "n3"}
    twins = {name: replace(graph.nodes["n3"], id=name) for name in ("a_n3", "b_n3")}
    edges = [e for e in graph.edges if "n3" not in (e.source, e.target)]
    edges += [Edge("n2", "a_n3"), Edge("a_n3", "b_n3"), Edge("b_n3", "n4")]
    done = change(trainer, project.with_graph(Graph({**nodes, **twins}, tuple(edges))))
    assert "b_n3" not in done.kept


def test_that_a_bypassed_block_passes_its_input_on() -> None:
    project, block = as_block(mlp(), ["n3", "n4"])
    bypassed = project.with_graph(project.graph.set_bypassed([block]))
    found = compile_project(bypassed)
    assert found.nodes == ("input1", "n1", "n2", "n5", "output1")
    x = torch.randn(4, 2)
    assert found.parameter_count == 2 * 8 + 8 + 8 * 8 + 8 + 8 + 1, "its weights are kept"
    n1, n5 = found.net.get_submodule("n1"), found.net.get_submodule("n5")
    assert torch.equal(found.forward(x), n5(torch.tanh(n1(x))))


def test_that_the_weights_of_a_bypassed_block_wait_and_are_saved() -> None:
    project, inner = as_block(mlp(optimizer=Adam(lr=0.01)), ["n2", "n3"])
    project, block = as_block(project, [inner, "n4"])
    part = f"{block}/{inner}/n3.weight"
    trainer = train(Trainer(project), 9)
    before = weights(trainer)[part]
    bypassed = project.with_graph(project.graph.set_bypassed([block]))
    change(trainer, bypassed)
    train(trainer, 5)
    assert torch.equal(weights(trainer)[part], before)
    again = Trainer(bypassed)
    restore(again, from_files(to_files(snapshot(trainer))))
    change(again, project)
    assert torch.equal(weights(again)[part], before)
    train(again, 5)
    assert not torch.equal(weights(again)[part], before)
