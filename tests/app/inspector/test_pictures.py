"""Every section of the inspector looks like its reference picture, in both themes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.app.canvas import blocks
from playground.app.document import Document
from playground.app.inspector.section import Section
from playground.app.inspector.sections.node import NodeSection
from playground.app.inspector.sections.parts import PartsSection
from playground.app.inspector.sections.several import SeveralSection
from playground.app.inspector.sections.summary import SummarySection
from playground.app.inspector.sections.training import TrainingSection
from playground.app.inspector.view import WIDTH
from playground.app.theme.tokens import theme
from playground.catalog.initializers import XavierNormal
from tests.app.inspector.test_drawn import drawn, initial
from tests.app.panels import sample_frames
from tests.app.pictures.comparison import CheckPicture

MARGIN = 14

Build = Callable[[Document], Section]


def summary(document: Document) -> Section:
    document.edit_graph("Set", document.graph.set_options("linear1", initializer=XavierNormal()))
    found = SummarySection(document)
    weights = {"linear1": drawn(), "linear2": drawn(std=0.2), "linear3": drawn(std=0.3)}
    found.show_frame(sample_frames.frame(initial=dict(initial(document, weights=weights))))
    return found


def findings(document: Document) -> Section:
    document.edit_graph("Set", document.graph.set_options("linear3", out_features=3))
    return SummarySection(document)


def linear(document: Document) -> Section:
    document.select(["linear1"])
    document.edit_graph("Set", document.graph.set_options("linear1", initializer=XavierNormal()))
    found = NodeSection(document, "linear1")
    found.show_frame(sample_frames.frame(initial=dict(initial(document))))
    return found


def rectifier(document: Document) -> Section:
    document.select(["relu2"])
    found = NodeSection(document, "relu2")
    found.show_frame(sample_frames.everything())
    return found


def block(document: Document) -> Section:
    document.select(["linear1", "relu1", "linear2"])
    blocks.make_block(document, "Hidden")
    (node_id,) = document.selected
    found = NodeSection(document, node_id)
    (parts,) = (section for section in found.sections if isinstance(section, PartsSection))
    next(iter(parts.headings.values())).click()
    return found


def several(document: Document) -> Section:
    document.select(["linear1", "linear2"])
    return SeveralSection(document, ["linear1", "linear2"])


SECTIONS: dict[str, Build] = {
    "summary": summary,
    "findings": findings,
    "linear": linear,
    "rectifier": rectifier,
    "input": lambda document: NodeSection(document, "input1"),
    "output": lambda document: NodeSection(document, "output1"),
    "block": block,
    "several": several,
    "training": TrainingSection,
}


def laid_out(section: Section, qtbot: QtBot) -> QWidget:
    """The section with the margins and the width that the inspector gives it."""
    place = QWidget()
    qtbot.addWidget(place)
    layout = QVBoxLayout(place)
    layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
    layout.addWidget(section)
    place.setFixedWidth(WIDTH)
    place.show()
    for _ in range(2):  # the width decides how many rows the squares of units take
        place.setFixedHeight(layout.totalHeightForWidth(WIDTH))
        QApplication.processEvents()
    focused = place.focusWidget()
    if focused is not None:  # no caret, which blinks
        focused.clearFocus()
    return place


@pytest.mark.slow
@pytest.mark.parametrize("theme_name", ["dark", "light"])
@pytest.mark.parametrize("name", list(SECTIONS))
def test_that_a_section_looks_like_its_picture(
    name: str, theme_name: str, check_picture: CheckPicture, document: Document, qtbot: QtBot
) -> None:
    theme.use(theme_name)
    check_picture(laid_out(SECTIONS[name](document), qtbot), f"inspector-{name}-{theme_name}")


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SECTIONS))
def test_that_an_emptied_section_does_not_look_like_its_picture(
    name: str, check_picture: CheckPicture, document: Document, qtbot: QtBot
) -> None:
    section = laid_out(SECTIONS[name](document), qtbot)
    for child in section.findChildren(QWidget):
        child.setMinimumSize(child.size())  # the size stays, the content goes
    for child in section.findChildren(QWidget):
        child.hide()
    with pytest.raises(AssertionError, match="does not look like"):
        check_picture(section, f"inspector-{name}-dark")


@pytest.mark.slow
def test_that_a_section_without_one_line_does_not_look_like_its_picture(
    check_picture: CheckPicture, document: Document, qtbot: QtBot
) -> None:
    section = laid_out(SECTIONS["training"](document), qtbot)
    label = next(label for label in section.findChildren(QLabel) if label.text() == "Learning rate")
    label.setText("")
    with pytest.raises(AssertionError, match="does not look like"):
        check_picture(section, "inspector-training-dark")
