"""A saved block, from a rubber band to its parts, with a real mouse in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from playground.project.file import to_json
from tests.desktop.conftest import Desk
from tests.engine.test_blocks import two_ways

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(900)]
OpenDesk = Callable[[str], Desk]

PLACES = {
    "x": (0, 150), "before": (260, 260), "left": (520, 60), "right": (520, 300),
    "drop": (780, 300), "both": (1040, 120), "join": (1300, 220), "head": (1560, 220),
    "y": (1820, 200),
}  # fmt: skip


def make_block(desk: Desk) -> None:
    """Draw a rubber band around two towers, and make a block of them."""
    left, top = desk.ask("frame", node="left")[0]
    right = desk.ask("frame", node="both")[1][0]
    bottom = desk.ask("frame", node="right")[1][1]
    desk.drag([left - 12, top - 14], [right + 10, bottom + 14])
    desk.wait("four layers", lambda s: s["selected"] == ["both", "drop", "left", "right"])
    desk.press("ctrl+g")
    desk.wait("a dialog asks for a name", lambda s: s["focus"] == "QLineEdit")
    desk.type("Towers")
    desk.press("Return")
    desk.wait("a block", lambda s: s["selected"] == ["block1"])


def test_that_a_block_is_made_set_reused_and_opened_while_it_trains(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    project = two_ways()
    path = tmp_path / "two.json"
    path.write_text(to_json(project.with_graph(project.graph.move(PLACES))), encoding="utf-8")
    desk = open_desk(str(path))
    make_block(desk)
    desk.press("F5")
    desk.wait("it trains", lambda s: s["step"] > 200)

    desk.click(desk.ask("named", name="Linear right"))
    desk.click(desk.ask("named", name="Units"))
    desk.press("ctrl+a")
    desk.type("9")
    desk.press("Return")
    state = desk.wait("a width inside is set", lambda s: s["shapes"].get("join") == "B × 30")
    assert state["undo"] == "Set units of Linear right in Towers to 9"
    desk.wait("it continues to train", lambda s: s["step"] > state["step"] + 200)
    assert not desk.state()["errors"]

    desk.click(desk.ask("named", name="Search layers"))
    desk.type("Towers")
    desk.drag(desk.ask("chip", kind="Block:Towers"), desk.ask("canvas", across=0.45, down=0.85))
    desk.wait("a second one", lambda s: "block2" in s["nodes"])
    ports = desk.ask("ports", node="block2")
    desk.drag(desk.ask("port", node="x", side="out"), ports["in left"])
    desk.drag(desk.ask("port", node="before", side="out"), ports["in right"])
    desk.drag(ports["out both"], desk.ask("port", node="join", side="in"))
    state = desk.wait("it is wired", lambda s: "block2.both join.in" in s["wires"])
    assert {"x.out block2.left", "before.out block2.right"} <= set(state["wires"])
    assert not state["errors"]

    corner, other = desk.ask("frame", node="block2")
    desk.click([(a + b) // 2 for a, b in zip(corner, other, strict=True)])
    desk.press("ctrl+shift+g")
    state = desk.wait("it is open", lambda s: "block2" not in s["nodes"])
    assert set(state["selected"]) == {"left", "right", "drop", "both"}
    assert not state["errors"]
    assert state["is_training"]
