"""One panel a file; a new file is found by itself."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from playground.app.panels.base import Panel


@cache
def found() -> tuple[type[Panel], ...]:
    """Every panel, in the order in which they are shown."""
    for module in pkgutil.iter_modules(__path__, __name__ + "."):
        importlib.import_module(module.name)
    panels = [panel for panel in Panel.__subclasses__() if panel.__module__.startswith(__name__)]
    return tuple(sorted(panels, key=lambda panel: (panel.order, panel.key)))
