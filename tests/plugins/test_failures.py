"""A plug-in that fails in any way is named and left out."""

from __future__ import annotations

import sys

import pytest

from playground import plugins
from playground.plugins import Plugin
from playground.verbs import plugin_report
from playground.verbs.plugin_report import plugin_reports


@pytest.fixture(autouse=True)
def no_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    """No plug-in has failed before the test, nor afterwards."""
    monkeypatch.setattr(plugins, "_failures", {})


def test_that_a_plug_in_that_calls_exit_is_left_out() -> None:
    with plugins.left_out_if_it_fails(Plugin("acme", "acme_layers", "acme-layers", "1"), "catalog"):
        sys.exit(3)
    (failure,) = plugins.failures()
    assert (failure.plugin, failure.part) == ("acme", "catalog")
    assert "SystemExit: 3" in failure.message


def test_that_a_plug_in_with_a_name_that_is_not_allowed_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with plugins.left_out_if_it_fails(Plugin("bad-name", "x", "bad-layers", "1"), "name"):
        raise ValueError("not a name and a package")
    monkeypatch.setattr(plugin_report, "_read_elsewhere", lambda part: ({}, []))
    (report,) = plugin_reports()
    assert report.plugin.name == "bad-name"
    assert [failure.part for failure in report.failures] == ["name"]
