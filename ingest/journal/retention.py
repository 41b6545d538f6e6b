"""What of the journal may go, and where the rest begins.

Now and then a snapshot of the engine is kept in the journal. To prune is to choose one of them as the *genesis*: the
entries up to it go, and a run of the whole journal begins with that snapshot and goes on from there.
"""

import sqlite3
from typing import Final

from ingest.journal.row import Kind

# How far kept snapshots lie apart: the journal outstays its retention by at most this (an eighth), and at most ten
# snapshots are kept, which for 10,000 series with windows are some hundred megabytes.
SPAN_MS: Final = 6 * 3_600_000

# Entries and pages of one small transaction: some milliseconds, so that appends in between hardly wait.
_ENTRIES_AT_ONCE: Final = 200
_PAGES_AT_ONCE: Final = 2_000


def newest_snapshot_at_ms(connection: sqlite3.Connection) -> int:
    """When the newest kept snapshot was; long ago where there is none."""
    found = connection.execute("SELECT max(at_ms) FROM snapshot").fetchone()[0]
    return -SPAN_MS if found is None else int(found)


def at_ms_of(connection: sqlite3.Connection, position: int) -> int | None:
    """The time of the entry at `position`; None where it is not in the journal."""
    found = connection.execute("SELECT at_ms FROM entry WHERE position = ?", (position,)).fetchone()
    return int(found[0]) if found else None


def insert_snapshot(connection: sqlite3.Connection, position: int, at_ms: int, snapshot: bytes) -> None:
    """Keeps a snapshot."""
    connection.execute("INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?)", (position, at_ms, snapshot))


def genesis_position(connection: sqlite3.Connection) -> int:
    """The position up to which the journal is gone; 0 for a whole journal."""
    found = connection.execute("SELECT position FROM genesis").fetchone()
    return int(found[0]) if found else 0


def choose_genesis(connection: sqlite3.Connection, before_ms: int) -> None:
    """Moves the genesis forward where it can. One statement, thus all or nothing."""
    connection.execute(
        "INSERT INTO genesis (only, position, at_ms)"
        " SELECT 1, position, at_ms FROM snapshot WHERE at_ms < ?1"
        " AND position <= (SELECT min(position) FROM"
        " (SELECT position FROM consumer UNION ALL SELECT position FROM frontier))"
        " ORDER BY position DESC LIMIT 1"
        " ON CONFLICT (only) DO UPDATE SET position = excluded.position, at_ms = excluded.at_ms",
        (before_ms,),
    )


def remove_some(connection: sqlite3.Connection) -> bool:
    """Removes some of what lies before the genesis, each statement by itself; whether there may be more.

    The catalog and the rules in force at the genesis stay.
    """
    genesis = genesis_position(connection)
    connection.execute("DELETE FROM snapshot WHERE position < ?", (genesis,))
    removed = connection.execute(
        "DELETE FROM entry WHERE position IN (SELECT position FROM entry WHERE position <= ?1 AND position NOT IN ("
        " SELECT coalesce(max(position), 0) FROM entry WHERE kind = ?2 AND kind >= 5 AND position <= ?1 UNION ALL"
        " SELECT coalesce(max(position), 0) FROM entry WHERE kind = ?3 AND kind >= 5 AND position <= ?1)"
        " LIMIT ?4)",
        (genesis, Kind.RULES, Kind.CATALOG, _ENTRIES_AT_ONCE),
    ).rowcount
    connection.execute(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})").fetchall()
    return removed > 0 or connection.execute("PRAGMA freelist_count").fetchone()[0] > 0
