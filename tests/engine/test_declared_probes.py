"""Every class with a key below Probe is found, at whatever depth."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from playground.engine import probes
from playground.engine.probe_set import declared_probes


def test_that_probes_below_another_probe_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "layered.py").write_text(
        "from playground.engine.probe import Probe\n\n\n"
        "class PerLayer(Probe):\n    pass\n\n\n"
        "class Norms(PerLayer):\n    key = 'norms'\n\n\n"
        "class LargestNorms(Norms):\n    key = 'largest_norms'\n"
    )
    monkeypatch.setattr(probes, "__path__", [*probes.__path__, str(tmp_path)])
    declared_probes.cache_clear()
    try:
        found = declared_probes()
    finally:
        declared_probes.cache_clear()
        sys.modules.pop("playground.engine.probes.layered", None)
    assert {"norms", "largest_norms", "boundary"} <= set(found)
    assert "" not in found
