"""Whatever answers come, and wherever a worker dies: each event ends once, and those of a lane in their order."""

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from administration.claims import ClaimedDelivery, claim, take_back
from administration.joining import join
from administration.office import Office
from administration.outcome import Delivered, Outcome, Reason, Rejected, RetryAfter
from administration.retry import Retry
from administration.settlement import Settled, settle
from administration.tables import DeliveryState, RunStatus, delivery, run
from city.alert import AlertEvent
from tests.support.alert_events import START_MS, firing_and_resolved
from tests.support.business import TestCity, business_database
from tests.support.postgresql import Postgresql

ENDPOINTS = ("bosai", "doboku")
CITY = TestCity(dict.fromkeys(ENDPOINTS, "http://127.0.0.1:9/"))
OFFICE = Office(CITY, CITY, retry=Retry(for_ms=10_000))


NEVER_MS = 10**9  # no lease runs out here
SQLITE, POSTGRESQL = ("city",), ("city-1", "city-2", "city-3")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 3))
def test_every_lane_goes_in_order_and_every_run_finishes(seed: int, subjects: int, alerts: int) -> None:
    with TemporaryDirectory() as folder:
        _all_end_in_order(Path(folder) / "city.db", SQLITE, seed, subjects, alerts)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 3))
def test_with_three_workers_on_postgresql_too(
    postgresql: Postgresql, postgresql_template: str, seed: int, subjects: int, alerts: int
) -> None:
    with postgresql.database(postgresql_template) as url:
        _all_end_in_order(url, POSTGRESQL, seed, subjects, alerts)


def _all_end_in_order(where: Path | sa.URL, workers: Sequence[str], seed: int, subjects: int, alerts: int) -> None:
    rng = random.Random(seed)
    events = [
        event
        for i in range(alerts)
        for number in range(subjects)
        for event in firing_and_resolved(f"d{number}:s", START_MS + i * 86_400_000)
    ]
    database = business_database(where, workers=len(workers))
    try:
        ended = _carry_out(database, events, rng, workers)
        with database.begin() as connection:
            states = set(connection.scalars(sa.select(delivery.c.state)))
            runs = list(connection.scalars(sa.select(run.c.state)))
    finally:
        database.dispose()
    assert states <= {DeliveryState.DONE, DeliveryState.DEAD}
    assert runs == [RunStatus.FINISHED] * (subjects * alerts)
    expected = defaultdict(list)
    for event in events:
        for name in ENDPOINTS:
            expected[f"{name}\n{event.subject}"].append(event.id)
    assert ended == expected


def _carry_out(
    database: sa.Engine, events: list[AlertEvent], rng: random.Random, workers: Sequence[str]
) -> dict[str, list[str]]:
    """Joins, claims and settles in random portions until nothing is left; the events of each lane as they ended.

    The workers claim side by side, and settle side by side.
    """
    ended: dict[str, list[str]] = defaultdict(list)
    unrelayed = list(events)
    held: dict[str, list[ClaimedDelivery]] = {worker: [] for worker in workers}
    now_ms = START_MS
    left = True
    with ThreadPoolExecutor(len(workers)) as threads:
        while unrelayed or any(held.values()) or left:
            now_ms += rng.randrange(2_000)
            if unrelayed and rng.random() < 0.5:
                portion = unrelayed[: rng.randint(1, 7)]
                join(database, OFFICE, portion, now_ms)
                if rng.random() < 0.8:  # else it died before they were marked
                    del unrelayed[: len(portion)]
            if rng.random() < 0.1:
                worker = rng.choice(list(workers))
                take_back(database, worker, now_ms)
                if held[worker]:  # a worker commits what it no longer holds: nothing comes of it
                    settle(database, worker, [_settled(claimed, now_ms, rng) for claimed in held[worker]], now_ms)
                held[worker] = []
            due = threads.map(partial(claim, database, now_ms=now_ms, lease_ms=NEVER_MS, held={}), workers)
            for worker, claimed in zip(workers, due, strict=True):
                held[worker] += claimed.deliveries
            in_hand = [one.sequence for claims in held.values() for one in claims]
            assert len(in_hand) == len(set(in_hand))  # two never have the same in hand
            portions = {worker: _some(held[worker], now_ms, rng) for worker in workers}
            before = _unfinished(database)
            list(threads.map(partial(settle, database, now_ms=now_ms), workers, portions.values()))
            after = _unfinished(database)
            lanes = [one.delivery.lane for portion in portions.values() for one in portion]
            assert len(lanes) == len(set(lanes))  # of a lane one at a time
            for one in (one for portion in portions.values() for one in portion):
                if one.delivery.sequence in before and one.delivery.sequence not in after:
                    ended[one.delivery.lane].append(json.loads(one.delivery.body)["id"])
            left = bool(after)
    return ended


def _some(held: list[ClaimedDelivery], now_ms: int, rng: random.Random) -> list[Settled]:
    """Takes a random portion of what is in hand, with an outcome for each."""
    rng.shuffle(held)
    return [_settled(held.pop(), now_ms, rng) for _ in range(rng.randint(0, len(held)))]


def _settled(claimed: ClaimedDelivery, now_ms: int, rng: random.Random) -> Settled:
    outcomes: list[Outcome] = [Delivered(200), RetryAfter(Reason.SERVER_ERROR, 500), Rejected(Reason.REFUSED, 404)]
    outcome = rng.choice(outcomes)
    state, due_ms = DeliveryState.DONE, now_ms
    if isinstance(outcome, Rejected):
        state = DeliveryState.DEAD
    elif isinstance(outcome, RetryAfter):
        state = DeliveryState.DEAD if now_ms >= claimed.until_ms else DeliveryState.WAITING
        due_ms = now_ms + rng.randrange(5_000)
    return Settled(claimed, outcome, now_ms, now_ms, state, due_ms)


def _unfinished(database: sa.Engine) -> set[int]:
    with database.begin() as connection:
        wanted = sa.select(delivery.c.sequence).where(delivery.c.state.not_in((DeliveryState.DONE, DeliveryState.DEAD)))
        return set(connection.scalars(wanted))
