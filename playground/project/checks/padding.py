"""Whether layers treat the token as padding with which the data set fills short examples."""

from __future__ import annotations

from playground.catalog.layers.base.padding_port import PADDING
from playground.graph.diagnose import Diagnostic, Examined
from playground.graph.fix import Connect, Fix, SetOptions, Unplug
from playground.graph.graph import Edge, Node
from playground.project.project import Project
from playground.translation import tr


def against_padding(project: Project, examined: Examined) -> list[Diagnostic]:
    """Layers that treat another token as padding than the data set, or that ignore padding."""
    if not project.data.vocabulary():
        return []
    found = []
    for node in project.graph.nodes.values():
        if node.is_bypassed or not node.layer.padding_option:
            continue
        is_connected = bool(project.graph.incoming(node.id, PADDING.name))
        if is_connected or PADDING not in node.layer.inputs:
            found += _differs(project, node, node.layer.options()[node.layer.padding_option])
        else:
            found += _unconnected(project, node, examined)
    return found


def _differs(project: Project, node: Node, taken: int | None) -> list[Diagnostic]:
    own = project.data.padding()
    if taken is None or taken == own:
        return []
    option, names = node.layer.padding_option, {"layer": node.title, "data": _data(project)}
    if own is not None:
        text = tr(
            "{layer} treats {token} as padding, but {data} is padded with {padding}.",
            token=_token(project, taken),
            padding=_token(project, own),
            **names,
        )
        label = tr("Set padding token to {token}", token=own)
        fix = Fix(label, (SetOptions(((option, own),), node.id),))
    elif PADDING not in node.layer.inputs:
        text = tr(
            "{layer} treats {token} as padding and learns no vector for it, but {data} has no "
            "padding.",
            token=_token(project, taken),
            **names,
        )
        fix = Fix(tr("Remove padding token"), (SetOptions(((option, None),), node.id),))
    else:
        text = tr(
            "{layer} treats {token} as padding and leaves it out, but {data} has no padding. "
            "Remove the wire to its padding input.",
            token=_token(project, taken),
            **names,
        )
        fix = Fix(tr("Remove this wire"), (Unplug(node.layer.inputs.index(PADDING), node.id),))
    return [Diagnostic("warning", "padding_differs", node.id, text, fix)]


def _data(project: Project) -> str:
    return tr(project.data.label).split(" (")[0]


def _token(project: Project, token: int) -> str:
    words = project.data.vocabulary()
    if token < len(words):
        return tr("token {number} (“{word}”)", number=token, word=words[token])
    return tr("token {number}", number=token)


def _unconnected(project: Project, node: Node, examined: Examined) -> list[Diagnostic]:
    starts, shapes = project.graph.input_nodes, examined.inputs.get(node.id)
    if project.data.padding() is None or not starts or shapes is None:
        return []
    if shapes[-1].dims[:1] != project.data.features().dims:
        return []  # it looks at another sequence than the tokens
    text = tr(
        "Short examples are filled up with padding, and {layer} treats it as part of them. Connect "
        "the Input to its padding input.",
        layer=node.title,
    )
    wire = Edge(starts[0].id, node.id, starts[0].layer.outputs[0].name, PADDING.name)
    fix = Fix(tr("Connect {port} to the Input", port=PADDING.name), (Connect(wire),))
    return [Diagnostic("hint", "padding_untold", node.id, text, fix)]
