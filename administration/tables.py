"""The rows that business is made of: incidents, runs and their steps, what they send, and how it went.

What staff see is what stands here.

Plain SQLAlchemy Core, the same on SQLite and PostgreSQL. Times are whole milliseconds since the epoch, UTC, of the
city's clock. The migrations in `megane/migrations/` bring a database to what `metadata` describes.
"""

from enum import StrEnum
from typing import Final

import sqlalchemy as sa

metadata = sa.MetaData()


class RunStatus(StrEnum):
    """A run is open until its course is over and nothing that it sends is on its way any more."""

    OPEN = "open"
    FINISHED = "finished"


class DeliveryState(StrEnum):
    """Where it is. blocked → waiting → running → done, or dead; a dead one is waiting again when sent anew."""

    BLOCKED = "blocked"  # an earlier one of its lane is not through yet
    WAITING = "waiting"  # may be claimed from `due_ms` on
    RUNNING = "running"  # claimed, under a lease
    DONE = "done"
    DEAD = "dead"  # refused for good, or tried in vain to the end: a dead letter


UNFINISHED: Final = (DeliveryState.BLOCKED, DeliveryState.WAITING, DeliveryState.RUNNING)

# SQLite counts rows up by itself only under the exact type INTEGER.
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# What belongs together: the alerts of one playbook that agree in what it groups by; or what a person reported.
incident = sa.Table(
    "incident",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("playbook", sa.Text, nullable=False),
    sa.Column("grouped", sa.Text, nullable=False),  # what its alerts have in common
    sa.Column("rule", sa.Text, nullable=False),  # rule, subject, time and titles are those of the first alert
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("raised_ms", sa.BigInteger, nullable=False),
    sa.Column("title_ja", sa.Text, nullable=False),
    sa.Column("title_en", sa.Text, nullable=False),
    sa.Column("section", sa.Text, nullable=False),  # whose business it is; empty: the city's
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("opened_ms", sa.BigInteger, nullable=False),
    sa.Column("opened_by", sa.Text),  # the person who started it; NULL: an alert did
    sa.Column("last_ms", sa.BigInteger, nullable=False),  # when the newest of its events happened
    sa.Column("resolved_ms", sa.BigInteger),
    sa.Column("drill", sa.Boolean, nullable=False),
    sa.Index("incident_grouped", "playbook", "grouped", "resolved_ms"),
    sa.Index("incident_opened", "opened_ms", "id"),
)

# Which alert belongs to which incident: to one, since this is its key.
incident_alert = sa.Table(
    "incident_alert",
    metadata,
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("raised_ms", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("incident", sa.ForeignKey("incident.id"), nullable=False, index=True),
    sa.Column("title_ja", sa.Text, nullable=False),
    sa.Column("title_en", sa.Text, nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("event", sa.Text, nullable=False),  # the newest of it
    sa.Column("event_ms", sa.BigInteger, nullable=False),
    sa.Column("resolved_ms", sa.BigInteger),
)

# What is told in an incident: composed once, so that every receiver reads the same words.
incident_event = sa.Table(
    "incident_event",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # the alert event's own
    sa.Column("incident", sa.ForeignKey("incident.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),  # what it is about: of an alert its rule and subject
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("to_state", sa.Text, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("joined_ms", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

run = sa.Table(
    "run",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # playbook/incident
    sa.Column("incident", sa.ForeignKey("incident.id"), nullable=False, index=True),
    sa.Column("playbook", sa.Text, nullable=False),
    sa.Column("playbook_version", sa.Text, nullable=False),
    sa.Column("playbook_text", sa.Text, nullable=False),  # a run goes on by the text that it began with
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("began_ms", sa.BigInteger, nullable=False),
    sa.Column("ended_ms", sa.BigInteger),
    # What decides about its course (`administration/course.py`), but for the steps.
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("keeper", sa.Text),
    sa.Column("held", sa.Text, nullable=False),  # places, one a line
    sa.Column("resolved", sa.Boolean, nullable=False),
    sa.Column("settled", sa.Boolean, nullable=False),
    sa.Column("over", sa.Boolean, nullable=False),
    sa.Index("run_state", "state", "began_ms"),
)

endpoint = sa.Table(
    "endpoint",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("disabled_ms", sa.BigInteger),  # since it answered 410: what it is to get waits for a person
    sa.Column("rest_until_ms", sa.BigInteger, nullable=False, server_default="0"),  # it asked for rest (Retry-After)
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),  # in a row
    sa.Column("delivered", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("last_success_ms", sa.BigInteger),
    sa.Column("last_error_ms", sa.BigInteger),
    sa.Column("last_error", sa.Text),
)

# What a run tells one endpoint, or one channel of `notify`.
delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("sequence", COUNTER, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),  # the idempotency key of its effect
    sa.Column("run", sa.ForeignKey("run.id"), nullable=False),
    sa.Column("place", sa.Text, nullable=False),  # the step of the playbook that sends it
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("event", sa.ForeignKey("incident_event.id"), nullable=False),
    sa.Column("endpoint", sa.ForeignKey("endpoint.id"), nullable=False),
    sa.Column("lane", sa.Text, nullable=False),  # those of one lane go one after the other, by sequence
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due_ms", sa.BigInteger, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False),  # from then on a failed attempt was the last
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_until_ms", sa.BigInteger),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("ended_ms", sa.BigInteger),
    sa.Index("delivery_due", "state", "endpoint", "due_ms"),
    sa.Index("delivery_lane", "lane", "state", "sequence"),
    sa.Index("delivery_run", "run", "state"),
    sqlite_autoincrement=True,  # a number is never given twice: the order in a lane is the order of numbers
)

attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("delivery", sa.ForeignKey("delivery.sequence"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("began_ms", sa.BigInteger, nullable=False),
    sa.Column("ended_ms", sa.BigInteger, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("status", sa.Integer),  # HTTP status, where there was an answer
    sa.Column("answer", sa.Text, nullable=False),  # the beginning of what came back, or what went wrong
)

# What a device is to be, the newest revision of each. `body`: the configuration as it travels.
device_config: Final = sa.Table(
    "device_config",
    metadata,
    sa.Column("device", sa.String(64), primary_key=True),
    sa.Column("zone", sa.String(64), nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
)

# Commands to devices. `outcome`: NULL until the device or the deadline said something.
device_command: Final = sa.Table(
    "device_command",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("device", sa.String(64), nullable=False),
    sa.Column("zone", sa.String(64), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("deadline_ms", sa.BigInteger, nullable=False),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("outcome", sa.String(16)),
    sa.Column("reason", sa.String(16)),
    sa.Column("detail", sa.String(200), nullable=False),
    sa.Column("answered_ms", sa.BigInteger),
    sa.Index("device_command_open", "outcome", "deadline_ms"),
    sa.Index("device_command_device", "device", "made_ms"),
)

# What was refused: one row for all of a kind, of a device ('' where it is not known), within an hour.
security_event: Final = sa.Table(
    "security_event",
    metadata,
    sa.Column("kind", sa.String(32), primary_key=True),
    sa.Column("device", sa.String(64), primary_key=True),
    sa.Column("hour_ms", sa.BigInteger, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("first_ms", sa.BigInteger, nullable=False),
    sa.Column("last_ms", sa.BigInteger, nullable=False),
    sa.Column("detail", sa.String(200), nullable=False),
    sa.Index("security_event_last", "last_ms"),
)
