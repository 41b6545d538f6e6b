"""The clock offsets' rows in the journal file."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from city.ports import ClockOffset

# Boots of one device that are kept. A device that names a new boot with every message harms itself alone; an honest
# one does not come back with a message of 64 starts ago.
BOOTS_KEPT: Final = 64


def insert(connection: sqlite3.Connection, offsets: Sequence[ClockOffset]) -> None:
    """Keeps offsets, the first for each (device, boot), and forgets all but a device's newest `BOOTS_KEPT` boots."""
    if not offsets:
        return
    connection.executemany(
        "INSERT INTO clock_offset (device, boot, offset_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        ((each.device, each.boot, each.offset_ms) for each in offsets),
    )
    connection.executemany(
        "DELETE FROM clock_offset WHERE device = ?1 AND id <= ("
        "SELECT id FROM clock_offset WHERE device = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        ((device, BOOTS_KEPT) for device in {each.device for each in offsets}),
    )


def read(connection: sqlite3.Connection) -> Sequence[ClockOffset]:
    """Every offset kept, oldest first."""
    return [
        ClockOffset(*each)
        for each in connection.execute("SELECT device, boot, offset_ms FROM clock_offset ORDER BY id")
    ]
