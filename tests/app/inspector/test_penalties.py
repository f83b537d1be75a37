"""Penalties and limits, shown with their values."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.inspector.fields.penalties import number_in_latex, penalty_shown
from playground.app.inspector.sections.node import NodeSection
from playground.app.inspector.view import InspectorView
from playground.app.widgets.formula import drawing
from playground.catalog.layers.dense import Linear
from playground.catalog.losses import CrossEntropy
from playground.catalog.optimizers import SGD, SGDW, Adam, NAdam, Optimizer
from playground.catalog.registry import declared
from playground.graph.declaration import Declaration
from playground.project.training import Training

SHOWN: list[tuple[Declaration, str, str, str]] = [
    (Linear(l1=1e-4), "l1", "l1", r"10^{-4} \sum |W|"),
    (Linear(l2=0.02), "l2", "l2", r"\frac{0.02}{2} \sum W^2"),
    (Linear(l1=3e-5, l2=0.1), "l2", "elastic", r"3 \cdot 10^{-5} \sum |W| + \frac{0.1}{2} \sum"),
    (Linear(max_norm=3.0), "max_norm", "max_norm", r"\min(1, 3/\|W_i\|)"),
    (Training(clip_norm=1.0), "clip_norm", "clipping", r"\min(1, 1/\|g\|)"),
    (Training(clip_value=0.5), "clip_value", "clipping", r"\max(-0.5, \min(0.5, g_i))"),
    (Training(early_stopping=5), "early_stopping", "early_stopping", r"L_{val}(t)"),
    (CrossEntropy(label_smoothing=0.1), "label_smoothing", "label_smoothing", r"(1-0.1)\, y + "),
    (SGDW(weight_decay=0.01), "weight_decay", "weight_decay", r"(1 - \eta \cdot 0.01)\, w"),
    (SGD(weight_decay=0.01), "weight_decay", "weight_decay", r"g \leftarrow g + 0.01 w"),
    (Adam(weight_decay=1e-4), "weight_decay", "weight_decay", r"g + 10^{-4} w"),
    (NAdam(weight_decay=0.1, decoupled=True), "weight_decay", "weight_decay", r"\eta \cdot 0.1"),
]  # fmt: skip


@pytest.mark.parametrize(("holder", "name", "kind", "part"), SHOWN)
def test_that_a_regularizing_option_is_shown_with_its_value(
    holder: Declaration, name: str, kind: str, part: str
) -> None:
    shown = penalty_shown(name, holder)
    assert shown is not None
    regularizer, formula = shown
    assert regularizer.kind == kind
    assert part in formula
    assert drawing(formula, 9.0).is_whole


def test_that_a_regularizer_that_is_off_is_not_shown() -> None:
    assert penalty_shown("l1", Linear()) is None
    assert penalty_shown("l1", Linear(l1=0.1, l2=0.1)) is None, "the elastic net tells of both"
    assert penalty_shown("clip_norm", Training()) is None


@pytest.mark.parametrize(
    ("number", "latex"),
    [(0.01, "0.01"), (1e-5, "10^{-5}"), (2.5e-6, r"2.5 \cdot 10^{-6}"), (3.0, "3")],
)
def test_that_numbers_are_written_in_scientific_notation(number: float, latex: str) -> None:
    assert number_in_latex(number) == latex


@pytest.mark.parametrize("kind", list(declared(Optimizer)))
def test_that_every_update_rule_is_drawn(kind: str) -> None:
    optimizer = declared(Optimizer)[kind]()
    assert isinstance(optimizer, Optimizer)
    assert drawing(optimizer.rule, 9.0).is_whole
    assert r"w \leftarrow" in optimizer.rule


def test_that_the_rule_of_sgd_follows_its_options() -> None:
    assert SGD().rule == r"w \leftarrow w - \eta g"
    assert SGD(momentum=0.9).rule == SGD.formula
    assert r"\eta (g + \mu v)" in SGD(momentum=0.9, nesterov=True).rule
    assert r"\eta \lambda w - \eta v" in SGDW(momentum=0.9).rule


def test_that_the_formula_follows_the_value_of_the_option(document: Document, qtbot: QtBot) -> None:
    view = InspectorView(document)
    qtbot.addWidget(view)
    document.select(["linear1"])
    assert isinstance(view.upper, NodeSection)
    (form,) = (one.form for one in view.upper.forms)

    def notified() -> dict[str, Any]:
        found = {name: one for name, one in form.penalties.items() if not one.isHidden()}
        return {name: one.formula.latex for name, one in found.items()}

    assert notified() == {}
    document.edit_graph("L2", document.graph.set_options("linear1", l2=0.1))
    assert list(notified()) == ["l2"]
    assert "0.1" in notified()["l2"]
    document.edit_graph("L1", document.graph.set_options("linear1", l1=0.2))
    assert list(notified()) == ["l2"]
    assert r"0.2 \sum |W|" in notified()["l2"]
    document.undo()
    document.undo()
    assert notified() == {}
