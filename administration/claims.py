"""How a worker takes up deliveries that are due: in groups, each group one transaction, under a lease.

The effect is carried out outside any transaction. A worker that died holds its leases until it starts again under its
name, or until they run out and another takes them back; these then go out a second time under the same key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from administration.tables import (
    DeliveryState,
    delivery,
    endpoint,
    incident_event,
)
from administration.transaction import transaction

# Deliveries in flight to one endpoint. A receiver that takes a second for each still gets 10,000 alerts in ten
# minutes, and a small office server is not run over.
AT_ONCE: Final = 16
# After so many failures in a row an endpoint is *failing*: one delivery at a time tries it, until one gets through.
FAILING: Final = 5


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery in the hands of a worker, with all that its effect needs.

    attempts: made before this one
    body: what is told, as composed when the event came
    """

    sequence: int
    id: str
    run: str
    endpoint: str
    lane: str
    attempts: int
    until_ms: int
    created_ms: int
    body: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What was claimed, and when more becomes due for endpoints that have room (None: never by itself)."""

    deliveries: tuple[ClaimedDelivery, ...]
    next_due_ms: int | None


def take_back(database: sa.Engine, worker: str, now_ms: int) -> int:
    """What `worker` held when it died are waiting again, due at once, and so are those whose lease ran out.

    Gives their number.
    """
    lost = sa.or_(delivery.c.lease_owner == worker, delivery.c.lease_until_ms < now_ms)
    held = delivery.update().where(delivery.c.state == DeliveryState.RUNNING, lost)
    with transaction(database) as connection:
        return connection.execute(held.values(state=DeliveryState.WAITING, due_ms=now_ms, **NO_LEASE)).rowcount


def take_back_overdue(database: sa.Engine, now_ms: int) -> int:
    """Deliveries whose lease ran out are waiting again, due at once: whoever held them is gone. Gives their number."""
    overdue = delivery.update().where(delivery.c.state == DeliveryState.RUNNING, delivery.c.lease_until_ms < now_ms)
    with transaction(database) as connection:
        return connection.execute(overdue.values(state=DeliveryState.WAITING, due_ms=now_ms, **NO_LEASE)).rowcount


def claim(database: sa.Engine, worker: str, now_ms: int, lease_ms: int, held: Mapping[str, int]) -> Claim:
    """Takes up what is due, earliest first, at most so much for each endpoint as it has room for.

    held: those of each endpoint that the worker has in hand already
    Two workers that claim in the same instant do not see each other's: an endpoint may then get up to so many times its
    room as there are workers, until the next claim.
    """
    with transaction(database) as connection:
        others = {row.endpoint: row.held for row in connection.execute(_HELD_BY_OTHERS, {"worker": worker})}
        numbers: list[int] = []
        next_due_ms: int | None = None
        for row in connection.execute(_ENDPOINTS_WITH_WORK):
            room = (1 if row.failures >= FAILING else AT_ONCE) - held.get(row.id, 0) - others.get(row.id, 0)
            if room <= 0:
                continue
            due_ms: int | None = max(row.due_ms, row.rest_until_ms)
            if due_ms is not None and due_ms <= now_ms:
                taken = connection.scalars(_DUE, {"endpoint": row.id, "now_ms": now_ms, "room": room}).all()
                numbers += taken
                full = len(taken) == room
                due_ms = None if full else connection.scalar(_NEXT_DUE, {"endpoint": row.id, "now_ms": now_ms})
            if due_ms is not None:
                next_due_ms = due_ms if next_due_ms is None else min(next_due_ms, due_ms)
        if not numbers:
            return Claim((), next_due_ms)
        lease = {"state": DeliveryState.RUNNING, "lease_owner": worker, "lease_until_ms": now_ms + lease_ms}
        connection.execute(delivery.update().where(delivery.c.sequence.in_(numbers)).values(**lease))
        claimed = connection.execute(_CLAIMED.where(delivery.c.sequence.in_(numbers)))
        return Claim(tuple(ClaimedDelivery(**row) for row in claimed.mappings()), next_due_ms)


NO_LEASE: Final[Mapping[str, None]] = {"lease_owner": None, "lease_until_ms": None}

_EARLIEST = (
    sa.select(sa.func.min(delivery.c.due_ms))
    .where(delivery.c.state == DeliveryState.WAITING, delivery.c.endpoint == endpoint.c.id)
    .correlate(endpoint)
    .scalar_subquery()
)
_ENDPOINTS_WITH_WORK = sa.select(
    sa.select(endpoint.c.id, endpoint.c.failures, endpoint.c.rest_until_ms, _EARLIEST.label("due_ms"))
    .where(endpoint.c.disabled_ms.is_(None))
    .subquery(),
).where(sa.column("due_ms").is_not(None))

_HELD_BY_OTHERS = (
    sa.select(delivery.c.endpoint, sa.func.count().label("held"))
    .where(delivery.c.state == DeliveryState.RUNNING, delivery.c.lease_owner != sa.bindparam("worker"))
    .group_by(delivery.c.endpoint)
)
_OF_ENDPOINT = (delivery.c.state == DeliveryState.WAITING, delivery.c.endpoint == sa.bindparam("endpoint"))
_DUE = (
    sa.select(delivery.c.sequence)
    .where(*_OF_ENDPOINT, delivery.c.due_ms <= sa.bindparam("now_ms"))
    .order_by(delivery.c.due_ms, delivery.c.sequence)
    .limit(sa.bindparam("room"))
    .with_for_update(skip_locked=True)  # PostgreSQL: several workers; SQLite has one and ignores it
)
_NEXT_DUE = sa.select(sa.func.min(delivery.c.due_ms)).where(*_OF_ENDPOINT, delivery.c.due_ms > sa.bindparam("now_ms"))
_CLAIMED = (
    sa.select(
        *(delivery.c[name] for name in ("sequence", "id", "run", "endpoint", "lane", "attempts")),
        delivery.c.until_ms,
        delivery.c.created_ms,
        incident_event.c.body,
    )
    .join(incident_event, incident_event.c.id == delivery.c.event)
    .order_by(delivery.c.due_ms, delivery.c.sequence)
)
