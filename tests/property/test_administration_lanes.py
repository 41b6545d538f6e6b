"""Whatever answers come, and wherever a worker dies: each event ends once, and those of a lane in their order."""

import random
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from administration.claims import ClaimedStep, claim, take_back
from administration.outcome import Delivered, Outcome, Reason, Rejected, RetryAfter
from administration.playbook import TELL_SUBSCRIBERS, load_playbook
from administration.runs import Joining, join
from administration.settlement import Settled, settle
from administration.tables import RunState, StepState, run, step
from city.alert import AlertEvent
from tests.support.alert_events import START_MS, firing_and_resolved
from tests.support.business import business_database

PLAYBOOK = load_playbook(TELL_SUBSCRIBERS, "built in")
ENDPOINTS = ("bosai", "doboku")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 3))
def test_every_lane_goes_in_order_and_every_run_finishes(seed: int, subjects: int, alerts: int) -> None:
    rng = random.Random(seed)
    events = [
        event
        for i in range(alerts)
        for number in range(subjects)
        for event in firing_and_resolved(f"d{number}:s", START_MS + i * 86_400_000)
    ]
    with TemporaryDirectory() as folder:
        database = business_database(Path(folder) / "city.db")
        try:
            ended = _carry_out(database, events, rng)
            with database.begin() as connection:
                states = set(connection.scalars(sa.select(step.c.state)))
                runs = list(connection.scalars(sa.select(run.c.state)))
        finally:
            database.dispose()
    assert states <= {StepState.DONE, StepState.DEAD}
    assert runs == [RunState.FINISHED] * (subjects * alerts)
    expected = defaultdict(list)
    for event in events:
        for name in ENDPOINTS:
            expected[f"{name}\n{event.subject}"].append(event.id)
    assert ended == expected


def _carry_out(database: sa.Engine, events: list[AlertEvent], rng: random.Random) -> dict[str, list[str]]:
    """Joins, claims and settles in random portions until nothing is left; the events of each lane as they ended."""
    bodies = {event.id: event for event in events}
    ended: dict[str, list[str]] = defaultdict(list)
    unrelayed = list(events)
    held: list[ClaimedStep] = []
    now_ms = START_MS
    left = True
    while unrelayed or held or left:
        now_ms += rng.randrange(2_000)
        if unrelayed and rng.random() < 0.5:
            portion = unrelayed[: rng.randint(1, 7)]
            group = [Joining(event, event.id, (ENDPOINTS,)) for event in portion]
            join(database, PLAYBOOK, group, now_ms, now_ms + 10_000)
            if rng.random() < 0.8:  # else it died before they were marked
                del unrelayed[: len(portion)]
        if rng.random() < 0.1:
            take_back(database, "city", now_ms)
            if held:  # a worker commits what it no longer holds: nothing comes of it
                settle(database, "city", [_settled(claimed, now_ms, rng) for claimed in held], now_ms)
            held = []
        due = claim(database, "city", now_ms, 60_000, {})
        held += due.steps
        rng.shuffle(held)
        portion_of_held = [held.pop() for _ in range(rng.randint(0, len(held)))]
        if portion_of_held:
            settled = [_settled(claimed, now_ms, rng) for claimed in portion_of_held]
            before = _unfinished(database)
            settle(database, "city", settled, now_ms)
            after = _unfinished(database)
            for one in settled:
                if one.step.sequence in before and one.step.sequence not in after:
                    ended[one.step.lane].append(bodies[one.step.body].id)
        left = bool(_unfinished(database))
    return ended


def _settled(claimed: ClaimedStep, now_ms: int, rng: random.Random) -> Settled:
    outcomes: list[Outcome] = [Delivered(200), RetryAfter(Reason.SERVER_ERROR, 500), Rejected(Reason.REFUSED, 404)]
    outcome = rng.choice(outcomes)
    state, due_ms = StepState.DONE, now_ms
    if isinstance(outcome, Rejected):
        state = StepState.DEAD
    elif isinstance(outcome, RetryAfter):
        state = StepState.DEAD if now_ms >= claimed.until_ms else StepState.WAITING
        due_ms = now_ms + rng.randrange(5_000)
    return Settled(claimed, outcome, now_ms, now_ms, state, due_ms)


def _unfinished(database: sa.Engine) -> set[int]:
    with database.begin() as connection:
        wanted = sa.select(step.c.sequence).where(step.c.state.not_in((StepState.DONE, StepState.DEAD)))
        return set(connection.scalars(wanted))
