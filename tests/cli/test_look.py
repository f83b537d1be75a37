"""The verbs that look at things: new, check, catalog, doctor."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from playground.catalog.options import options_of
from playground.catalog.registry import categories
from playground.cli import main
from playground.project.file import from_json, read
from playground.project.templates import build, templates
from playground.project.training import Training
from playground.verbs import doctor

Capture = pytest.CaptureFixture[str]


def _json(capsys: Capture) -> dict[str, Any]:
    text = capsys.readouterr().out
    assert "NaN" not in text
    found = json.loads(text)
    assert isinstance(found, dict)
    return found


# new


@pytest.mark.parametrize("key", [template.key for template in templates()])
@pytest.mark.parametrize("suffix", [".nplay", ".json"])
def test_that_every_template_can_be_written(key: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"new{suffix}"
    assert main(["new", key, str(path)]) == 0
    assert read(path).project == build(key)


def test_that_the_templates_are_listed(capsys: Capture) -> None:
    assert main(["new", "--list"]) == 0
    printed = capsys.readouterr().out
    assert all(template.key in printed for template in templates())


def test_that_an_unknown_template_gets_a_proposal(tmp_path: Path, capsys: Capture) -> None:
    assert main(["new", "mons", str(tmp_path / "a.nplay")]) == 1
    assert "Did you mean moons?" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_that_a_file_is_written_over_only_by_force(moons: Path, capsys: Capture) -> None:
    before = moons.read_bytes()
    assert main(["new", "digits-cnn", str(moons)]) == 1
    assert "--force" in capsys.readouterr().err
    assert moons.read_bytes() == before
    assert main(["new", "digits-cnn", str(moons), "--force"]) == 0
    assert read(moons).project == build("digits-cnn")


def test_that_a_name_that_is_no_project_is_refused(tmp_path: Path, capsys: Capture) -> None:
    assert main(["new", "moons", str(tmp_path / "a.txt")]) == 1
    assert ".nplay" in capsys.readouterr().err


# check


def test_that_check_prints_shapes_and_parameters(moons: Path, capsys: Capture) -> None:
    assert main(["check", str(moons), "--json"]) == 0
    found = _json(capsys)
    assert found["ok"] is True
    assert found["parameters"] == (2 * 8 + 8) + (8 * 8 + 8) + (8 + 1)
    assert found["diagnostics"] == []
    nodes = {node["id"]: node for node in found["nodes"]}
    assert nodes["linear1"] == {
        "id": "linear1",
        "kind": "Linear",
        "out_shape": ["B", 8],
        "parameters": 24,
    }
    assert nodes["output1"]["out_shape"] == ["B", 1]


def test_that_check_fails_on_errors_and_names_the_fix(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "project.json"
    text = {
        "graph": {
            "nodes": [
                {"id": "in", "kind": "Input"},
                {"id": "linear1", "kind": "Linear"},
                {"id": "out", "kind": "Output"},
                {"id": "odd", "kind": "FromTheFuture", "options": {"a": 1}},
            ],
            "edges": [
                {"source": "in", "target": "linear1"},
                {"source": "linear1", "target": "out"},
            ],
        },
        "data": "digits",
    }
    path.write_text(json.dumps(text), encoding="utf-8")
    assert main(["check", str(path), "--json"]) == 1
    found = _json(capsys)
    assert found["ok"] is False
    first = next(d for d in found["diagnostics"] if d["node"] == "linear1")
    assert set(first) == {"severity", "code", "node", "message", "fix"}
    assert first["severity"] == "error"
    assert first["fix"] == "Insert Flatten"
    nodes = {node["id"]: node for node in found["nodes"]}
    assert nodes["linear1"]["out_shape"] is None
    assert nodes["odd"]["kind"] == "FromTheFuture"


def test_that_check_in_words_names_node_and_fix(broken: Path, capsys: Capture) -> None:
    assert main(["check", str(broken)]) == 1
    printed = " ".join(capsys.readouterr().out.split())
    assert "output1: Nothing is connected to its input" in printed
    assert "prevents this network from running" in printed


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99}', '{"graph": {"nodes": 3}}'])
def test_that_a_file_that_is_no_project_is_refused(
    text: str, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "project.json"
    path.write_text(text, encoding="utf-8")
    assert main(["check", str(path), "--json"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("playground: ")
    assert printed.err.count("\n") == 1


# catalog

ENTRY = (
    "kind", "label", "family", "help", "formula", "letters", "source", "aliases", "when", "pitfall",
    "options",
)  # fmt: skip


def test_that_the_catalog_names_everything_with_its_options(capsys: Capture) -> None:
    assert main(["catalog", "--json"]) == 0
    found = _json(capsys)
    for section in ("layers", "initializers", "optimizers", "losses", "metrics", "datasets"):
        entries = found[section]
        assert isinstance(entries, list)
        for entry in entries:
            assert entry["kind"]
            assert entry["label"]
            assert entry["help"]
            assert "\n" not in entry["help"]
    layers = {entry["kind"]: entry for entry in found["layers"]}
    option = next(o for o in layers["Dropout"]["options"] if o["name"] == "p")
    assert (option["type"], option["default"], option["minimum"]) == ("float", 0.5, 0)
    assert option["maximum"] == 1
    assert option["maximum_is_open"] is True
    assert layers["ReLU"]["is_activation"] is True
    assert layers["Add"]["inputs"] == [{"name": "in", "many": True, "is_optional": False}]
    assert [port["is_optional"] for port in layers["LastStep"]["inputs"]] == [False, True]
    assert "token ids" in layers["LastStep"]["inputs"][1]["help"]


def test_that_the_catalog_lists_every_declaration_and_option(capsys: Capture) -> None:
    assert main(["catalog", "--json"]) == 0
    printed = capsys.readouterr().out
    found = json.loads(printed)
    assert len(printed) < 400_000
    sections = [name for name in found if name not in ("templates", "training")]
    assert set(sections) == set(categories())
    for entry in (*(entry for name in sections for entry in found[name]), found["training"]):
        assert set(ENTRY) <= set(entry), entry["kind"]
        for option in entry["options"]:
            assert {"name", "title", "type", "help"} <= set(option), (entry["kind"], option)
            assert option.get("picks", "losses") in sections
    options = {option["name"]: option for option in found["training"]["options"]}
    recipe = "warmup_epochs early_stopping min_delta restore_best clip_norm clip_value precision"
    assert {*recipe.split(), "accumulation", "recompute", "schedule", "objective"} <= set(options)
    assert options["schedule"]["picks"] == "schedules"
    assert options["clip_norm"]["is_live"] is True
    weights = {option["name"]: option for option in found["layers"][2]["options"]}
    assert "he_normal" not in weights["bias_initializer"]["kinds"]


def test_that_the_help_of_the_catalog_describes_its_json(capsys: Capture) -> None:
    assert main(["catalog", "--help"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    option = next(option for option in options_of(Training) if option.name == "schedule")
    others = ("words", "minimum_is_open", "maximum_is_open", "kinds", "is_optional", "only_with")
    for word in (*categories(), "templates", "training", *ENTRY, *option.to_dict(), *others):
        assert re.search(rf"\b{word}\b", printed), word


def test_that_defaults_in_the_catalog_can_be_written_in_a_project_file(capsys: Capture) -> None:
    assert main(["catalog", "--json"]) == 0
    found = _json(capsys)
    for entry in found["datasets"]:
        options = {o["name"]: o["default"] for o in entry["options"] if "default" in o}
        text = {"graph": {"nodes": [], "edges": []}, "data": {"kind": entry["kind"], **options}}
        assert from_json(json.dumps(text)).project.data.kind == entry["kind"]


def test_that_the_catalog_in_words_names_every_kind(capsys: Capture) -> None:
    assert main(["catalog"]) == 0
    printed = capsys.readouterr().out
    words = "Conv2d he_normal adamw cross_entropy moons accuracy Dropout cosine warmup_epochs"
    for word in words.split():
        assert word in printed


# doctor


@pytest.mark.slow
def test_that_the_doctor_names_versions_and_devices(capsys: Capture) -> None:
    code = main(["doctor"])
    printed = capsys.readouterr().out
    assert code == (1 if "missing:" in printed else 0)
    for word in ("Python", "torch", "PySide6", "devices", "cpu", "Qt", "display"):
        assert word in printed


def test_that_the_doctor_fails_with_the_line_that_fixes_it(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", ("no-such-package-of-ours",))
    said = "ImportError: libEGL.so.1: cannot open shared object file: No such file or directory"
    monkeypatch.setattr(doctor, "_asked", lambda *_, **__: (1, "", said))
    assert main(["doctor"]) == 1
    printed = capsys.readouterr().out
    assert "-m pip install no-such-package-of-ours" in printed
    assert "apt-get install libegl1" in printed


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="displays of X")
def test_that_a_display_that_does_not_answer_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("DISPLAY", ":987")
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert main(["doctor"]) == 1
    printed = capsys.readouterr().out
    assert "missing: a window" in printed
    assert "fix:" in printed
