"""What one training step means: which tensors go in, and what is compared with what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from playground.catalog.datasets.dataset import DataError, Examples, Labels, Target
from playground.catalog.losses import Loss
from playground.catalog.objectives import Asks, MaskedLM
from playground.engine.compile import resolve
from playground.engine.labels import (
    balanced_pos_weight,
    balanced_weights,
    class_numbers,
    columns,
    one_hot,
    signed,
    smoothed,
)
from playground.engine.tokens import asked, masked, next_tokens
from playground.project.project import Project
from playground.translation import tr


@dataclass(frozen=True)
class Part:
    """One part of the examples on the device: features, encoded labels, and plain labels."""

    x: Tensor
    y: Tensor
    labels: Labels

    def __len__(self) -> int:
        return len(self.x)


class Objective:
    """What is learned: the examples as tensors, and how outputs are compared with labels."""

    masks: torch.Generator | None = None
    """Where the objective draws in every step; saved with the run."""

    def __init__(self, project: Project, examples: Examples, device: torch.device) -> None:
        self.project = project
        self.loss: Loss = project.training.loss
        self.examples = examples
        self.target = project.training.objective.target(project.data)
        self.dtype = torch.float64 if project.training.precision == "float64" else torch.float32
        self.train = self._part(examples.x_train, examples.y_train, device)
        self.val = self._part(examples.x_val, examples.y_val, device)
        self.compare = self._shaped(self._comparison(device))

    def prepare(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """What goes into a step, from a batch of the examples."""
        return x, y

    def restart(self) -> None:
        """Draw from the start again."""
        if self.masks is not None:
            self.masks.manual_seed(self.project.training.seed)

    def _comparison(self, device: torch.device) -> nn.Module:
        call = self.loss.call(self.target)
        options = dict(call.kwargs)
        if self.loss.weighting != "none" and self.target.classes:
            name, own = self.loss.weights_argument(self.target), self.loss.own_weights(self.target)
            count = self.loss.outputs(self.target)
            options[name] = (
                torch.tensor(own, dtype=self.dtype) if own else self._balanced_weights(name, count)
            )
        module: nn.Module = resolve(call.target)(*call.args, **options)
        return module.to(device, self.dtype)

    def _balanced_weights(self, argument: str, count: int) -> Tensor:
        if argument == "pos_weight":
            return balanced_pos_weight(self.train.y)
        return balanced_weights(self.train.y, count)

    def _shaped(self, compare: nn.Module) -> Callable[[Tensor, Tensor], Tensor]:
        return compare

    def _part(self, x: np.ndarray, labels: Labels, device: torch.device) -> Part:
        features = torch.from_numpy(np.ascontiguousarray(x))
        if features.is_floating_point():
            features = features.to(self.dtype)
        return self._labelled(features.to(device), labels)

    def _labelled(self, x: Tensor, labels: Labels) -> Part:
        return Part(x, encoded(labels, self.loss, self.target, self.dtype).to(x.device), labels)


class Supervised(Objective):
    """Learn to predict the labels: loss(net(features), labels)."""


class Autoencoder(Objective):
    """Learn to output the features again: loss(net(features), features)."""

    def _labelled(self, x: Tensor, labels: Labels) -> Part:
        flat = x.flatten(1)
        if self.loss.expects != "values" and (flat.min() < 0 or flat.max() > 1):
            raise DataError(
                tr(
                    "{loss} compares numbers from 0 to 1, and these features go from {lowest} to "
                    "{highest}. Use Mean squared error.",
                    loss=tr(self.loss.label),
                    lowest=f"{float(flat.min()):.3g}",
                    highest=f"{float(flat.max()):.3g}",
                )
            )
        return Part(x, flat, flat.float().cpu().numpy())

    def _shaped(self, compare: nn.Module) -> Callable[[Tensor, Tensor], Tensor]:
        return lambda outputs, y: compare(outputs.flatten(1), y)


class Tokens(Objective):
    """Learn tokens at every step: loss over N·T rows, those that are not asked for left out."""

    def _shaped(self, compare: nn.Module) -> Callable[[Tensor, Tensor], Tensor]:
        return lambda outputs, y: compare(outputs.flatten(0, 1), y.flatten())


class CausalLM(Tokens):
    """Learn the next token at every step; after the last there is none."""

    def _labelled(self, x: Tensor, labels: Labels) -> Part:
        y = next_tokens(x, self.project.data.padding())
        return Part(x, y, y.cpu().numpy())


class MaskedTokens(Tokens):
    """Learn hidden tokens; training hides others in every step, validation always the same."""

    def __init__(self, project: Project, examples: Examples, device: torch.device) -> None:
        recipe = project.training.objective
        self.share = recipe.share if isinstance(recipe, MaskedLM) else 0.15
        self.masks = torch.Generator()
        self.masks.manual_seed(project.training.seed + 1)
        super().__init__(project, examples, device)
        x, y = self.prepare(self.val.x, self.val.y)
        self.val = Part(x, y, y.cpu().numpy())
        self.restart()

    def _labelled(self, x: Tensor, labels: Labels) -> Part:
        y = asked(x, self.project.data.padding())
        return Part(x, y, y.cpu().numpy())

    def prepare(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Tokens with some hidden, and those to be predicted."""
        assert self.masks is not None
        vocabulary, padding = len(self.target.classes), self.project.data.padding()
        return masked(x, self.share, vocabulary, self.masks, padding)


def encoded(labels: Labels, loss: Loss, target: Target, dtype: torch.dtype) -> Tensor:
    """Labels as the loss wants them."""
    encoding = loss.encoding(target)
    if encoding == "index":
        return class_numbers(labels)
    if encoding == "one_hot":
        y = one_hot(labels, len(target.classes), dtype)
    else:
        y = (signed if encoding == "signed" else columns)(labels, dtype)
    taken, added = loss.smoothing(target)
    return smoothed(y, taken, added) if taken else y


KINDS: Mapping[Asks, type[Objective]] = {
    "labels": Supervised,
    "features": Autoencoder,
    "next tokens": CausalLM,
    "hidden tokens": MaskedTokens,
}


def objective_of(project: Project, examples: Examples, device: torch.device) -> Objective:
    """The objective that a project's recipe names, over its examples."""
    return KINDS[project.training.objective.asks](project, examples, device)
