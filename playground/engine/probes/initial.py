"""The net before any training: how its weights are drawn, and what that does through its depth."""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from playground.catalog.initializers import Initializer
from playground.catalog.layers.base.weighted import Weighted
from playground.engine import modules
from playground.engine.compile import Compiled, Recorder, compile_checked
from playground.engine.probe import Probe
from playground.engine.trainer import Trainer
from playground.graph.call import Call
from playground.project.initial import initial_key
from playground.project.project import Project

EXAMPLES = 64
FEWEST_BINS, MOST_BINS = 7, 41
LARGEST = 30_000_000
"""Parameters up to which a second net is built beside the one that trains."""
Expected = tuple[str, float, float]
"""What a draw is in theory: its law, its mean and its standard deviation."""


class InitialProbe(Probe):
    """The initial net of the project, built aside from its seed; training is not touched.

    "key": `initial_key` of the project; "nodes": ids, in the order they run; "activation",
    "gradient": float32, standard deviation of the output of every node for one batch and of the
    gradient of the loss with respect to it, NaN if there is none; "weights": by node with
    drawn weights "counts" and "edges" of a histogram, "std", "count", if all its tensors agree
    "fans" (into one output, out of one input), and if there is a theory "law", "mean", "theory_std"
    and "parts": for every way of drawing its "share", "law" ("normal", "uniform" or "constant"),
    "mean", "std", and for a bell that is cut off "sigma" before, and "reach" of the cut.
    """

    key: ClassVar[str] = "initial"
    help: ClassVar[str] = (
        "Initial weights against theory, and the scale of signals before training."
    )
    interval_s: ClassVar[float] = 0.2

    def __init__(self) -> None:
        self._reading: Mapping[str, Any] | None = None

    def read(self, trainer: Trainer) -> Mapping[str, Any] | None:
        """Read once, and again only if what is drawn initially changes; None for huge nets."""
        key = initial_key(trainer.project)
        if self._reading is None or self._reading["key"] != key:
            if trainer.compiled.parameter_count > LARGEST:
                return None
            self._reading = {"key": key, **_read_aside(trainer)}
        return self._reading


def _read_aside(trainer: Trainer) -> dict[str, Any]:
    # On the CPU, where all weights are drawn, so that only one generator must be restored.
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(trainer.project.training.seed)
        compiled = compile_checked(trainer.checked)
        weights = _weights(trainer.project, compiled)
        return {"weights": weights, **_scales(trainer, compiled)}


# Scales through depth


def _scales(trainer: Trainer, compiled: Compiled) -> dict[str, Any]:
    train = trainer.objective.train
    count = min(EXAMPLES, max(2, trainer.project.training.batch_size), len(train))
    x, y = (_plain(part[:count]) for part in (train.x, train.y))
    recorder = Recorder(compiled.net.train(), with_grad=True)
    compare = copy.deepcopy(trainer.objective.compare)
    loss = (compare.cpu() if isinstance(compare, nn.Module) else compare)(recorder.run(x), y)
    if loss.requires_grad:
        loss.backward()
    outputs = recorder.outputs
    return {
        "nodes": tuple(outputs),
        "activation": np.array([_std(out) for out in outputs.values()], np.float32),
        "gradient": np.array([_std(out.grad) for out in outputs.values()], np.float32),
    }


def _plain(part: Tensor) -> Tensor:
    part = part.detach().cpu()
    return part.float() if part.is_floating_point() else part


def _std(tensor: Tensor | None) -> float:
    if tensor is None:
        return math.nan
    return float(tensor.detach().float().std(correction=0))


# Weights


def _weights(project: Project, compiled: Compiled) -> dict[str, Any]:
    found = {}
    for node_id, parameters in compiled.parameters.items():
        layer = project.graph.nodes[node_id].layer
        drawn = [p.detach() for name, p in parameters if "weight" in name and p.dim() > 1]
        if isinstance(layer, Weighted) and drawn:
            module = compiled.net.get_submodule(_owner(compiled, parameters[0][1]))
            found[node_id] = _drawn(layer.initializer, module, drawn)
    return found


def _owner(compiled: Compiled, parameter: nn.Parameter) -> str:
    path = next(name for name, p in compiled.net.named_parameters() if p is parameter)
    return path.partition(".")[0]


def _drawn(
    initializer: Initializer, module: nn.Module, weights: Sequence[Tensor]
) -> dict[str, Any]:
    values = torch.cat([weight.flatten() for weight in weights]).double().numpy()
    bins = int(np.clip(round(2 * len(values) ** (1 / 3)), FEWEST_BINS, MOST_BINS))
    counts, edges = np.histogram(values, bins if values.std() > 0 else 1)
    found = {
        "counts": counts.astype(np.int64),
        "edges": edges.astype(np.float32),
        "std": float(values.std()),
        "count": len(values),
    }
    sizes = {fans(weight) for weight in weights}
    if len(sizes) == 1:
        found["fans"] = sizes.pop()
    return found | _promised(initializer, module, weights)


def _promised(
    initializer: Initializer, module: nn.Module, weights: Sequence[Tensor]
) -> dict[str, Any]:
    shares: Counter[Expected] = Counter()
    for weight in weights:
        law = theory(initializer, module, weight)
        if law is None:
            return {}
        shares[law] += weight.numel()
    parts: list[dict[str, Any]] = [
        {"share": count / shares.total(), "law": law, "mean": mean, "std": std}
        for (law, mean, std), count in shares.items()
    ]
    call = initializer.call()
    if call is not None and call.target == "init.trunc_normal_":
        reach = (_number(call, "b") - _number(call, "a")) / 2
        parts = [{**part, "sigma": _number(call, "std"), "reach": reach} for part in parts]
    mean = sum(part["share"] * part["mean"] for part in parts)
    square = sum(part["share"] * (part["std"] ** 2 + part["mean"] ** 2) for part in parts)
    spread = math.sqrt(max(0.0, square - mean**2)) if len(parts) > 1 else parts[0]["std"]
    name = parts[0]["law"] if len(parts) == 1 else "mixed"
    return {"law": name, "mean": mean, "theory_std": spread, "parts": tuple(parts)}


def _number(call: Call, name: str) -> float:
    value = call.kwargs[name]
    assert isinstance(value, int | float)
    return float(value)


def theory(initializer: Initializer, module: nn.Module, weight: Tensor) -> Expected | None:
    """The theory of the initializer for a weight of that module; None if it has none."""
    call = initializer.call()
    if call is None:
        return _torch_default(module, weight)
    fan_in, fan_out = fans(weight)
    if call.target == "init.orthogonal_":
        fan_out = len(weight)  # it turns units against each other, each with all its field
    variance = initializer.variance(fan_in, fan_out)
    if variance is None:
        return None
    law = "uniform" if "uniform" in call.target else "normal"
    return (law if variance > 0 else "constant", _middle(call), math.sqrt(variance))


def _middle(call: Call) -> float:
    options = {name: v for name, v in call.kwargs.items() if isinstance(v, int | float)}
    if call.target == "init.uniform_":
        return (options.get("a", 0.0) + options.get("b", 1.0)) / 2
    if call.target == "init.ones_":
        return 1.0
    given = [value for value in call.args if isinstance(value, int | float)]
    return float(options.get("mean", given[0] if given else 0.0))


def _torch_default(module: nn.Module, weight: Tensor) -> Expected | None:
    if isinstance(module, nn.Embedding):
        return ("normal", 0.0, 1.0)
    if isinstance(module, modules.LearnedEncoding):
        return ("normal", 0.0, 0.02)
    if isinstance(module, nn.RNNBase):
        return ("uniform", 0.0, math.sqrt(1 / (3 * module.hidden_size)))
    if isinstance(module, nn.MultiheadAttention) and not _is(weight, module.out_proj.weight):
        return ("uniform", 0.0, math.sqrt(2 / sum(fans(weight))))  # Xavier, as torch has it
    if isinstance(module, nn.MultiheadAttention):
        return ("uniform", 0.0, math.sqrt(1 / (3 * fans(weight)[0])))
    if isinstance(module, nn.Linear | nn.modules.conv._ConvNd):
        return ("uniform", 0.0, math.sqrt(1 / (3 * fans(weight)[0])))
    return None


def _is(weight: Tensor, parameter: Tensor) -> bool:
    return weight.data_ptr() == parameter.data_ptr()


def fans(weight: Tensor) -> tuple[int, int]:
    """How many numbers flow into one output and out of one input, as torch counts them."""
    field = math.prod(weight.shape[2:])
    return weight.shape[1] * field, weight.shape[0] * field
