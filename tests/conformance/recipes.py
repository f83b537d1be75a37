"""A small project for every declaration that training can use, of any category."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.catalog.datasets.dataset import Dataset
from playground.catalog.datasets.sequences import Sentences
from playground.catalog.datasets.toy import Gaussians, LogicGates, Moons, Wave
from playground.catalog.initializers import Initializer
from playground.catalog.losses import Loss
from playground.catalog.objectives import Objective
from playground.catalog.optimizers import Optimizer
from playground.catalog.registry import declared, make_layer
from playground.catalog.regularizers import Regularizer
from playground.catalog.schedules import Schedule
from playground.graph.declaration import Declaration
from playground.graph.fix import InsertBefore
from playground.graph.layer import Layer
from playground.project.project import Project
from tests.engine.nets import chain

MOONS = Moons(count=60)
DATA: dict[str, Dataset] = {
    "binary": MOONS,
    "classes": Gaussians(count=60, clouds=3),
    "regression": Wave(count=60),
}
ENDS = {"probabilities": "Sigmoid", "log_probabilities": "LogSoftmax"}


def layer(kind: str, **options: Any) -> Layer:
    return make_layer({"kind": kind, **options})


def net(*end: Layer, outputs: int = 1, data: Dataset = MOONS, **training: Any) -> Project:
    """Eight units with tanh, and the last layers that a loss requires."""
    middle = layer("Linear", out_features=8), layer("Tanh")
    return chain(*middle, layer("Linear", out_features=outputs), *end, data=data, **training)


def optimized(kind: str) -> Project:
    if kind != "perceptron":
        return net(optimizer=kind)
    step = layer("Step", straight_through=True)
    unit = layer("Linear", out_features=1)
    return chain(unit, step, data=LogicGates(count=60), loss="mae", optimizer=kind)


def compared(kind: str, task: str = "") -> Project:
    """A net for a loss and a task, by default the first that the loss accepts."""
    loss = declared(Loss)[kind]()
    task = task or next(task for task in loss.tasks if task in DATA)
    data = DATA[task]
    end = [layer(ENDS[loss.expects])] if loss.expects in ENDS else []
    return net(*end, outputs=loss.outputs(data.target()), data=data, loss=kind)


def drawn(kind: str) -> Project:
    first = layer("Linear", out_features=8, initializer=kind)
    return chain(first, layer("Tanh"), layer("Linear", out_features=1), data=MOONS)


def aimed(kind: str) -> Project:
    if kind == "supervised":
        return net(objective=kind)
    if kind == "autoencoder":
        return net(outputs=2, objective=kind, loss="mse")
    text = Sentences(count=40, length=8)
    size = len(text.vocabulary())
    known = layer("Embedding", num_embeddings=size, embedding_dim=4)
    head = layer("Linear", out_features=size)
    return chain(known, head, data=text, objective=kind, loss="cross_entropy")


def with_weights(**options: Any) -> Project:
    first = layer("Linear", out_features=8, **options)
    return chain(first, layer("Tanh"), layer("Linear", out_features=1), data=MOONS)


REGULARIZED: dict[str, Callable[[], Project]] = {
    "l1": lambda: with_weights(l1=0.01).with_training(l1=0.001),
    "l2": lambda: with_weights(l2=0.01).with_training(l2=0.001),
    "elastic": lambda: with_weights(l1=0.01, l2=0.02),
    "max_norm": lambda: with_weights(max_norm=0.3),
    "weight_decay": lambda: net(optimizer={"kind": "adamw", "weight_decay": 0.1}),
    "dropout": lambda: net().edited(InsertBefore("Dropout", "n3")),
    "early_stopping": lambda: net(early_stopping=2, min_delta=0.5),
    "clipping": lambda: net(clip_norm=0.05, clip_value=0.02),
    "label_smoothing": lambda: net(
        outputs=2, loss={"kind": "cross_entropy", "label_smoothing": 0.1}
    ),
}
CATEGORIES: list[tuple[type[Declaration], Callable[[str], Project]]] = [
    (Optimizer, optimized),
    (Schedule, lambda kind: net(schedule=kind, warmup_epochs=0.5)),
    (Loss, compared),
    (Initializer, drawn),
    (Objective, aimed),
    (Regularizer, lambda kind: REGULARIZED[kind]()),
]


def projects() -> dict[str, Project]:
    """By "category-kind", for every declaration of these categories."""
    return {
        f"{value_type.__name__.lower()}-{kind}": build(kind)
        for value_type, build in CATEGORIES
        for kind in declared(value_type)
    }
