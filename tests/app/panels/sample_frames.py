"""Invented but plausible projects and frames, in the form in which the engine sends them."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.catalog.datasets.dataset import Dataset
from playground.catalog.datasets.toy import Spiral
from playground.catalog.registry import make_layer
from playground.graph.graph import Edge, Graph, Node
from playground.project.project import Project
from playground.session.messages import Frame

CHAIN: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("input1", {"kind": "Input"}, ""),
    ("linear1", {"kind": "Linear", "out_features": 16}, ""),
    ("relu1", {"kind": "ReLU"}, "hidden 1"),
    ("linear2", {"kind": "Linear", "out_features": 16}, ""),
    ("relu2", {"kind": "ReLU"}, "hidden 2"),
    ("linear3", {"kind": "Linear", "out_features": 1}, "Head"),
    ("output1", {"kind": "Output"}, ""),
)
PLANE = (-1.8, 1.8, -1.5, 1.5)


def project(data: Dataset | None = None) -> Project:
    """Two hidden layers over a spiral."""
    graph = Graph()
    for place, (node_id, layer, name) in enumerate(CHAIN):
        graph = graph.add(Node(node_id, make_layer(dict(layer)), name, x=200.0 * place))
        if place:
            graph = graph.connect(Edge(CHAIN[place - 1][0], node_id))
    return Project(graph).with_data(data or Spiral(count=60))


def frame(metrics: dict[str, float] | None = None, **readings: dict[str, Any]) -> Frame:
    """A frame with these readings."""
    metrics = {"accuracy": 0.982} if metrics is None else metrics
    return Frame(1, 4000, 182.0, True, 0.0431, 0.0577, metrics, readings=readings)


def history(length: int = 50) -> dict[str, Any]:
    """A loss that falls; validation was measured at every second reading."""
    epoch = np.linspace(0, 182, length)
    loss = np.exp(-epoch / 25).astype(np.float32)
    val_loss = loss + np.float32(0.05)
    val_loss[1::2] = np.nan
    accuracy = (1 - loss / 2).astype(np.float32)
    return {
        "step": np.arange(length),
        "epoch": epoch,
        "train_loss": loss,
        "val_loss": val_loss,
        "val_accuracy": accuracy,
    }


def gradients(*norms: float) -> dict[str, Any]:
    """Norms at the three Linear layers, and how they got there."""
    values = np.array(norms or (2.4e-2, 3.1e-5, 5.8e-2), dtype=np.float32)
    over_time = np.repeat(np.log10(np.abs(values))[:, None], 40, 1)
    over_time[:, :5] = np.nan
    return {
        "nodes": ("linear1", "linear2", "linear3"),
        "norms": values,
        "weights": np.ones(3, dtype=np.float32),
        "updates": np.array([1e-3, np.nan, 2e-3], dtype=np.float32),
        "over_time": over_time.astype(np.float32),
        "over_time_epoch": np.linspace(0, 182, 40, dtype=np.float32),
    }


def dead_units() -> dict[str, Any]:
    """Unit 3 of the second rectifier died in epoch 61; the first one has no dead units."""
    dead = np.zeros(16, dtype=bool)
    dead[2] = True
    since = np.full(16, np.nan, dtype=np.float32)
    since[2] = 61
    epoch = np.linspace(0, 182, 30, dtype=np.float32)
    return {
        "nodes": ("relu1", "relu2"),
        "dead": {"relu1": np.zeros(16, dtype=bool), "relu2": dead},
        "since": {"relu1": np.full(16, np.nan, dtype=np.float32), "relu2": since},
        "firing": {
            "relu1": np.full(16, 0.5, dtype=np.float32),
            "relu2": np.where(dead, 0, 0.4).astype(np.float32),
        },
        "over_time": {
            "epoch": epoch,
            "counts": {
                "relu1": np.zeros(30, dtype=np.int32),
                "relu2": (epoch >= 61).astype(np.int32),
            },
        },
        "examples": 500,
        "causes": {"relu2": "The learning rate pushed their biases below 0."},
    }


def boundary(kind: str = "binary", size: int = 20) -> dict[str, Any]:
    """The left half of the plane is class 0, the right half class 1."""
    right = np.repeat((np.arange(size) >= size // 2)[None], size, 0)
    if kind == "classes":
        confidence = np.full((size, size), 0.9, dtype=np.float32)
        classes = right.astype(np.int16)
        return {"kind": kind, "classes": classes, "confidence": confidence, "extent": PLANE}
    if kind == "curve":
        x = np.linspace(-2, 2, 50, dtype=np.float32)
        return {"kind": kind, "x": x, "y": np.sin(3 * x)}
    return {"kind": kind, "grid": right.astype(np.float32), "extent": PLANE}


def confusion() -> dict[str, Any]:
    """Three classes; the last one has no examples."""
    matrix = np.array([[40, 2, 0], [30, 10, 0], [0, 0, 0]], dtype=np.int64)
    return {"matrix": matrix, "classes": ("zero", "one", "two")}


def everything() -> Frame:
    """A frame with every reading."""
    return frame(
        history=history(),
        gradients=gradients(),
        dead_units=dead_units(),
        boundary=boundary(),
        confusion=confusion(),
    )
