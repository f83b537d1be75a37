"""How a run stands: the states, what can happen, and which state follows. No Qt, no engine."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import Enum, auto

log = logging.getLogger(__name__)


class State(Enum):
    """Where the engine and its training are."""

    NO_ENGINE = auto()
    """None has been started, or the last one has ended."""
    STARTING = auto()
    """The process runs and imports torch."""
    READY = auto()
    """The engine waits; no project is open in it."""
    OPENING = auto()
    """A project was sent and is being compiled."""
    PAUSED = auto()
    """A project is open and does not train, or trains single batches."""
    TRAINING = auto()
    PAUSING = auto()
    """A pause was requested; the step under way is not over yet."""
    GIVEN_UP = auto()
    """Engines kept ending, so that none is started until the person asks for one."""


class Event(Enum):
    """What can happen to a run: the person asks, or the engine reports."""

    ENGINE_STARTED = auto()
    ENGINE_READY = auto()
    ENGINE_ENDED = auto()
    ENGINE_GIVEN_UP = auto()
    PROJECT_CHOSEN = auto()
    """Another project is to be opened as a new run."""
    OPEN_SENT = auto()
    OPENED = auto()
    """The engine compiled the project: on Open, Change, Restart and Rewind."""
    PLAY = auto()
    STEP = auto()
    """Train for some epochs, which Pause must reach."""
    PAUSE = auto()
    RESTART = auto()
    STARTED = auto()
    """The engine reports that it trains."""
    STOPPED = auto()
    """The engine reports that it does not train, for whatever reason."""


OPEN = frozenset({State.PAUSED, State.TRAINING, State.PAUSING})
"""States in which the engine holds the project."""
ACTIVE = frozenset({State.TRAINING, State.PAUSING})
"""States in which the engine may be making steps."""
WITH_ENGINE = frozenset({State.STARTING, State.READY, State.OPENING}) | OPEN


def _table() -> dict[tuple[State, Event], State]:
    s, e = State, Event
    table = {
        (s.NO_ENGINE, e.ENGINE_STARTED): s.STARTING,
        (s.GIVEN_UP, e.ENGINE_STARTED): s.STARTING,
        (s.STARTING, e.ENGINE_READY): s.READY,
        (s.NO_ENGINE, e.ENGINE_GIVEN_UP): s.GIVEN_UP,
        (s.NO_ENGINE, e.PROJECT_CHOSEN): s.NO_ENGINE,
        (s.GIVEN_UP, e.PROJECT_CHOSEN): s.GIVEN_UP,
        (s.STARTING, e.PROJECT_CHOSEN): s.STARTING,
        (s.READY, e.PROJECT_CHOSEN): s.READY,
        (s.OPENING, e.PROJECT_CHOSEN): s.READY,
        (s.READY, e.OPEN_SENT): s.OPENING,
        # An edit while the engine compiles: the project is sent again.
        (s.OPENING, e.OPEN_SENT): s.OPENING,
        # Of two projects that were sent one failed, and the other was compiled.
        (s.READY, e.OPENED): s.PAUSED,
        (s.OPENING, e.OPENED): s.PAUSED,
        (s.READY, e.STOPPED): s.READY,
        # It could not be compiled.
        (s.OPENING, e.STOPPED): s.READY,
        (s.PAUSED, e.PLAY): s.TRAINING,
        (s.TRAINING, e.PLAY): s.TRAINING,
        # It pauses first; then the engine reports that it trains.
        (s.PAUSING, e.PLAY): s.PAUSING,
        (s.PAUSED, e.STEP): s.TRAINING,
        (s.TRAINING, e.PAUSE): s.PAUSING,
        (s.PAUSED, e.STARTED): s.TRAINING,
        (s.TRAINING, e.STARTED): s.TRAINING,
        # Reported before the engine heard of the pause.
        (s.PAUSING, e.STARTED): s.PAUSING,
    }
    for state in WITH_ENGINE:
        table[state, e.ENGINE_ENDED] = s.NO_ENGINE
    for state in OPEN:
        table[state, e.PROJECT_CHOSEN] = s.READY
        table[state, e.OPENED] = state
        table[state, e.RESTART] = s.PAUSED
        table[state, e.STOPPED] = s.PAUSED
    return table


TRANSITIONS: Mapping[tuple[State, Event], State] = _table()
"""The state that follows; an event that is not listed for a state is refused there."""


class RunState:
    """The state of a run, and whether it is to train as soon as its project is open."""

    def __init__(self) -> None:
        self._state = State.NO_ENGINE
        self._wants_training = False

    @property
    def state(self) -> State:
        """The current state."""
        return self._state

    @property
    def wants_training(self) -> bool:
        """Whether Train was pressed before there was an open project."""
        return self._wants_training

    @property
    def is_open(self) -> bool:
        """Whether the engine holds the project."""
        return self._state in OPEN

    def take(self, event: Event) -> bool:
        """Go to the state that follows; a refused event changes nothing and returns False.

        PLAY is refused without an open project, but remembered until one is open.
        """
        if event is Event.PLAY:
            self._wants_training = not self.is_open
        elif event in (Event.PAUSE, Event.PROJECT_CHOSEN, Event.OPENED):
            self._wants_training = False
        following = TRANSITIONS.get((self._state, event))
        if following is None:
            log.debug("%s is refused in %s", event.name, self._state.name)
            return False
        self._state = following
        return True
