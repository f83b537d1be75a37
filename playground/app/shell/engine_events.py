"""What the engine says, told to the person: frames to where they are drawn, troubles in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt

from playground.app.canvas.blocks import owner
from playground.app.examples import examples_of
from playground.app.preview import preview
from playground.app.theme.tokens import theme
from playground.catalog.datasets.dataset import Dataset
from playground.graph.diagnose import Diagnostic
from playground.session.messages import DeviceLost, Frame, Opened, Unhealthy

if TYPE_CHECKING:
    from playground.app.shell.window import MainWindow

SHOWN = 300
"""How many examples the picture of the data is made of."""
DEVICES = {"cpu": "CPU", "cuda": "CUDA", "mps": "Metal"}


class EngineEvents(QObject):
    """Listens to the run and shows what it says in the window's parts."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self._previewed: Dataset | None = None
        self._examples: tuple[np.ndarray, np.ndarray] | None = None
        run = window.run
        for consumer in (self, window.panels, window.inspector):
            run.add_consumer(consumer)
        run.opened.connect(self._show_opened)
        run.status_changed.connect(self._show_status)
        run.unhealthy.connect(self._tell_unhealthy)
        run.device_lost.connect(self._tell_device_lost)
        run.failed.connect(self.tell_failed)
        run.paused_by_itself.connect(window.toast.tell)
        run.engine_lost.connect(self._tell_engine_lost)
        window.project_files.refused.connect(self.tell_failed)
        window.document.changed.connect(self._show_status)
        # Behind the drawing of the edit: a data set may take a moment.
        window.document.changed.connect(self._preview_unrun, Qt.ConnectionType.QueuedConnection)
        theme.changed.connect(self._show_preview)
        self._show_status()

    # Frames

    @property
    def probes(self) -> tuple[str, ...]:
        """What the canvas draws from, the output curve and the preview of the data included."""
        window = self.window
        found = [*window.canvas.probes]
        if window.canvas.probes:
            found.append("history")
        if self._previewed is not window.document.project.data:
            found.append("examples")
        return tuple(found)

    def show_frame(self, frame: Frame) -> None:
        """Show a frame in the canvas and the top bar."""
        window = self.window
        if "examples" in frame.readings:
            self._previewed = window.document.project.data
            reading = frame.readings["examples"]
            self._examples = reading["x"], reading["y"]
            self._show_preview()
        window.top_bar.show_frame(frame)
        window.canvas.show_frame(frame)
        curves = frame.readings.get("history")
        if curves is not None and window.canvas.probes:
            window.canvas.set_output_curve(curves["epoch"], curves["train_loss"])
        window.project_files.note_step(frame.step)

    def clear(self) -> None:
        """Forget the numbers of the run before."""
        self.window.top_bar.clear()
        self.window.canvas.clear_run()

    def _show_preview(self) -> None:
        if self._examples is not None:
            tokens = self.window.document.project.data.vocabulary()
            self.window.canvas.set_data_preview(preview(*self._examples, tokens))

    def _preview_unrun(self) -> None:
        # A net with mistakes reaches no engine, but its data can be seen.
        document = self.window.document
        data = document.project.data
        if not document.examined.errors or self._previewed is data:
            return
        self._previewed = data
        self.window.run.discard_readings()  # they are of other data
        examples = examples_of(data)
        if examples is not None:
            self._examples = examples.x_train[:SHOWN], examples.y_train[:SHOWN]
            self._show_preview()

    def _show_opened(self, event: Opened) -> None:
        self.window.canvas.mark_bad(None)
        self.window.panels.arrange()

    # How the run stands

    def _show_status(self) -> None:
        window, run = self.window, self.window.run
        has_errors = bool(window.document.examined.errors)
        window.top_bar.show_status(run.is_training, run.is_pausing, True)
        window.canvas.set_training(run.is_training)
        asked = window.document.project.training.device
        if not run.is_ready:
            window.top_bar.show_device(
                "no engine" if run.is_given_up else "starting…",
                "There is no engine to train with: start it again."
                if run.is_given_up
                else "The engine that trains is starting; you can draw meanwhile.",
                "danger" if run.is_given_up else "warning",
            )
            return
        device = DEVICES.get(run.device, "ready")
        text = f"{device} · auto" if asked == "auto" and run.device else device
        tip = run.device_note or "What computes; choose it under Training."
        if has_errors:
            tip = "The net has errors; it can be trained once they are fixed."
        window.top_bar.show_device(text, tip, "warning" if has_errors else "healthy")

    # Troubles

    def tell_errors(self, errors: Sequence[Diagnostic]) -> None:
        """Training was asked for, but the net has errors: the first, and its fix."""
        window, first = self.window, errors[0]
        offers = []
        if first.fix is not None:
            fix = first.fix
            offers.append(
                (
                    fix.label,
                    lambda: window.document.edit(fix.label, window.document.project.apply(fix)),
                )
            )
        if first.node:
            window.document.select([first.node])
            window.canvas.bring_to_view(first.node)
        more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
        title = window.document.graph.nodes[first.node].title + ": " if first.node else ""
        window.notice.tell(
            f"Before it can train: {title}{first.message}{more}", *offers, is_bad=True
        )

    def tell_failed(self, message: str) -> None:
        """Something could not be done."""
        self.window.notice.tell(message, is_bad=True)

    def _tell_unhealthy(self, event: Unhealthy) -> None:
        window = self.window
        node = owner(event.node, window.document)
        window.canvas.mark_bad(node or None)
        if node:
            window.canvas.bring_to_view(node)
        lr = window.document.project.training.optimizer.lr

        def calm_down() -> None:
            training = window.document.project.training
            calmer = training.optimizer.with_options(lr=lr / 10)
            window.run.rewind()
            project = window.document.project.with_training(optimizer=calmer)
            window.document.edit(f"Set learning rate to {lr / 10:g}", project)

        window.notice.tell(
            event.message,
            (f"Go back to step {event.healthy_step:,}", window.run.rewind),
            (f"Go back, learning rate {lr / 10:g}", calm_down),
            is_bad=True,
        )

    def _tell_device_lost(self, event: DeviceLost) -> None:
        window = self.window

        def go_on() -> None:
            project = window.document.project.with_training(device=event.offer)
            window.document.edit(f"Compute on the {event.offer.upper()}", project)
            window.run.send_change()

        name = DEVICES.get(event.offer, event.offer)
        window.notice.tell(event.message, (f"Go on on the {name}", go_on), is_bad=True)

    def _tell_engine_lost(self, message: str, is_restarted: bool) -> None:
        window = self.window
        if not is_restarted:
            window.notice.tell(
                f"{message} It stopped several times in a row, so it was not started again.",
                ("Start it again", window.run.revive),
                is_bad=True,
            )
            return
        window.notice.tell(
            f"{message} A new engine is starting, with the weights of the last keyframe.",
            ("Go on training", window.run.play),
            is_bad=True,
        )
