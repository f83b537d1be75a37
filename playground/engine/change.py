"""Edits while a net trains: what can change in place does, and surviving weights are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.engine.compile import Compiled, compile_checked, runnable
from playground.engine.device import Choice, choose
from playground.engine.objectives import Objective, objective_of
from playground.engine.optimizer import states_of
from playground.engine.trainer import Trainer
from playground.graph.part_id import is_part
from playground.graph.reserved import attribute_name
from playground.project.check import Checked, check
from playground.project.project import Project, aim


@dataclass(frozen=True)
class Changed:
    """The trainer after a change, itself or a fresh one, and the nodes whose weights were kept."""

    trainer: Trainer
    kept: tuple[str, ...]
    is_fresh: bool


def change(trainer: Trainer, project: Project) -> Changed:
    """Train `project` from here on, keeping the weights of layers whose shapes did not change.

    Before the first step, and if the task is another one, training starts from scratch.
    Raises CompileError, DataError or DeviceError and leaves the trainer as it was.
    """
    old = trainer.project
    checked = runnable(check(project))
    project = checked.project
    choice = choose(project, has_window=trainer.has_window, examined=checked)
    is_other_data = project.data != old.data
    is_other_aim = is_other_data or project.training.objective != old.training.objective
    is_other_task = is_other_aim and aim(project) != trainer.objective.target
    if is_other_task or (trainer.step == 0 and not project.trains_like(old)):
        return Changed(_fresh(trainer, checked, choice), (), True)
    objective = _objective(trainer, project, choice)
    # Other data may have other features, and then the same drawing is another net.
    is_other_net = is_other_data or not project.graph.same_net(old.graph)
    compiled = _compiled_aside(checked) if is_other_net else trainer.compiled
    # Nothing fails from here on, or the trainer would be left half changed.
    kept = {node_id: node_id for node_id in compiled.parameters}
    if is_other_net:
        kept = _take_weights(trainer, compiled, project)
    states = _surviving_states(trainer, kept)
    trainer.change(checked, choice, objective, compiled, states)
    return Changed(trainer, tuple(kept), False)


def _fresh(trainer: Trainer, checked: Checked, choice: Choice) -> Trainer:
    state = torch.get_rng_state()
    try:
        return Trainer(
            checked,
            evaluation_share=trainer.evaluation_share,
            has_window=trainer.has_window,
            choice=choice,
        )
    except BaseException:
        # It seeds the generator, which the old one still draws from.
        torch.set_rng_state(state)
        torch.set_num_threads(trainer.choice.threads)
        raise


def _objective(trainer: Trainer, project: Project, choice: Choice) -> Objective:
    old = trainer.project
    same_place = choice.device == trainer.device
    parts = ("loss", "objective", "precision")
    same = all(getattr(project.training, part) == getattr(old.training, part) for part in parts)
    if project.data == old.data and same and same_place:
        return trainer.objective
    examples = trainer.objective.examples if project.data == old.data else project.data.load()
    objective = objective_of(project, examples, choice.device)
    if objective.masks is not None and trainer.objective.masks is not None:
        objective.masks.set_state(trainer.objective.masks.get_state())
    return objective


def _compiled_aside(checked: Checked) -> Compiled:
    # The draws of the run, dropout's for one, are not disturbed by drawing fresh weights.
    before = torch.default_generator.get_state()
    try:
        torch.default_generator.manual_seed(checked.project.training.seed)
        return compile_checked(checked)
    finally:
        torch.default_generator.set_state(before)


def _take_weights(trainer: Trainer, new: Compiled, project: Project) -> dict[str, str]:
    """Copy what stays; the ids of those nodes that learn, each with the id that it had before."""
    old = trainer.project.graph.nodes
    moved = _moved(old, project.graph.nodes)
    kept = {}
    for node_id in project.graph.nodes:
        former = moved.get(node_id, node_id)
        before, after = _tensors(trainer.compiled.net, former), _tensors(new.net, node_id)
        if not after or former not in old:
            continue
        same_kind = old[former].layer.kind == project.graph.nodes[node_id].layer.kind
        if not same_kind or _shapes(before) != _shapes(after):
            continue
        with torch.no_grad():
            for name, tensor in after.items():
                tensor.copy_(before[name])
        if node_id in new.parameters:
            kept[node_id] = former
    return kept


def _moved(old: Collection[str], new: Collection[str]) -> dict[str, str]:
    """New ids of layers that went into a block or came out of one, with the ids they had."""
    gone = [node_id for node_id in old if node_id not in new]
    come = [node_id for node_id in new if node_id not in old]
    found = {}
    for node_id in come:
        alike = [i for i in gone if is_part(node_id, i) or is_part(i, node_id)]
        if len(alike) == 1:
            found[node_id] = alike[0]
            gone.remove(alike[0])
    return found


def _tensors(net: nn.Module, node_id: str) -> dict[str, Tensor]:
    layer = getattr(net, attribute_name(node_id), None)
    return dict(layer.state_dict()) if isinstance(layer, nn.Module) else {}


def _shapes(tensors: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in tensors.items()}


def _surviving_states(trainer: Trainer, kept: Mapping[str, str]) -> dict[str, dict[str, Tensor]]:
    """What the optimizer keeps for the parameters of layers that stay, by their new names."""
    survivors = {attribute_name(old): attribute_name(new) for new, old in kept.items()}
    found = {}
    for path, state in states_of(trainer.optimizer, trainer.net).items():
        layer, _, name = path.partition(".")
        if layer in survivors:
            found[f"{survivors[layer]}.{name}"] = state
    return found
