"""The states of a run: which follow, which events are refused, and what always holds."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.app.run_state import ACTIVE, OPEN, TRANSITIONS, WITH_ENGINE, Event, RunState, State

s, e = State, Event
EVERY_PAIR = list(itertools.product(State, Event))
PATHS: dict[State, tuple[Event, ...]] = {
    s.NO_ENGINE: (),
    s.STARTING: (e.ENGINE_STARTED,),
    s.READY: (e.ENGINE_STARTED, e.ENGINE_READY),
    s.OPENING: (e.ENGINE_STARTED, e.ENGINE_READY, e.OPEN_SENT),
    s.PAUSED: (e.ENGINE_STARTED, e.ENGINE_READY, e.OPEN_SENT, e.OPENED),
    s.TRAINING: (e.ENGINE_STARTED, e.ENGINE_READY, e.OPEN_SENT, e.OPENED, e.PLAY),
    s.PAUSING: (e.ENGINE_STARTED, e.ENGINE_READY, e.OPEN_SENT, e.OPENED, e.PLAY, e.PAUSE),
    s.GIVEN_UP: (e.ENGINE_GIVEN_UP,),
}
# Per event, the states that take it; everywhere else it is refused.
TAKEN: dict[Event, frozenset[State]] = {
    e.ENGINE_STARTED: frozenset({s.NO_ENGINE, s.GIVEN_UP}),
    e.ENGINE_READY: frozenset({s.STARTING}),
    e.ENGINE_ENDED: WITH_ENGINE,
    e.ENGINE_GIVEN_UP: frozenset({s.NO_ENGINE}),
    e.PROJECT_CHOSEN: frozenset(State),
    e.OPEN_SENT: frozenset({s.READY, s.OPENING}),
    e.OPENED: OPEN | {s.READY, s.OPENING},
    e.PLAY: OPEN,
    e.STEP: frozenset({s.PAUSED}),
    e.PAUSE: frozenset({s.TRAINING}),
    e.RESTART: OPEN,
    e.STARTED: OPEN,
    e.STOPPED: OPEN | {s.READY, s.OPENING},
}


def run_in(state: State) -> RunState:
    """A run that came to a state by events."""
    run = RunState()
    for event in PATHS[state]:
        assert run.take(event)
    assert run.state is state
    return run


@pytest.mark.parametrize(("state", "event"), EVERY_PAIR, ids=lambda value: value.name)
def test_that_every_event_is_taken_or_refused_in_every_state(state: State, event: Event) -> None:
    run = run_in(state)
    is_taken = run.take(event)
    assert is_taken == (state in TAKEN[event])
    assert run.state is (TRANSITIONS[state, event] if is_taken else state)


def test_that_every_state_can_be_left_again_for_training() -> None:
    # A table with a dead end would leave the person without Train for good.
    ways = {state: {t for (s, _), t in TRANSITIONS.items() if s is state} for state in State}
    for start in State:
        reached = {start}
        while more := {t for state in reached for t in ways[state]} - reached:
            reached |= more
        assert State.TRAINING in reached


@given(st.lists(st.sampled_from(Event)))
def test_that_a_wish_to_train_waits_only_while_no_project_is_open(events: list[Event]) -> None:
    run = RunState()
    for event in events:
        before = run.state
        was_taken = run.take(event)
        assert was_taken or run.state is before
        assert not (run.wants_training and run.is_open)
        assert run.state not in ACTIVE or run.is_open


def test_that_train_pressed_before_the_engine_is_ready_is_remembered() -> None:
    run = run_in(State.STARTING)
    assert not run.take(Event.PLAY)
    assert run.wants_training
    run.take(Event.ENGINE_READY)
    assert run.wants_training


@pytest.mark.parametrize("event", [Event.PAUSE, Event.PROJECT_CHOSEN])
def test_that_pause_and_another_project_withdraw_the_wish_to_train(event: Event) -> None:
    run = run_in(State.READY)
    run.take(Event.PLAY)
    run.take(event)
    assert not run.wants_training
