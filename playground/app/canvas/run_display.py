"""Shows the readings of a run on the drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QWidget

from playground.app.canvas import blocks
from playground.app.canvas.data_preview import DataPreview
from playground.app.canvas.overlays import Overlays
from playground.app.canvas.pulse import Pulse
from playground.app.canvas.scene import CanvasScene
from playground.app.readings import reading_of
from playground.session.messages import Frame

PROBES = ("activity", "units", "dead_units")


class RunDisplay:
    """The consumer of readings for the canvas: wires, units, the loss curve, the data set."""

    def __init__(
        self, view: QWidget, drawing: CanvasScene, overlays: Overlays, pulse: Pulse
    ) -> None:
        self._view, self._drawing = view, drawing
        self._overlays, self._pulse = overlays, pulse
        self._data_preview = DataPreview(drawing, view)
        self._stand_ins: Mapping[str, str] = {}

    @property
    def probes(self) -> tuple[str, ...]:
        """The probes that the canvas shows: none while it is hidden."""
        if not self._view.isVisible():
            return ()
        wanted = list(PROBES)
        if self._drawing.document.graph.output_nodes:
            wanted.append("history")
        if self._data_preview.is_due:
            wanted.append("examples")
        return tuple(wanted)

    def show_document(self) -> None:
        """The graph was changed: other layers may stand in for its blocks."""
        self._stand_ins = blocks.stand_ins(self._drawing.document)

    def show_frame(self, frame: Frame) -> None:
        """Show the readings of a frame."""
        drawing = self._drawing
        drawing.readings.note_loss(frame.train_loss)
        readings = blocks.with_blocks(frame.readings, self._stand_ins)
        drawing.refresh_nodes(drawing.readings.take(readings))
        if "activity" in frame.readings:
            drawing.refresh_wires()
            self._overlays.show_legend(True)
        for item in drawing.output_items():
            item.set_loss(frame.train_loss)
        curves = reading_of(frame, "history")
        if curves is not None and self._view.isVisible():
            self._show_curve(curves["epoch"], curves["train_loss"])
        examples = reading_of(frame, "examples")
        if examples is not None:
            self._data_preview.take(examples)
        self._pulse.note_frame(frame.is_training)

    def _show_curve(self, epochs: Sequence[float], losses: Sequence[float]) -> None:
        pairs = sorted(zip(map(float, epochs), map(float, losses), strict=False))
        self._drawing.set_curve(tuple(pairs))

    def set_training(self, is_training: bool) -> None:
        """Training began or paused, without a frame."""
        self._pulse.note_frame(is_training)

    def mark_non_finite(self, node_id: str | None) -> None:
        """Mark the node where NaN or infinity appeared; None removes the mark."""
        self._drawing.mark_non_finite(node_id)

    def clear(self) -> None:
        """Remove all readings: plain wires, empty maps."""
        self._drawing.forget_run()
        self.mark_non_finite(None)
        self._pulse.note_frame(False)
        self._overlays.show_legend(False)
