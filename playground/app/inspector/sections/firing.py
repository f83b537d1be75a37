"""The units of a rectifier: how often each is active, which are dead, and what to try."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from playground.app import edits
from playground.app.document import Document
from playground.app.inspector.section import Section
from playground.app.readings import reading_of
from playground.app.theme.text import number_text
from playground.app.theme.tokens import SMALL_PX, set_font
from playground.app.widgets.cards import Card, heading, line, link, links
from playground.app.widgets.unit_squares import UnitSquares
from playground.catalog.initializers import HeUniform
from playground.session.messages import Frame
from playground.translation import N_, tr, trn

WHY = N_("Their input is negative for every example, so no gradient reaches them any more.")
PROBE = "dead_units"


class FiringSection(Section):
    """A square per unit, and a card if some are dead; hidden until the probe has been read."""

    def __init__(
        self, document: Document, node_id: str, feeding: str | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, parent)
        self.node_id = node_id
        self.feeding = feeding
        self.dead_count = 0
        self.squares = UnitSquares(largest=26)
        self.title = heading(tr("Unit firing rate over the probe set"))
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

    @property
    def probes(self) -> tuple[str, ...]:
        return (PROBE,)

    def clear(self) -> None:
        self.dead_count = 0
        self.hide()

    def show_frame(self, frame: Frame) -> None:
        """Draw the squares, and explain the dead ones."""
        reading = reading_of(frame, PROBE)
        if reading is None or self.node_id not in reading["dead"]:
            return
        dead = np.asarray(reading["dead"][self.node_id])
        since = np.asarray(reading["since"][self.node_id])
        self.squares.show_units(np.asarray(reading["firing"][self.node_id]), dead, since)
        self.dead_count = int(dead.sum())
        self.card.setVisible(self.dead_count > 0)
        if self.dead_count:
            self.headline.setText(_headline(self.dead_count, len(dead), since[dead]))
            self.cause.setText(reading.get("causes", {}).get(self.node_id) or tr(WHY))
        self.show()

    # Fixes

    def _hints(self) -> QWidget:
        leaky = link(tr("Use Leaky ReLU"), self.use_leaky)
        leaky.setToolTip(tr("Has a small gradient for negative inputs, so that no unit dies."))
        slower = link(tr("Lower the learning rate"), self.lower_rate)
        slower.setToolTip(tr("Sets a third of the learning rate: large steps can kill units."))
        buttons = [leaky, slower]
        if self.feeding is not None:
            he = link(tr("Use He initialization"), self.use_he)
            he.setToolTip(tr("Draws the weights in front of it for a rectifier."))
            buttons.append(he)
        return links(*buttons)

    def use_leaky(self) -> None:
        """Replace the activation by Leaky ReLU."""
        edits.change_activation(self.document, self.node_id, "LeakyReLU")

    def lower_rate(self) -> None:
        """Set a third of the learning rate."""
        project = self.document.project
        rate = float(f"{project.training.optimizer.lr / 3:.1g}")
        optimizer = project.training.optimizer.with_options(lr=rate)
        name = tr("Set learning rate to {value}", value=number_text(rate))
        self.document.edit(name, project.with_training(optimizer=optimizer))

    def use_he(self) -> None:
        """Set He uniform as the initializer of the layer that feeds it."""
        if self.feeding is None or self.feeding not in self.document.graph.nodes:
            return
        graph = self.document.graph.set_options(self.feeding, initializer=HeUniform())
        title = self.document.graph.nodes[self.feeding].title
        name = tr("Set initializer of {layer} to {value}", layer=title, value=tr(HeUniform.label))
        self.document.edit_graph(name, graph)


def _headline(dead: int, units: int, since: np.ndarray) -> str:
    known = since[np.isfinite(since)]
    if not len(known):
        if dead == units:
            return trn("The only unit is dead", "All {count} units are dead", units)
        return trn("{count} unit is dead", "{count} units are dead", dead)
    since_epoch = f"{known.min():.0f}"
    if dead == units:
        return trn(
            "The only unit is dead (since epoch {epoch})",
            "All {count} units are dead (since epoch {epoch})",
            units,
            epoch=since_epoch,
        )
    return trn(
        "{count} unit is dead (since epoch {epoch})",
        "{count} units are dead (since epoch {epoch})",
        dead,
        epoch=since_epoch,
    )
