"""The definitions that a script brings along: what the engine runs, as text, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from playground.export.definitions import Definition, Module, read_module
from playground.export.error import ExportError
from playground.translation import tr

ROOTS: Mapping[str, str] = {
    "modules": "playground.engine.modules",
    "rules": "playground.engine.rules",
}
"""What the first part of a Call's target means, unless it is a module of its own."""
IMPORTED = frozenset({"nn", "torch", "F", "operator", "init"})
"""First parts of targets that scripts import from torch and Python."""
_OWN = (
    "Net examples evaluate main read EPOCHS BATCH DEVICE math np os torch nn F init operator Path "
    "net shuffle compare masks optimizer scaler order batches losses seen epoch group x y loss "
    "outputs part own count best plateau stopping x_train y_train x_val y_val train_loss val_loss"
)
OWN = frozenset(_OWN.split())
"""Names that a script defines itself, in its functions too."""


def is_own(target: str) -> bool:
    """Whether a Call's target is a definition whose source a script must bring along."""
    return target.partition(".")[0] not in IMPORTED


class Sources:
    """Collects definitions and the imports that they need.

    A definition brings along what it uses from its own package; everything else is imported.
    """

    def __init__(self) -> None:
        self.imports: set[str] = set()
        self._origins: dict[str, str] = dict.fromkeys(OWN, "the script")
        self._texts: dict[str, str] = {}
        self._taken: set[str] = set()

    @property
    def names(self) -> frozenset[str]:
        """The names of everything that was brought along."""
        return frozenset(self._origins)

    def of_target(self, target: str) -> str:
        """Bring along what a Call names ("modules.LSTM"); its name in the script."""
        root, _, name = target.rpartition(".")
        self._bring(ROOTS.get(root, root), name)
        return name

    def of(self, function: Callable[..., Any] | type) -> str:
        """Bring along a function or class; its name in the script."""
        if "." in function.__qualname__ or "<" in function.__qualname__:
            raise ExportError(
                tr(
                    "{name} of {module} cannot be exported: define it at the top of the module.",
                    name=function.__qualname__,
                    module=function.__module__,
                )
            )
        return self.named(function.__module__, function.__qualname__)

    def named(self, module: str, name: str) -> str:
        """Bring along a definition by its module and name; its name in the script."""
        self._bring(module, name)
        return name

    def take(self) -> list[str]:
        """The texts that were brought along since the last call, dependencies first."""
        found = [text for text in dict.fromkeys(self._texts.values()) if text not in self._taken]
        self._taken.update(found)
        return found

    def _bring(self, module: str, name: str) -> None:
        origin = f"{module}.{name}"
        if self._origins.get(name) == origin:
            return
        room = read_module(module)
        if name in room.definitions:
            if name in self._origins:
                raise ExportError(
                    tr(
                        "{one} and {other} have the same name in a script: rename one of them.",
                        one=origin,
                        other=self._origins[name],
                    )
                )
            self._origins[name] = origin
            definition = room.definitions[name]
            self._bring_needed(room, definition)
            self._texts[name] = definition.text
        elif name in room.imports:
            self._follow(module, name, room)
        else:
            raise ExportError(
                tr("Cannot export {name}: {module} does not define it.", name=name, module=module)
            )

    def _bring_needed(self, room: Module, definition: Definition) -> None:
        for needed in _in_order(room, definition.names):
            if needed in room.definitions:
                self._bring(room.name, needed)
            elif needed in room.imports:
                self._follow(room.name, needed, room)

    def _follow(self, module: str, name: str, room: Module) -> None:
        found = room.imports[name]
        package = found.module.partition(".")[0]
        if package not in ("playground", module.partition(".")[0]):
            self.imports.add(found.line)
        elif found.name and found.name == name:
            self._bring(found.module, name)
        else:
            raise ExportError(
                tr(
                    "Cannot export {module}: it uses “{line}”. Import the function itself, by its "
                    "own name.",
                    module=module,
                    line=found.line,
                )
            )


def _in_order(room: Module, names: Iterable[str]) -> list[str]:
    places = {name: place for place, name in enumerate((*room.imports, *room.definitions))}
    return sorted((name for name in names if name in places), key=places.__getitem__)
