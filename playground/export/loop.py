"""The part of a script that trains: what an epoch does, and what is printed after it."""

from __future__ import annotations

from playground.catalog import schedule_factors as factors
from playground.catalog.bound import arguments_from
from playground.catalog.metrics import Metric
from playground.export.evaluation import compared, target_of
from playground.export.net import NetSource
from playground.export.recipe import held_weights, hold, loss_line, optimizer_line
from playground.export.sources import Sources
from playground.export.text import call_text, indented
from playground.project.last_batch import LastBatch, last_batch
from playground.project.project import Project
from playground.project.training import Training
from playground.project.work import multiply_adds, worthwhile_threads

CUT = "plateau.cut"
MASKED, PATIENCE = "playground.engine.tokens", "playground.engine.patience"


def main_source(project: Project, net: NetSource, metric: Metric, sources: Sources) -> str:
    """`main`, and the line that calls it; what it needs is added to `sources`."""
    lines = _beginning(project, sources)
    if net.learns:
        lines.append(optimizer_line(project, sources))
    lines += held_weights(project, net.weights)
    lines += _before_loop(project.training, sources, learns=net.learns)
    lines += ["for epoch in range(1, EPOCHS + 1):"]
    lines += indented(_epoch(project, net, metric, sources))
    body = "\n".join(indented(lines))
    return f'def main():\n{body}\n\n\nif __name__ == "__main__":\n    main()\n'


def _threads(project: Project, sources: Sources) -> str:
    count = worthwhile_threads(multiply_adds(project))
    if count == 1:
        return "torch.set_num_threads(1)  # faster for a small net"
    sources.imports.add("import os")
    cores = "os.cpu_count() or 1"
    return f"torch.set_num_threads({cores if count is None else f'min({count}, {cores})'})"


def _beginning(project: Project, sources: Sources) -> list[str]:
    training = project.training
    double = ", torch.float64" if training.dtype == "float64" else ""
    lines = [
        _threads(project, sources),
        f"torch.manual_seed({training.seed})",
        f"net = Net().to(DEVICE{double})",
        f"shuffle = torch.Generator().manual_seed({training.seed})",
        "x_train, y_train, x_val, y_val = (part.to(DEVICE) for part in examples())",
        loss_line(project, sources),
    ]
    if training.objective.comparison.hides_tokens:
        lines += [
            f"masks = torch.Generator().manual_seed({training.seed + 1})",
            f"x_val, y_val = {_masked(project, 'x_val', sources)}",
            f"masks.manual_seed({training.seed})",
        ]
    return lines


def _masked(project: Project, x: str, sources: Sources) -> str:
    share = repr(project.training.objective.hidden_share)
    arguments = [x, share, str(len(target_of(project).classes)), "masks"]
    padding = project.data.padding()
    options = {} if padding is None else {"padding": padding}
    return call_text(sources.named(MASKED, "masked"), arguments, options)


def _before_loop(training: Training, sources: Sources, *, learns: bool) -> list[str]:
    lines = []
    if training.scales_loss and learns:
        lines.append("scaler = torch.amp.GradScaler(DEVICE)")
    watcher = type(training.schedule).watcher
    if isinstance(watcher, type):
        options = arguments_from(watcher, training.schedule)
        carried = next(found for found in watcher.__mro__ if "see" in vars(found))
        lines.append(f"plateau = {call_text(sources.of(carried), [], options)}")
    if training.early_stopping:
        options = {"epochs": training.early_stopping, "min_delta": training.min_delta}
        lines.append(f"stopping = {call_text(sources.named(PATIENCE, 'Patience'), [], options)}")
        if training.restore_best:
            lines.append("best = None")
    return lines


def _epoch(project: Project, net: NetSource, metric: Metric, sources: Sources) -> list[str]:
    training, size = project.training, "BATCH"
    if training.accumulation > 1:
        size = f"BATCH * {training.accumulation}"
    name = getattr(type(metric).function, "__name__", metric.kind)
    return [
        "order = torch.randperm(len(x_train), generator=shuffle).to(DEVICE)",
        f"batches = list(zip(x_train[order].split({size}), y_train[order].split({size})))",
        *_last_batch(project, size),
        "losses = []",
        *(["seen = 0"] if _is_paced(training) else []),
        "for x, y in batches:",
        *indented(_step(project, net, sources)),
        "train_loss = float(torch.stack(losses).double().mean())",
        f"val_loss, val_{name} = evaluate(net, compare, x_val, y_val)",
        "print(",
        '    f"epoch {epoch:4d}  train_loss {train_loss:.8g}  "',
        f'    f"val_loss {{val_loss:.8g}}  val_{name} {{val_{name}:.4f}}"',
        ")",
        *_judged(training),
    ]


def _is_paced(training: Training) -> bool:
    return not training.schedule.is_constant or training.warmup_epochs > 0


def _last_batch(project: Project, size: str) -> list[str]:
    match last_batch(project):
        case LastBatch.KEPT:
            return []
        case LastBatch.DROPPED_IF_SMALLER:
            test, why = f"len(batches[-1][0]) < {size}", "smaller than the others"
        case LastBatch.DROPPED_IF_SINGLE:
            test, why = "len(batches[-1][0]) == 1", "BatchNorm needs more than one example"
    return [f"if len(batches) > 1 and {test}:", f"    batches.pop()  # {why}"]


# A step


def _step(project: Project, net: NetSource, sources: Sources) -> list[str]:
    training = project.training
    hides = training.objective.comparison.hides_tokens
    hidden = [f"x, y = {_masked(project, 'x', sources)}"] if hides else []
    computed = _compute(project, learns=net.learns)
    if not net.learns:
        return [*hidden, *computed, "losses.append(loss.detach())"]
    is_scaled = training.scales_loss
    lines = [*_paced(training, sources), "optimizer.zero_grad()", *hidden, *computed]
    if is_scaled:
        lines.append("scaler.unscale_(optimizer)")
    lines += hold(project, net.weights, ("l2", "l1"), sources)
    if training.clip_norm:
        lines.append(f"nn.utils.clip_grad_norm_(net.parameters(), {training.clip_norm!r})")
    if training.clip_value:
        lines.append(f"nn.utils.clip_grad_value_(net.parameters(), {training.clip_value!r})")
    lines += ["scaler.step(optimizer)", "scaler.update()"] if is_scaled else ["optimizer.step()"]
    lines += hold(project, net.weights, ("max_norm",), sources)
    return [*lines, "losses.append(loss.detach())"]


def _paced(training: Training, sources: Sources) -> list[str]:
    if not _is_paced(training):
        return []
    factor = _factor(training, sources)
    is_by_epochs = factor != CUT
    return [
        *(["done = epoch - 1 + seen / len(x_train)"] if is_by_epochs else []),
        f"rate = {training.optimizer.lr!r} * {factor}",
        "for group in optimizer.param_groups:",
        '    group["lr"] = rate',
        "seen += len(x)",
    ]


def _factor(training: Training, sources: Sources) -> str:
    schedule, function = training.schedule, type(training.schedule).function
    options, warmup = arguments_from(function, schedule), training.warmup_epochs
    if function is factors.constant and not warmup:
        return CUT
    if warmup:
        arguments = ["done", repr(warmup), sources.of(function)]
        factor = call_text(sources.of(factors.warmed_up), arguments, options)
    else:
        factor = call_text(sources.of(function), ["done"], options)
    return f"({CUT} * {factor})" if schedule.needs_validation else factor


def _compute(project: Project, *, learns: bool) -> list[str]:
    if project.training.accumulation == 1:
        return _forward_and_back(project, ("x", "y", "loss"), "", learns=learns)
    names = ("part", "own", "part_loss")
    inner = _forward_and_back(project, names, " * len(part) / len(x)", learns=learns)
    return [
        "count = max(1, len(x) // BATCH)",
        "loss = 0.0",
        "for part, own in zip(x.tensor_split(count), y.tensor_split(count)):",
        *indented(inner),
        "    loss = loss + part_loss.detach()",
    ]


def _forward_and_back(
    project: Project, names: tuple[str, str, str], share: str, *, learns: bool
) -> list[str]:
    x, y, loss = names
    half = project.training.half_dtype
    if half is None:
        lines = [f"{loss} = {compared(project, f'net({x})', y)}{share}"]
    else:
        lines = [
            f"with torch.autocast(DEVICE, torch.{half}):",
            f"    outputs = net({x})",
            f"{loss} = {compared(project, 'outputs.float()', y)}{share}",
        ]
    if learns:
        is_scaled = project.training.scales_loss
        lines.append(f"scaler.scale({loss}).backward()" if is_scaled else f"{loss}.backward()")
    return lines


# After an epoch


def _judged(training: Training) -> list[str]:
    lines = ["plateau.see(val_loss)"] if training.schedule.needs_validation else []
    if not training.early_stopping:
        return lines
    if not training.restore_best:
        return [*lines, "if not stopping.improves(val_loss) and stopping.has_ended:", "    break"]
    return [
        *lines,
        "if stopping.improves(val_loss):",
        "    best = {name: tensor.clone() for name, tensor in net.state_dict().items()}",
        "elif stopping.has_ended:",
        "    if best is not None:",
        "        net.load_state_dict(best)",
        "    break",
    ]
