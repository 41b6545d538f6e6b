"""What could not be used: listed, counted, and sent again by a person.

It is bounded. When it is full, a message that cannot be used is still acknowledged, so that the broker's queue, and
with it every good message, keeps flowing; it is counted under its reason, but gets no receipt. A device that numbers
its messages therefore keeps it in its own spool, sends it again, and after ten times sets it aside: nothing is lost,
and nothing that lies here is pushed out. How full it is shows in `megane_quarantine_bytes`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from city.delivery import Delivery
from city.errors import UserError
from city.quarantine import Quarantined, Reason
from ingest.journal.pieces import COLUMNS, piece
from ingest.journal.reader import Reader

# A device gone mad with 100 rubbish messages a second takes five hours to fill it; on a small machine's disk it is a
# few percent; and listing it stays quick.
QUARANTINE_BYTES: Final = 1024 * 1024 * 1024
PREVIEW_BYTES: Final = 2_048  # of a payload in a list: a person reads the beginning; `piece` gives all that is kept
# Pieces that one call may send again: at the greatest size they are the 256 MB that fit into memory beside the rest.
SENT_AT_ONCE: Final = 1_000


class QuarantineError(UserError):
    """What a person asked of the quarantine cannot be done."""


class Quarantine:
    """Implements the API's port. Blocking, for worker threads; safe for use from several."""

    def __init__(self, reader: Reader, send: Callable[[Delivery], None] | None = None) -> None:
        """`send` puts a delivery into the inbox, from any thread; None where nobody takes any: it can only be read."""
        self._reader = reader
        self._send = send

    def counts(self) -> Mapping[Reason, int]:
        """How many pieces lie there, by reason; only reasons that have some."""
        with self._reader.connection() as connection:
            rows = connection.execute("SELECT reason, count(*) FROM quarantine GROUP BY reason").fetchall()
        return {Reason(reason): count for reason, count in rows}

    def pieces(
        self,
        reason: Reason | None = None,
        after: int = 0,
        limit: int = 100,
        topic: str = "",
        from_ms: int | None = None,
        to_ms: int | None = None,
    ) -> Sequence[Quarantined]:
        """At most `limit` pieces with an id past `after`, oldest first, payloads cut to `PREVIEW_BYTES`.

        topic: the beginning of the topic; from_ms ≤ arrival < to_ms
        """
        conditions: list[tuple[str, str | int]] = [("id > ?", after)]
        if reason is not None:
            conditions.append(("reason = ?", reason))
        if topic:
            conditions.append((f"substr(topic, 1, {len(topic)}) = ?", topic))
        if from_ms is not None:
            conditions.append(("arrived_ms >= ?", from_ms))
        if to_ms is not None:
            conditions.append(("arrived_ms < ?", to_ms))
        # SQLite's substr makes NULL of an empty payload.
        columns = COLUMNS.replace("payload", f"coalesce(substr(payload, 1, {PREVIEW_BYTES}), x'')")
        where = " AND ".join(condition for condition, _ in conditions)
        with self._reader.connection() as connection:
            rows = connection.execute(
                f"SELECT {columns} FROM quarantine WHERE {where} ORDER BY id LIMIT ?",  # noqa: S608 only our own names
                (*(value for _, value in conditions), limit),
            ).fetchall()
        return [piece(row) for row in rows]

    def piece(self, id_: int) -> Quarantined | None:
        """One piece with all of the payload that is kept; None where there is none of that id."""
        with self._reader.connection() as connection:
            found = connection.execute(f"SELECT {COLUMNS} FROM quarantine WHERE id = ?", (id_,))  # noqa: S608 only our own names
            row = found.fetchone()
        return piece(row) if row else None

    def resend(self, ids: Sequence[int]) -> int:
        """Puts the messages of these pieces through the ingester once more, with their own topic and arrival; how many.

        Unknown ids are passed over. A message leaves the quarantine, with all of its pieces, in the transaction that
        brings it into the journal; what of it can still not be used comes back as a new piece. Raises QuarantineError,
        and sends nothing, where a message was too large to be kept whole or nobody takes it.
        """
        if self._send is None:
            raise QuarantineError("ingest.quarantine_nobody_takes")
        if len(ids) > SENT_AT_ONCE:
            raise QuarantineError("ingest.quarantine_too_many", asked=len(ids), most=SENT_AT_ONCE)
        found = [found for id_ in ids if (found := self.piece(id_))]
        for each in found:
            if each.length > len(each.payload):
                raise QuarantineError("ingest.quarantine_cut", id=each.id, length=each.length, kept=len(each.payload))
        # Of a message with several pieces the last one stands for all: up to its id they are released together.
        messages = {(each.topic, each.sha256, each.arrived_ms): each for each in sorted(found, key=lambda p: p.id)}
        for each in messages.values():
            self._send(Delivery(each.topic, each.payload, each.arrived_ms, _nobody_waits, piece=each))
        return len(messages)


def _nobody_waits() -> None:
    """Acknowledges what came from no source."""
