"""The tables of the alerts' ledger: events for ever, alerts as they stand, the engine's position and its snapshots.

Plain SQLAlchemy Core, the same on SQLite and PostgreSQL. Times are whole milliseconds since the epoch, UTC. The
migrations in `megane/migrations/` bring a database to what `metadata` describes.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    true,
)

metadata = MetaData()

ALERT_EVENT: Final = Table(
    "alert_event",
    metadata,
    # SQLite counts up by itself only where the key is exactly INTEGER.
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("city", String(64), nullable=False),
    Column("rule", String(80), nullable=False),
    Column("version", String(32), nullable=False),
    Column("subject", String(140), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("from_state", String(16), nullable=False),
    Column("to_state", String(16), nullable=False),
    Column("raised_ms", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("decided_ms", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("series", String(140), nullable=False),
    Column("time_ms", BigInteger),
    Column("value", Float),
    Column("quality", Integer),
    Column("peak", Float),
    Column("reason", String(16)),
    Column("suppressed_by", String(96)),
    Column("told", Boolean, nullable=False),
    Column("relayed", Boolean, nullable=False),
    Column("shadow", Boolean, nullable=False, server_default=false()),
    Column("retroactive", Boolean, nullable=False, server_default=false()),
    Column("flapping", Boolean, nullable=False, server_default=false()),
    Column("caught_up", Boolean, nullable=False, server_default=false()),
    Index("alert_event_unrelayed", "relayed", "told", "sequence"),
)

ALERT: Final = Table(
    "alert",
    metadata,
    Column("rule", String(80), primary_key=True),
    Column("subject", String(140), primary_key=True),
    Column("raised_ms", BigInteger, primary_key=True),
    Column("version", String(32), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("resolved_ms", BigInteger),
    Column("decided_ms", BigInteger, nullable=False),
    Column("series", String(140), nullable=False),
    Column("time_ms", BigInteger),
    Column("value", Float),
    Column("quality", Integer),
    Column("peak", Float),
    Column("shadow", Boolean, nullable=False, server_default=false()),
    Column("retroactive", Boolean, nullable=False, server_default=false()),
    Column("flapping", Boolean, nullable=False, server_default=false()),
    Column("suppressed_by", String(96)),
    Index("alert_state", "state", "raised_ms"),
    Index("alert_raised", "raised_ms"),
)

DECISION: Final = Table(
    "decision",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("key", String(64), nullable=False),
    Column("by", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("rule", String(80), nullable=False),
    Column("subject", String(140), nullable=False),
    Column("raised_ms", BigInteger, nullable=False),
    Column("reason", String(16)),
    Column("assignee", String(64)),
    Column("text", Text, nullable=False),
    Column("relayed", Boolean, nullable=False, server_default=true()),
    Index("decision_unrelayed", "relayed", "position"),
    Index("decision_alert", "rule", "subject", "raised_ms"),
)

# Of an alert that somebody decided about: what its newest decisions say. Others have no row.
ALERT_MARK: Final = Table(
    "alert_mark",
    metadata,
    Column("rule", String(80), primary_key=True),
    Column("subject", String(140), primary_key=True),
    Column("raised_ms", BigInteger, primary_key=True),
    Column("acknowledged_ms", BigInteger),
    Column("acknowledged_by", String(64)),
    Column("assignee", String(64)),
    Column("reason", String(16)),
    Column("closed_ms", BigInteger),
    Column("closed_by", String(64)),
)

SILENCE: Final = Table(
    "silence",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("made_ms", BigInteger, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("to_ms", BigInteger),
    Column("body", Text, nullable=False),  # the silence itself, JSON
    Column("lifted_ms", BigInteger),
    Column("lifted_by", String(64)),
)

ENGINE_POSITION: Final = Table(
    "engine_position",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
)

ENGINE_SNAPSHOT: Final = Table(
    "engine_snapshot",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("taken_ms", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
