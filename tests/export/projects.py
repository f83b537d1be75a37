"""Projects whose scripts are compared with the engine: templates, recipes, losses and layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from playground.catalog.datasets.dataset import Dataset
from playground.catalog.datasets.files import CSV
from playground.catalog.datasets.toy import Moons
from playground.catalog.registry import make, make_layer
from playground.graph.fix import InsertBefore, SetOptions
from playground.graph.graph import Edge, Graph, Node
from playground.project.file import from_json
from playground.project.project import Project
from playground.project.templates import build, templates
from tests.conformance import recipes
from tests.engine.nets import chain

EPOCHS = 3
TEMPLATES = tuple(template.key for template in templates() if template.key != "empty")
OTHERS: tuple[str, ...] = (
    "all-at-once",
    "drop-last",
    "one-hot",
    "squared",
    "own-table",
    "own-layers",
    "brackets",
    "brackets-causal",
    "brackets-hidden",
)
RECIPES_OF_TRAINING: dict[str, dict[str, Any]] = {
    "step": {"schedule": {"kind": "step", "every": 1, "gamma": 0.5}, "warmup_epochs": 0.5},
    "multi-step": {"schedule": {"kind": "multi_step", "milestones": [1, 2]}},
    "exponential": {"schedule": {"kind": "exponential", "gamma": 0.8}},
    "polynomial": {"schedule": {"kind": "polynomial", "epochs": 2, "power": 2, "lowest": 0.1}},
    "cosine": {"schedule": {"kind": "cosine", "epochs": 3}, "warmup_epochs": 1},
    "restarts": {"schedule": {"kind": "cosine_restarts", "epochs": 1}},
    "one-cycle": {"schedule": {"kind": "one_cycle", "epochs": 3}, "optimizer": "sgdw"},
    "plateau": {"schedule": {"kind": "plateau", "patience": 0, "threshold": 0.5}},
    "stopped": {"early_stopping": 1, "min_delta": 0.5, "restore_best": False},
    "clipped": {"clip_norm": 0.05, "clip_value": 0.02, "l2": 0.01, "optimizer": "sgd"},
    "accumulated": {"accumulation": 3, "batch_size": 8, "optimizer": "nadam"},
    "float64": {"precision": "float64", "optimizer": "adamax"},
    "bf16": {"precision": "bf16", "accumulation": 2},
    "hinge": {"loss": "hinge", "optimizer": "adagrad"},
    "balanced": {"loss": {"kind": "bce_with_logits", "class_weights": "balanced"}},
    "weighted": {
        "loss": {"kind": "bce_with_logits", "class_weights": [2, 3], "label_smoothing": 0.1}
    },
    "hinge-weights": {"loss": {"kind": "hinge", "class_weights": [1, 3]}, "precision": "float64"},
}
CLOUDS: dict[str, Any] = {
    "smooth": {"kind": "cross_entropy", "label_smoothing": 0.1, "class_weights": "balanced"},
    "margins": "hinge",
    "huber": "mae",
    "own-weights": {"kind": "cross_entropy", "class_weights": [1, 0.3, 3]},
    "own-columns": {"kind": "bce_with_logits", "class_weights": [1, 2, 3], "label_smoothing": 0.2},
    "own-margins": {"kind": "hinge", "class_weights": "balanced"},
    "columns": {"kind": "bce_with_logits", "class_weights": "balanced"},
}
FROZEN: dict[str, dict[str, Any]] = {
    "frozen": {"schedule": {"kind": "cosine"}, "optimizer": "sgdw", "clip_norm": 0.1, "l2": 0.1},
    "frozen-bf16": {"precision": "bf16", "accumulation": 2, "early_stopping": 1},
}
OTHERS += (
    *RECIPES_OF_TRAINING,
    *CLOUDS,
    "nll",
    "kl",
    "probabilities",
    "rare-tokens",
    "autoencoder",
    "causal",
    "hidden",
    *FROZEN,
    "frozen-hidden",
    "fp16",
    *recipes.projects(),
)

# Everything at once: concatenation, a sum, batch norm, dropout, penalties, momentum, a last
# batch of one example, and ids that Python or torch would trip over.
ALL_AT_ONCE = """
{
  "graph": {
    "nodes": [
      {"id": "x", "kind": "Input"},
      {"id": "class", "kind": "Linear", "options":
        {"out_features": 6, "initializer": "xavier_uniform", "l1": 0.001}},
      {"id": "train", "kind": "BatchNorm"},
      {"id": "tanh1", "kind": "Tanh"},
      {"id": "dropout1", "kind": "Dropout", "options": {"p": 0.2}},
      {"id": "concat1", "kind": "Concatenate"},
      {"id": "linear2", "kind": "Linear", "options":
        {"out_features": 12, "bias": false, "initializer": {"kind": "normal", "std": 0.3}}},
      {"id": "leaky1", "kind": "LeakyReLU"},
      {"id": "add1", "kind": "Add"},
      {"id": "unused", "kind": "Linear"},
      {"id": "linear3", "kind": "Linear", "options": {"out_features": 3}},
      {"id": "out", "kind": "Output"}
    ],
    "edges": [
      {"source": "x", "target": "class"},
      {"source": "class", "target": "train"},
      {"source": "train", "target": "tanh1"},
      {"source": "tanh1", "target": "dropout1"},
      {"source": "dropout1", "target": "concat1"},
      {"source": "class", "target": "concat1"},
      {"source": "concat1", "target": "linear2"},
      {"source": "linear2", "target": "leaky1"},
      {"source": "leaky1", "target": "add1"},
      {"source": "concat1", "target": "add1"},
      {"source": "add1", "target": "linear3"},
      {"source": "linear3", "target": "out"}
    ]
  },
  "data": {"kind": "gaussians", "clouds": 3, "count": 93, "validation": 0.3, "seed": 7},
  "training": {
    "loss": "mse", "batch_size": 16, "l2": 0.01, "seed": 5,
    "optimizer": {"kind": "sgd", "lr": 0.05, "momentum": 0.9, "nesterov": true}
  }
}
"""


def table(folder: Path) -> Path:
    """A CSV file with a column of text."""
    rng = np.random.default_rng(0)
    rows = [f"{a:.3f},{'red' if a > 0 else 'blue'},{b:.3f}" for a, b in rng.normal(size=(40, 2))]
    path = folder / "own.csv"
    path.write_text("length,colour,height\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def _over_sentences(objective: str) -> Project:
    data = make(Dataset, {"kind": "sentences", "count": 60, "length": 12})
    size = len(data.vocabulary())
    project = build("moons").with_data(data)
    project = project.edited(
        InsertBefore("Embedding", "linear1", options=(("num_embeddings", size),))
    )
    project = project.edited(SetOptions((("out_features", size),), "linear3"))
    return project.with_training(loss="cross_entropy", objective=objective)


def all_projects(folder: Path) -> dict[str, Project]:
    """The projects by key; a table that one of them reads is written to the folder."""
    found = {key: build(key) for key in TEMPLATES}
    found["all-at-once"] = from_json(ALL_AT_ONCE).project
    drop_last = found["all-at-once"].with_training(drop_last=True)
    found["drop-last"] = drop_last.with_training(optimizer="rmsprop")
    clouds = make(Dataset, {"kind": "gaussians", "clouds": 3})
    found["one-hot"] = with_data(clouds).with_training(
        loss="bce_with_logits", optimizer={"kind": "adamw", "lr": 0.02}, l1=0.001
    )
    found["squared"] = found["moons"].with_training(loss="mse")
    found["own-table"] = build("regression-1d").with_data(CSV(path=str(table(folder))))
    for key, options in RECIPES_OF_TRAINING.items():
        found[key] = found["moons"].with_training(**options)
    for key, loss in CLOUDS.items():
        found[key] = with_data(clouds).with_training(loss=loss)
    nll = {"kind": "nll", "label_smoothing": 0.1, "class_weights": [1, 2, 0.5]}
    for key, loss in (("nll", nll), ("kl", {"kind": "kl", "label_smoothing": 0.2})):
        project = with_data(clouds).with_training(loss=loss)
        found[key] = project.edited(InsertBefore("LogSoftmax", "output1"))
    digits = with_data(make(Dataset, "digits")).with_training(objective="autoencoder", loss="mse")
    found["autoencoder"] = digits.edited(SetOptions((("out_features", 64),), "linear3"))
    for key, objective in (("causal", "causal_lm"), ("hidden", "masked_lm")):
        found[key] = _over_sentences(objective)
    rare = {"kind": "cross_entropy", "class_weights": "balanced"}
    found["rare-tokens"] = found["causal"].with_training(loss=rare)
    bce = {"kind": "bce", "class_weights": "balanced", "label_smoothing": 0.1}
    found["probabilities"] = (
        found["moons"].with_training(loss=bce).edited(InsertBefore("Sigmoid", "output1"))
    )
    found["own-layers"] = _saved_blocks()
    for key, objective in (("brackets", "supervised"), ("brackets-causal", "causal_lm"),
                           ("brackets-hidden", "masked_lm")):  # fmt: skip
        found[key] = _padded(objective)
    for key, options in FROZEN.items():
        found[key] = _frozen(found["moons"].with_training(**options))
    found["fp16"] = found["moons"].with_training(precision="fp16", clip_norm=0.1)
    found |= recipes.projects()
    found["frozen-hidden"] = _frozen(found["hidden"])
    return {key: p.with_training(max_epochs=EPOCHS) for key, p in found.items()}


def _frozen(project: Project) -> Project:
    return project.with_graph(project.graph.set_frozen(project.graph.nodes))


def _saved_blocks() -> Project:
    # Layers that torch does not have as they are here, one frozen and one bypassed.
    kinds: list[dict[str, Any]] = [
        {"kind": "GaussianNoise", "std": 0.01},
        {"kind": "Reshape", "shape": (2, 1)},
        {"kind": "Linear", "out_features": 4, "bias_initializer": "zeros"},
        {"kind": "SinusoidalEncoding"},
        {"kind": "SelfAttention", "num_heads": 2, "is_causal": True},
        {"kind": "LSTM", "hidden_size": 4, "output": "last step", "initializer": "xavier_normal"},
        {"kind": "Linear", "out_features": 4},
        {"kind": "LayerNorm", "initializer": "ones", "l1": 0.01, "max_norm": 0.9},
        {"kind": "PReLU", "per_unit": True, "l2": 0.1, "max_norm": 0.2},
        {"kind": "Linear", "out_features": 1},
    ]
    project = chain(*map(make_layer, kinds), data=Moons(count=90), l2=0.01)
    return project.with_graph(project.graph.set_frozen(["n3"]).set_bypassed(["n7"]))


def _padded(objective: str) -> Project:
    # Sequences of different lengths, through every layer that takes a padding mask.
    layers: dict[str, dict[str, Any]] = {
        "x": {"kind": "Input"},
        "embed": {"kind": "Embedding", "num_embeddings": 6, "embedding_dim": 8, "padding_idx": 1},
        "block": {"kind": "EncoderBlock", "hidden": 12, "num_heads": 2},
        "attention": {"kind": "SelfAttention", "num_heads": 2, "is_causal": True},
        "last": {"kind": "LastStep"},
        "mean": {"kind": "MeanOverTime"},
        "add": {"kind": "Add"},
        "head": {"kind": "Linear", "out_features": 1},
        "y": {"kind": "Output"},
    }
    wires = [("x", "embed"), ("embed", "block"), ("block", "attention"), ("attention", "last"),
             ("attention", "mean"), ("last", "add"), ("mean", "add"), ("add", "head")]  # fmt: skip
    if objective != "supervised":
        for name in ("last", "mean", "add"):
            del layers[name]
        layers["head"]["out_features"] = 6
        wires = [*wires[:3], ("attention", "head")]
    graph = Graph()
    for node_id, options in layers.items():
        graph = graph.add(Node(node_id, make_layer(options)))
    for source, target in [*wires, ("head", "y")]:
        graph = graph.connect(Edge(source, target))
    for masked in ("block", "attention", "last", "mean"):
        if masked in layers:
            graph = graph.connect(Edge("x", masked, target_port="padding"))
    data = make(Dataset, {"kind": "brackets", "count": 90})
    project = Project(graph, data).with_training(objective=objective)
    return project if objective == "supervised" else project.with_training(loss="cross_entropy")


def with_data(data: Dataset) -> Project:
    """A project whose net fits the data, whatever that is."""
    project = build("moons").with_data(data)
    if data.vocabulary():
        known = (("num_embeddings", len(data.vocabulary())),)
        project = project.edited(InsertBefore("Embedding", "linear1", options=known))
    if data.features().rank > 1 or data.vocabulary():
        project = project.edited(InsertBefore("Flatten", "linear1"))
    target = data.target()
    return project.edited(
        SetOptions((("out_features", project.training.loss.outputs(target)),), "linear3")
    )
