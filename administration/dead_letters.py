"""Dead letters: what was refused or tried in vain to the end. A person sees why, and sends them again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from administration.outcome import Reason
from administration.retry import Retry
from administration.settlement import lock_endpoints, open_lanes
from administration.tables import DeliveryState, RunStatus, attempt, delivery, incident_event, run
from administration.transaction import transaction
from city.clock import Clock
from city.errors import UserError

LISTED = 1000  # more than a person reads; the counts are whole


class UnknownDeadLetterError(UserError):
    """No dead letter has this id: it never had, or it was sent again meanwhile."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt as it stands in the rows. Times: ms of the city's clock."""

    number: int
    began_ms: int
    ended_ms: int
    reason: Reason
    status: int | None
    answer: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What did not get through: `id` is its webhook-id; `reason`, `status`, `answer` those of its last attempt."""

    id: str
    endpoint: str
    rule: str
    subject: str
    to_state: str
    at_ms: int
    created_ms: int
    died_ms: int
    attempts: int
    reason: Reason
    status: int | None
    answer: str


class DeadLetters:
    """Lists, shows and sends again. Blocking; each call is one transaction.

    on_deliveries: called when there is something to send again (`Worker.wake`)
    """

    def __init__(
        self, *, database: sa.Engine, clock: Clock, on_deliveries: Callable[[], None], retry: Retry | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._on_deliveries = on_deliveries
        self._retry = retry or Retry()

    def counts(self) -> Mapping[str, int]:
        """How many there are, by endpoint; endpoints without any are left out."""
        counted = sa.select(delivery.c.endpoint, sa.func.count().label("letters")).where(
            delivery.c.state == DeliveryState.DEAD
        )
        with transaction(self._database) as connection:
            return {row.endpoint: row.letters for row in connection.execute(counted.group_by(delivery.c.endpoint))}

    def list(self, limit: int = LISTED, endpoint: str | None = None) -> tuple[DeadLetter, ...]:
        """The newest `limit` (1,000 at most), of one endpoint or of all; the one that died last is first."""
        wanted = _LETTERS.where(delivery.c.state == DeliveryState.DEAD)
        if endpoint is not None:
            wanted = wanted.where(delivery.c.endpoint == endpoint)
        wanted = wanted.order_by(delivery.c.ended_ms.desc(), delivery.c.sequence.desc()).limit(min(limit, LISTED))
        with transaction(self._database) as connection:
            return tuple(_letter(row) for row in connection.execute(wanted).mappings())

    def show(self, letter: str) -> tuple[DeadLetter, tuple[Attempt, ...], str]:
        """The letter, its last attempts (20 at most), and its body as sent. Raises UnknownDeadLetterError."""
        with transaction(self._database) as connection:
            found = connection.execute(
                _LETTERS.add_columns(incident_event.c.body, delivery.c.sequence).where(
                    delivery.c.id == letter, delivery.c.state == DeliveryState.DEAD
                ),
            ).mappings()
            row = found.one_or_none()
            if row is None:
                raise UnknownDeadLetterError("administration.unknown_dead_letter", id=letter)
            tried = sa.select(attempt).where(attempt.c.delivery == row["sequence"]).order_by(attempt.c.number)
            attempts = tuple(_attempt(tried_row) for tried_row in connection.execute(tried).mappings())
            return _letter(row), attempts, row["body"]

    def resend(self, letter: str) -> None:
        """Sends it again under the same webhook-id, for another 72 h, behind what its subject has under way.

        Durable on return. Raises UnknownDeadLetterError.
        """
        if not self._revive(delivery.c.id == letter):
            raise UnknownDeadLetterError("administration.unknown_dead_letter", id=letter)

    def resend_all(self, endpoint: str) -> int:
        """Sends all of an endpoint's again, as `resend` does. Gives their number."""
        return self._revive(delivery.c.endpoint == endpoint)

    def _revive(self, which: sa.ColumnElement[bool]) -> int:
        now_ms = self._clock.now_ms()
        dead = sa.select(delivery.c.sequence, delivery.c.endpoint, delivery.c.lane, delivery.c.run)
        with transaction(self._database) as connection:
            names = sa.select(delivery.c.endpoint).where(which, delivery.c.state == DeliveryState.DEAD).distinct()
            lock_endpoints(connection, connection.scalars(names).all())
            rows = connection.execute(dead.where(which, delivery.c.state == DeliveryState.DEAD)).all()
            if not rows:
                return 0
            revived = {
                "state": DeliveryState.BLOCKED,
                "due_ms": now_ms,
                "until_ms": now_ms + self._retry.for_ms,
                "ended_ms": None,
            }
            # By a query and not by a list of numbers: a dead endpoint may have left more than a statement can name.
            connection.execute(delivery.update().where(which, delivery.c.state == DeliveryState.DEAD).values(revived))
            for part in _parts(sorted({row.run for row in rows})):
                connection.execute(
                    run.update().where(run.c.id.in_(part)).values(state=RunStatus.OPEN, ended_ms=None),
                )
            for part in _parts(sorted({row.lane for row in rows})):
                open_lanes(connection, part)
        self._on_deliveries()
        return len(rows)


def _parts(names: list[str], size: int = 1000) -> list[list[str]]:
    """Lists short enough for one statement: SQLite takes 32,766 parameters, and a thousand is quick."""
    return [names[i : i + size] for i in range(0, len(names), size)]


_LETTERS = (
    sa.select(
        delivery.c.id,
        delivery.c.endpoint,
        incident_event.c.rule,
        incident_event.c.subject,
        incident_event.c.to_state,
        incident_event.c.at_ms,
        delivery.c.created_ms,
        delivery.c.ended_ms.label("died_ms"),
        delivery.c.attempts,
        attempt.c.reason,
        attempt.c.status,
        attempt.c.answer,
    )
    .select_from(delivery)
    .join(incident_event, incident_event.c.id == delivery.c.event)
    .join(attempt, sa.and_(attempt.c.delivery == delivery.c.sequence, attempt.c.number == delivery.c.attempts))
)


def _letter(row: sa.RowMapping) -> DeadLetter:
    named = {name: row[name] for name in DeadLetter.__dataclass_fields__}
    return DeadLetter(**named | {"reason": Reason(row["reason"])})


def _attempt(row: sa.RowMapping) -> Attempt:
    named = {name: row[name] for name in Attempt.__dataclass_fields__}
    return Attempt(**named | {"reason": Reason(row["reason"])})
