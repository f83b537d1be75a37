"""Discovery: the classes that the folders of the program and installed plug-ins define.

A plug-in is a package that another distribution installs under the entry point group
`playground.plugins`: `acme = "acme_layers"` makes the package `acme_layers` the plug-in `acme`.
Each of its parts is optional and is imported only by the process that needs it:

    acme_layers/catalog      declarations: layers, losses, data sets, ...    everywhere
    acme_layers/modules      nn.Module classes that its layers call          the engine
    acme_layers/probes       probes                                          the engine
    acme_layers/panels       panels                                          the window
    acme_layers/templates    starter projects, *.json                        everywhere

Every kind, key and file name in it starts with the plug-in's name: "acme.Sine". A part that fails
is logged, listed by `failures` and left out; it never keeps the program from starting.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from importlib.util import find_spec
from types import ModuleType
from typing import TypeVar

C = TypeVar("C")

GROUP = "playground.plugins"
PARTS = ("catalog", "modules", "probes", "panels", "templates")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
ORIGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}( [A-Za-z0-9.+!_-]{1,40})?")

log = logging.getLogger(__name__)


class PluginError(ValueError):
    """A plug-in breaks a rule of plug-ins; the message says which."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """An installed plug-in: its name, its package, and the distribution it was installed from."""

    name: str
    package: str
    distribution: str
    version: str

    @property
    def origin(self) -> str:
        """The distribution with its version, as files record it: "acme-layers 1.0"."""
        return f"{self.distribution} {self.version}".strip()


@dataclass(frozen=True, slots=True)
class Failure:
    """A part of a plug-in that was left out, and why."""

    plugin: str
    part: str
    message: str


_failures: dict[tuple[str, str], Failure] = {}
_recorded: dict[str, str] = {}
"""By the name of a plug-in, the distribution that opened files say it came from."""


def failures() -> tuple[Failure, ...]:
    """What was left out in this process so far."""
    return tuple(_failures.values())


@cache
def installed() -> tuple[Plugin, ...]:
    """Every installed plug-in, by name."""
    found: dict[str, Plugin] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        plugin = _plugin(point)
        if not NAME.fullmatch(point.name) or not NAME.fullmatch(point.value):
            _note(plugin, "name", f"{point.name} = {point.value!r} is not a name and a package")
        elif found.setdefault(point.name, plugin) != plugin:
            other = found[point.name].distribution
            _note(plugin, "name", f"{other} has installed a plug-in of this name already")
    return tuple(found.values())


def _plugin(point: EntryPoint) -> Plugin:
    of = point.dist
    return Plugin(point.name, point.value, of.name if of else point.value, of.version if of else "")


def plugin_of(kind: str) -> Plugin | None:
    """The plug-in that a kind belongs to: that of "acme.Sine" is acme; None if none does."""
    name, dot, _ = kind.partition(".")
    return next((plugin for plugin in installed() if dot and plugin.name == name), None)


def plugin_of_package(package: str) -> Plugin | None:
    """The plug-in that a package is; None if it is none."""
    return next((plugin for plugin in installed() if plugin.package == package), None)


def record(origins: object) -> None:
    """Remember the "plugins" of a project file, so that what is missing can be named."""
    if isinstance(origins, dict):
        texts = {n: o for n, o in origins.items() if isinstance(n, str) and isinstance(o, str)}
        _recorded.update({n: o for n, o in texts.items() if ORIGIN.fullmatch(o)})


def missing_package(kind: str) -> str:
    """The package that a kind is said to come from, if that plug-in is not installed, or ""."""
    name, dot, _ = kind.partition(".")
    is_missing = dot and NAME.fullmatch(name) and plugin_of(kind) is None
    return _recorded.get(name, name) if is_missing else ""


def origins(value: object) -> dict[str, str]:
    """For plain values with kinds in them: the plug-ins they need, and where those came from."""
    inner: Iterable[object] = ()
    found: dict[str, str] = {}
    if isinstance(value, dict):
        inner, kind = value.values(), value.get("kind")
        if isinstance(kind, str) and "." in kind:
            name, plugin = kind.partition(".")[0], plugin_of(kind)
            origin = plugin.origin if plugin else _recorded.get(name)
            found = {name: origin} if origin else {}
    elif isinstance(value, list | tuple):
        inner = value
    for item in inner:
        found |= origins(item)
    return dict(sorted(found.items()))


@contextmanager
def left_out_if_it_fails(plugin: Plugin, part: str) -> Iterator[None]:
    """Log an exception raised by a plug-in, and leave out that part of it."""
    try:
        yield
    except (Exception, SystemExit) as error:  # one that calls sys.exit ends nothing but itself
        _note(plugin, part, f"{type(error).__name__}: {' '.join(str(error).split())}")


def classes_of(
    package: ModuleType,
    part: str,
    base: type[C],
    attribute: str,
    scope: Callable[[type[C]], object] = lambda one: None,
) -> tuple[type[C], ...]:
    """The classes below `base` that a package of the program and that part of plug-ins define.

    A class counts if it sets `attribute`, its kind or key, which must be unique within its scope.
    """
    found = list(defined_in(package, base, attribute))
    for plugin in installed():
        with left_out_if_it_fails(plugin, part):
            name = f"{plugin.package}.{part}"
            if find_spec(name) is not None:
                classes = list(defined_in(importlib.import_module(name), base, attribute))
                check_names(plugin, [(scope(c), str(getattr(c, attribute))) for c in classes])
                found += classes
    return tuple(found)


def defined_in(package: ModuleType, base: type[C], attribute: str) -> Iterator[type[C]]:
    """The classes below `base` that a module defines, or all modules of a package."""
    yield from _classes(package, base, attribute)
    for info in pkgutil.walk_packages(getattr(package, "__path__", ()), package.__name__ + "."):
        yield from _classes(importlib.import_module(info.name), base, attribute)


def _classes(module: ModuleType, base: type[C], attribute: str) -> Iterator[type[C]]:
    for value in vars(module).values():
        if not isinstance(value, type) or not issubclass(value, base):
            continue
        if value.__module__ == module.__name__ and vars(value).get(attribute):
            yield value


def check_names(plugin: Plugin, names: Iterable[tuple[object, str]]) -> None:
    """Raise PluginError for a name that is not the plug-in's own, or is twice in one scope."""
    seen: set[tuple[object, str]] = set()
    for scope, name in names:
        if not name.startswith(f"{plugin.name}.") or name.endswith("."):
            raise PluginError(f"{name!r} must start with {plugin.name + '.'!r}")
        if (scope, name) in seen:
            raise PluginError(f"{name!r} is declared twice")
        seen.add((scope, name))


def texts_of(part: str, suffix: str) -> Iterator[tuple[Plugin, str, str]]:
    """The text files of a part of every plug-in: plug-in, name without the suffix, text."""
    for plugin in installed():
        found: dict[str, str] = {}
        with left_out_if_it_fails(plugin, part):
            folder = files(plugin.package) / part
            if folder.is_dir():
                found = {
                    entry.name.removesuffix(suffix): entry.read_text(encoding="utf-8")
                    for entry in folder.iterdir()
                    if entry.name.endswith(suffix)
                }
            check_names(plugin, ((None, name) for name in found))
            yield from ((plugin, name, text) for name, text in found.items())


def _note(plugin: Plugin, part: str, message: str) -> None:
    failure = Failure(plugin.name, part, message)
    if _failures.get((plugin.name, part)) != failure:
        _failures[plugin.name, part] = failure
        log.warning("Plug-in %s (%s) skipped: %s: %s", plugin.name, plugin.origin, part, message)
