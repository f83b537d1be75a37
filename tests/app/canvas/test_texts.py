"""Texts on the canvas: their size and their language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playground import translation
from playground.app import edits
from playground.app.canvas.view import CanvasView
from playground.app.theme.tokens import theme
from playground.translation import pseudo


@pytest.fixture
def text_scale() -> Iterator[None]:
    """Restores the text scale."""
    yield
    theme.set_text_scale(100)


@pytest.fixture
def pseudo_locale(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Translates every text into the pseudo-locale."""
    monkeypatch.setenv("PLAYGROUND_LANG", "pseudo")
    translation._translations.cache_clear()
    yield
    translation._translations.cache_clear()


@pytest.mark.usefixtures("text_scale")
def test_that_the_drawing_grows_with_the_text_scale_and_keeps_its_layout(view: CanvasView) -> None:
    card, place = view.drawing.nodes["linear1"].card, view.camera.centre
    legend = view.overlays.legend.font().pixelSize()
    theme.set_text_scale(150)
    assert view.camera.zoom == pytest.approx(1.5)
    assert view.drawing.nodes["linear1"].card == card
    assert (view.camera.centre - place).manhattanLength() < 2
    assert view.overlays.legend.font().pixelSize() > legend
    view.camera.zoom_in()
    view.camera.reset_zoom()
    assert view.camera.zoom == pytest.approx(1.5)


@pytest.mark.usefixtures("pseudo_locale")
def test_that_cards_overlays_and_undo_names_are_translated(view: CanvasView) -> None:
    view.document.edit_graph("Freeze", view.document.graph.set_frozen(["linear1"], True))
    card = view.drawing.nodes["linear1"].card
    assert card.title == pseudo("Linear")
    assert card.sub.endswith(pseudo("frozen"))
    assert view.drawing.nodes["output1"].card.sub == pseudo("loss")
    edits.delete(view.document, ["linear1"])
    assert view.document.undo_name == pseudo("Delete {layers}").format(layers=card.title)


@pytest.mark.usefixtures("pseudo_locale")
def test_that_a_user_s_name_is_not_translated(view: CanvasView) -> None:
    edits.rename(view.document, "linear1", "Hidden")
    assert view.drawing.nodes["linear1"].card.title == "Hidden"


@pytest.mark.usefixtures("pseudo_locale")
def test_that_the_legend_leaves_the_minimap_free(view: CanvasView) -> None:
    view.resize(700, 500)
    view.overlays.legend.setText(pseudo(view.overlays.legend.text()))
    view.overlays.show_legend(True)
    assert not view.overlays.legend.geometry().intersects(view.overlays.minimap.geometry())
    assert view.rect().contains(view.overlays.legend.geometry())
