"""How endpoints are doing, and enabling one again that had said it is gone."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from administration.outcome import Reason
from administration.retry import Retry
from administration.settlement import lock_endpoints
from administration.tables import UNFINISHED, DeliveryState, delivery, endpoint
from administration.transaction import transaction
from city.clock import Clock
from city.errors import UserError


class UnknownEndpointError(UserError):
    """Nothing was ever sent to an endpoint of this id."""


@dataclass(frozen=True, slots=True)
class EndpointHealth:
    """One endpoint. Times: ms of the city's clock, None where there was none.

    delivered: webhooks ever taken
    waiting: on their way and not tried yet
    retrying: tried at least once and not through
    dead: dead letters
    disabled_ms: since it answered 410; what waits and retries is then parked until a person enables it
    oldest_waiting_ms: when the oldest webhook that is not through was made
    """

    id: str
    delivered: int
    waiting: int
    retrying: int
    dead: int
    failures_in_a_row: int
    disabled_ms: int | None
    rest_until_ms: int
    last_success_ms: int | None
    last_error_ms: int | None
    last_error: Reason | None
    oldest_waiting_ms: int | None


class Endpoints:
    """Asks and mends. Blocking; each call is one transaction. `on_deliveries`: as for DeadLetters."""

    def __init__(
        self, *, database: sa.Engine, clock: Clock, on_deliveries: Callable[[], None], retry: Retry | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._on_deliveries = on_deliveries
        self._retry = retry or Retry()

    def health(self) -> tuple[EndpointHealth, ...]:
        """Every endpoint to which something was ever to be sent, by id."""
        with transaction(self._database) as connection:
            return tuple(_health(row) for row in connection.execute(_HEALTH))

    def enable(self, endpoint_id: str) -> None:
        """What is parked goes out, for another 72 h. Durable on return. Raises UnknownEndpointError."""
        now_ms = self._clock.now_ms()
        with transaction(self._database) as connection:
            if not lock_endpoints(connection, [endpoint_id]):
                raise UnknownEndpointError("administration.unknown_endpoint", id=endpoint_id)
            fresh = {"disabled_ms": None, "rest_until_ms": 0, "failures": 0}
            connection.execute(endpoint.update().where(endpoint.c.id == endpoint_id).values(fresh))
            parked = delivery.update().where(delivery.c.endpoint == endpoint_id, delivery.c.state.in_(UNFINISHED))
            connection.execute(parked.values(due_ms=now_ms, until_ms=now_ms + self._retry.for_ms))
        self._on_deliveries()


_TRIED = sa.and_(delivery.c.state.in_(UNFINISHED), delivery.c.attempts > 0)
_UNTRIED = sa.and_(delivery.c.state.in_(UNFINISHED), delivery.c.attempts == 0)
_DEAD = delivery.c.state == DeliveryState.DEAD
# Only those that are not done are looked at, by the index on their state: those that are done grow without end.
_COUNTS = (
    sa.select(
        delivery.c.endpoint,
        sa.func.sum(sa.case((_UNTRIED, 1), else_=0)).label("waiting"),
        sa.func.sum(sa.case((_TRIED, 1), else_=0)).label("retrying"),
        sa.func.sum(sa.case((_DEAD, 1), else_=0)).label("dead"),
        sa.func.min(sa.case((delivery.c.state != DeliveryState.DEAD, delivery.c.created_ms))).label("oldest_ms"),
    )
    .where(delivery.c.state.in_((*UNFINISHED, DeliveryState.DEAD)))
    .group_by(delivery.c.endpoint)
    .subquery()
)
_HEALTH = (
    sa.select(endpoint, _COUNTS.c.waiting, _COUNTS.c.retrying, _COUNTS.c.dead, _COUNTS.c.oldest_ms)
    .select_from(endpoint.outerjoin(_COUNTS, _COUNTS.c.endpoint == endpoint.c.id))
    .order_by(endpoint.c.id)
)


def _health(row: sa.Row[tuple[object, ...]]) -> EndpointHealth:
    return EndpointHealth(
        id=row.id,
        delivered=row.delivered,
        waiting=row.waiting or 0,
        retrying=row.retrying or 0,
        dead=row.dead or 0,
        failures_in_a_row=row.failures,
        disabled_ms=row.disabled_ms,
        rest_until_ms=row.rest_until_ms,
        last_success_ms=row.last_success_ms,
        last_error_ms=row.last_error_ms,
        last_error=None if row.last_error is None else Reason(row.last_error),
        oldest_waiting_ms=row.oldest_ms,
    )
