"""Blocks made of a selection: a layer whose parts and ports are given by its content."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import BeforeValidator, Field, create_model, field_validator

from playground.catalog.registry import make_layer
from playground.graph.block import BlockLayer, Goal, Parts, Place
from playground.graph.graph import (
    MAX_EDGES,
    Edge,
    Graph,
    GraphError,
    Node,
    input_port,
    output_port,
    shortened,
)
from playground.graph.layer import Layer, Port, UnknownLayer
from playground.graph.node import list_of_dicts, refuse_taken
from playground.graph.shape import Shape
from playground.translation import N_, tr, trn

OWN = "Saved blocks"
MAX_NAMED = 6
MAX_PORT_NAME = 150
"""Letters; an id and the name of a port fit into it."""


def _as_text(data: object) -> object:
    # Kept as text, which can be compared and hashed; written to files as plain values.
    return json.dumps(data) if isinstance(data, dict) else data


@lru_cache(maxsize=1024)
def _read(text: str) -> Parts:
    try:
        data = json.loads(text)
        if not isinstance(data, dict):
            raise ValueError(tr("they must be an object, got {got}", got=shortened(data)))
        if "output" in data:
            data = _with_names(data)
        graph = Graph.from_dict(data, make_layer)
        inputs = {
            _name(item): tuple(_goal(graph, goal) for goal in item["to"])
            for item in list_of_dicts(data, "inputs", MAX_EDGES)
        }
        outputs = {
            _name(item): _origin(graph, item["from"])
            for item in list_of_dicts(data, "outputs", MAX_EDGES)
        }
        goals = [goal for found in inputs.values() for goal in found]
        refuse_taken(graph.nodes, [*graph.edges, *(Edge("", i, "", p) for i, p, *_ in goals)])
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise ValueError(
            tr("the layers of this block cannot be read: {error}", error=error)
        ) from error
    if not inputs or not outputs:
        raise ValueError(tr("a block needs an input and an output"))
    return Parts(graph, inputs, outputs)


def _with_names(data: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a block in the older form with one input and one output."""
    new = {
        "inputs": [{"name": "in", "to": data["inputs"]}],
        "outputs": [{"name": "out", "from": data["output"]}],
    }
    return {**data, **new}


def _name(item: Mapping[str, Any]) -> str:
    name = item["name"]
    if not isinstance(name, str) or not 0 < len(name) <= MAX_PORT_NAME:
        raise ValueError(tr("a port of the block cannot be called {name}", name=shortened(name)))
    return name


def _part(graph: Graph, place: Sequence[Any]) -> Node:
    if place[0] not in graph.nodes:
        raise ValueError(tr("the block has no layer {part}", part=shortened(place[0])))
    return graph.nodes[place[0]]


def _goal(graph: Graph, data: Sequence[Any]) -> Goal:
    node, port = _part(graph, data), str(data[1])
    found = input_port(node.layer, port)
    if found is None and not isinstance(node.layer, UnknownLayer):
        raise ValueError(
            tr("part '{part}' has no input called {port}", part=node.id, port=shortened(port))
        )
    if len(data) == 2:
        return node.id, port
    rank = data[2]
    if isinstance(rank, bool) or not isinstance(rank, int) or not 0 <= rank <= MAX_EDGES:
        raise ValueError(
            tr("the rank of a wire must be a whole number, got {got}", got=shortened(rank))
        )
    return node.id, port, rank


def _origin(graph: Graph, data: Sequence[Any]) -> Place:
    node, port = _part(graph, data), str(data[1])
    if output_port(node.layer, port) is None and not isinstance(node.layer, UnknownLayer):
        raise ValueError(
            tr("part '{part}' has no output called {port}", part=node.id, port=shortened(port))
        )
    return node.id, port


def _written(parts: Parts) -> str:
    inputs = [{"name": n, "to": [list(goal) for goal in to]} for n, to in parts.inputs.items()]
    outputs = [{"name": n, "from": list(place)} for n, place in parts.outputs.items()]
    content = {**parts.graph.to_dict(), "inputs": inputs, "outputs": outputs}
    return json.dumps(content, sort_keys=True)


@lru_cache(maxsize=1024)
def _ports(content: str, side: Literal["inputs", "outputs"]) -> tuple[Port, ...]:
    parts = _read(content)
    if side == "inputs":
        ends = {name: goals[0][0] for name, goals in parts.inputs.items() if goals}
        return tuple(Port(name, help=_leads(parts, "to", ends.get(name))) for name in parts.inputs)
    ends = {name: place[0] for name, place in parts.outputs.items()}
    return tuple(Port(name, help=_leads(parts, "from", ends[name])) for name in parts.outputs)


def _leads(parts: Parts, way: str, part: str | None) -> str:
    if part is None or len(parts.inputs) == len(parts.outputs) == 1:
        return ""
    title = parts.graph.nodes[part].title
    text = N_("Leads to {layer}.") if way == "to" else N_("Comes from {layer}.")
    return tr(text, layer=title)


class _Ports:
    """Descriptor for the ports of a block, from its content; on the class, of the default one."""

    def __init__(self, side: Literal["inputs", "outputs"]) -> None:
        self._side = side

    def __get__(self, block: SavedBlock | None, kind: type[SavedBlock]) -> tuple[Port, ...]:
        content = kind.model_fields["content"].default if block is None else block.content
        return _ports(content, self._side)


DEFAULT = json.dumps(
    {
        "nodes": [
            {"id": "linear1", "kind": "Linear", "options": {"out_features": 8}},
            {"id": "relu1", "kind": "ReLU", "x": 190},
        ],
        "edges": [{"source": "linear1", "target": "relu1"}],
        "inputs": [{"name": "in", "to": [["linear1", "in"]]}],
        "outputs": [{"name": "out", "from": ["relu1", "out"]}],
    }
)


class SavedBlock(BlockLayer):
    """A custom block made of selected layers. It can be copied, reused in other projects, and
    replaced by its layers again. Every wire into the selection becomes an input, every wire out of
    it an output."""

    kind: ClassVar[str] = "Block"
    label: ClassVar[str] = "Saved block"
    family: ClassVar[str] = "Blocks"
    short: ClassVar[str] = "block"
    aliases: ClassVar[tuple[str, ...]] = ("group", "macro", "subgraph")
    formula: ClassVar[str] = r"y = f_n(\dots f_1(x))"
    letters: ClassVar[str] = "f₁ to f_n the layers inside"
    when: ClassVar[str] = "To use a part of a network several times, and to keep the canvas tidy."
    pitfall: ClassVar[str] = "Copies do not share weights: each is trained separately."
    source: ClassVar[str] = "made of a selection"
    order: ClassVar[int] = 99
    has_own_parts: ClassVar[bool] = True
    inputs: ClassVar[tuple[Port, ...]] = cast(Any, _Ports("inputs"))
    outputs: ClassVar[tuple[Port, ...]] = cast(Any, _Ports("outputs"))

    name: str = Field("Block", max_length=80, title="Name", description="The name of the block.")
    content: Annotated[str, BeforeValidator(_as_text)] = Field(
        DEFAULT,
        max_length=4_000_000,
        title="Parts",
        description="The layers of the block with their options.",
        json_schema_extra={"hidden": True},
        validate_default=True,
    )

    @field_validator("content")
    @classmethod
    def _in_one_form(cls, value: str) -> str:
        # However old or by hand it is written: two blocks of the same parts are the same value.
        return _written(_read(value))

    def options(self) -> dict[str, Any]:
        """The parts as plain values, not as text in text."""
        return {"name": self.name, "content": json.loads(self.content)}

    def parts(self, *inputs: Shape) -> Parts:
        """What it was made of."""
        return _read(self.content)

    def summary(self, *inputs: Shape) -> str:
        """How many layers it holds, those of blocks within counted one by one."""
        return trn("{count} layer", "{count} layers", _count(self.parts()))

    def with_part_options(self, path: Sequence[str], **options: Any) -> SavedBlock:
        """With some options of a part changed; raises pydantic's ValidationError.

        `path` leads to the part by its id, through the blocks that it lies within.
        """
        parts = self.parts()
        layer = parts.graph.nodes[path[0]].layer
        if len(path) > 1 and isinstance(layer, SavedBlock):
            changed: Layer = layer.with_part_options(path[1:], **options)
        else:
            changed = layer.with_options(**options)
        graph = parts.graph.set_layer(path[0], changed)
        found: SavedBlock = self.with_options(content=_written(replace(parts, graph=graph)))
        return found


def saved_block(name: str, parts: Parts) -> Layer:
    """A block made of a selection; raises GraphError if the name is not valid."""
    try:
        return SavedBlock(name=name.strip(), content=_written(parts))
    except ValueError as error:
        raise GraphError(tr("Give the block a name of at most 80 characters.")) from error


class OwnBlock(SavedBlock):
    """The base of saved blocks in the palette; in a file they are blocks like any other."""

    kind: ClassVar[str] = ""
    family: ClassVar[str] = OWN
    order: ClassVar[int] = 100

    def to_dict(self) -> dict[str, Any]:
        """As a plain block, so that a file can be opened if this one is not saved."""
        return {"kind": SavedBlock.kind, **self.options()}


def user_block(name: str, content: str) -> type[OwnBlock]:
    """The class that the palette offers for a saved block; raises ValueError."""
    content = SavedBlock(name=name, content=content).content
    made = create_model(
        "OwnBlock",
        __base__=OwnBlock,
        __module__="own",
        __doc__=_description(_read(content)),
        name=(str, Field(name, max_length=80, title="Name", description="The name of the block.")),
        content=(str, Field(content, title="Parts", json_schema_extra={"hidden": True})),
    )
    made.kind = f"{SavedBlock.kind}:{name}"
    made.label = name
    return made


def _count(parts: Parts) -> int:
    layers = [node.layer for node in parts.graph.nodes.values()]
    return sum(_count(x.parts()) if isinstance(x, SavedBlock) else 1 for x in layers)


def _description(parts: Parts) -> str:
    titles = [parts.graph.nodes[node_id].title for node_id in parts.graph.order]
    held = ", ".join(titles[:MAX_NAMED]) + (", …" if len(titles) > MAX_NAMED else "")
    count = _count(parts)
    found = [
        trn(
            "A saved block of {count} layer: {held}.",
            "A saved block of {count} layers: {held}.",
            count,
            held=held,
        )
    ]
    if len(parts.inputs) > 1:
        found.append(tr("Its inputs are {names}.", names=", ".join(parts.inputs)))
    if len(parts.outputs) > 1:
        found.append(tr("Its outputs are {names}.", names=", ".join(parts.outputs)))
    return " ".join([*found, tr("Open it to see and change its layers.")])
