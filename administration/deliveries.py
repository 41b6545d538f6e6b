"""Deliveries on their way out of a run: each event once to each endpoint, those of one subject in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from administration.settlement import lock_endpoints
from administration.tables import UNFINISHED, DeliveryState, delivery
from city.digest import digest

# Channels of `notify` are endpoints of this kind: what goes wrong with them is seen, and sent again, in the same place.
CHANNEL: Final = "notify:"
# As text, since both databases say it so and SQLAlchemy has it only for each of them apart.
_BEGIN_ENDPOINT: Final = sa.text("INSERT INTO endpoint (id) VALUES (:id) ON CONFLICT DO NOTHING")
_PARTS: Final = 1000  # ids in one statement: SQLite takes 32,766 parameters, and a thousand is quick


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """An event on its way to an endpoint. subject: what it is about; of one subject, one goes after the other."""

    run: str
    place: str
    kind: str
    event: str
    endpoint: str
    subject: str

    @property
    def key(self) -> str:
        """The idempotency key."""
        return webhook_id(self.endpoint, self.event)


def webhook_id(endpoint_id: str, event_id: str) -> str:
    """formats.md: hash(endpoint, event), the idempotency key; the same over every attempt and across restarts."""
    return digest(endpoint_id, event_id)


def add_deliveries(connection: sa.Connection, new: Sequence[NewDelivery], now_ms: int, until_ms: int) -> int:
    """Adds those that are not there yet, inside the caller's transaction; one whose lane has another before it waits.

    until_ms: how long they are tried. Gives how many were added.
    """
    rows = _fresh(connection, new)
    if not rows:
        return 0
    names = sorted({one.endpoint for one in rows.values()})
    unknown = sorted(set(names) - lock_endpoints(connection, names).keys())
    if unknown:
        connection.execute(_BEGIN_ENDPOINT, [{"id": name} for name in unknown])
        lock_endpoints(connection, unknown)  # another may have begun them in the same instant
    busy = _busy(connection, sorted({_lane(one) for one in rows.values()}))
    values = []
    for key, one in rows.items():
        lane = _lane(one)
        state = DeliveryState.BLOCKED if lane in busy else DeliveryState.WAITING
        busy.add(lane)
        values.append(
            {
                "id": key,
                "run": one.run,
                "place": one.place,
                "kind": one.kind,
                "event": one.event,
                "endpoint": one.endpoint,
                "lane": lane,
                "state": state,
                "due_ms": now_ms,
                "until_ms": until_ms,
                "attempts": 0,
                "created_ms": now_ms,
            }
        )
    connection.execute(delivery.insert(), values)
    return len(values)


def _fresh(connection: sa.Connection, new: Sequence[NewDelivery]) -> dict[str, NewDelivery]:
    by_key = {one.key: one for one in reversed(new)}
    keys = list(dict.fromkeys(one.key for one in new))
    known: set[str] = set()
    for start in range(0, len(keys), _PARTS):
        part = sa.select(delivery.c.id).where(delivery.c.id.in_(keys[start : start + _PARTS]))
        known.update(connection.scalars(part))
    return {key: by_key[key] for key in keys if key not in known}


def _busy(connection: sa.Connection, lanes: Sequence[str]) -> set[str]:
    """Those lanes in which something is on its way."""
    busy: set[str] = set()
    for start in range(0, len(lanes), _PARTS):
        part = lanes[start : start + _PARTS]
        unfinished = sa.select(delivery.c.lane).where(delivery.c.lane.in_(part), delivery.c.state.in_(UNFINISHED))
        busy.update(connection.scalars(unfinished.distinct()))
    return busy


def _lane(one: NewDelivery) -> str:
    return f"{one.endpoint}\n{one.subject}"  # formats.md: per endpoint, the events of one subject in order
