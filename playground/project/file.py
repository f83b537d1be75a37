"""Read and write projects: a .nplay (zip) with weights, or a bare project.json. See FORMAT.md."""

from __future__ import annotations

import json
import lzma
import math
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from playground import plugins
from playground.catalog.datasets.dataset import Dataset
from playground.catalog.registry import explain, make, make_layer
from playground.graph.graph import Graph, shortened
from playground.project.migrations import LATEST, migrate, migrate_state
from playground.project.project import Project
from playground.project.training import Training
from playground.translation import tr, trn

PROJECT = "project.json"
STATE_NAMES = ("weights.safetensors", "training.safetensors", "training.json")
MAX_PROJECT_BYTES = 32 * 2**20
MAX_STATE_BYTES = 8 * 2**30
FREE_STATE_BYTES = 64 * 2**20
MAX_RATIO = 100
"""How far a state beyond FREE_STATE_BYTES may be packed: weights hardly shrink, a bomb does."""
MAX_DEPTH = 64
MAX_DIGITS = 30
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError)


class FileError(ValueError):
    """A file that cannot be read or written; the message says why and what to do."""


class UnavailableError(FileError):
    """The system did not let the file be read; nothing is known of its content."""


class NewerVersionError(FileError):
    """The file is whole, but a later version of Playground wrote it."""


@dataclass(frozen=True)
class Saved:
    """What a file holds: the project, how it was looked at, and the state of its training."""

    project: Project
    view: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, bytes] | None = None
    """Files of the engine's checkpoint by name; None if nothing was trained."""


def to_json(project: Project, view: Mapping[str, Any] | None = None) -> str:
    """The project as the text of project.json."""
    data: dict[str, Any] = {
        "format": "playground",
        "version": LATEST,
        "graph": project.graph.to_dict(),
        "data": project.data.to_dict(),
        "training": project.training.options(),
        "view": dict(view or {}),
    }
    if needed := plugins.origins(data):
        data["plugins"] = needed
    try:
        return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError) as error:
        raise FileError(
            tr("This project cannot be written as JSON: {reason}.", reason=error)
        ) from error


def from_json(text: str) -> Saved:
    """The project that the text of a project.json describes; raises FileError."""
    return _built(*_parsed(text))


def _parsed(text: str) -> tuple[dict[str, Any], int]:
    data = _plain_values(text)
    if not isinstance(data, dict) or data.get("format", "playground") != "playground":
        raise FileError(tr('This is not a Playground project: it has no "format": "playground".'))
    version = data.get("version", LATEST)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise FileError(
            tr(
                '"version" must be a number from 1 to {latest}, got {value}.',
                latest=LATEST,
                value=shortened(version),
            )
        )
    if version > LATEST:
        raise NewerVersionError(
            tr(
                "This project was made by a newer Playground (format {version}, this one reads up "
                "to {latest}). Update Playground, then open it again.",
                version=version,
                latest=LATEST,
            )
        )
    return data, version


def _built(data: dict[str, Any], version: int) -> Saved:
    try:
        return _build(migrate(data, version))
    except (ValueError, RecursionError) as error:
        raise FileError(str(error)) from error


def _plain_values(text: str) -> Any:
    try:
        data = json.loads(
            text, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_integer
        )
    except (ValueError, RecursionError) as error:
        raise FileError(tr("This is not JSON: {reason}.", reason=error)) from error
    layer: list[Any] = [data]
    for _ in range(MAX_DEPTH):
        layer = [inner for item in layer for inner in _inside(item)]
        if not layer:
            return data
    raise FileError(
        trn(
            "This JSON is nested deeper than {count} level.",
            "This JSON is nested deeper than {count} levels.",
            MAX_DEPTH,
        )
    )


def _inside(item: Any) -> Iterable[Any]:
    if isinstance(item, dict):
        return item.values()
    return item if isinstance(item, list) else ()


def _refuse_constant(name: str) -> float:
    raise ValueError(tr("{value} is not a number", value=name))


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(tr("{value} is too large a number", value=shortened(text)))
    return number


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(tr("{value} is too large a number", value=shortened(text)))
    return int(text)


def _build(data: Mapping[str, Any]) -> Saved:
    plugins.record(data.get("plugins"))
    graph = data.get("graph")
    if not isinstance(graph, dict):
        raise FileError(tr('The project has no "graph" with "nodes" and "edges".'))
    training = data.get("training", {})
    view = data.get("view", {})
    if not isinstance(training, dict) or not isinstance(view, dict):
        raise FileError(tr('"training" and "view" must be objects.'))
    project = Project(
        Graph.from_dict(graph, make_layer),
        _dataset(data.get("data", "moons")),
        _training(training),
    )
    return Saved(project, view)


def _dataset(value: object) -> Dataset:
    try:
        return make(Dataset, value)
    except ValueError as error:
        raise FileError(f'"data": {error}') from error


def _training(options: Mapping[str, Any]) -> Training:
    try:
        return Training(**options)
    except ValidationError as error:
        raise FileError(f'"training": {explain(error)}') from error


def read(path: str | os.PathLike[str], *, with_state: bool = True) -> Saved:
    """What a .nplay or a bare project.json holds; raises FileError.

    Without the state, a file is read whose project is whole and whose weights are damaged.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            raise FileError(tr("{path} is not a file.", path=path))
        with path.open("rb") as stream:
            start = stream.read(4)
        if start == b"PK\x03\x04":
            return _read_zip(path, with_state)
        if path.stat().st_size > MAX_PROJECT_BYTES:
            raise FileError(tr("{file} is too large for a project.json.", file=path.name))
        return from_json(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise UnavailableError(tr("File not found: {path}.", path=path)) from error
    except UnicodeDecodeError as error:
        raise FileError(
            tr("{file} is neither a .nplay nor a project.json.", file=path.name)
        ) from error
    except DAMAGED as error:
        reason = " ".join(str(error).split())
        reason = reason or type(error).__name__
        raise FileError(
            tr("{file} is damaged: {reason}.", file=path.name, reason=reason)
        ) from error
    except OSError as error:
        raise _unreadable(str(path), error.strerror or error) from error
    except FileError:
        raise
    except ValueError as error:  # a name that no file can have
        raise _unreadable(repr(str(path)), error) from error


def _unreadable(path: str, reason: object) -> UnavailableError:
    return UnavailableError(tr("{path} cannot be read: {reason}.", path=path, reason=reason))


def _unwritable(path: str, reason: object) -> FileError:
    return FileError(tr("{path} cannot be written: {reason}.", path=path, reason=reason))


def _read_zip(path: Path, with_state: bool) -> Saved:
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if PROJECT not in names:
            raise FileError(
                tr(
                    "{file} holds no {member}: it is not a Playground project.",
                    file=path.name,
                    member=PROJECT,
                )
            )
        text = _member(archive, PROJECT, MAX_PROJECT_BYTES).decode("utf-8")
        data, version = _parsed(text)
        saved = _built(data, version)
        if not with_state or not names.issuperset(STATE_NAMES):
            return saved
        state = {name: _member(archive, name, _state_limit(archive, name)) for name in STATE_NAMES}
    return Saved(saved.project, saved.view, migrate_state(data, state, version))


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    # Never more than `limit` is unpacked, whatever the archive claims.
    with archive.open(name) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise FileError(
            tr("{member} in this file is larger than {size} MiB.", member=name, size=limit // 2**20)
        )
    return data


def _state_limit(archive: zipfile.ZipFile, name: str) -> int:
    packed = MAX_RATIO * archive.getinfo(name).compress_size
    return min(MAX_STATE_BYTES, max(FREE_STATE_BYTES, packed))


def write(path: str | os.PathLike[str], saved: Saved) -> None:
    """Write a .nplay, or a bare project.json if the name ends in .json; all of it or nothing."""
    # half of a surrogate pair, which a keyboard can type, is no character that a file can hold
    text = to_json(saved.project, saved.view).encode(errors="replace")
    try:
        path = Path(os.path.realpath(path))  # a link stays a link
        handle, name = tempfile.mkstemp(prefix=".playground-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                if path.suffix == ".json":
                    stream.write(text)
                else:
                    state = saved.state or {}
                    _write_zip(stream, text, {n: state[n] for n in STATE_NAMES if n in state})
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
            os.replace(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(str(path), error.strerror or error) from error
    except ValueError as error:  # a name that no file can have
        raise _unwritable(repr(str(path)), error) from error


def _write_zip(stream: Any, text: bytes, state: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in {PROJECT: text, **state}.items():
            # No time is noted: the same project gives the same file, and a clock that stands
            # before 1980, which a zip cannot hold, does not keep one from saving.
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            archive.writestr(member, data, compresslevel=1)
