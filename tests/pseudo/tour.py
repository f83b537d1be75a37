"""Opens every screen, dialog, menu and panel, and reports the texts that are shown.

Run by itself with PLAYGROUND_LANG=pseudo, because a process has one language:
`python -m tests.pseudo.tour [SECTION ...]` prints what is plain, clipped or overlapping as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QPointF, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from playground.app.help.reference import ReferenceWindow
from playground.app.offscreen import Offscreen
from playground.app.palette.chip import ChipView
from playground.app.panels import found as panels
from playground.app.shell.welcome import TemplateChooser
from playground.catalog.datasets.dataset import DataError, Dataset
from playground.catalog.options import options_of
from playground.catalog.registry import all_declarations, base_of, declared, make_layer, plural
from playground.graph.layer import Layer
from playground.graph.node import Node
from playground.project.templates import templates
from playground.project.training import Training
from playground.reference.page import pages
from playground.session import messages as m
from tests.pseudo.seen import (
    WORD,
    PaintedTexts,
    Seen,
    clipped_widgets,
    menu_texts,
    overlapping_widgets,
    plain_words,
    texts_of,
)

SIZE = (1366, 768)
PANELS_AT_ONCE = 3
SECTIONS = (
    "templates",
    "every_layer",
    "every_data_set",
    "menus",
    "dialogs",
    "palette",
    "messages",
    "reference",
)


class Tour:
    """The window at 1366×768 in the pseudo-locale, and what was seen in it."""

    def __init__(self, stage: Offscreen, painted: PaintedTexts) -> None:
        self.stage, self.window, self.painted = stage, stage.window, painted
        self.seen: set[Seen] = set()
        self.clipped: set[Seen] = set()
        self.overlapping: set[Seen] = set()
        self.screens = 0
        self.data_texts: set[str] = set()

    def look(self, widget: QWidget | None = None, screen: str = "") -> None:
        """Draw a screen and note its texts, and what does not fit."""
        shown = widget or self.window
        QApplication.processEvents()
        shown.grab()
        self.screens += 1
        for text in texts_of(shown):
            self.seen.add(Seen(f"{screen}: {text.where}", text.text))
        self.clipped |= {Seen(f"{screen}: {s.where}", s.text) for s in clipped_widgets(shown)}
        self.overlapping |= {
            Seen(f"{screen}: {s.where}", s.text) for s in overlapping_widgets(shown)
        }

    def allow(self, *texts: object) -> None:
        """Words of the person's own or of the data set: no locale translates them."""
        self.data_texts |= {str(text) for text in texts}

    def start(self, key: str) -> None:
        """Open a starter project; the names in it are the person's, not ours."""
        document = self.window.document
        self.window.project_files.start_from(key)
        if not document.examined.errors:
            self.stage.wait_for(self.window.run.opened)
        for node in document.graph.nodes.values():
            self.allow(node.name, node.id)
        self.allow(*document.examined.expanded.graph.nodes)
        self.allow(*_data_words(document.project.data))

    # Screens

    def templates(self) -> None:
        """Every starter project."""
        for template in templates():
            self.template(template.key)

    def template(self, key: str) -> None:
        """A starter project: every panel, every node, several nodes, none."""
        document = self.window.document
        self.start(key)
        self.stage.train(1)
        keys = [panel.key for panel in panels()]
        for first in range(0, len(keys), PANELS_AT_ONCE):
            self.window.panels.choose(keys[first : first + PANELS_AT_ONCE])
            self.stage.settle(100)
            self.look(screen=f"{key}, panels {first}")
        for node_id in document.graph.nodes:
            document.select([node_id])
            self.stage.settle(30)
            self.look(self.window.inspector, f"{key}, {node_id} selected")
        document.select(list(document.graph.nodes)[:3])
        self.look(self.window.inspector, f"{key}, three selected")
        document.select([])
        self.look(self.window.inspector, f"{key}, nothing selected")

    def every_layer(self) -> None:
        """The inspector of each kind of layer, which is wired to nothing: an error as well."""
        document = self.window.document
        self.start("empty")
        for kind in declared(Layer):
            node = Node(f"n{len(document.graph.nodes)}", make_layer({"kind": kind}))
            document.edit_graph("Add", document.graph.add(node))
            document.select([node.id])
            self.look(self.window.inspector, f"layer {kind}")
        self.look(screen="every layer on the canvas")

    def every_data_set(self) -> None:
        """The inspector of the Input for each data set."""
        document = self.window.document
        self.start("moons")
        for kind, dataset in declared(Dataset).items():
            document.edit("Change", document.project.with_data(dataset()))
            self.allow(*_data_words(document.project.data))
            document.select([n.id for n in document.graph.nodes.values() if not n.layer.inputs])
            self.look(self.window.inspector, f"data set {kind}")
            document.select([])
            self.look(self.window.inspector, f"data set {kind}, nothing selected")

    def menus(self) -> None:
        """The menus of the window and of the canvas."""
        self.start("moons")
        document = self.window.document
        for text in menu_texts(self.window.menu):
            self.seen.add(Seen("menu", text))
        for context in ("node", "wire", "canvas"):
            document.select([next(iter(document.graph.nodes))])
            menu = QMenu()
            self.window.canvas.fill_menu(menu, context)
            for text in menu_texts(menu):
                self.seen.add(Seen(f"context menu {context}", text))

    def dialogs(self) -> None:
        """The template chooser, and every dialog that a command opens."""
        chooser = TemplateChooser(self.window)
        chooser.show()
        self.look(chooser, "template chooser")
        chooser.close()
        document = self.window.document
        document.select(list(document.graph.nodes)[1:3])
        for name in ("show_shortcuts", "show_about", "make_block"):
            self._modal(self.window.command_actions[name].trigger, name)
        document.edit("Change", document.project.with_training(batch_size=17))
        self._modal(self.window.project_files.may_leave, "unsaved changes")

    def _modal(self, open_dialog: Callable[[], object], name: str) -> None:
        def look_and_close() -> None:
            dialog = QApplication.activeModalWidget()
            if isinstance(dialog, QDialog):
                self.look(dialog, name)
                dialog.reject()

        before = self.screens
        QTimer.singleShot(50, look_and_close)
        open_dialog()
        assert self.screens == before + 1, f"{name} opened no dialog"

    def reference(self) -> None:
        """Every page of the reference."""
        window = ReferenceWindow(self.window)
        window.show()
        for key in pages():
            window.open_page(key)
            self.look(window, f"reference {key}")
        window.close()

    def palette(self) -> None:
        """The search of palette and canvas, and the card that explains a layer."""
        palette = self.window.palette_view
        palette.focus_search()
        for chip in palette.findChildren(ChipView)[:1]:
            palette.hover.point_at(chip)
            palette.hover.open_now()
            self.look(screen="palette card")
            palette.hover.close_now()
        self.window.canvas.adding.search(QPointF(0, 0))
        self.look(screen="canvas search")
        self.window.canvas.setFocus()

    def messages(self) -> None:
        """What the window says when something happens."""
        run, document = self.window.run, self.window.document
        self.start("moons")
        node = next(iter(document.graph.nodes))
        run.unhealthy.emit(m.Unhealthy(0, 1200, 3.0, node, "activation", "", 1100))
        self.look(screen="non-finite")
        run.device_lost.emit(m.DeviceLost(0, "", "cpu"))
        self.look(screen="device lost")
        for is_restarted in (True, False):
            run.engine_lost.emit("", is_restarted)
            self.look(screen="engine lost")
        document.select([])
        self.window.command_actions["make_block"].trigger()
        self.look(screen="block of nothing")
        self.window.project_files.open_path(Path("missing.nplay"))
        self.allow("missing", "nplay")
        self.look(screen="missing file")


def _data_words(data: Dataset) -> Iterator[str]:
    try:
        target = data.target()
    except DataError:  # no file is chosen yet
        return
    yield from (*data.feature_names(), *data.vocabulary(), *target.classes, *target.columns)


def main() -> int:
    """Make the tour; print what is plain, what is clipped and what overlaps."""
    with PaintedTexts() as painted:
        tour = Tour(Offscreen(SIZE, "dark"), painted)
        try:
            for section in sys.argv[1:] or SECTIONS:
                getattr(tour, section)()
        finally:
            tour.stage.close()
    print(json.dumps(_report(tour)))
    return 0


ALWAYS = frozenset(
    {"Playground", "nplay", "Python", "PySide", "PyTorch", "torch", "numpy", "cpu", "CUDA", "GPU"}
    | {"NaN"}
    # Qt translates the standard buttons of dialogs, with catalogues of its own.
    | {"Cancel", "Discard", "Save", "OK"}
)


def _declared_words() -> Iterator[str]:
    """Values and names as files and torch have them, sources, and other names of things."""
    for one in (*all_declarations(), Training):
        yield from one.aliases
        yield from (one.kind, one.source, plural(base_of(one)))
        if issubclass(one, Layer):
            yield from (port.name for port in (*one.inputs, *one.outputs))
        for option in options_of(one):
            yield option.name
            yield from map(str, (*option.choices, *option.words))


def _report(tour: Tour) -> dict[str, object]:
    free = {*tour.data_texts, *_declared_words()}
    words = (word for text in (*ALWAYS, *free) for word in WORD.findall(text))
    allowed = frozenset(word.casefold() for word in words)
    plain: dict[str, str] = {}
    for one in (*tour.seen, *tour.painted.texts):
        if words := plain_words(one.text, allowed):
            plain[f"{one.text[:120]!r}: {' '.join(words[:8])}"] = one.where
    return {
        "screens": tour.screens,
        "texts": len(tour.seen) + len(tour.painted.texts),
        "plain": plain,
        "clipped": sorted(f"{s.where}: {s.text}" for s in (*tour.clipped, *tour.painted.clipped)),
        "overlapping": sorted(f"{s.where}: {s.text}" for s in tour.overlapping),
    }


if __name__ == "__main__":
    sys.exit(main())
