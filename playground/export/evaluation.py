"""The part of a script that measures the net on the validation set."""

from __future__ import annotations

from playground.catalog.bound import arguments_from, takes
from playground.catalog.datasets.dataset import Target
from playground.catalog.metrics import Metric, metrics_for
from playground.export.error import ExportError
from playground.export.sources import Sources
from playground.export.text import call_text, flatten_text
from playground.project.project import Project
from playground.translation import tr

EVALUATE = '''\
def evaluate(net, compare, x, y):
    """Loss and {label}, in evaluation mode."""
    net.eval()
    with torch.no_grad():
        outputs = net(x)
    net.train()
    loss = float({compared})
    labels = {labels}
    return loss, {measured}
'''


def target_of(project: Project) -> Target:
    """What the net of a project predicts."""
    return project.training.objective.target(project.data)


def proposed_metric(project: Project) -> Metric:
    """The metric that a script prints beside the loss: the first that suits the labels."""
    found = metrics_for(target_of(project))
    if not found:
        raise ExportError(tr("No metric fits {data}.", data=tr(project.data.label)))
    return found[0]


def compared(project: Project, outputs: str, y: str = "y") -> str:
    """The loss of outputs and labels."""
    comparison = project.training.objective.comparison
    outputs += flatten_text(comparison.output_axes)
    return f"compare({outputs}, {y}{flatten_text(comparison.label_axes)})"


def evaluate_source(project: Project, metric: Metric, sources: Sources) -> str:
    """The function that evaluates a net; the metric's own is added to `sources`."""
    function = type(metric).function
    if function is None:
        raise ExportError(
            tr("Cannot export {metric}: it declares no function.", metric=tr(metric.label))
        )
    options = arguments_from(function, metric)
    if takes(function, "threshold"):
        options["threshold"] = project.training.loss.threshold
    outputs = ["outputs.float().cpu().numpy()", "labels"]
    measured = call_text(sources.of(function), outputs, options)
    return EVALUATE.format(
        label=metric.label,
        compared=compared(project, "outputs"),
        labels=f"{_plain_labels(project)}.cpu().numpy()",
        measured=measured.replace("\n", "\n    "),
    )


def _plain_labels(project: Project) -> str:
    """The labels as the data set has them, from those that the loss takes."""
    target = target_of(project)
    encoding = project.training.loss.encoding(target)
    if target.task not in ("binary", "classes") or encoding == "index":
        return "y"
    if encoding == "one_hot":
        return "y.argmax(1)"
    return f"(y[:, 0] > {0.5 if encoding == 'value' else 0}).long()"
