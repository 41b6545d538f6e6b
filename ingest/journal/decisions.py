"""The keys of the decisions that stand in the journal file."""

import sqlite3

from ingest.journal.row import Kind, Row


def positions(connection: sqlite3.Connection) -> dict[str, int]:
    """Key → position of every decision that the journal has not pruned yet: people decide some dozens a day."""
    rows = connection.execute(
        # "kind >= 5" names the partial index to SQLite, which does not conclude it from the first condition.
        "SELECT position, at_ms, kind, body FROM entry WHERE kind = ? AND kind >= 5 ORDER BY position",
        (Kind.DECISION,),
    )
    decided = (Row.read(*row) for row in rows)
    return {row.decision.key: row.position for row in decided if row.decision is not None}
