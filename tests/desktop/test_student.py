"""What a student does, with a real mouse in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.desktop.conftest import Desk

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(900)]
OpenDesk = Callable[[str], Desk]


def wire(desk: Desk, source: str, target: str) -> None:
    """Draw a wire from an output to an input."""
    desk.drag(desk.ask("port", node=source, side="out"), desk.ask("port", node=target, side="in"))
    desk.wait(f"{source} feeds {target}", lambda s: [source, target] in s["edges"])


def build_three_layers(desk: Desk) -> None:
    """Drag three layers from the palette, and wire them between Input and Output."""
    desk.click(desk.ask("control", name="brand"))
    for kind, node, across in (
        ("Linear", "linear1", 0.3),
        ("ReLU", "relu1", 0.5),
        ("Linear", "linear2", 0.68),
    ):
        desk.drag(desk.ask("chip", kind=kind), desk.ask("canvas", across=across, down=0.3))
        desk.wait(f"{node} is on the canvas", lambda s, node=node: node in s["nodes"])
    for source, target in (
        ("input1", "linear1"),
        ("linear1", "relu1"),
        ("relu1", "linear2"),
        ("linear2", "output1"),
    ):
        wire(desk, source, target)


def test_that_a_student_builds_trains_saves_and_continues(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    desk = open_desk("empty")
    build_three_layers(desk)
    state = desk.wait("shapes on the wires", lambda s: "linear2" in s["shapes"])
    assert state["shapes"]["linear1"] == "B × 8"
    assert state["errors"] == ["wrong_outputs"]

    desk.click(desk.ask("fix_button", node="output1"))
    desk.wait("one click fixes the output", lambda s: not s["errors"])

    first = desk.wait("the initial loss", lambda s: s["train_loss"] is not None)
    desk.click(desk.ask("control", name="train"))
    trained = desk.wait("the loss falls", lambda s: s["step"] > 500 and s["train_loss"] < 0.3)
    assert trained["is_training"]
    assert trained["train_loss"] < first["train_loss"] / 2

    undo_name = trained["undo"]
    desk.press("ctrl+z")
    desk.wait("undo", lambda s: s["undo"] != undo_name and s["errors"] == ["wrong_outputs"])
    desk.press("ctrl+shift+z")
    desk.wait("redo", lambda s: not s["errors"])
    if desk.state()["is_training"]:
        desk.press("F5")
    desk.wait("paused", lambda s: not s["is_training"])

    path = tmp_path / "mine.nplay"
    desk.press("ctrl+s")
    desk.wait("a dialog asks for a name", lambda s: "FileDialog" in s["dialog"])
    desk.press("ctrl+a")
    desk.type(str(path))
    desk.press("Return")
    saved = desk.wait("saved", lambda s: s["path"] == str(path) and not s["is_modified"])
    assert path.exists()
    desk.press("ctrl+q")
    desk.wait_for_end()

    again = open_desk(str(path))
    back = again.wait("the run is back", lambda s: s["step"] == saved["step"])
    assert back["nodes"] == saved["nodes"]
    assert back["edges"] == saved["edges"]
    assert back["train_loss"] == pytest.approx(saved["train_loss"])
    assert not back["has_torch"]
    again.press("F5")
    again.wait("training continues", lambda s: s["step"] > saved["step"] + 200)


def test_that_esc_cancels_and_loops_are_refused(open_desk: OpenDesk) -> None:
    desk = open_desk("moons")
    edges = desk.state()["edges"]
    nodes = desk.state()["nodes"]
    linear = [n for n in nodes if n.startswith("linear")]
    # A wire backwards would close a loop.
    desk.drag(
        desk.ask("port", node=linear[1], side="out"), desk.ask("port", node=linear[0], side="in")
    )
    assert desk.state()["edges"] == edges
    # Esc in the middle of a drag leaves everything as it was.
    start = desk.ask("port", node=linear[0], side="out")
    desk.mouse("mousemove", "--sync", *map(str, start), "mousedown", "1")
    end = desk.ask("canvas", across=0.5, down=0.8)
    desk.mouse("mousemove", "--sync", *map(str, end))
    desk.press("Escape")
    desk.mouse("mouseup", "1")
    state = desk.state()
    assert state["edges"] == edges
    assert state["undo"] is None


def test_that_a_layer_is_found_by_typing_and_deleted_while_training(open_desk: OpenDesk) -> None:
    desk = open_desk("moons")
    desk.press("F5")
    desk.wait("training", lambda s: s["step"] > 100)
    desk.click(desk.ask("canvas", across=0.25, down=0.9))
    desk.press("slash")
    desk.type("drop")
    desk.press("Return")
    desk.wait("a dropout", lambda s: "dropout1" in s["nodes"])
    desk.press("ctrl+a", "Delete")
    state = desk.wait("everything is gone", lambda s: not s["nodes"])
    assert state["errors"]
    desk.wait("training pauses", lambda s: not s["is_training"])
    desk.press("ctrl+z")
    desk.wait("everything is back", lambda s: "dropout1" in s["nodes"])


def test_that_a_killed_engine_is_replaced_and_training_continues(open_desk: OpenDesk) -> None:
    desk = open_desk("moons")
    desk.press("F5")
    before = desk.wait("a keyframe", lambda s: s["step"] > 8000)
    psutil.Process(before["engine_pid"]).kill()
    state = desk.wait("the window says so", lambda s: "stopped unexpectedly" in s["notice"])
    assert state["nodes"] == before["nodes"]
    after = desk.wait(
        "a new engine", lambda s: s["is_ready"] and s["engine_pid"] != before["engine_pid"]
    )
    assert after["engine_pid"] is not None
    desk.wait("the keyframe is loaded", lambda s: s["step"] > 100 and not s["is_training"])
    loaded = desk.state()["step"]
    desk.press("F5")
    desk.wait("training continues", lambda s: s["step"] > loaded + 500)


def test_that_a_net_is_built_and_trained_with_the_keyboard_alone(open_desk: OpenDesk) -> None:
    desk = open_desk("empty")
    desk.press("Tab")
    desk.wait("the Input is selected", lambda s: s["selected"] == ["input1"])
    for words, node in (("fully connected", "linear1"), ("relu", "relu1"), ("lnear", "linear2")):
        desk.press("slash")
        desk.wait("a search", lambda s: s["focus"] == "QLineEdit")
        desk.type(words)
        desk.press("Return")
        desk.wait(f"{node} is added", lambda s, node=node: s["selected"] == [node])
    state = desk.state()
    assert state["edges"] == [["input1", "linear1"], ["linear1", "relu1"], ["relu1", "linear2"]]

    desk.press("Return")
    desk.wait("its units", lambda s: s["focus"] == "QuietLineEdit")
    desk.press("ctrl+a")
    desk.type("1")
    desk.press("Return")
    desk.wait("one unit", lambda s: s["shapes"]["linear2"] == "B × 1")
    desk.press("Escape")
    desk.wait("back on the canvas", lambda s: s["focus"] == "CanvasView")

    desk.press("c")
    desk.press("Return")
    desk.wait("the Output is fed", lambda s: ["linear2", "output1"] in s["edges"])
    desk.press("space")
    desk.wait("it learns", lambda s: s["step"] > 500 and s["train_loss"] < 0.5)


def test_that_the_palette_shows_help_and_persists_favourites(open_desk: OpenDesk) -> None:
    desk = open_desk("moons")
    chip = desk.ask("chip", kind="Dropout")
    desk.mouse("mousemove", "--sync", *map(str, chip))
    desk.wait("a card beside the palette", lambda s: s["card"] == "Dropout")
    width = desk.ask("chip_width", kind="Dropout")
    desk.click([chip[0] + width // 2 - 10, chip[1]])
    desk.wait("a favourite", lambda s: s["favourites"] == ["Dropout"] and not s["card"])
    desk.close()
    again = open_desk("moons")
    again.wait("still a favourite", lambda s: s["favourites"] == ["Dropout"])
