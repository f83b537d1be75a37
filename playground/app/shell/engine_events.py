"""Routes engine events to the widgets that display them, and turns failures into notifications."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Qt

from playground.app.canvas.blocks import owner
from playground.app.document import Document
from playground.app.run import Run
from playground.app.shell.notifications import Notifications
from playground.catalog.datasets.dataset import Dataset
from playground.session.messages import DeviceLost, Unhealthy
from playground.translation import tr

DEVICES = {"cpu": "CPU", "cuda": "CUDA", "mps": "Metal"}


class DeviceDisplay(Protocol):
    """Shows the compute device and the state of the engine: the top bar."""

    def show_device(self, text: str, tip: str, token: str) -> None:
        """A few words, a tooltip, and the colour token of the dot before them."""
        ...


class NodeMarker(Protocol):
    """Marks a node on the canvas."""

    def mark_non_finite(self, node_id: str | None) -> None:
        """Mark the node where NaN or infinity appeared; None removes the mark."""
        ...


class EngineEvents(QObject):
    """Listens to the run, and reports what its engine says."""

    def __init__(
        self,
        run: Run,
        document: Document,
        *,
        display: DeviceDisplay,
        marker: NodeMarker,
        notifications: Notifications,
    ) -> None:
        super().__init__(run)
        self._run, self._document = run, document
        self._display, self._marker = display, marker
        self._notifications = notifications
        run.opened.connect(lambda _: marker.mark_non_finite(None))
        run.status_changed.connect(self._show_device)
        document.changed.connect(self._show_device)
        run.unhealthy.connect(self._report_non_finite)
        run.device_lost.connect(self._report_device_lost)
        run.failed.connect(notifications.show_failure)
        run.paused_by_itself.connect(notifications.show_passing)
        run.engine_lost.connect(self._report_engine_lost)
        self._data: Dataset | None = None
        run.frame_arrived.connect(self._note_data)
        # After the edit was drawn: the project is checked here.
        document.changed.connect(self._discard_other_data, Qt.ConnectionType.QueuedConnection)
        self._show_device()

    def _note_data(self) -> None:
        self._data = self._document.project.data

    def _discard_other_data(self) -> None:
        # A network with errors is not sent to the engine: what is shown is of the data before.
        data = self._document.project.data
        if self._document.examined.errors and self._data is not data:
            self._data = data
            self._run.discard_readings()

    def _show_device(self) -> None:
        run, show = self._run, self._display.show_device
        if run.is_given_up:
            tip = tr("The training engine is not running. Restart it.")
            show(tr("no engine"), tip, "danger")
        elif not run.is_ready:
            tip = tr("The training engine is starting. You can keep editing.")
            show(tr("starting…"), tip, "warning")
        elif self._document.examined.errors:
            tip = tr("The network has errors. Fix them to enable training.")
            show(self._device(), tip, "warning")
        else:
            tip = run.device_note or tr("Compute device. Change it under Training.")
            show(self._device(), tip, "healthy")

    def _device(self) -> str:
        device = DEVICES.get(self._run.device)
        if device is None:
            return tr("ready")
        if self._document.project.training.device == "auto":
            return tr("{device} · auto", device=device)
        return device

    def _report_non_finite(self, event: Unhealthy) -> None:
        run, document = self._run, self._document
        node = owner(event.node, document)
        self._marker.mark_non_finite(node or None)
        if node:
            self._notifications.show_node(node)
        rate = f"{document.project.training.optimizer.lr / 10:g}"

        def rewind_with_lower_rate() -> None:
            optimizer = document.project.training.optimizer
            lower = optimizer.with_options(lr=float(rate))
            run.rewind()
            project = document.project.with_training(optimizer=lower)
            document.edit(tr("Set learning rate to {rate}", rate=rate), project)

        step = f"{event.healthy_step:,}"
        self._notifications.show_failure(
            event.message,
            (tr("Go back to step {step}", step=step), run.rewind),
            (tr("Go back and set the learning rate to {rate}", rate=rate), rewind_with_lower_rate),
        )

    def _report_device_lost(self, event: DeviceLost) -> None:
        run, document = self._run, self._document
        name = DEVICES.get(event.offer, event.offer)

        def continue_there() -> None:
            project = document.project.with_training(device=event.offer)
            document.edit(tr("Compute on {device}", device=name), project)
            run.send_change()

        offer = tr("Continue on {device}", device=name)
        self._notifications.show_failure(event.message, (offer, continue_there))

    def _report_engine_lost(self, message: str, is_restarted: bool) -> None:
        if is_restarted:
            self._notifications.show_failure(
                tr("{message} A new engine resumes from the last checkpoint.", message=message),
                (tr("Continue training"), self._run.play),
            )
        else:
            self._notifications.show_failure(
                tr("{message} It crashed repeatedly, so it was not restarted.", message=message),
                (tr("Restart engine"), self._run.revive),
            )
