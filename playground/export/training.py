"""The part of a script that trains: what an epoch does, and what is printed after it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from importlib.resources import files

from playground.catalog.datasets.dataset import Target
from playground.catalog.layers.base.weighted import Scaled, Weighted
from playground.catalog.losses import Loss
from playground.catalog.schedules import ReduceOnPlateau
from playground.export.masked import masked_source
from playground.export.net import NetSource
from playground.export.schedules import factor_source
from playground.project.project import Project
from playground.project.training import Training

SMALL = 100_000
"""Parameters up to which one thread is faster than several."""
Weights = Mapping[str, tuple[str, ...]]
"""By node id, the weights of a layer as the script names them."""
BLOCK = "    "

EVALUATE = '''\
def {name}(outputs, y):
    """{help}"""
{body}

def evaluate(net, compare, x, y):
    """Loss and {name}, the layers as they are when the net is used."""
    net.eval()
    with torch.no_grad():
        outputs = net(x)
    net.train()
    return float({compared}), {name}(outputs, y)
'''

ACCURACY = """\
    guesses = {guesses}
    return float((guesses == {classes}).float().mean())
"""
R2 = """\
    residual = float(((y - outputs) ** 2).sum())
    total = float(((y - y.mean(0)) ** 2).sum())
    return 1 - residual / total if total > 0 else 0.0
"""
TOKENS = """\
    asked = y >= 0
    return float((outputs.argmax(-1) == y)[asked].float().mean())
"""


def _units_axis(kind: str) -> int:
    return 1 if kind.startswith("ConvTranspose") else 0


def _target(project: Project) -> Target:
    return project.training.objective.target(project.data)


def _is_paced(training: Training) -> bool:
    return training.schedule.kind != "constant" or training.warmup_epochs > 0


def uses_math(project: Project) -> bool:
    """Whether the script needs Python's math."""
    return _is_paced(project.training) and "math." in factor_source(project.training)


def own_rules(project: Project) -> list[str]:
    """The sources of an update rule or a loss that torch does not have, from the engine's own."""
    training = project.training
    calls = (training.optimizer.call(), training.loss.call(_target(project)))
    wanted = [call.target.removeprefix("rules.") for call in calls if call.target[:6] == "rules."]
    if not wanted:
        return []
    # The file is read, not imported, so that torch stays out of a process that writes scripts.
    text = (files("playground.engine") / "rules.py").read_text("utf-8")
    found = {item.name: item for item in ast.parse(text).body if isinstance(item, ast.ClassDef)}
    return [f"{ast.get_source_segment(text, found[name])}\n" for name in wanted]


def loop_parts(project: Project) -> list[str]:
    """Functions that the loop calls: the schedule, and the drawing of hidden tokens."""
    training, parts = project.training, []
    if _is_paced(training):
        parts.append(factor_source(training))
    if training.objective.kind == "masked_lm":
        share, count = getattr(training.objective, "share", 0.15), len(_target(project).classes)
        parts.append(masked_source(share, count, project.data.padding()))
    return parts


# Evaluation


def metric_name(project: Project) -> str:
    """What is measured beside the loss."""
    task = _target(project).task
    if task == "tokens":
        return "token_accuracy"
    return "r2" if task in ("regression", "reconstruction") else "accuracy"


def evaluate_source(project: Project) -> str:
    """The functions that measure a net on the validation examples."""
    name, target, loss = metric_name(project), _target(project), project.training.loss
    if name == "accuracy":
        body, text = _accuracy(loss, target), "The share that is classified right."
    elif name == "token_accuracy":
        body, text = TOKENS, "The share of the tokens that is predicted right."
    else:
        body, text = R2, "The share of the variance explained."
        if target.task == "reconstruction":
            body = "    outputs = outputs.flatten(1)\n" + body
    compared = _compared(project, "outputs")
    return EVALUATE.format(name=name, body=body, help=text, compared=compared)


def _accuracy(loss: Loss, target: Target) -> str:
    is_single = loss.outputs(target) == 1
    guesses = f"(outputs > {loss.threshold:g}).long()[:, 0]" if is_single else "outputs.argmax(1)"
    classes = {
        "index": "y",
        "one_hot": "y.argmax(1)",
        "value": "(y[:, 0] > 0.5).long()",
        "signed": "(y[:, 0] > 0).long()",
    }[loss.encoding(target)]
    return ACCURACY.format(guesses=guesses, classes=classes)


def _compared(project: Project, outputs: str, y: str = "y") -> str:
    task = _target(project).task
    if task == "reconstruction":
        return f"compare({outputs}.flatten(1), {y})"
    if task == "tokens":
        return f"compare({outputs}.flatten(0, 1), {y}.flatten())"
    return f"compare({outputs}, {y})"


# The loop


def main_source(project: Project, net: NetSource, parameters: int) -> str:
    """`main`, and the line that calls it."""
    lines = _beginning(project, parameters)
    if net.learns:
        lines += _optimizer(project)
    lines += _listed_weights(project, net.weights)
    lines += _before_loop(project, learns=net.learns)
    lines += ["for epoch in range(1, EPOCHS + 1):"]
    lines += [BLOCK + line for line in _epoch(project, net)]
    body = "\n".join(BLOCK + line if line else "" for line in lines)
    return f'def main():\n{body}\n\n\nif __name__ == "__main__":\n    main()\n'


def _beginning(project: Project, parameters: int) -> list[str]:
    training = project.training
    lines = ["torch.set_num_threads(1)  # faster for a small net"] if parameters <= SMALL else []
    double = ", torch.float64" if training.precision == "float64" else ""
    lines += [
        f"torch.manual_seed({training.seed})",
        f"net = Net().to(DEVICE{double})",
        f"shuffle = torch.Generator().manual_seed({training.seed})",
        "x_train, y_train, x_val, y_val = (part.to(DEVICE) for part in examples())",
        f"compare = {_loss(project)}",
    ]
    if training.objective.kind == "masked_lm":
        lines += [
            f"masks = torch.Generator().manual_seed({training.seed + 1})",
            "x_val, y_val = masked(x_val, masks)",
            f"masks.manual_seed({training.seed})",
        ]
    return lines


def _optimizer(project: Project) -> list[str]:
    optimizer = project.training.optimizer.call()
    arguments = ["net.parameters()", *optimizer.argument_sources()]
    name = optimizer.target.removeprefix("rules.")
    return f"optimizer = {name}({_in_lines(arguments)})".split("\n")


def _loss(project: Project) -> str:
    loss, target = project.training.loss, _target(project)
    call = loss.call(target)
    arguments = call.argument_sources()
    if loss.weighting != "none" and target.classes:
        weights = _class_weights(loss, target, is_double=project.training.precision == "float64")
        arguments.append(f"{loss.weights_argument(target)}={weights}")
    return f"{call.target.removeprefix('rules.')}({', '.join(arguments)})"


def _class_weights(loss: Loss, target: Target, *, is_double: bool) -> str:
    own = loss.own_weights(target)
    if own:
        dtype = ", dtype=torch.float64" if is_double else ""
        return f"torch.tensor({list(own)!r}{dtype}, device=DEVICE)"
    if loss.weights_argument(target) == "pos_weight":
        yes = "(y_train > 0.5).sum(0, dtype=y_train.dtype)"
        return f"(len(y_train) - {yes}) / {yes}.clamp(min=1)"
    y, count = "y_train", loss.outputs(target)
    if target.task == "tokens":
        y = "y_train[y_train >= 0]"
    numbers = f"torch.bincount({y}, minlength={count})"
    weights = f"{y}.numel() / ({count} * {numbers}.clamp(min=1))"
    return f"({weights}).double()" if is_double else weights


def _in_lines(arguments: list[str]) -> str:
    # One a line where they would not fit on one.
    text = ", ".join(arguments)
    if len(text) < 60:
        return text
    return "\n" + "".join(f"    {argument},\n" for argument in arguments)


def _listed_weights(project: Project, weights: Weights) -> list[str]:
    lines = []
    for name in ("l2", "l1", "max_norm"):
        pairs = _pairs(project, weights, name)
        if pairs:
            lines += [f"{name} = [", *(f"    {pair}," for pair in pairs), "]"]
    return lines


def _pairs(project: Project, weights: Weights, name: str) -> list[str]:
    # The weights that are penalised or limited, and how strongly.
    pairs = []
    for node_id, own in weights.items():
        layer = project.graph.nodes[node_id].layer
        if not isinstance(layer, Weighted):
            continue
        strength = layer.strength(name, getattr(project.training, name, 0.0))
        # Of factors, every one is a unit of its own.
        rows = ".detach().view(-1, 1)" if isinstance(layer, Scaled) else ""
        if strength > 0 and name == "max_norm":
            axis = _units_axis(layer.kind)
            pairs += [f"({weight}{rows}, {strength!r}, {axis})" for weight in own]
        elif strength > 0:
            pairs += [f"({weight}, {strength!r})" for weight in own]
    return pairs


def _before_loop(project: Project, *, learns: bool) -> list[str]:
    training, lines = project.training, []
    if training.precision == "fp16" and learns:
        lines.append("scaler = torch.amp.GradScaler(DEVICE)")
    if training.schedule.needs_validation:
        lines.append('best_loss, waited, cut = float("inf"), 0, 1.0')
    if training.early_stopping:
        lines.append('lowest, patience, best = float("inf"), 0, None')
    return lines


def _epoch(project: Project, net: NetSource) -> list[str]:
    training, size = project.training, "BATCH"
    if training.accumulation > 1:
        size = f"BATCH * {training.accumulation}"
    metric = metric_name(project)
    return [
        "order = torch.randperm(len(x_train), generator=shuffle).to(DEVICE)",
        f"batches = list(zip(x_train[order].split({size}), y_train[order].split({size})))",
        *_last_batch(project, size),
        "losses = []",
        *(["seen = 0"] if _is_paced(training) else []),
        "for x, y in batches:",
        *(BLOCK + line for line in (_step if net.learns else _look)(project, net.weights)),
        "train_loss = float(torch.stack(losses).double().mean())",
        f"val_loss, val_{metric} = evaluate(net, compare, x_val, y_val)",
        "print(",
        '    f"epoch {epoch:4d}  train_loss {train_loss:.8g}  "',
        f'    f"val_loss {{val_loss:.8g}}  val_{metric} {{val_{metric}:.4f}}"',
        ")",
        *_judged(training),
    ]


def _last_batch(project: Project, size: str) -> list[str]:
    if project.training.drop_last:
        test, why = f"len(batches[-1][0]) < {size}", "smaller than the others"
    elif any(n.layer.uses_batch_statistics for n in project.graph.nodes.values()):
        test, why = "len(batches[-1][0]) == 1", "a mean over one example says nothing"
    else:
        return []
    return [f"if len(batches) > 1 and {test}:", f"    batches.pop()  # {why}"]


def _look(project: Project, weights: Weights) -> list[str]:
    # A step of a net that cannot learn: it is run, and its loss is told.
    hidden = ["x, y = masked(x, masks)"] if project.training.objective.kind == "masked_lm" else []
    return [*hidden, *_compute(project, learns=False), "losses.append(loss.detach())"]


def _step(project: Project, weights: Weights) -> list[str]:
    training, lines = project.training, []
    if _is_paced(training):
        cut = "cut * " if training.schedule.needs_validation else ""
        lines += [
            "for group in optimizer.param_groups:",
            f"    rate = {cut}factor(epoch - 1 + seen / len(x_train))",
            f'    group["lr"] = {training.optimizer.lr!r} * rate',
            "seen += len(x)",
        ]
    lines.append("optimizer.zero_grad()")
    if training.objective.kind == "masked_lm":
        lines.append("x, y = masked(x, masks)")
    lines += _compute(project, learns=True)
    if training.precision == "fp16":
        lines.append("scaler.unscale_(optimizer)")
    lines += _penalised(project, weights)
    if training.clip_norm:
        lines.append(f"nn.utils.clip_grad_norm_(net.parameters(), {training.clip_norm!r})")
    if training.clip_value:
        lines.append(f"nn.utils.clip_grad_value_(net.parameters(), {training.clip_value!r})")
    if training.precision == "fp16":
        lines += ["scaler.step(optimizer)", "scaler.update()"]
    else:
        lines.append("optimizer.step()")
    if _pairs(project, weights, "max_norm"):
        lines += [
            "with torch.no_grad():",
            "    for weight, longest, axis in max_norm:",
            "        weight.copy_(weight.renorm(2, axis, longest))",
        ]
    return [*lines, "losses.append(loss.detach())"]


def _compute(project: Project, *, learns: bool) -> list[str]:
    training = project.training
    if training.accumulation == 1:
        return _forward_and_back(project, ("x", "y", "loss"), "", learns=learns)
    names = ("part", "own", "part_loss")
    inner = _forward_and_back(project, names, " * len(part) / len(x)", learns=learns)
    return [
        "count = max(1, len(x) // BATCH)",
        "loss = 0.0",
        "for part, own in zip(x.tensor_split(count), y.tensor_split(count)):",
        *(BLOCK + line for line in inner),
        "    loss = loss + part_loss.detach()",
    ]


def _forward_and_back(
    project: Project, names: tuple[str, str, str], share: str, *, learns: bool
) -> list[str]:
    x, y, loss = names
    half = {"bf16": "bfloat16", "fp16": "float16"}.get(project.training.precision)
    if half is None:
        lines = [f"{loss} = {_compared(project, f'net({x})', y)}{share}"]
    else:
        lines = [
            f"with torch.autocast(DEVICE, torch.{half}):",
            f"    outputs = net({x})",
            f"{loss} = {_compared(project, 'outputs.float()', y)}{share}",
        ]
    if learns:
        is_scaled = project.training.precision == "fp16"
        lines.append(f"scaler.scale({loss}).backward()" if is_scaled else f"{loss}.backward()")
    return lines


def _penalised(project: Project, weights: Weights) -> list[str]:
    applied = []
    for name, gradient in (("l2", "weight"), ("l1", "weight.sign()")):
        if _pairs(project, weights, name):
            applied += [
                f"    for weight, strength in {name}:",
                f"        weight.grad.add_({gradient}, alpha=strength)",
            ]
    if not applied:
        return []
    comment = "# the gradients of λ/2·‖W‖² (l2) and λ·‖W‖₁ (l1)"
    return [comment, "with torch.no_grad():", *applied]


def _judged(training: Training) -> list[str]:
    lines, plateau = [], training.schedule
    if isinstance(plateau, ReduceOnPlateau):
        lines += [
            'is_first = best_loss == float("inf")',
            f"if is_first or val_loss < best_loss - {plateau.threshold!r} * abs(best_loss):",
            "    best_loss, waited = val_loss, 0",
            "else:",
            "    waited += 1",
            f"if waited > {plateau.patience}:",
            f"    waited, cut = 0, max(cut * {plateau.gamma!r}, {plateau.lowest!r})",
        ]
    if training.early_stopping:
        lines += [
            f"if val_loss < lowest - {training.min_delta!r}:",
            "    lowest, patience = val_loss, 0",
            "    best = {name: tensor.clone() for name, tensor in net.state_dict().items()}",
            "else:",
            "    patience += 1",
            f"if patience >= {training.early_stopping}:",
            *(["    net.load_state_dict(best)"] if training.restore_best else []),
            "    break  # it has not improved for long",
        ]
    return lines
