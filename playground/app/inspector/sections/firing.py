"""The units of a rectifier: how often each fires, which ones are dead, and what to try."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from playground.app.document import Document
from playground.app.inspector.section import Section
from playground.app.readings import reading_of
from playground.app.theme.text import number_text
from playground.app.theme.tokens import SMALL_PX, set_font
from playground.app.widgets.cards import Card, heading, line, link, links
from playground.app.widgets.unit_squares import UnitSquares
from playground.catalog.initializers import HeUniform
from playground.catalog.registry import make_layer
from playground.graph.graph import Node
from playground.session.messages import Frame

WHY = "Their input is negative for every example, so no gradient reaches them any more."


class FiringSection(Section):
    """Fed by the reading "dead_units"; says nothing until there is one."""

    def __init__(
        self, document: Document, node_id: str, feeding: str | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, parent)
        self.node_id = node_id
        self.feeding = feeding
        self.dead_count = 0
        self.squares = UnitSquares(largest=26)
        self.title = heading("Unit firing rate over the probe set")
        self.card = Card("danger-card")
        self.headline = line("", "danger")
        set_font(self.headline, SMALL_PX, bold=True)
        self.cause = line("", "muted", SMALL_PX)
        self.card.lines.addWidget(self.headline)
        self.card.lines.addWidget(self.cause)
        self.card.lines.addWidget(self._hints())
        for part in (self.title, self.squares, self.card):
            self.body.addWidget(part)
        self.clear()

    def clear(self) -> None:
        """Nothing was read yet."""
        self.dead_count = 0
        self.hide()

    def show_frame(self, frame: Frame) -> None:
        """Draw the squares, and explain the dead ones."""
        reading = reading_of(frame, "dead_units")
        if reading is None or self.node_id not in reading["dead"]:
            return
        dead = np.asarray(reading["dead"][self.node_id])
        since = np.asarray(reading["since"][self.node_id])
        self.squares.show_units(np.asarray(reading["firing"][self.node_id]), dead, since)
        self.dead_count = int(dead.sum())
        self.card.setVisible(self.dead_count > 0)
        if self.dead_count:
            self.headline.setText(_headline(self.dead_count, len(dead), since[dead]))
            self.cause.setText(reading.get("causes", {}).get(self.node_id) or WHY)
        self.show()

    # Fixes

    def _hints(self) -> QWidget:
        buttons = [link("Leaky ReLU", self.use_leaky), link("lower rate", self.lower_rate)]
        if self.feeding is not None:
            buttons.append(link("He init", self.use_he))
        buttons[0].setToolTip("Lets a little of the negative side through: no unit can die.")
        buttons[1].setToolTip("A third of the learning rate: steps too large push units out.")
        return links("Try:", *buttons)

    @property
    def _node(self) -> Node:
        return self.document.graph.nodes[self.node_id]

    def use_leaky(self) -> None:
        """Leaky ReLU in this place."""
        graph = self.document.graph.set_layer(self.node_id, make_layer({"kind": "LeakyReLU"}))
        self.document.edit_graph(f"Change {self._node.title} to Leaky ReLU", graph)

    def lower_rate(self) -> None:
        """A third of the learning rate."""
        project = self.document.project
        rate = float(f"{project.training.optimizer.lr / 3:.1g}")
        optimizer = project.training.optimizer.with_options(lr=rate)
        name = f"Set learning rate to {number_text(rate)}"
        self.document.edit(name, project.with_training(optimizer=optimizer))

    def use_he(self) -> None:
        """He's draw for the layer that feeds it."""
        if self.feeding is None or self.feeding not in self.document.graph.nodes:
            return
        graph = self.document.graph.set_options(self.feeding, initializer=HeUniform())
        title = self.document.graph.nodes[self.feeding].title
        self.document.edit_graph(f"Set initializer of {title} to He uniform", graph)


def _headline(dead: int, units: int, since: np.ndarray) -> str:
    known = since[np.isfinite(since)]
    when = f" (since epoch {known.min():.0f})" if len(known) else ""
    if dead == units:
        return f"All {units} units never fire{when}"
    return f"{dead} unit{' never fires' if dead == 1 else 's never fire'}{when}"
