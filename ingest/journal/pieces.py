"""The quarantine's rows in the journal file."""

import sqlite3
from collections.abc import Iterable
from typing import Final

from city.quarantine import Quarantined, Reason

COLUMNS: Final = "topic, payload, length, sha256, arrived_ms, reason, count, detail, id"

# What a row weighs beside its payload: the other columns, two indices, SQLite's own.
ROW_BYTES: Final = 512


def insert(connection: sqlite3.Connection, pieces: Iterable[Quarantined]) -> None:
    """Puts pieces in; each gets a new id."""
    connection.executemany(
        "INSERT INTO quarantine (topic, payload, length, sha256, arrived_ms, reason, count, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((p.topic, p.payload, p.length, p.sha256, p.arrived_ms, p.reason, p.count, p.detail) for p in pieces),
    )


def release(connection: sqlite3.Connection, pieces: Iterable[Quarantined]) -> None:
    """Takes the pieces' messages out, with all other pieces of the same messages: each message was judged anew."""
    connection.executemany(
        "DELETE FROM quarantine WHERE topic = ? AND sha256 = ? AND arrived_ms = ? AND id <= ?",
        ((p.topic, p.sha256, p.arrived_ms, p.id) for p in pieces),
    )


def piece(row: tuple[str, bytes, int, str, int, str, int, str, int]) -> Quarantined:
    """The piece in a row of `COLUMNS`."""
    topic, payload, length, sha256, arrived_ms, reason, count, detail, number = row
    return Quarantined(topic, payload, length, sha256, arrived_ms, Reason(reason), count, detail, number)


def weight(piece_: Quarantined) -> int:
    """Bytes that a piece takes in the file, roughly."""
    return len(piece_.payload) + ROW_BYTES


def weight_of_all(connection: sqlite3.Connection) -> int:
    """Bytes that all pieces take, reckoned as `weight` does."""
    count, payloads = connection.execute("SELECT count(*), total(length(payload)) FROM quarantine").fetchone()
    return int(payloads) + ROW_BYTES * int(count)
