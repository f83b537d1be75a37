"""What holds for every panel."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from playground import plugins
from playground.app import panels
from playground.app.document import Document
from playground.app.panels import Panel
from playground.app.panels.dock import PanelDock, PanelFrame, Title
from playground.app.readings import ReadingsConsumer, node_names
from playground.app.theme.tokens import theme
from playground.catalog.datasets.toy import Wave
from playground.catalog.registry import make_layer
from playground.graph.graph import Graph, Node
from playground.project.project import Project, empty_project
from tests.app.conftest import until
from tests.app.panels import sample_frames

PANELS = panels.found()


def test_that_panels_are_found_in_order_and_have_unique_keys() -> None:
    assert [panel.order for panel in PANELS] == sorted(panel.order for panel in PANELS)
    assert len({panel.key for panel in PANELS}) == len(PANELS) >= 6
    assert all(panel.title and panel.help and panel.probes for panel in PANELS)


PLUGGED = """
from playground.app.panels.loss import LossPanel

class Base(LossPanel):
    pass

class Plugged(Base):
    key = "acme.plugged"
    order = 1000
"""


def test_that_panels_of_a_plugin_are_found_with_subclasses_but_without_their_bases(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "acme_views").mkdir()
    (tmp_path / "acme_views" / "__init__.py").touch()
    (tmp_path / "acme_views" / "panels.py").write_text(PLUGGED)
    monkeypatch.syspath_prepend(tmp_path)
    plugin = plugins.Plugin("acme", "acme_views", "acme-views", "1.0")
    monkeypatch.setattr(plugins, "installed", lambda: (plugin,))
    found = panels.found.__wrapped__()
    assert found[: len(PANELS)] == PANELS
    assert [panel.key for panel in found[len(PANELS) :]] == ["acme.plugged"]


@pytest.mark.parametrize("value_type", PANELS, ids=lambda value_type: value_type.key)
def test_that_a_panel_shows_what_to_do_until_there_is_a_reading(
    value_type: type[Panel], document: Document, qtbot: QtBot
) -> None:
    panel = value_type(document)
    qtbot.addWidget(panel)
    assert panel.is_empty
    assert "Train" in panel.empty_text
    panel.show_frame(sample_frames.frame())
    assert panel.is_empty
    panel.show_frame(sample_frames.everything())
    assert not panel.is_empty
    panel.clear()
    assert panel.is_empty


@pytest.mark.parametrize("value_type", PANELS, ids=lambda value_type: value_type.key)
@pytest.mark.parametrize("size", [(200, 180), (420, 300)])
def test_that_a_panel_draws_in_both_themes_and_is_restyled(
    value_type: type[Panel], size: tuple[int, int], document: Document, qtbot: QtBot
) -> None:
    frame = PanelFrame(value_type(document))
    qtbot.addWidget(frame)
    frame.resize(*size)
    frame.panel.show_frame(sample_frames.everything())
    frame.show()
    assert (frame.width(), frame.height()) == size, "it asks for more room than there is"
    dark = frame.grab().toImage()
    theme.use("light")
    light = frame.grab().toImage()
    assert _lightness(light) > _lightness(dark)


@pytest.mark.parametrize("value_type", PANELS, ids=lambda value_type: value_type.key)
def test_that_a_panel_follows_the_text_scale_while_it_is_shown(
    value_type: type[Panel], document: Document, qtbot: QtBot
) -> None:
    frame = PanelFrame(value_type(document))
    qtbot.addWidget(frame)
    frame.resize(420, 340)
    frame.panel.show_frame(sample_frames.everything())
    frame.show()
    before, title = frame.grab().toImage(), frame.findChild(Title)
    assert title is not None
    theme.set_text_scale(200)
    until(lambda: title.height() >= title.fontMetrics().height())
    assert (frame.width(), frame.height()) == (420, 340), "it asks for more room than there is"
    assert frame.grab().toImage() != before


def _lightness(image: QImage) -> int:
    small = image.scaled(1, 1)
    return small.pixelColor(0, 0).lightness()


@pytest.mark.parametrize("value_type", PANELS, ids=lambda value_type: value_type.key)
def test_that_a_panel_survives_readings_of_nodes_that_are_gone(
    value_type: type[Panel], qtbot: QtBot
) -> None:
    panel = value_type(Document(empty_project()))
    qtbot.addWidget(panel)
    panel.show_frame(sample_frames.everything())
    panel.grab()


def test_that_the_frame_emits_closed_when_its_panel_is_hidden(
    document: Document, qtbot: QtBot
) -> None:
    frame = PanelFrame(PANELS[0](document))
    qtbot.addWidget(frame)
    with qtbot.waitSignal(frame.closed):
        frame.close_button.click()


def test_that_the_dock_requests_the_probes_of_visible_panels_only(
    document: Document, qtbot: QtBot
) -> None:
    dock = PanelDock(document)
    consumer: ReadingsConsumer = dock
    qtbot.addWidget(dock)
    dock.resize(1200, 300)
    dock.choose(["loss", "gradients"])
    assert consumer.probes == ()
    with qtbot.waitExposed(dock):
        dock.show()
    assert set(consumer.probes) == {"history", "gradients"}
    dock.toggle("gradients", False)
    assert consumer.probes == ("history",)
    consumer.show_frame(sample_frames.everything())
    assert not dock.frames["loss"].panel.is_empty
    assert dock.frames["gradients"].panel.is_empty
    consumer.clear()
    assert dock.frames["loss"].panel.is_empty


def first(project: Project) -> list[str]:
    return [panel.key for panel in PANELS if panel.is_shown_first and panel.fits(project)]


def test_that_recommended_panels_are_shown_first() -> None:
    assert first(sample_frames.project()) == ["loss", "gradients", "boundary", "dead", "confusion"]
    assert first(sample_frames.project(Wave(count=20))) == ["loss", "gradients", "boundary", "dead"]


def test_that_nodes_of_one_title_are_numbered(document: Document) -> None:
    names = node_names(document.graph, ["linear1", "linear2", "linear3", "gone"])
    assert list(names.values()) == ["Linear 1", "Linear 2", "Head", "gone"]


def test_that_a_part_of_a_block_is_named_after_both() -> None:
    graph = Graph().add(Node("block1", make_layer({"kind": "DenseBlock"}), name="Hidden"))
    names = node_names(graph, ["block1", "block1/linear", "gone_long_ago"])
    assert names == {
        "block1": "Hidden",
        "block1/linear": "Hidden · linear",
        "gone_long_ago": "gone_long_ago",
    }
