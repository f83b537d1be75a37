"""Definitions come along with a script as text: those that it uses, and what they need."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from playground.engine import labels, modules, patience, rules, tokens, weight_limits
from playground.export.error import ExportError
from playground.export.sources import Sources

OWN = sorted(
    (module.__name__, name)
    for module in (labels, modules, patience, rules, tokens, weight_limits)
    for name, found in vars(module).items()
    if getattr(found, "__module__", "") == module.__name__
)


@pytest.mark.parametrize(("module", "name"), OWN)
def test_that_a_source_stands_alone_on_the_imports_it_needs(module: str, name: str) -> None:
    sources = Sources()
    sources.named(module, name)
    room: dict[str, object] = {}
    texts = sources.take()
    exec("\n".join(sorted(sources.imports)), room)
    exec("\n\n".join(texts), room)
    assert name in room
    assert ast.parse(texts[-1])


def test_that_what_a_layer_needs_comes_before_it_and_nothing_else_comes() -> None:
    def defined(*wanted: str) -> list[str]:
        sources = Sources()
        for name in wanted:
            sources.of_target(f"modules.{name}")
        return [text.split("(")[0].split(":")[0].split()[1] for text in sources.take()]

    assert defined("SelfAttention") == ["MultiheadAttention", "SelfAttention"]
    assert defined("LSTM") == ["Recurrent", "LSTM"]
    assert defined("Mean", "Step") == ["Mean", "Step"]
    assert defined() == []


def test_that_each_definition_comes_once() -> None:
    sources = Sources()
    sources.of_target("modules.LSTM")
    assert len(sources.take()) == 2
    sources.of_target("modules.GRU")
    assert [text.split("(")[0] for text in sources.take()] == ["class GRU"]


def test_that_sources_are_found_without_torch() -> None:
    text = (
        "import sys; from playground.export.sources import Sources; "
        "Sources().of_target('modules.LSTM'); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", text], timeout=60).returncode == 0


PACKAGE = {
    "__init__.py": "",
    "sizes.py": "LIMIT: int = 3\n\n\ndef doubled(x):\n    return 2 * x\n",
    "layers.py": """\
from __future__ import annotations

import math
from typing import Literal

import numpy as np
import torch

from acme_room.sizes import LIMIT, doubled

Way = Literal["up", "down"]


def wave(
    x: np.ndarray,
    # which way it goes
    way: Way = "up",
    *,
    turns: float = 1.0,
) -> np.ndarray:
    \"\"\"A wave – über alles.\"\"\"
    LIMIT_ = min(LIMIT, doubled(turns))
    return np.sin(x * math.pi) * LIMIT_


def plain(x: torch.Tensor) -> torch.Tensor:
    return x


async def later(x: Way) -> Way:
    return x


def uses_module(x: Way) -> object:
    return sizes.doubled(x)


import acme_room.sizes as sizes
""",
    "other.py": "def wave(x):\n    return x\n",
}


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "acme_room"
    folder.mkdir()
    for name, text in PACKAGE.items():
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return "acme_room.layers"


def test_that_a_definition_brings_what_it_uses_from_its_own_package(acme: str) -> None:
    sources = Sources()
    assert sources.of_target(f"{acme}.wave") == "wave"
    constant, function, wave = sources.take()
    assert constant == "LIMIT: int = 3"
    assert function.startswith("def doubled(x):")
    # Way is no name of a script, so the function has no annotations there.
    assert wave.startswith('def wave(x, way=\'up\', *, turns=1.0):\n    """A wave – über')
    assert sources.imports == {"import math", "import numpy as np"}


def test_that_annotations_of_torch_and_builtins_stay(acme: str) -> None:
    sources = Sources()
    sources.of_target(f"{acme}.plain")
    sources.of_target(f"{acme}.later")
    plain, later = sources.take()
    assert plain.startswith("def plain(x: torch.Tensor) -> torch.Tensor:\n")
    assert later.startswith("async def later(x):\n")


def test_that_what_cannot_be_brought_along_is_refused_with_its_reason(acme: str) -> None:
    sources = Sources()
    with pytest.raises(ExportError, match="does not define it"):
        sources.of_target(f"{acme}.nothing")
    with pytest.raises(ExportError, match="Import the function itself"):
        sources.of_target(f"{acme}.uses_module")
    with pytest.raises(ExportError, match=r"source of acme_nowhere\.deeper is not available"):
        sources.of_target("acme_nowhere.deeper.thing")
    sources.of_target(f"{acme}.wave")
    with pytest.raises(ExportError, match="have the same name"):
        sources.of_target("acme_room.other.wave")
    with pytest.raises(ExportError, match="at the top of the module"):
        sources.of(lambda x: x)
