"""Every finding is made by a small graph, and its fix removes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import playground.catalog.layers
import playground.graph.diagnose
import playground.project.check
import playground.project.checks.labels
from playground.catalog.datasets.dataset import Dataset
from playground.catalog.registry import make, make_layer
from playground.graph.diagnose import Diagnostic, examine
from playground.graph.fix import SetOptions
from playground.graph.graph import Edge, Graph, Node
from playground.graph.shape import Shape
from playground.project.check import check
from playground.project.file import from_json, to_json
from playground.project.project import Project
from playground.project.training import Training
from tests.catalog.generated import declaration_of, graphs, made
from tests.catalog.layer_errors import LAYER_ERRORS

MOONS, DIGITS, WAVE = "moons", "digits", "wave"


def project(nodes: str, edges: str, data: object = MOONS, **training: object) -> Project:
    """Nodes as "a Input, b Linear 1, ..." (a number is the units), edges as "ab bc"."""
    graph = Graph()
    for item in nodes.split(", "):
        name, kind, *units = item.split()
        options = {"out_features": int(units[0])} if units else {}
        graph = graph.add(Node(name, make_layer({"kind": kind, **options})))
    graph = Graph(graph.nodes, tuple(Edge(*pair) for pair in edges.split()))
    return Project(graph, make(Dataset, data), Training(**training))


def with_options(found: Project, node: str, **options: object) -> Project:
    return found.edited(SetOptions(tuple(options.items()), node))


SOUND = "a Input, b Linear 4, c ReLU, d Linear 1, e Output"
CHAIN = "ab bc cd de"
CASES: dict[str, Project] = {
    "no_input": project("b Linear 1, e Output", "be"),
    "no_output": project("a Input, b Linear 1", "ab"),
    "second_output": project("a Input, b Linear 1, e Output, f Output", "ab be bf"),
    "missing_input": project("a Input, b Linear 1, e Output", "be"),
    "unreachable": project(SOUND + ", f ReLU", CHAIN),
    "leads_nowhere": project(SOUND + ", f ReLU", CHAIN + " af"),
    "linear_linear": project("a Input, b Linear 4, d Linear 1, e Output", "ab bd de"),
    "cycle": project("a Input, b Add, c ReLU, e Output", "ab bc cb ce"),
    "unknown_layer": project("a Input, b Quantum, e Output", "ab be"),
    "wrong_rank": project("a Input, d Linear 10, e Output", "ad de", DIGITS, loss="cross_entropy"),
    "window_too_large": with_options(
        project("a Input, b Conv2d, e Output", "ab be", DIGITS), "b", kernel_size=9
    ),
    "padding_too_large": with_options(
        project("a Input, b MaxPool2d, e Output", "ab be", DIGITS), "b", padding=2
    ),
    "merge_mismatch": project("a Input, b Linear 3, c Add, d Linear 1, e Output", "ab ac bc cd de"),
    "no_axis": with_options(
        project("a Input, c Concatenate, d Linear 1, e Output", "ac cd de"), "c", axis=2
    ),
    "wrong_outputs": project("a Input, b Linear 7, e Output", "ab be"),
    "loss_unfit": project("a Input, b Linear 1, e Output", "ab be", WAVE),
    "sigmoid_before_bce_with_logits": project(
        "a Input, b Linear 1, c Sigmoid, e Output", "ab bc ce"
    ),
    "softmax_before_cross_entropy": project(
        "a Input, b Linear 2, c Softmax, e Output", "ab bc ce", loss="cross_entropy"
    ),
    "logsoftmax_before_cross_entropy": project(
        "a Input, b Linear 2, c LogSoftmax, e Output", "ab bc ce", loss="cross_entropy"
    ),
    "sigmoid_missing": project("a Input, b Linear 1, e Output", "ab be", loss="bce"),
    "log_softmax_missing": project(
        "a Input, b Linear 2, c Softmax, e Output", "ab bc ce", loss="nll"
    ),
    "wrong_tokens": with_options(
        project(
            "a Input, c Embedding, b Linear 3, e Output",
            "ac cb be",
            "sentences",
            loss="cross_entropy",
            objective="causal_lm",
        ),
        "c",
        num_embeddings=26,
    ),
    "token_ids": project("a Input, e Output", "ae", "sentences", loss="mse"),
    "vocabulary_too_small": with_options(
        project(
            "a Input, c Embedding, l LSTM, s LastStep, b Linear 26, e Output",
            "ac cl ls sb be",
            "sentences",
            loss="cross_entropy",
        ),
        "c",
        num_embeddings=8,
    ),
    "wrong_class_weights": project(
        SOUND, CHAIN, loss={"kind": "bce_with_logits", "class_weights": [1, 2, 3]}
    ),
    "objective_unfit": project("a Input, b Linear 1, e Output", "ab be", objective="causal_lm"),
    "no_shares": project(
        "a Input, b Linear 2, c Sigmoid, e Output", "ab bc ce", loss="bce", objective="autoencoder"
    ),
    "perceptron_net": project("a Input, b Linear 1, e Output", "ab be", optimizer="perceptron"),
    "perceptron_loss": project(
        "a Input, b Linear 1, c Step, e Output", "ab bc ce", optimizer="perceptron"
    ),
    "perceptron_step": project(
        "a Input, b Linear 1, c Step, e Output", "ab bc ce", loss="mae", optimizer="perceptron"
    ),
    "batch_norm_single": project(
        "a Input, b BatchNorm, d Linear 1, e Output", "ab bd de", batch_size=1
    ),
    "data": project("a Input, b Linear 1, e Output", "ab be", "csv"),
}
CASES |= {
    "second_input": project("a Input, i Input, b Add, d Linear 1, e Output", "ab ib bd de"),
    "bounded_end": project("a Input, b Linear 1, c ReLU, e Output", "ab bc ce"),
    "dropout_at_end": project("a Input, b Linear 1, c Dropout, e Output", "ab bc ce"),
}
CASES["bypass_shape"] = project(SOUND, CHAIN).with_graph(
    project(SOUND, CHAIN).graph.set_bypassed(["b"])
)
CASES["nothing_learns"] = project(SOUND, CHAIN).with_graph(
    project(SOUND, CHAIN).graph.set_frozen(["b", "d"])
)
WITHOUT_FIX = {"missing_input", "cycle", "unknown_layer", "data"}
ELSEWHERE = {"open_size", "bypass_port"} | {mistake.code for mistake in LAYER_ERRORS}


def of_code(found: Project, code: str) -> list[Diagnostic]:
    return [d for d in check(found).diagnostics if d.code == code]


@pytest.mark.parametrize("code", CASES)
def test_that_a_finding_is_made_and_its_fix_removes_it(code: str) -> None:
    (diagnostic,) = of_code(CASES[code], code)[:1] or [None]
    assert diagnostic is not None, check(CASES[code]).diagnostics
    assert diagnostic.message.endswith((".", "Flatten")), diagnostic.message
    assert "\n" not in diagnostic.message
    if code in WITHOUT_FIX:
        assert diagnostic.fix is None
        return
    assert diagnostic.fix is not None
    fixed = CASES[code].apply(diagnostic.fix)
    left = [d for d in of_code(fixed, code) if d.node == diagnostic.node]
    assert not left


def test_that_every_code_that_is_written_somewhere_is_tried_here() -> None:
    files = [Path(playground.graph.diagnose.__file__), Path(playground.project.check.__file__)]
    files.append(Path(playground.project.checks.labels.__file__))
    files += Path(playground.catalog.layers.__file__).parent.glob("*.py")
    pattern = re.compile(r'(?:Diagnostic\(\s*"\w+",|ShapeError\()\s*"(\w+)"')
    codes = {code for file in files for code in pattern.findall(file.read_text("utf-8"))}
    assert "wrong_rank" in codes
    assert "leads_nowhere" in codes
    assert codes - set(CASES) - ELSEWHERE == set()


def test_that_an_open_size_is_an_error_if_a_fixed_one_is_needed() -> None:
    graph = project("a Input, b Flatten, e Output", "ab be").graph
    (error,) = examine(graph, Shape(("T", 4))).errors
    assert error.code == "open_size"


def test_that_a_valid_net_has_no_diagnostics_and_all_shapes_and_counts() -> None:
    examined = check(project(SOUND, CHAIN))
    assert examined.diagnostics == ()
    assert examined.shapes["b", "out"] == Shape((4,))
    assert examined.parameters == {"a": 0, "b": 12, "c": 0, "d": 5, "e": 0}
    assert examined.total_parameters == 17
    assert examined.inputs["e"] == (Shape((1,)),)


@pytest.mark.parametrize(
    ("nodes", "edges", "data", "loss"),
    [
        ("a Input, e Output", "ae", DIGITS, "cross_entropy"),
        ("a Input, e Output", "ae", MOONS, "bce_with_logits"),
        ("a Input, b Linear 3, c ReLU, e Output", "ab bc ce", MOONS, "cross_entropy"),
        ("a Input, b Conv2d, e Output", "ab be", DIGITS, "cross_entropy"),
        ("a Input, b Linear 3, c BatchNorm, e Output", "ab bc ce", WAVE, "mse"),
        ("a Input, b Linear 1, c Softmax, e Output", "ab bc ce", "iris", "cross_entropy"),
        ("b Linear 4, c ReLU", "bc", DIGITS, "mse"),
    ],
)
def test_that_one_fix_after_the_other_leads_to_a_net_that_runs(
    nodes: str, edges: str, data: str, loss: str
) -> None:
    found = project(nodes, edges, data, loss=loss)
    for _ in range(8):
        fixes = [d.fix for d in check(found).diagnostics if d.fix]
        if not fixes:
            break
        found = found.apply(fixes[0])
    assert check(found).diagnostics == ()


def test_that_a_wire_to_a_wrong_place_is_found_once_and_not_at_every_layer_after_it() -> None:
    found = check(CASES["wrong_rank"])
    assert [d.code for d in found.diagnostics] == ["wrong_rank"]


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(st.builds(Project, graphs(), declaration_of(Dataset), made(Training)))
def test_that_any_drawing_can_be_checked_and_every_fix_applied(found: Project) -> None:
    for diagnostic in check(found).diagnostics:
        assert diagnostic.message
        if diagnostic.fix is not None:
            fixed = found.apply(diagnostic.fix)
            check(fixed)
            assert fixed != found
            assert from_json(to_json(fixed)).project == fixed


def test_that_positions_and_names_do_not_count_as_another_net() -> None:
    one = project(SOUND, CHAIN)
    moved = one.with_graph(one.graph.move({"a": (9, 9)}).rename("b", "hidden"))
    assert moved.trains_like(one)
    assert moved != one
    assert not one.with_training(seed=7).trains_like(one)


def test_that_changing_the_data_set_selects_a_compatible_loss() -> None:
    found = project(SOUND, CHAIN).with_data(make(Dataset, WAVE))
    assert found.training.loss.kind == "mse"
    assert found.with_data(make(Dataset, "csv")).training.loss.kind == "mse"
