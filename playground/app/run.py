"""The session as Qt signals: what the window requests of the engine, and what it is sent."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from playground.app.document import Document
from playground.app.readings import ReadingsConsumer
from playground.app.run_state import ACTIVE, WITH_ENGINE, Event, RunState, State
from playground.app.training_state import Done, Files, TrainingState
from playground.project.file import to_json
from playground.project.project import Project
from playground.session import messages as m
from playground.session.client import Client
from playground.translation import tr

FRAME_MS = 16
PAUSE_WITHIN_MS = 700
CHANGE_AFTER_MS = 25
SAVE_WITHIN_MS = 4000
RESTARTS_ALLOWED = 3
RESTARTS_WITHIN_S = 60.0

log = logging.getLogger(__name__)


class Run(QObject):
    """Keeps an engine running, sends it the document's project, and requests frames."""

    frame_arrived = Signal(object)
    ticked = Signal()
    """Sixty times per second: animations advance now, so that all is repainted at once."""
    opened = Signal(object)
    status_changed = Signal()
    unhealthy = Signal(object)
    device_lost = Signal(object)
    failed = Signal(str)
    paused_by_itself = Signal(str)
    engine_lost = Signal(str, bool)
    """What happened, and whether a new engine has been started."""
    _event_came = Signal(int, object)
    _engine_ended = Signal(int)

    def __init__(
        self,
        document: Document,
        parent: QObject | None = None,
        *,
        is_watched: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self._is_watched = is_watched
        self._consumers: list[ReadingsConsumer] = []
        self._state = RunState()
        self._client: Client | None = None
        self._generation = 0
        self._run = 0
        self.devices: tuple[str, ...] = ()
        self.versions: Mapping[str, str] = {}
        self.device = self.device_note = ""
        self.last_frame: m.Frame | None = None
        self._sent: Project | None = None
        self._granted: tuple[str, ...] | None = None
        """The probes of the frame that is requested; None while none is."""
        self._arrived: m.Frame | None = None
        self._lost_at: list[float] = []
        self._training_state = TrainingState(self._send, self)
        self._event_came.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._engine_ended.connect(self._lose, Qt.ConnectionType.QueuedConnection)
        self._frames = self._timer(FRAME_MS, self._tick, is_repeating=True)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._changes = self._timer(CHANGE_AFTER_MS, self.send_change)
        self._slow_pause = self._timer(PAUSE_WITHIN_MS, self._end_slow_step)
        document.changed.connect(self._changes.start)

    def _timer(
        self, interval_ms: int, act: Callable[[], None], *, is_repeating: bool = False
    ) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.setSingleShot(not is_repeating)
        timer.timeout.connect(act)
        return timer

    # The state

    @property
    def state(self) -> State:
        """The state of the engine and of training."""
        return self._state.state

    @property
    def is_ready(self) -> bool:
        """Whether the engine has started and answers."""
        return self.state in WITH_ENGINE and self.state is not State.STARTING

    @property
    def is_training(self) -> bool:
        """Whether the engine may be making steps; a pause may have been requested."""
        return self.state in ACTIVE

    @property
    def is_pausing(self) -> bool:
        """Whether a pause was requested and the step under way is not over."""
        return self.state is State.PAUSING

    @property
    def is_given_up(self) -> bool:
        """Whether engines kept ending and none is started any more."""
        return self.state is State.GIVEN_UP

    def _move(self, event: Event) -> None:
        was_pausing = self.is_pausing
        if not self._state.take(event):
            return
        if was_pausing and not self.is_pausing:
            self._slow_pause.stop()
        elif self.is_pausing and not was_pausing:
            self._slow_pause.start()
        self.status_changed.emit()

    # The engine

    @property
    def engine_pid(self) -> int | None:
        """The engine's process id; None without an engine."""
        return self._client.pid if self._client else None

    def start_engine(self) -> None:
        """Start an engine in the background."""
        self._generation += 1
        generation = self._generation
        self._client = Client(
            lambda event: self._event_came.emit(generation, event),
            lambda: self._engine_ended.emit(generation),
        )
        self._move(Event.ENGINE_STARTED)
        self._frames.start()

    def open_project(self, state: Files | None = None) -> None:
        """Send the document's project to the engine as a new run, with its state of training."""
        self._run += 1
        self._training_state.open(state)
        self.last_frame = self._arrived = None
        self._move(Event.PROJECT_CHOSEN)
        self._try_open()

    def _try_open(self) -> None:
        if not self.is_ready or self.document.examined.errors:
            return
        self._sent = self.document.project
        known = self._training_state
        text, path = to_json(self._sent), str(known.keyframe_path)
        self._send(m.Open(self._run, text, known.opened, path))
        self._move(Event.OPEN_SENT)

    def _send(self, command: m.Command) -> None:
        if self._client is not None:
            self._client.send(command)

    def send_change(self) -> None:
        """Send edits that matter to training; a project with errors waits until it has none."""
        self._changes.stop()
        project = self.document.project
        if not self.is_ready or self.document.examined.errors:
            if self.is_training:
                self.pause()
                self.paused_by_itself.emit(
                    tr("Training paused: the network has an error. Fix it or undo the last edit.")
                )
            return
        if self._sent is not None and project.trains_like(self._sent):
            return
        if self._state.is_open:
            self._sent = project
            self._send(m.Change(to_json(project)))
        else:
            self._try_open()

    def discard_readings(self) -> None:
        """Clear all consumers, and send the project again as soon as it is valid."""
        self._sent = None
        self._clear_consumers()

    def close(self) -> None:
        """End the engine and delete its keyframe; takes no longer than a second."""
        for timer in (self._frames, self._changes, self._slow_pause):
            timer.stop()
        self._generation += 1
        if self._client is not None:
            self._client.close()
            self._client = None
        # Silent: the widgets that would show the state are being closed as well.
        self._state.take(Event.ENGINE_ENDED)
        self._training_state.close()

    # What the person requests

    def play(self) -> None:
        """Train; without an open project, as soon as there is one."""
        self.send_change()
        is_open = self._state.is_open
        self._move(Event.PLAY)
        if is_open:
            self._send(m.Play())
        elif self.state is State.READY:
            self._try_open()

    def pause(self) -> None:
        """Stop between two steps; a step that takes too long is ended with its engine."""
        was_pausing = self.is_pausing
        self._move(Event.PAUSE)
        if self.is_pausing and not was_pausing:
            self._send(m.Pause())

    def step(self, unit: m.Unit, count: int = 1) -> None:
        """Train for a number of batches or epochs."""
        self.send_change()
        if self.state is State.PAUSED:
            if unit == "epoch":
                # An epoch can take a while, and Pause must reach it.
                self._move(Event.STEP)
            self._send(m.Step(unit, count))

    def restart(self) -> None:
        """Return to the initial weights that the project's seed draws."""
        self.send_change()
        self._training_state.forget()
        self._move(Event.RESTART)
        self._send(m.Restart())

    def rewind(self) -> None:
        """Return to the last healthy step."""
        self._send(m.Rewind())

    def save_state(self, done: Done, within_ms: int = SAVE_WITHIN_MS) -> None:
        """Fetch the state of training; None if nothing was trained."""
        if self._state.is_open:
            self._training_state.request(done, within_ms)
        else:
            done(self._training_state.last())

    def keyframe_state(self) -> Files | None:
        """The last keyframe that the engine wrote, or None."""
        return self._training_state.keyframe()

    # Frames

    def add_consumer(self, consumer: ReadingsConsumer) -> None:
        """From now on request its probes, hand it every frame, and clear it for another run."""
        self._consumers.append(consumer)

    def wanted_probes(self) -> tuple[str, ...]:
        """The probes of all consumers, each once; none while the window is not visible."""
        if not self._is_watched():
            return ()
        return tuple(dict.fromkeys(key for part in self._consumers for key in part.probes))

    def _clear_consumers(self) -> None:
        for consumer in self._consumers:
            consumer.clear()

    def ask_again(self) -> None:
        """Request a frame even if one is requested: other probes are wanted now."""
        if not self.is_training:
            self._granted = None

    def _tick(self) -> None:
        # What arrived since the last tick is drawn now, so that there is one repaint per tick.
        frame, self._arrived = self._arrived, None
        if frame is not None:
            self._show(frame)
        self.ticked.emit()
        if not self._state.is_open:
            return
        wanted = self.wanted_probes()
        if self._granted is None or (wanted != self._granted and not self.is_training):
            self._granted = wanted
            self._send(m.Grant(wanted))

    def _show(self, frame: m.Frame) -> None:
        self.last_frame = frame
        for consumer in self._consumers:
            consumer.show_frame(frame)
        self.frame_arrived.emit(frame)

    # What the engine reports

    def _take(self, generation: int, event: m.Event) -> None:
        if generation != self._generation:
            return
        if isinstance(event, m.Ready):
            self.devices, self.versions = event.devices, event.versions
            self._move(Event.ENGINE_READY)
            self._try_open()
        elif isinstance(event, m.Saved):
            self._training_state.answer(event)
        elif event.run == self._run:
            self._take_of_run(event)

    def _take_of_run(self, event: m.Event) -> None:
        if isinstance(event, m.Frame):
            self._granted = None
            self._arrived = event
            if not self.is_training:
                self._tick()
        elif isinstance(event, m.Opened):
            self._take_opened(event)
        elif isinstance(event, m.StatusChanged):
            self._move(Event.STARTED if event.is_training else Event.STOPPED)
            if event.message:
                self.paused_by_itself.emit(event.message)
        elif isinstance(event, m.Unhealthy):
            self._move(Event.STOPPED)
            self.unhealthy.emit(event)
        elif isinstance(event, m.DeviceLost):
            self._move(Event.STOPPED)
            self.device_lost.emit(event)
        elif isinstance(event, m.Failed):
            self.failed.emit(event.message)

    def _take_opened(self, event: m.Opened) -> None:
        wants_training = self._state.wants_training
        self.device, self.device_note = event.device, event.device_note
        self._granted = None
        self._move(Event.OPENED)
        if event.is_fresh:
            self._clear_consumers()
        self.opened.emit(event)
        if wants_training:
            self.play()

    # An engine that does not answer, or has ended

    def _end_slow_step(self) -> None:
        if self.is_pausing and self._client is not None:
            log.warning("a step did not end within %d ms: new engine", PAUSE_WITHIN_MS)
            self._client.kill()
            self._replace_engine()
            self.paused_by_itself.emit(
                tr(
                    "The step took too long and was stopped. Training will resume from the last "
                    "checkpoint. A smaller batch size makes steps shorter."
                )
            )

    def _lose(self, generation: int) -> None:
        if generation != self._generation:
            return
        now = time.monotonic()
        self._lost_at = [t for t in self._lost_at if now - t < RESTARTS_WITHIN_S] + [now]
        is_restarted = len(self._lost_at) <= RESTARTS_ALLOWED
        log.error("the engine ended; %s", "it is replaced" if is_restarted else "given up")
        if self._client is not None:
            self._client.kill()
        if is_restarted:
            self._replace_engine()
        else:
            self._forget_engine()
            self._move(Event.ENGINE_GIVEN_UP)
        text = tr("The engine stopped unexpectedly. Nothing you drew is lost.")
        self.engine_lost.emit(text, is_restarted)

    def revive(self) -> None:
        """Start an engine again after it was given up."""
        self._lost_at.clear()
        self._replace_engine()

    def _forget_engine(self) -> None:
        self._client = None
        self._granted = None
        self._training_state.engine_ended()
        self._move(Event.ENGINE_ENDED)

    def _replace_engine(self) -> None:
        self._forget_engine()
        self._sent = None
        self.start_engine()
