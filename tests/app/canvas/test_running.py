"""Readings of a run on the canvas, zoom and pan, and the drawing as a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest

from playground.app.canvas import picture
from playground.app.canvas.items import node_paint
from playground.app.canvas.items.card import on_plane
from playground.app.canvas.view import CanvasView
from playground.app.theme.tokens import colour, theme
from playground.catalog.datasets.sequences import FirstSymbol
from playground.catalog.datasets.toy import Moons
from playground.graph.graph import Edge, Graph
from playground.project.check import check
from playground.project.project import empty_project
from playground.session.messages import Frame
from tests.app.canvas.conftest import Hand, small_graph


def looks_like(found: QColor, wanted: QColor, slack: int = 40) -> bool:
    """Whether two colours are nearly the same."""
    pairs = zip(found.getRgb()[:3], wanted.getRgb()[:3], strict=True)
    return all(abs(a - b) <= slack for a, b in pairs)


def pixel(view: CanvasView, node_id: str, place: QPointF) -> QColor:
    """The colour that is drawn at a place of a card."""
    image = view.viewport().grab().toImage()
    at = view.mapFromScene(view.drawing.nodes[node_id].pos() + place)
    return image.pixelColor(at)


def test_that_a_dead_unit_is_drawn_crossed_out(view: CanvasView, frame: Frame) -> None:
    card = view.drawing.nodes["relu1"].card
    dead, alive = (node_paint.tile_rect(card, rank).center() for rank in (2, 3))
    assert not looks_like(pixel(view, "relu1", dead), colour("danger"))
    view.show_frame(frame)
    assert looks_like(pixel(view, "relu1", dead), colour("danger"))
    assert not looks_like(pixel(view, "relu1", alive), colour("danger"))
    assert view.drawing.nodes["relu1"].badge[0] == "1 dead"
    assert "the rate is too large" in view.drawing.nodes["relu1"].tooltip


def test_that_a_unit_map_is_drawn_in_the_colour_of_its_sign(view: CanvasView, frame: Frame) -> None:
    place = node_paint.tile_rect(view.drawing.nodes["linear1"].card, 0).center()
    view.show_frame(frame)
    assert looks_like(pixel(view, "linear1", place), colour("positive"))


def test_that_a_wire_with_a_vanishing_gradient_is_marked(view: CanvasView, frame: Frame) -> None:
    assert view.drawing.wires[Edge("input1", "linear1"), 0].look is None
    view.show_frame(frame)
    vanishing = view.drawing.wires[Edge("input1", "linear1"), 0].look
    healthy = view.drawing.wires[Edge("linear1", "relu1"), 0].look
    assert vanishing is not None
    assert healthy is not None
    assert vanishing.is_vanishing
    assert not healthy.is_vanishing
    assert healthy.pulse == 1.0


def test_that_token_ids_are_not_drawn_as_points_of_a_plane() -> None:
    points, tokens = empty_project(), empty_project().with_data(FirstSymbol(length=2))
    assert points.data == Moons()
    assert on_plane(points, check(points))
    assert not on_plane(tokens, check(tokens))


def test_that_small_gradients_do_not_count_as_vanishing_once_the_loss_is_near_zero(
    view: CanvasView, frame: Frame
) -> None:
    activity = dict(frame.readings["activity"])
    activity["gradient"] = np.full_like(activity["gradient"], 1e-9)
    frame = replace(frame, readings={**frame.readings, "activity": activity})
    for loss, is_vanishing in ((1e-5, False), (0.7, True)):
        view.show_frame(replace(frame, train_loss=loss))
        looks = [wire.look for wire in view.drawing.wires.values() if wire.look is not None]
        assert {look.is_vanishing for look in looks} == {is_vanishing}


def test_that_no_gradient_counts_as_vanishing_if_all_gradients_are_zero(
    view: CanvasView, frame: Frame
) -> None:
    activity = dict(frame.readings["activity"])
    activity["gradient"] = np.zeros_like(activity["gradient"])
    view.show_frame(replace(frame, readings={**frame.readings, "activity": activity}))
    looks = [wire.look for wire in view.drawing.wires.values()]
    known = [look for look in looks if look is not None]
    assert known
    assert not any(look.is_vanishing or look.pulse for look in known)


def test_that_wires_move_only_while_training_and_visible(view: CanvasView, frame: Frame) -> None:
    assert not view.pulse.is_running
    view.show_frame(frame)
    assert view.pulse.is_running
    view.hide()
    assert not view.pulse.is_running
    assert view.probes == ()
    view.show()
    assert view.pulse.is_running
    assert view.probes == ("activity", "units", "dead_units", "history", "examples")
    view.show_frame(replace(frame, is_training=False))
    assert not view.pulse.is_running


def test_that_the_gradient_flows_back_from_target_to_source(view: CanvasView, frame: Frame) -> None:
    view.show_frame(frame)
    wire = view.drawing.wires[Edge("linear1", "relu1"), 0]
    before = wire.phase
    wire.advance_pulse(0.1)
    # Qt draws the dashes a growing offset further towards the start, which is the source.
    assert wire.phase > before


def test_that_clearing_removes_all_readings(view: CanvasView, frame: Frame) -> None:
    view.show_frame(frame)
    view.mark_non_finite("linear1")
    assert view.drawing.nodes["linear1"].badge == ("NaN", "danger")
    view.clear()
    assert all(wire.look is None for wire in view.drawing.wires.values())
    assert view.drawing.nodes["relu1"].badge == ("", "")
    assert view.drawing.nodes["linear1"].badge == ("", "")
    assert not view.overlays.legend.isVisible()


def test_that_wires_carry_their_shapes(view: CanvasView) -> None:
    assert view.drawing.wires[Edge("input1", "linear1"), 0].label == "B × 2"
    assert view.drawing.wires[Edge("linear1", "relu1"), 0].label == "B × 8"


def test_that_cards_show_shape_and_parameter_count(view: CanvasView) -> None:
    card = view.drawing.nodes["linear1"].card
    assert (card.title, card.sub) == ("Linear", "2 → 8 · 24 p")
    assert view.drawing.nodes["input1"].card.title == "Two moons"
    assert view.drawing.nodes["input1"].card.sub == "350 + 150 × 2"


def test_that_the_place_under_the_cursor_stays_when_zooming(view: CanvasView) -> None:
    at = QPointF(123, 234)
    before = view.mapToScene(at.toPoint())
    view.camera.set_zoom(1.7, at)
    gap = view.mapToScene(at.toPoint()) - before
    assert abs(gap.x()) < 1.5
    assert abs(gap.y()) < 1.5


def test_that_zoom_keeps_within_its_limits(view: CanvasView) -> None:
    view.camera.set_zoom(99)
    assert view.camera.zoom == 3.0
    view.camera.set_zoom(0.001)
    assert view.camera.zoom == 0.1


def test_that_fit_shows_everything(view: CanvasView) -> None:
    view.camera.set_zoom(3.0)
    assert view.overlays.minimap.isVisible()
    view.camera.fit()
    assert view.camera.visible_rect.contains(view.drawing.content_rect())
    assert view.camera.zoom <= 1.25
    assert not view.overlays.minimap.isVisible()


def test_that_a_click_on_the_minimap_scrolls_there(view: CanvasView) -> None:
    view.camera.set_zoom(3.0)
    before = view.camera.visible_rect.center()
    QTest.mouseClick(
        view.overlays.minimap,
        Qt.MouseButton.LeftButton,
        pos=view.overlays.minimap.rect().bottomLeft(),
    )
    assert view.camera.visible_rect.center().x() < before.x()


def test_that_dragging_with_space_pans_and_escape_pans_back(view: CanvasView) -> None:
    hand = Hand(view)
    before = view.camera.visible_rect.center()
    QTest.keyPress(view, Qt.Key.Key_Space)
    start = QPointF(300, 200)
    place = hand.at(start)
    hand.press(start)
    QTest.mouseMove(view.viewport(), place + QPoint(60, 40))
    assert abs(view.camera.visible_rect.center().x() - (before.x() - 60)) < 2
    assert abs(view.camera.visible_rect.center().y() - (before.y() - 40)) < 2
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert abs(view.camera.visible_rect.center().x() - before.x()) < 2
    assert view.gestures.current is None


def test_that_a_drawing_is_exported_as_svg_and_png(view: CanvasView, tmp_path: Path) -> None:
    view.to_svg(tmp_path / "net.svg")
    view.to_png(tmp_path / "net.png", scale=2.0)
    assert QSvgRenderer(str(tmp_path / "net.svg")).isValid()
    assert "Linear" in (tmp_path / "net.svg").read_text(encoding="utf-8")
    image = QImage(str(tmp_path / "net.png"))
    assert image.width() > 2 * view.drawing.content_rect().width()


def test_that_every_map_in_the_svg_is_that_of_its_unit(
    view: CanvasView, frame: Frame, tmp_path: Path
) -> None:
    maps = np.full((8, 9, 9), 127, np.int8)
    maps[1] = -127
    frame.readings["units"]["maps"]["linear1"] = maps
    view.show_frame(frame)
    view.to_svg(tmp_path / "net.svg")
    renderer = QSvgRenderer(str(tmp_path / "net.svg"))
    image = QImage(renderer.viewBox().size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    item = view.drawing.nodes["linear1"]
    corner = picture.covered(view.drawing).topLeft()
    for rank, token in ((0, "positive"), (1, "negative")):
        place = item.pos() + node_paint.tile_rect(item.card, rank).center() - corner
        assert looks_like(image.pixelColor(place.toPoint()), colour(token))


def test_that_switching_the_theme_repaints_the_cards(view: CanvasView) -> None:
    inside = QPointF(view.drawing.nodes["linear1"].card.width - 8, 30)
    try:
        assert looks_like(pixel(view, "linear1", inside), colour("surface"), 4)
        theme.use("light")
        assert looks_like(pixel(view, "linear1", inside), QColor("#ffffff"), 4)
    finally:
        theme.use("dark")


def test_that_a_wire_is_routed_around_a_card_in_its_way(
    show: Callable[[Graph], CanvasView],
) -> None:
    view = show(small_graph(Edge("linear1", "output1")))
    wire = view.drawing.wires[Edge("linear1", "output1"), 0]
    barred = view.drawing.nodes["relu1"].frame
    assert not any(barred.contains(point) for point in wire.points)
