"""What is proposed from the labels follows them, and what a person chose stays."""

from __future__ import annotations

import pytest

from playground.catalog.datasets.dataset import Dataset
from playground.catalog.objectives import Objective
from playground.catalog.registry import make
from playground.graph.fix import InsertBefore
from playground.project.project import Project
from playground.project.templates import build


def with_data(project: Project, kind: str) -> Project:
    return project.with_data(make(Dataset, kind))


def outputs(project: Project) -> object:
    """Units of the last Linear layer of the moons' net."""
    (output,) = project.graph.output_nodes
    (edge,) = project.graph.incoming(output.id)
    return project.graph.nodes[edge.source].layer.options()["out_features"]


@pytest.mark.parametrize(
    ("kind", "loss", "count"),
    [
        ("spiral", "bce_with_logits", 1),
        ("iris", "cross_entropy", 3),
        ("diabetes", "mse", 1),
        ("sentences", "cross_entropy", 26),
    ],
)
def test_that_loss_and_head_follow_the_labels_there_and_back(
    kind: str, loss: str, count: int
) -> None:
    start = build("moons")
    assert (start.training.loss.kind, outputs(start)) == ("bce_with_logits", 1)
    other = with_data(start, kind)
    assert (other.training.loss.kind, outputs(other)) == (loss, count)
    back = with_data(other, "moons")
    assert (back.training.loss, outputs(back)) == (start.training.loss, 1)


def test_that_adjustments_are_reported_in_a_sentence() -> None:
    start = build("moons")
    iris = with_data(start, "iris")
    assert iris.adjustments(start) == (
        "Adjusted to the new labels: the loss is now Cross-entropy, and logit has 3 units."
    )
    assert with_data(start, "spiral").adjustments(start) == ""
    assert start.with_training(loss="mae").adjustments(start) == ""


def test_that_a_loss_that_the_person_chose_is_kept_if_it_fits() -> None:
    chosen = build("moons").with_training(loss="mae")
    assert with_data(chosen, "iris").training.loss.kind == "mae"
    smoothed = with_data(build("moons"), "iris")
    smoothed = smoothed.with_training(loss={"kind": "cross_entropy", "label_smoothing": 0.1})
    digits = with_data(smoothed, "digits")
    assert digits.training.loss == smoothed.training.loss
    assert outputs(digits) == 10
    assert with_data(smoothed, "diabetes").training.loss.kind == "mse"


def test_that_a_head_whose_size_the_person_chose_is_kept() -> None:
    start = build("moons")
    (output,) = start.graph.output_nodes
    (edge,) = start.graph.incoming(output.id)
    wide = start.with_graph(start.graph.set_options(edge.source, out_features=5))
    assert outputs(with_data(wide, "iris")) == 5


def test_that_loss_and_head_follow_another_objective() -> None:
    start = build("moons")
    rebuilding = start.with_training(objective=make(Objective, "autoencoder"))
    assert (rebuilding.training.loss.kind, outputs(rebuilding)) == ("mse", 2)
    back = rebuilding.with_training(objective=make(Objective, "supervised"))
    assert (back.training.loss, outputs(back)) == (start.training.loss, 1)


def test_that_the_head_before_a_softmax_is_adjusted_and_a_net_without_a_head_is_not() -> None:
    start = build("moons")
    (output,) = start.graph.output_nodes
    soft = start.edited(InsertBefore("Softmax", output.id))
    (edge,) = soft.graph.incoming(output.id)
    (before,) = soft.graph.incoming(edge.source)
    iris = with_data(soft, "iris")
    assert iris.graph.nodes[before.source].layer.options()["out_features"] == 3
    loose = start.with_graph(start.graph.disconnect(start.graph.incoming(output.id)[0]))
    assert with_data(loose, "iris").graph == loose.graph
