"""A project is checked once for every edit, however often the findings are read."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from playground.app import document as module
from playground.app.canvas.view import CanvasView
from playground.app.document import Document
from playground.app.inspector.view import InspectorView
from playground.project.check import Checked, check
from playground.project.project import Project
from playground.project.templates import build


def test_that_canvas_and_inspector_read_the_one_check_of_an_edit(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = Document(build("moons"))
    canvas, inspector = CanvasView(document), InspectorView(document)
    for widget in (canvas, inspector):
        qtbot.addWidget(widget)
    document.select(["linear1"])
    checked: list[Project] = []

    def counted(project: Project) -> Checked:
        checked.append(project)
        return check(project)

    monkeypatch.setattr(module, "check", counted)
    document.edit_graph("Units", document.graph.set_options("linear1", out_features=5))
    qtbot.wait(50)
    assert document.examined.total_parameters
    assert document.examined.flat.total_parameters == document.examined.total_parameters
    assert checked == [document.project]
    document.undo()
    assert document.examined.total_parameters
    assert len(checked) == 2
