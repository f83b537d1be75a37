"""The content of a node on the canvas, as a value: equal cards are painted alike.

Sizes follow from the text and the number of units, not from a font, so that a layout made on one
machine looks the same on another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, sqrt
from typing import Literal

from playground.graph.diagnose import Diagnostic, Examined
from playground.graph.fix import Fix
from playground.graph.graph import Node
from playground.graph.layer import Port, required
from playground.graph.node import FLAGS
from playground.graph.shape import Shape
from playground.project.project import Project
from playground.translation import N_, tr

Body = Literal["plain", "maps", "firing", "preview", "curve"]
Tone = Literal["error", "warning", "pending"]

MIN_WIDTH, MAX_WIDTH = 136.0, 236.0
HEADER, PAD_LEFT, PAD_RIGHT, PAD_BOTTOM = 48.0, 15.0, 12.0, 13.0
TILES_WIDTH, TILE_GAP, MAX_TILES = 109.0, 3.0, 16
SQUARE, SQUARE_GAP, SQUARES_A_ROW = 10.5, 3.0, 8
PREVIEW = 90.0
CURVE_WIDTH, CURVE_HEIGHT = 168.0, 40.0
NOTE_WIDTH, NOTE_LINE, NOTE_GAP, NOTE_LINES = 214.0, 14.0, 7.0, 4
BUTTON_HEIGHT = 22.0
TITLE_CHAR, SUB_CHAR, NOTE_CHAR, PILL_CHAR = 8.4, 6.5, 5.7, 6.7
LINE_HEIGHT = 15.0
PORT_ROOM = 13.0
"""The least distance between ports, so that each can be seen and clicked."""

UNCONNECTED = {
    "unreachable": N_("not connected yet"),
    "leads_nowhere": N_("output not connected"),
}
STATES = {
    "is_frozen": N_("frozen"),
    "is_bypassed": N_("bypassed"),
    "is_recomputed": N_("recomputed"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """A diagnostic under a card: its severity, its text, and the fix that a click applies."""

    tone: Tone
    text: str
    fix: Fix | None = None


@dataclass(frozen=True)
class Card:
    """The texts, ports and body of a node, and the sizes that follow from them."""

    title: str
    sub: str
    family: str
    body: Body = "plain"
    units: int = 0
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    note: Note | None = None
    lines: int = 0
    tooltip: str = ""

    @property
    def tiles(self) -> int:
        """The number of units drawn as maps or squares."""
        return min(self.units, MAX_TILES)

    @property
    def columns(self) -> int:
        """The number of maps in a row."""
        return max(1, min(4, ceil(sqrt(self.tiles))))

    @property
    def tile(self) -> float:
        """The side of a map."""
        if self.tiles == 1:
            return 64.0
        return (TILES_WIDTH - TILE_GAP * (self.columns - 1)) / self.columns

    @cached_property
    def width(self) -> float:
        """The width without the note."""
        text = max(len(self.title) * TITLE_CHAR, len(self.sub) * SUB_CHAR)
        least = {"preview": PREVIEW + 30.0, "curve": CURVE_WIDTH}.get(self.body, MIN_WIDTH)
        return max(least, min(MAX_WIDTH, _even(text + PAD_LEFT + PAD_RIGHT)))

    @cached_property
    def height(self) -> float:
        """The height without the note."""
        inner = {
            "plain": 0.0,
            "maps": ceil(self.tiles / self.columns) * (self.tile + TILE_GAP) - TILE_GAP,
            "firing": ceil(self.tiles / SQUARES_A_ROW) * (SQUARE + SQUARE_GAP) - SQUARE_GAP,
            "preview": PREVIEW,
            "curve": CURVE_HEIGHT,
        }[self.body]
        header = HEADER if self.sub or self.body != "plain" else HEADER - 14
        extra = PAD_BOTTOM if inner else 5.0
        ports = (max(len(self.inputs), len(self.outputs)) + 1) * PORT_ROOM
        return _even(max(ports, header + inner + extra + self.lines * LINE_HEIGHT))

    @cached_property
    def size(self) -> tuple[float, float]:
        """Width and height including the note, for the layout."""
        if self.note is None:
            return self.width, self.height
        width, height = note_size(self)
        return max(self.width, width), self.height + NOTE_GAP + height

    def port_at(self, name: str, *, is_output: bool) -> tuple[float, float]:
        """The place of a port, relative to the top left corner of the card."""
        ports = self.outputs if is_output else self.inputs
        names = [port.name for port in required(ports)]
        others = [port.name for port in ports if port.is_optional]
        x = self.width if is_output else 0.0
        if name in others and len(names) == 1:
            # Below the port that a chain runs through, which stays in the middle.
            return x, self.height * (0.5 + 0.34 * (others.index(name) + 1) / len(others))
        every = names if len(names) == 1 else [*names, *others]
        rank = every.index(name) if name in every else 0
        return x, self.height * (rank + 1) / (max(1, len(every)) + 1)


def _even(value: float) -> float:
    return float(2 * round(value / 2))


def note_size(card: Card) -> tuple[float, float]:
    """Width and height of the note under a card; zero if there is none."""
    note = card.note
    if note is None:
        return 0.0, 0.0
    if note.tone == "warning":
        text = note.fix.label if note.fix else note.text
        return min(NOTE_WIDTH, len(text) * PILL_CHAR + 34.0), BUTTON_HEIGHT
    width = max(card.width, NOTE_WIDTH)
    lines = min(NOTE_LINES, ceil(len(note.text) * NOTE_CHAR / (width - 26.0)))
    button = BUTTON_HEIGHT + 8.0 if note.fix else 0.0
    return width, 16.0 + lines * NOTE_LINE + button


def card_of(
    project: Project,
    examined: Examined,
    node: Node,
    *,
    lines: int = 0,
    is_plane: bool | None = None,
) -> Card:
    """The card of a node, with room for `lines` lines of readings.

    `is_plane` is the result of `on_plane`, if the caller knows it.
    """
    if is_plane is None:
        is_plane = on_plane(project, examined)
    layer = node.layer
    findings = examined.at(node.id)
    body, units = _body(is_plane, examined, node)
    return Card(
        title=_title(project, node),
        sub=_sub(project, examined, node),
        family=layer.family,
        body=body,
        units=units,
        inputs=layer.inputs,
        outputs=layer.outputs,
        note=_note(findings),
        lines=lines if body == "plain" else 0,
        tooltip=_tooltip(node, findings),
    )


def _title(project: Project, node: Node) -> str:
    if not node.name and node.layer.role == "input":
        return tr(project.data.label).split(" (")[0]
    if not node.name and node.layer.role == "output":
        return tr(project.training.loss.label).split(" (")[0]
    return node.title


def _sub(project: Project, examined: Examined, node: Node) -> str:
    if node.layer.role == "input":
        return _data_size(project, examined, node)
    if node.layer.role == "output":
        return tr("loss")
    if node.id not in examined.inputs:
        return ""
    inputs = examined.inputs[node.id]
    text = node.layer.summary(*inputs)
    out = _out_shape(examined, node)
    if not text and out is not None:
        text = out.example
    count = examined.parameters.get(node.id, 0)
    states = [tr(STATES[flag]) for flag in FLAGS if getattr(node, flag)]
    return " · ".join(p for p in (text, count_text(count) if count else "", *states) if p)


def _data_size(project: Project, examined: Examined, node: Node) -> str:
    shape = _out_shape(examined, node)
    features = "" if shape is None else shape.example
    total = getattr(project.data, "count", None)
    if not isinstance(total, int) or total < 2:
        return features
    validation = min(max(1, round(total * project.data.validation)), total - 1)
    counts = f"{total - validation} + {validation}"
    return f"{counts} × {features}" if features else counts


def count_text(count: int) -> str:
    """A short text for a number of parameters: "48 p", "1.2M p"."""
    if count >= 1_000_000:
        return tr("{millions}M p", millions=f"{count / 1_000_000:.3g}")
    if count >= 100_000:
        return tr("{thousands}k p", thousands=f"{count / 1000:.0f}")
    return tr("{count} p", count=f"{count:,}")


def _out_shape(examined: Examined, node: Node) -> Shape | None:
    ports = node.layer.outputs
    return examined.shapes.get((node.id, ports[0].name)) if ports else None


def _body(is_plane: bool, examined: Examined, node: Node) -> tuple[Body, int]:
    if node.layer.role == "input":
        return "preview", 0
    if node.layer.role == "output":
        return "curve", 0
    out = _out_shape(examined, node)
    if out is None or not out.dims or not isinstance(out.dims[0], int):
        return "plain", 0
    units = out.dims[0]
    if is_plane and out.rank == 1 and _computes(node):
        return "maps", units
    return ("firing", units) if node.layer.is_rectifier else ("plain", 0)


def _computes(node: Node) -> bool:
    # The maps of a merge or a dropout would repeat those of its inputs.
    return node.layer.is_activation or node.layer.family == "Dense"


def on_plane(project: Project, examined: Examined) -> bool:
    """Whether the data has two features, so that the output of a unit can be drawn as a map."""
    for node in project.graph.input_nodes:
        shape = _out_shape(examined, node)
        return shape is not None and shape.dims == (2,) and shape.dtype == "float"
    return False


def _note(findings: tuple[Diagnostic, ...]) -> Note | None:
    ranks = {"error": 0, "warning": 1}
    worst = sorted((d for d in findings if d.severity in ranks), key=lambda d: ranks[d.severity])
    if not worst:
        return None
    found = worst[0]
    if found.code in UNCONNECTED:
        # The network is still being built: a button that deletes the layer would be in the way.
        return Note("warning", tr(UNCONNECTED[found.code]))
    if found.code == "missing_input":
        # Unfinished, not wrong: red marks errors only.
        return Note("pending", found.message, found.fix)
    return Note("error" if found.severity == "error" else "warning", found.message, found.fix)


def _tooltip(node: Node, findings: tuple[Diagnostic, ...]) -> str:
    messages = "\n".join(d.message for d in findings)
    return messages or f"{tr(node.layer.label)}: {tr(node.layer.help())}"
