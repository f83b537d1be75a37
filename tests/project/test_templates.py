"""Starter projects are right, laid out well, and the first one learns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from playground.catalog.datasets.toy import LogicGates
from playground.engine import headless
from playground.engine.headless import Progress
from playground.project.check import check
from playground.project.file import from_json, to_json
from playground.project.templates import Template, TemplateError, build, templates

KEYS = [template.key for template in templates()]
RUNNING = [key for key in KEYS if key != "empty"]
CARD, GAP = (120, 60), 40


def test_that_the_starter_comes_first_and_the_empty_one_last() -> None:
    assert KEYS[0] == "moons"
    assert KEYS[-1] == "empty"
    assert {"spiral-residual", "digits-cnn", "digits-mlp", "regression-1d"} <= set(KEYS)
    assert {"sigmoid-deep", "relu-he-deep"} <= set(KEYS)
    assert {"perceptron", "digits-autoencoder", "first-symbol-lstm"} <= set(KEYS)
    assert {"brackets", "sentences-gpt", "sentences-bert"} <= set(KEYS)


@pytest.mark.parametrize("template", templates(), ids=KEYS)
def test_that_a_template_says_what_it_shows(template: Template) -> None:
    assert template.label
    assert template.help.endswith(".")
    assert template.build() == build(template.key)


@pytest.mark.parametrize("key", RUNNING)
def test_that_a_template_has_no_findings(key: str) -> None:
    assert check(build(key)).diagnostics == ()


def test_that_the_empty_template_lacks_only_layers() -> None:
    assert {d.code for d in check(build("empty")).diagnostics} == {"missing_input"}


@pytest.mark.parametrize("key", KEYS)
def test_that_a_template_comes_back_from_its_own_file(key: str) -> None:
    assert from_json(to_json(build(key))).project == build(key)


@pytest.mark.parametrize("key", KEYS)
def test_that_cards_keep_apart_and_the_canvas_can_show_them(key: str) -> None:
    nodes = list(build(key).graph.nodes.values())
    for i, one in enumerate(nodes):
        for other in nodes[:i]:
            apart = abs(one.x - other.x) >= CARD[0] + GAP or abs(one.y - other.y) >= CARD[1] + GAP
            assert apart, (one.id, other.id)
    width = max(node.x for node in nodes) - min(node.x for node in nodes) + 150
    height = max(node.y for node in nodes) - min(node.y for node in nodes) + 210
    assert min(930 / width, 510 / height) > 0.6


def test_that_the_two_deep_nets_differ_only_in_activation_and_weights() -> None:
    sigmoid, relu = build("sigmoid-deep"), build("relu-he-deep")
    assert sigmoid.data == relu.data
    assert sigmoid.training == relu.training
    assert check(sigmoid).total_parameters == check(relu).total_parameters
    assert len(sigmoid.graph.of_kind("Sigmoid")) == len(relu.graph.of_kind("ReLU")) == 8


def test_that_an_unknown_template_is_refused_with_the_available_ones() -> None:
    with pytest.raises(TemplateError, match="Available: moons, spiral-residual"):
        build("moon")


def trained(key: str, epochs: int, seed: int) -> float:
    """Accuracy on the validation examples of a chain, built and trained here by plain torch."""
    project = build(key)
    examples, training = project.data.load(), project.training
    torch.set_num_threads(1)  # two would wait for each other, longer the busier the machine is
    torch.manual_seed(seed)
    modules = []
    for node_id in project.graph.order:
        layer = project.graph.nodes[node_id].layer
        call = layer.call(*check(project).inputs[node_id])
        if call is None:
            continue
        module = getattr(nn, call.target.removeprefix("nn."))(*call.args, **call.kwargs)
        initializer = getattr(layer, "initializer", None)
        if initializer is not None and (draw := initializer.call()) is not None:
            function = getattr(nn.init, draw.target.removeprefix("init."))
            function(module.weight, *draw.args, **draw.kwargs)
        modules.append(module)
    net = nn.Sequential(*modules)
    recipe = training.optimizer.call()
    optimizer = getattr(torch.optim, recipe.target.split(".")[-1])(
        net.parameters(), **recipe.kwargs
    )
    x, y = torch.from_numpy(examples.x_train), torch.from_numpy(examples.y_train).float()[:, None]
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(training.batch_size):
            optimizer.zero_grad()
            nn.BCEWithLogitsLoss()(net(x[batch]), y[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        found = net(torch.from_numpy(examples.x_val))[:, 0] > 0
    return float((found.numpy() == examples.y_val).mean())


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_that_the_starter_reads_95_of_100_right_within_200_epochs(seed: int) -> None:
    assert trained("moons", 100, seed) > 0.95


@pytest.mark.slow
def test_that_the_deep_net_learns_with_relu_and_he_and_not_with_sigmoid() -> None:
    assert trained("relu-he-deep", 60, 1) > 0.95
    assert trained("sigmoid-deep", 60, 1) < 0.65


def reached(key: str, steps: int) -> Progress:
    """How far the engine comes with a template."""
    return headless.train(build(key), steps=steps, seed=1).final


def majority(key: str) -> float:
    """How often always saying the most frequent class is right."""
    labels = build(key).data.load().y_val
    return float(np.bincount(labels).max() / len(labels))


def letter_entropy(key: str) -> float:
    """The cross-entropy of knowing nothing but how frequent each token is, in nats."""
    counts = np.bincount(build(key).data.load().x_train.ravel())
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())


@pytest.mark.slow
@pytest.mark.parametrize(("key", "steps"), [("first-symbol-lstm", 600), ("brackets", 1000)])
def test_that_the_lstm_template_classifies_the_sequences(key: str, steps: int) -> None:
    assert reached(key, steps).metrics["accuracy"] > 0.95 > majority(key) + 0.4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "steps", "share"), [("sentences-gpt", 250, 0.3), ("sentences-bert", 700, 0.5)]
)
def test_that_language_models_beat_letter_frequencies(key: str, steps: int, share: float) -> None:
    assert reached(key, steps).val_loss < share * letter_entropy(key)


@pytest.mark.slow
def test_that_the_autoencoder_outputs_more_than_the_mean_digit() -> None:
    x = build("digits-autoencoder").data.load().x_val
    variance = float(x.var(0).mean())
    assert reached("digits-autoencoder", 1200).val_loss < 0.25 * variance
    middle = check(build("digits-autoencoder")).shapes["linear2", "out"].size or 0
    assert middle < x[0].size / 5


@pytest.mark.slow
def test_that_the_perceptron_stops_updating_on_separable_data_but_never_on_xor() -> None:
    project = build("perceptron")
    steps = 20 * len(project.data.load().x_train)
    known = headless.train(project, steps=steps, seed=1)
    assert known.final.train_loss == 0
    assert known.final.metrics["accuracy"] == 1 > majority("perceptron")
    unknown = replace(project, data=LogicGates(gate="xor"))
    assert check(unknown).diagnostics == ()
    final = headless.train(unknown, steps=steps, seed=1).final
    assert final.train_loss > 0
    # A line leaves at least one of the four corners on the wrong side.
    assert final.metrics["accuracy"] < 0.9
