"""A project as a script of its own: the same net, data, draws and steps, on torch and numpy."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import fill

from playground.catalog.datasets.dataset import Task
from playground.export.data import data_source
from playground.export.error import ExportError
from playground.export.net import IMPORTS, NetSource, net_source
from playground.graph.diagnose import Examined
from playground.project.check import check, flattened
from playground.project.project import Project, Training

EPOCHS = 100
"""How long a script trains where the project sets no end."""
SMALL = 100_000
"""Parameters up to which one thread is faster than several."""

HEADER = '''\
"""{about}

It needs torch{and_more}: pip install torch{more}
"""
'''

METRICS: dict[Task, tuple[str, str]] = {
    "binary": (
        "accuracy",
        """\
    guesses = {guesses}
    return float((guesses == {classes}).float().mean())
""",
    ),
    "regression": (
        "r2",
        """\
    residual = ((y - outputs) ** 2).sum(0)
    total = ((y - y.mean(0)) ** 2).sum(0)
    return float((1 - residual / total).mean())
""",
    ),
}

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
    return float(compare(outputs, y)), {name}(outputs, y)
'''

TRAIN = """\
def main():
    {threads}torch.manual_seed({seed})
    net = Net().to(DEVICE)
    shuffle = torch.Generator().manual_seed({seed})
    x_train, y_train, x_val, y_val = (part.to(DEVICE) for part in examples())
    compare = {loss}
    optimizer = {optimizer}
{penalties}    for epoch in range(1, EPOCHS + 1):
        order = torch.randperm(len(x_train), generator=shuffle).to(DEVICE)
        batches = list(zip(x_train[order].split(BATCH), y_train[order].split(BATCH)))
{last}        losses = []
        for x, y in batches:
            optimizer.zero_grad()
            loss = compare(net(x), y)
            loss.backward()
{penalise}            optimizer.step()
            losses.append(loss.detach())
        train_loss = float(torch.stack(losses).double().mean())
        val_loss, val_{metric} = evaluate(net, compare, x_val, y_val)
        print(
            f"epoch {{epoch:4d}}  train_loss {{train_loss:.8g}}  "
            f"val_loss {{val_loss:.8g}}  val_{metric} {{val_{metric}:.4f}}"
        )


if __name__ == "__main__":
    main()
"""


@dataclass(frozen=True)
class Script:
    """The text of a script, and the numbers that belong in the file beside it, if any."""

    text: str
    stored_name: str
    stored: bytes | None


def script(project: Project, name: str) -> Script:
    """The script called `name` (without .py); raises ExportError or DataError."""
    examined = check(project)
    if examined.errors:
        first = examined.errors[0]
        place = f"{project.graph.nodes[first.node].title}: " if first.node else ""
        raise ExportError(
            f"The project has errors, so there is nothing to run. {place}{first.message}"
        )
    if not examined.total_parameters:
        raise ExportError("The net learns nothing: it has no layer with weights, such as Linear.")
    project = flattened(project)
    examined = check(project)
    stored_name = f"{name}-data.npz"
    data = data_source(project.data, project.training.loss, stored_name)
    net = net_source(project.graph, examined)
    is_stored = data.stored is not None
    needs_sklearn = "from sklearn" in data.text
    parts = [
        _header(project, needs_sklearn),
        _imports(net, is_stored) + "\n\n" + _constants(project.training),
        data.text,
        net.text,
        _evaluate(project),
        _main(project, net, examined),
    ]
    return Script("\n\n".join(parts).replace("\n\n\n\n", "\n\n\n"), stored_name, data.stored)


def _header(project: Project, needs_sklearn: bool) -> str:
    about = fill(
        f"A net for {project.data.label}, drawn in Playground. Run it and it trains as it does "
        "there: the same data, initial weights and batches give the same losses.",
        98,
    )
    and_more = " and numpy, and scikit-learn for the data" if needs_sklearn else " and numpy"
    more = " numpy scikit-learn" if needs_sklearn else " numpy"
    return HEADER.format(about=about, and_more=and_more, more=more).rstrip("\n")


def _imports(net: NetSource, is_stored: bool) -> str:
    wanted = {IMPORTS[root] for root in net.imports | {"torch", "nn"}} | {"import numpy as np"}
    standard: list[str] = [line for line in ("import math", "import operator") if line in wanted]
    if is_stored:
        standard.append("from pathlib import Path")
    others = sorted(wanted - set(standard), key=lambda line: (line.split()[0] == "from", line))
    return "\n".join([*standard, *([""] if standard else []), *others])


def _constants(training: Training) -> str:
    device = "cpu" if training.device == "auto" else training.device
    epochs = training.max_epochs or EPOCHS
    return f'EPOCHS, BATCH, DEVICE = {epochs}, {training.batch_size}, "{device}"\n'


def _evaluate(project: Project) -> str:
    target = project.data.target()
    if target.task == "regression":
        name, body = METRICS["regression"]
        return EVALUATE.format(name=name, body=body, help="The share of the variance explained.")
    loss = project.training.loss
    name, body = METRICS["binary"]
    is_single = loss.outputs(target) == 1
    encoding = loss.encoding(target)
    guesses = f"(outputs > {loss.threshold:g}).long()[:, 0]" if is_single else "outputs.argmax(1)"
    classes = {"index": "y", "one_hot": "y.argmax(1)", "value": "y[:, 0].long()"}[encoding]
    body = body.format(guesses=guesses, classes=classes)
    return EVALUATE.format(name=name, body=body, help="The share that is classified right.")


def _main(project: Project, net: NetSource, examined: Examined) -> str:
    training = project.training
    optimizer = training.optimizer.call()
    arguments = ["net.parameters()", *optimizer.argument_sources()]
    penalties, penalise = _penalties(project, net)
    is_small = examined.total_parameters <= SMALL
    return TRAIN.format(
        threads="torch.set_num_threads(1)  # faster for a small net\n    " if is_small else "",
        seed=training.seed,
        loss=training.loss.call().source(),
        optimizer=f"{optimizer.target}({_in_lines(arguments)})",
        metric="r2" if project.data.target().task == "regression" else "accuracy",
        penalties=penalties,
        penalise=penalise,
        last=_last_batch(project),
    )


def _in_lines(arguments: list[str]) -> str:
    # One a line where they would not fit on one.
    text = ", ".join(arguments)
    if len(text) < 60:
        return text
    return "\n" + "".join(f"        {argument},\n" for argument in arguments) + "    "


def _last_batch(project: Project) -> str:
    if project.training.drop_last:
        test, why = "len(batches[-1][0]) < BATCH", "smaller than the others"
    elif project.graph.of_kind("BatchNorm"):
        test, why = "len(batches[-1][0]) == 1", "a mean over one example says nothing"
    else:
        return ""
    condition = f"        if len(batches) > 1 and {test}:"
    return f"{condition}\n            batches.pop()  # {why}\n"


def _penalties(project: Project, net: NetSource) -> tuple[str, str]:
    # The weights that are penalised, and what is done to their gradients in every step.
    listed, applied = "", ""
    for name, gradient in (("l2", "weight"), ("l1", "weight.sign()")):
        pairs = []
        for node_id, weights in net.weights.items():
            layer = project.graph.nodes[node_id].layer
            strength = getattr(layer, name) + getattr(project.training, name)
            pairs += [f"({weight}, {strength!r})" for weight in weights if strength > 0]
        if pairs:
            entries = "".join(f"        {pair},\n" for pair in pairs)
            listed += f"    {name} = [\n{entries}    ]\n"
            applied += (
                f"                for weight, strength in {name}:\n"
                f"                    weight.grad.add_({gradient}, alpha=strength)\n"
            )
    if not applied:
        return "", ""
    comment = "            # the gradients of λ/2·‖W‖² (l2) and λ·‖W‖₁ (l1)\n"
    return listed, f"{comment}            with torch.no_grad():\n{applied}"
