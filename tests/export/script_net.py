"""The class Net of an exported script, run on its own imports and definitions alone."""

from __future__ import annotations

from typing import Any

from playground.export.net import IMPORTS, net_source
from playground.export.sources import Sources
from playground.graph.diagnose import Examined
from playground.graph.graph import Graph


def script_names(graph: Graph, examined: Examined) -> dict[str, Any]:
    """The names that the script's net defines, Net among them."""
    sources = Sources()
    source = net_source(graph, examined, sources)
    definitions = sources.take()
    imports = {IMPORTS[name] for name in source.imports | {"torch", "nn"}} | sources.imports
    room: dict[str, Any] = {}
    exec("\n\n".join([*sorted(imports), *definitions, source.text]), room)
    return room
