"""FORMAT.md says what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import playground.project
from playground.catalog.options import Option, options_of
from playground.graph import graph
from playground.project import file
from playground.project.check import check
from playground.project.file import STATE_NAMES, from_json, to_json
from playground.project.migrations import LATEST
from playground.project.training import Training

TEXT = (Path(playground.project.__file__).parent / "FORMAT.md").read_text("utf-8")
EXAMPLE = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)[0]


def test_that_the_example_is_a_sound_project() -> None:
    project = from_json(EXAMPLE).project
    assert check(project).diagnostics == ()
    assert from_json(to_json(project)).project == project


def test_that_the_example_shows_the_order_of_a_merge() -> None:
    found = from_json(EXAMPLE).project.graph
    assert [edge.source for edge in found.inputs_in_order("add1")] == ["relu2", "relu1"]


def test_that_every_field_that_is_written_is_explained() -> None:
    plain = json.loads(to_json(from_json(EXAMPLE).project))
    fields = {*plain, *plain["graph"], *plain["training"], "source_port", "target_port", "name"}
    fields |= {*plain["graph"]["nodes"][0], *plain["graph"]["edges"][0]}
    for name in fields:
        assert f"`{name}`" in TEXT, name


@pytest.mark.parametrize("option", options_of(Training), ids=lambda option: option.name)
def test_that_the_defaults_of_the_training_recipe_are_those_in_the_table(option: Option) -> None:
    (row,) = re.findall(rf"^\| `{option.name}` \|.*$", TEXT.split("### training")[1], re.MULTILINE)
    default = row.split("|")[3].strip().strip("`")
    plain = Training().options()[option.name]
    assert json.loads(default) == (plain["kind"] if isinstance(plain, dict) else plain)


def test_that_members_limits_and_the_version_are_those_of_the_code() -> None:
    for name in (file.PROJECT, *STATE_NAMES):
        assert f"`{name}`" in TEXT
    assert f"version {LATEST}" in TEXT
    assert graph.ID_PATTERN.pattern in TEXT
    assert f"{file.MAX_PROJECT_BYTES // 2**20} MiB, nested {file.MAX_DEPTH} levels" in TEXT
    assert f"{graph.MAX_NODES:,}; {graph.MAX_EDGES:,}" in TEXT
    assert f"at most {graph.MAX_NAME} characters" in TEXT
    assert (
        f"{file.MAX_STATE_BYTES // 2**30} GiB; beyond {file.FREE_STATE_BYTES // 2**20} MiB" in TEXT
    )
    assert f"{file.MAX_RATIO} times its packed size" in TEXT
