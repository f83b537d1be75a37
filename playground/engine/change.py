"""Edits while a net trains: what can change in place does, and surviving weights are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from playground.engine.compile import Compiled, compile_project
from playground.engine.device import Choice, choose
from playground.engine.objectives import Supervised
from playground.engine.trainer import Trainer
from playground.project.project import Project


@dataclass(frozen=True)
class Changed:
    """What became of a trainer: itself or a fresh one, and the nodes whose weights were kept."""

    trainer: Trainer
    kept: tuple[str, ...]
    is_fresh: bool


def change(trainer: Trainer, project: Project) -> Changed:
    """Train `project` from here on, keeping the weights of layers whose shapes did not change.

    Before the first step, and where the labels are of another sort, training starts anew.
    Raises CompileError, DataError or DeviceError and leaves the trainer as it was.
    """
    old = trainer.project
    choice = choose(project)
    is_other_net = not project.graph.same_net(old.graph)
    is_other_data = project.data != old.data
    is_other_task = is_other_data and project.data.target() != old.data.target()
    if is_other_task or (trainer.step == 0 and not project.trains_like(old)):
        share = trainer.evaluation_share
        return Changed(Trainer(project, evaluation_share=share, choice=choice), (), True)
    objective = _objective(trainer, project, choice)
    compiled = _compiled_aside(project) if is_other_net else trainer.compiled
    # Nothing fails from here on, or the trainer would be left half changed.
    state = _optimizer_state(trainer)
    trainer.project, trainer.objective, trainer.choice = project, objective, choice
    torch.set_num_threads(choice.threads)
    trainer.recorded = None
    if is_other_data:
        trainer.forget_epoch()
    kept = tuple(compiled.parameters)
    if is_other_net:
        kept = _take_weights(trainer.compiled, compiled)
        trainer.compiled = compiled
    is_other_device = choice.device != trainer.device
    trainer.device = choice.device
    trainer.net.to(choice.device)
    trainer.net.train()
    is_other_optimizer = project.training.optimizer.kind != old.training.optimizer.kind
    if is_other_net or is_other_device or is_other_optimizer:
        trainer.build_optimizer()
        _take_optimizer_state(trainer, {} if is_other_optimizer else state)
    trainer.set_hyperparameters()
    return Changed(trainer, kept, False)


def _objective(trainer: Trainer, project: Project, choice: Choice) -> Supervised:
    old = trainer.project
    same_place = choice.device == trainer.device
    if project.data == old.data and project.training.loss == old.training.loss and same_place:
        return trainer.objective
    examples = trainer.objective.examples if project.data == old.data else project.data.load()
    return Supervised(project.training.loss, examples, choice.device)


def _compiled_aside(project: Project) -> Compiled:
    # The draws of the run, dropout's for one, are not disturbed by drawing fresh weights.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(project.training.seed)
        return compile_project(project)


def _take_weights(old: Compiled, new: Compiled) -> tuple[str, ...]:
    before = old.net.state_dict()
    changed: set[str] = set()
    with torch.no_grad():
        for name, tensor in new.net.state_dict().items():
            if name in before and before[name].shape == tensor.shape:
                tensor.copy_(before[name])
            else:
                changed.add(name.split(".")[0])
    return tuple(node for node in new.parameters if node not in changed)


def _optimizer_state(trainer: Trainer) -> dict[str, dict[str, Any]]:
    if trainer.optimizer is None:
        return {}
    names = {id(p): name for name, p in trainer.net.named_parameters()}
    return {names[id(p)]: state for p, state in trainer.optimizer.state.items()}


def _take_optimizer_state(trainer: Trainer, states: dict[str, dict[str, Any]]) -> None:
    if trainer.optimizer is None:
        return
    for name, parameter in trainer.net.named_parameters():
        state = states.get(name)
        if state is None:
            continue
        tensors = {key: value for key, value in state.items() if isinstance(value, Tensor)}
        if all(t.dim() == 0 or t.shape == parameter.shape for t in tensors.values()):
            moved = {key: value.to(parameter.device) for key, value in tensors.items()}
            trainer.optimizer.state[parameter] = {**state, **moved}
