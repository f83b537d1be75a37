"""What one training step means: which tensors go in, and what is compared with what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from playground.catalog.datasets.dataset import DataError, Examples, Labels, Target
from playground.catalog.label_functions import (
    LabelFunction,
    balancer,
    encoders,
    weighs_classes,
)
from playground.catalog.losses import Loss
from playground.engine import labels as label_functions
from playground.engine import tokens
from playground.engine.compile import resolve
from playground.engine.tokens import masked
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
        self.dtype: torch.dtype = getattr(torch, project.training.dtype)
        self.comparison = project.training.objective.comparison
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
        if weighs_classes(self.loss, self.target):
            own = self.loss.own_weights(self.target)
            options[self.loss.weights_argument(self.target)] = (
                torch.tensor(own, dtype=self.dtype)
                if own
                else _called(balancer(self.loss, self.target), self.train.y, self.dtype)
            )
        module: nn.Module = resolve(call.target)(*call.args, **options)
        return module.to(device, self.dtype)

    def _shaped(self, compare: nn.Module) -> Callable[[Tensor, Tensor], Tensor]:
        ours, theirs = self.comparison.output_axes, self.comparison.label_axes
        if ours is None and theirs is None:
            return compare
        return lambda outputs, y: compare(_flattened(outputs, ours), _flattened(y, theirs))

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
        flat = _flattened(x, self.comparison.feature_axes)
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


class Tokens(Objective):
    """Learn tokens at every step: loss over N·T rows, those that are not asked for left out."""

    def _labelled(self, x: Tensor, labels: Labels) -> Part:
        function = getattr(tokens, self.comparison.token_labels)
        y: Tensor = function(x, self.project.data.padding())
        return Part(x, y, y.cpu().numpy())


class MaskedTokens(Tokens):
    """Learn hidden tokens; training hides others in every step, validation always the same."""

    def __init__(self, project: Project, examples: Examples, device: torch.device) -> None:
        self.share = project.training.objective.hidden_share
        self.masks = torch.Generator()
        self.masks.manual_seed(project.training.seed + 1)
        super().__init__(project, examples, device)
        x, y = self.prepare(self.val.x, self.val.y)
        self.val = Part(x, y, y.cpu().numpy())
        self.restart()

    def prepare(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Tokens with some hidden, and those to be predicted."""
        assert self.masks is not None
        vocabulary, padding = len(self.target.classes), self.project.data.padding()
        return masked(x, self.share, vocabulary, self.masks, padding)


def encoded(labels: Labels, loss: Loss, target: Target, dtype: torch.dtype) -> Tensor:
    """Labels as the loss takes them."""
    first, *others = encoders(loss, target)
    y = _called(first, labels, dtype)
    for function in others:
        y = _called(function, y, dtype)
    return y


def _called(function: LabelFunction, labels: Labels | Tensor, dtype: torch.dtype) -> Tensor:
    last = (dtype,) if function.takes_dtype else ()
    found: Tensor = getattr(label_functions, function.name)(labels, *function.arguments, *last)
    return found


def _flattened(tensor: Tensor, axes: tuple[int, ...] | None) -> Tensor:
    return tensor if axes is None else tensor.flatten(*axes)


def objective_of(project: Project, examples: Examples, device: torch.device) -> Objective:
    """The objective that a project's recipe names, over its examples."""
    comparison = project.training.objective.comparison
    if comparison.hides_tokens:
        return MaskedTokens(project, examples, device)
    if comparison.token_labels:
        return Tokens(project, examples, device)
    is_reconstruction = comparison.feature_axes is not None
    return (Autoencoder if is_reconstruction else Supervised)(project, examples, device)
