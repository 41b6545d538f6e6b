"""How attempts end: the attempt, its result and whatever comes next are committed together, in groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from administration.claims import FAILING, NO_LEASE, ClaimedDelivery
from administration.outcome import Delivered, Outcome, Reason, Rejected, RetryAfter, outcome_name
from administration.tables import UNFINISHED, DeliveryState, RunStatus, attempt, delivery, endpoint, run
from administration.transaction import transaction

# Attempts kept of one delivery: the first days of an outage tell nothing that the last 20 tries do not.
ATTEMPTS_KEPT: Final = 20


@dataclass(frozen=True, slots=True)
class Settled:
    """One attempt that ended, and the state its delivery goes to.

    rest_ms: how long the endpoint asked to be left alone
    """

    delivery: ClaimedDelivery
    outcome: Outcome
    began_ms: int
    ended_ms: int
    state: DeliveryState
    due_ms: int
    rest_ms: int = 0


def settle(database: sa.Engine, worker: str, group: Sequence[Settled], now_ms: int) -> None:
    """Commits attempts, results and what comes next. Durable on return.

    What `worker` no longer holds, or has settled before, changes nothing.
    """
    with transaction(database) as connection:
        lock_endpoints(connection, sorted({settled.delivery.endpoint for settled in group}))
        held = _held(connection, worker, [settled.delivery.sequence for settled in group])
        group = [settled for settled in group if held.get(settled.delivery.sequence) == settled.delivery.attempts]
        if not group:
            return
        _note_endpoints(connection, group, now_ms)
        _end_attempts(connection, group)
        ended = [settled.delivery for settled in group if settled.state not in UNFINISHED]
        if ended:
            open_lanes(connection, sorted({s.lane for s in ended}))
            close_runs(connection, sorted({s.run for s in ended}), now_ms)


def open_lanes(connection: sa.Connection, lanes: Sequence[str]) -> None:
    """In each lane where nothing is waiting or running, the earliest blocked one may go.

    It has been due since it was made: put behind everything that became due meanwhile, the fourth event of a subject
    would queue four times, and in a storm come ten seconds after the first.
    """
    connection.execute(_OPEN_LANES, {"lanes": list(lanes)})


def close_runs(connection: sa.Connection, runs: Sequence[str], now_ms: int) -> None:
    """Of `runs`, those are finished whose course is over and which have nothing on its way any more."""
    # Two workers may each settle one of a run's last two deliveries: behind a lock the second sees what the first did.
    connection.execute(_LOCK_RUNS, {"runs": list(runs)})
    connection.execute(_CLOSE_RUNS, {"runs": list(runs), "now_ms": now_ms})


def lock_endpoints(connection: sa.Connection, ids: Sequence[str]) -> dict[str, int]:
    """Puts writers of these endpoints' lanes in line; gives each one's failures in a row."""
    rows = connection.execute(
        sa.select(endpoint.c.id, endpoint.c.failures)
        .where(endpoint.c.id.in_(ids))
        .order_by(endpoint.c.id)  # always in one order: two that lock several never wait for each other
        .with_for_update(),
    )
    return {row.id: row.failures for row in rows}


def _held(connection: sa.Connection, worker: str, numbers: Sequence[int]) -> dict[int, int]:
    """Of these, those under the worker's lease, with their attempts so far."""
    rows = connection.execute(
        sa.select(delivery.c.sequence, delivery.c.attempts)
        .where(
            delivery.c.sequence.in_(numbers),
            delivery.c.state == DeliveryState.RUNNING,
            delivery.c.lease_owner == worker,
        )
        .with_for_update(),
    )
    return {row.sequence: row.attempts for row in rows}


def _note_endpoints(connection: sa.Connection, group: Sequence[Settled], now_ms: int) -> None:
    """Counts for each endpoint, its rest and its end; one that is back gets everything that waited for it."""
    failures = lock_endpoints(connection, sorted({settled.delivery.endpoint for settled in group}))
    for name, failed_before in failures.items():
        failed = failed_before
        recovered = False
        noted: dict[str, object] = {}
        delivered = 0
        for settled in group:
            if settled.delivery.endpoint != name:
                continue
            match settled.outcome:
                case Delivered():
                    delivered += 1
                    noted["last_success_ms"] = settled.ended_ms
                    recovered, failed = recovered or failed >= FAILING, 0
                case RetryAfter(reason=reason):
                    noted |= {"last_error_ms": settled.ended_ms, "last_error": reason}
                    failed += 1
                    if settled.rest_ms:
                        noted["rest_until_ms"] = settled.ended_ms + settled.rest_ms
                case Rejected(reason=reason):
                    noted |= {"last_error_ms": settled.ended_ms, "last_error": reason}
                    recovered, failed = recovered or failed >= FAILING, 0  # it answers
                    if reason is Reason.GONE:
                        noted["disabled_ms"] = settled.ended_ms
        noted |= {"failures": failed, "delivered": endpoint.c.delivered + delivered}
        connection.execute(endpoint.update().where(endpoint.c.id == name).values(noted))
        if recovered:
            connection.execute(_ALL_DUE, {"of": name, "now_ms": now_ms})


def _end_attempts(connection: sa.Connection, group: Sequence[Settled]) -> None:
    connection.execute(
        _END,
        [
            {
                "which": settled.delivery.sequence,
                "to": settled.state,
                "due": settled.due_ms,
                "made": settled.delivery.attempts + 1,
                "ended": None if settled.state in UNFINISHED else settled.ended_ms,
            }
            for settled in group
        ],
    )
    connection.execute(
        attempt.insert(),
        [
            {
                "delivery": settled.delivery.sequence,
                "number": settled.delivery.attempts + 1,
                "began_ms": settled.began_ms,
                "ended_ms": settled.ended_ms,
                "outcome": outcome_name(settled.outcome),
                "reason": settled.outcome.reason,
                "status": settled.outcome.status,
                "answer": settled.outcome.answer,
            }
            for settled in group
        ],
    )
    old = [
        {"which": settled.delivery.sequence, "last": settled.delivery.attempts + 1 - ATTEMPTS_KEPT}
        for settled in group
        if settled.delivery.attempts >= ATTEMPTS_KEPT
    ]
    if old:
        connection.execute(_FORGET, old)


_END = (
    delivery.update()
    .where(delivery.c.sequence == sa.bindparam("which"))
    .values(
        state=sa.bindparam("to"),
        due_ms=sa.bindparam("due"),
        attempts=sa.bindparam("made"),
        ended_ms=sa.bindparam("ended"),
        **NO_LEASE,
    )
)
_FORGET = attempt.delete().where(attempt.c.delivery == sa.bindparam("which"), attempt.c.number <= sa.bindparam("last"))
# Made once: making a statement with an alias costs more than running it.
_OTHER: Final = delivery.alias()
_BUSY: Final = sa.exists().where(
    _OTHER.c.lane == delivery.c.lane, _OTHER.c.state.in_((DeliveryState.WAITING, DeliveryState.RUNNING))
)
_FIRST: Final = (
    sa.select(sa.func.min(delivery.c.sequence))
    .where(
        delivery.c.lane.in_(sa.bindparam("lanes", expanding=True)), delivery.c.state == DeliveryState.BLOCKED, ~_BUSY
    )
    .group_by(delivery.c.lane)
)
_OPEN_LANES: Final = delivery.update().where(delivery.c.sequence.in_(_FIRST)).values(state=DeliveryState.WAITING)
_LOCK_RUNS: Final = (
    sa.select(run.c.id)
    .where(run.c.id.in_(sa.bindparam("runs", expanding=True)))
    .order_by(run.c.id)
    .with_for_update(key_share=True)  # deliveries may be added to them meanwhile
)
_CLOSE_RUNS: Final = (
    run.update()
    .where(
        run.c.id.in_(sa.bindparam("runs", expanding=True)),
        run.c.state == RunStatus.OPEN,
        run.c.over,
        ~sa.exists().where(delivery.c.run == run.c.id, delivery.c.state.in_(UNFINISHED)),
    )
    .values(state=RunStatus.FINISHED, ended_ms=sa.bindparam("now_ms"))
)

_ALL_DUE = (
    delivery.update()
    .where(delivery.c.state == DeliveryState.WAITING, delivery.c.endpoint == sa.bindparam("of"))
    .where(delivery.c.due_ms > sa.bindparam("now_ms"))
    .values(due_ms=sa.bindparam("now_ms"))
)
