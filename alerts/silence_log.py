"""Silences as people made and lifted them, for ever. Written in the ledger's transactions."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, Row, select, update

from alerts.projection import insert_new
from alerts.tables import SILENCE
from city.decision import Decision, Lift, Silence


@dataclass(frozen=True, slots=True)
class MadeSilence:
    """A silence, when and by whom it was made and why; and when and by whom it was lifted, None while nobody did."""

    silence: Silence
    made_ms: int
    made_by: str
    text: str
    lifted_ms: int | None
    lifted_by: str | None


def make(connection: Connection, silence: Silence, decision: Decision, at_ms: int) -> None:
    """One that is there already stays as it is."""
    row: dict[str, object] = {
        "id": silence.id,
        "made_ms": at_ms,
        "made_by": decision.by,
        "text": decision.text,
        "to_ms": silence.to_ms,
        "body": msgspec.json.encode(silence).decode(),
    }
    insert_new(connection, SILENCE, row)


def lift(connection: Connection, act: Lift, decision: Decision, at_ms: int) -> None:
    """Of several lifts the first counts."""
    chosen = (SILENCE.c.id == act.silence, SILENCE.c.lifted_ms.is_(None))
    connection.execute(update(SILENCE).where(*chosen).values(lifted_ms=at_ms, lifted_by=decision.by))


def silences(connection: Connection, after_ms: int | None, limit: int) -> Sequence[MadeSilence]:
    """At most `limit`, the newest first; only those that were not over by then, where `after_ms` is given."""
    columns = SILENCE.c
    query = select(SILENCE).order_by(columns.made_ms.desc(), columns.id).limit(limit)
    if after_ms is not None:
        query = query.where(columns.lifted_ms.is_(None), columns.to_ms.is_(None) | (columns.to_ms > after_ms))
    return [_made(row) for row in connection.execute(query)]


def silence_of(connection: Connection, ident: str) -> MadeSilence | None:
    """The one of that id."""
    row = connection.execute(select(SILENCE).where(SILENCE.c.id == ident)).first()
    return None if row is None else _made(row)


def _made(row: Row[tuple[object, ...]]) -> MadeSilence:
    silence = msgspec.json.decode(row.body, type=Silence)
    return MadeSilence(silence, row.made_ms, row.made_by, row.text, row.lifted_ms, row.lifted_by)
