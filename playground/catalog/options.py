"""The options of a declaration as data: what a form, the catalog and the reference show."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import Field
from pydantic.fields import FieldInfo

from playground.catalog.registry import declared, plural
from playground.graph.declaration import Declaration

OptionType = Literal[
    "int", "float", "bool", "choice", "text", "declaration", "ints", "floats", "texts", "path"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Among:
    """Annotation of an option: only the declarations that it allows can be chosen."""

    allows: Callable[[type[Declaration]], bool]


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its name, what it may be, and what it means."""

    name: str
    title: str
    value_type: OptionType
    default: Any
    help: str
    low: float | None = None
    low_is_open: bool = False
    high: float | None = None
    high_is_open: bool = False
    choices: tuple[Any, ...] = ()
    words: tuple[str, ...] = ()
    """For numbers: what may be written in place of one, or of several: "same" for a padding."""
    picks: type[Declaration] | None = None
    """For "declaration": the category to choose from, for example Initializer."""
    among: Among | None = None
    is_optional: bool = False
    is_live: bool = False
    """Whether it takes effect while training runs, without a restart."""
    is_log: bool = False
    """Whether a slider over it should be logarithmic."""
    only_with: tuple[str, Any] | None = None
    """Another option and its value, without which this one has no effect."""

    def counts_for(self, declaration: Declaration) -> bool:
        """Whether it has an effect there, as the other options are set."""
        if self.only_with is None:
            return True
        name, value = self.only_with
        return bool(getattr(declaration, name) == value)

    def kinds(self) -> Mapping[str, type[Declaration]]:
        """For "declaration": what can be chosen, by kind."""
        if self.picks is None:
            return {}
        found = declared(self.picks)
        if self.among is None:
            return found
        return {name: kind for name, kind in found.items() if self.among.allows(kind)}

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for `playground catalog --json`."""
        default = self.default
        found = {
            "name": self.name,
            "title": self.title,
            "type": self.value_type,
            "default": default.to_dict() if isinstance(default, Declaration) else default,
            "help": self.help,
            "choices": list(self.choices) or None,
            "words": list(self.words) or None,
            "picks": plural(self.picks) if self.picks else None,
            "kinds": list(self.kinds()) if self.among else None,
            "is_optional": self.is_optional or None,
            "is_live": self.is_live or None,
            "only_with": dict([self.only_with]) if self.only_with else None,
            "minimum": self.low,
            "minimum_is_open": self.low_is_open or None,
            "maximum": self.high,
            "maximum_is_open": self.high_is_open or None,
        }
        return {name: value for name, value in found.items() if value is not None}


def live(
    default: Any, title: str, text: str, *, is_log: bool = False, rank: int = 0, **bounds: Any
) -> Any:
    """An option that takes effect while training runs, without a restart.

    `text` says what it does, `is_log` gives it a logarithmic slider, and a higher `rank` a later
    place in the form. Bounds are pydantic's: ge, gt, le and lt.
    """
    marks: dict[str, Any] = {"live": True, "log": is_log, "rank": rank}
    return Field(default, title=title, description=text, json_schema_extra=marks, **bounds)


def options_of(declaration: type[Declaration]) -> tuple[Option, ...]:
    """The options of a declaration as declared, those with a later "rank" after the others."""
    order = declaration.option_order
    fields = sorted(
        declaration.model_fields.items(),
        key=lambda item: (
            order.index(item[0]) if item[0] in order else len(order),
            _extra(item[1]).get("rank", 0),
        ),
    )
    shown = [(name, field) for name, field in fields if not _extra(field).get("hidden")]
    return tuple(_option(name, field) for name, field in shown)


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _option(name: str, field: FieldInfo) -> Option:
    value_type, choices, picks, is_optional = _type(field.annotation, field)
    bounds = _bounds(field)
    extra = _extra(field)
    return Option(
        name=name,
        title=field.title or name.replace("_", " ").capitalize(),
        value_type=_override(extra, value_type),
        default=None if field.is_required() else field.get_default(call_default_factory=True),
        help=field.description or "",
        choices=choices,
        words=_words(field.annotation),
        picks=picks,
        among=next((item for item in field.metadata if isinstance(item, Among)), None),
        is_optional=is_optional,
        is_live=bool(extra.get("live", False)),
        is_log=bool(extra.get("log", False)),
        only_with=tuple(extra["only_with"]) if "only_with" in extra else None,
        **bounds,
    )


def _override(extra: dict[str, Any], value_type: OptionType) -> OptionType:
    return "path" if extra.get("sort") == "path" else value_type


def _bounds(field: FieldInfo) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in (*field.metadata, *_inner_metadata(field.annotation)):
        if isinstance(item, annotated_types.Ge):
            found |= {"low": item.ge}
        elif isinstance(item, annotated_types.Gt):
            found |= {"low": item.gt, "low_is_open": True}
        elif isinstance(item, annotated_types.Le):
            found |= {"high": item.le}
        elif isinstance(item, annotated_types.Lt):
            found |= {"high": item.lt, "high_is_open": True}
    return found


def _inner_metadata(annotation: Any) -> list[Any]:
    # int | "same" has its bounds within the union: they bind the number alone.
    parts = get_args(annotation) if _is_union(annotation) else ()
    several = [get_args(inner)[0] for inner in map(_bare, parts) if _origin(inner) is tuple]
    annotated = [get_args(part)[1:] for part in (*parts, *several) if get_origin(part) is Annotated]
    found = [item for items in annotated for item in items]
    return [m for item in found for m in (item.metadata if isinstance(item, FieldInfo) else [item])]


def _origin(annotation: Any) -> Any:
    return get_origin(annotation)


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _words(annotation: Any) -> tuple[str, ...]:
    if not _is_union(annotation):
        return ()
    literals = [part for part in get_args(annotation) if get_origin(part) is Literal]
    return tuple(word for part in literals for word in get_args(part))


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def _type(
    annotation: Any, field: FieldInfo
) -> tuple[OptionType, tuple[Any, ...], type[Declaration] | None, bool]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _type(get_args(annotation)[0], field)
    if _is_union(annotation):
        inner = [a for a in get_args(annotation) if a is not type(None)]
        # "none" | numbers are numbers, with words that stand for some.
        inner.sort(key=lambda part: _origin(part) is Literal)
        value_type, choices, picks, _ = _type(inner[0], field)
        return value_type, choices, picks, len(inner) < len(get_args(annotation))
    if origin is Literal:
        return "choice", get_args(annotation), None, False
    if origin is tuple:
        several: dict[Any, OptionType] = {int: "ints", float: "floats"}
        return several.get(_bare(get_args(annotation)[0]), "texts"), (), None, False
    if isinstance(annotation, type) and issubclass(annotation, Declaration):
        return "declaration", (), annotation, False
    plain: dict[Any, OptionType] = {bool: "bool", int: "int", float: "float"}
    return plain.get(annotation, "text"), (), None, False
