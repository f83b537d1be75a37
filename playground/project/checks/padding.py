"""Whether layers take for padding what the data set fills its short examples up with."""

from __future__ import annotations

from playground.catalog.layers.base.padding_port import PADDING
from playground.graph.diagnose import Diagnostic, Examined
from playground.graph.fix import Connect, Fix, SetOptions, Unplug
from playground.graph.graph import Edge, Node
from playground.project.project import Project


def against_padding(project: Project, examined: Examined) -> list[Diagnostic]:
    """Another token than that of the data set taken for padding, and padding nobody told of."""
    if not project.data.vocabulary():
        return []
    found = []
    for node in project.graph.nodes.values():
        if node.is_bypassed or not hasattr(node.layer, "padding_idx"):
            continue
        is_reported = bool(project.graph.incoming(node.id, PADDING.name))
        if is_reported or node.layer.kind == "Embedding":
            found += _differs(project, node, node.layer.padding_idx)
        else:
            found += _unreported(project, node, examined)
    return found


def _differs(project: Project, node: Node, taken: int | None) -> list[Diagnostic]:
    own = project.data.padding()
    if taken is None or taken == own:
        return []
    name, data = _named(project, taken), project.data.label.split(" (")[0]
    if own is not None:
        text = f"{node.title} takes {name} for padding, but {data} is padded with "
        text += f"{_named(project, own)}."
        edit = SetOptions((("padding_idx", own),), node.id)
        fix = Fix(f"Set padding token to {own}", (edit,))
    elif node.layer.kind == "Embedding":
        text = f"{node.title} takes {name} for padding and learns no vector for it, but {data} has "
        text += "no padding."
        edit = SetOptions((("padding_idx", None),), node.id)
        fix = Fix("No padding token", (edit,))
    else:
        text = f"{node.title} takes {name} for padding and leaves it out, but {data} has no "
        text += "padding: remove the wire to its padding."
        fix = Fix("Remove this wire", (Unplug(node.layer.inputs.index(PADDING), node.id),))
    return [Diagnostic("warning", "padding_differs", node.id, text, fix)]


def _named(project: Project, token: int) -> str:
    words = project.data.vocabulary()
    return f"token {token} (“{words[token]}”)" if token < len(words) else f"token {token}"


def _unreported(project: Project, node: Node, examined: Examined) -> list[Diagnostic]:
    starts, shapes = project.graph.of_kind("Input"), examined.inputs.get(node.id)
    if project.data.padding() is None or not starts or shapes is None:
        return []
    if shapes[-1].dims[:1] != project.data.features().dims:
        return []  # it looks at another sequence than the tokens
    text = (
        f"Short examples are filled up with padding, and {node.title} takes it for part of them: "
        "wire the Input to its padding."
    )
    wire = Edge(starts[0].id, node.id, starts[0].layer.outputs[0].name, PADDING.name)
    fix = Fix("Wire padding from the Input", (Connect(wire),))
    return [Diagnostic("hint", "padding_untold", node.id, text, fix)]
