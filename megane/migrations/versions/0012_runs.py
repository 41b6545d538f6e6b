"""Runs as rows: incidents of several alerts, the steps of runs, approvals and the chronology; deliveries by their name.

Revision: 0012, after 0009_cases
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009_cases"
branch_labels = None
depends_on = None

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _deliveries()
    _incidents()
    _courses()
    _what_is_there()


def _deliveries() -> None:
    for index in ("step_due", "step_lane", "step_run"):
        op.drop_index(index, "step")
    op.execute("ALTER TABLE step DROP COLUMN place")
    op.execute("ALTER TABLE step ADD COLUMN place TEXT DEFAULT 'steps.0' NOT NULL")
    op.execute("ALTER TABLE step RENAME TO delivery")
    op.execute("ALTER TABLE attempt RENAME COLUMN step TO delivery")
    op.create_index("delivery_due", "delivery", ["state", "endpoint", "due_ms"])
    op.create_index("delivery_lane", "delivery", ["lane", "state", "sequence"])
    op.create_index("delivery_run", "delivery", ["run", "state"])


def _incidents() -> None:
    for name in ("playbook", "grouped", "title_ja", "title_en", "section"):
        op.execute(f"ALTER TABLE incident ADD COLUMN {name} TEXT DEFAULT '' NOT NULL")
    op.add_column("incident", sa.Column("opened_by", sa.Text()))
    op.execute("ALTER TABLE incident ADD COLUMN last_ms BIGINT DEFAULT 0 NOT NULL")
    op.execute("ALTER TABLE incident ADD COLUMN drill BOOLEAN DEFAULT FALSE NOT NULL")
    op.create_index("incident_grouped", "incident", ["playbook", "grouped", "resolved_ms"])
    op.create_index("incident_opened", "incident", ["opened_ms", "id"])
    op.create_table(
        "incident_alert",
        sa.Column("rule", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("raised_ms", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("incident", sa.Text(), sa.ForeignKey("incident.id"), nullable=False),
        sa.Column("title_ja", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("event_ms", sa.BigInteger(), nullable=False),
        sa.Column("resolved_ms", sa.BigInteger()),
    )
    op.create_index("ix_incident_alert_incident", "incident_alert", ["incident"])
    op.execute("ALTER TABLE incident_event ADD COLUMN kind TEXT DEFAULT 'alert' NOT NULL")
    for name in ("rule", "subject"):
        op.execute(f"ALTER TABLE incident_event ADD COLUMN {name} TEXT DEFAULT '' NOT NULL")


def _courses() -> None:
    op.add_column("run", sa.Column("keeper", sa.Text()))
    op.execute("ALTER TABLE run ADD COLUMN held TEXT DEFAULT '' NOT NULL")
    for name in ("paused", "resolved", "settled", "over"):
        op.execute(f"ALTER TABLE run ADD COLUMN {name} BOOLEAN DEFAULT FALSE NOT NULL")
    op.create_index("run_state", "run", ["state", "began_ms"])
    op.create_table(
        "run_step",
        sa.Column("run", sa.Text(), sa.ForeignKey("run.id"), primary_key=True),
        sa.Column("place", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("due_ms", sa.BigInteger()),
        sa.Column("command", sa.Text()),
        sa.Column("began_ms", sa.BigInteger()),
        sa.Column("ended_ms", sa.BigInteger()),
    )
    op.create_index("ix_run_step_due_ms", "run_step", ["due_ms"])
    op.create_table(
        "approval",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("run", sa.Text(), sa.ForeignKey("run.id"), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("incident", sa.Text(), sa.ForeignKey("incident.id"), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger()),
        sa.Column("answered_ms", sa.BigInteger()),
        sa.Column("answered_by", sa.Text()),
        sa.Column("reason", sa.Text()),
    )
    op.create_index("ix_approval_run", "approval", ["run"])
    op.create_index("approval_state", "approval", ["state", "asked_ms"])
    op.create_table(
        "chronicle",
        sa.Column("sequence", _COUNTER, primary_key=True),
        sa.Column("incident", sa.Text(), sa.ForeignKey("incident.id"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text()),
        sa.Column("fields", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_chronicle_incident", "chronicle", ["incident"])


def _what_is_there() -> None:
    """Until now an incident was one alert, and its run told those who subscribed."""
    op.execute(
        "UPDATE incident SET playbook = 'tell-subscribers', grouped = id, title_ja = rule, title_en = rule, "
        "last_ms = raised_ms"
    )
    op.execute(
        "UPDATE incident_event SET rule = (SELECT rule FROM incident WHERE incident.id = incident_event.incident), "
        "subject = (SELECT subject FROM incident WHERE incident.id = incident_event.incident)"
    )
    # The newest event of each: those of one alert are joined in order, and ids say nothing of it.
    op.execute(
        "INSERT INTO incident_alert (rule, subject, raised_ms, incident, title_ja, title_en, severity, event, "
        "event_ms, resolved_ms) SELECT rule, subject, raised_ms, id, rule, rule, severity, "
        "coalesce((SELECT e.id FROM incident_event e WHERE e.incident = incident.id "
        "ORDER BY e.at_ms DESC, e.id LIMIT 1), ''), "
        "coalesce((SELECT max(e.at_ms) FROM incident_event e WHERE e.incident = incident.id), raised_ms), "
        "resolved_ms FROM incident"
    )
    op.execute(
        "UPDATE run SET over = EXISTS (SELECT 1 FROM incident WHERE incident.id = run.incident "
        "AND incident.resolved_ms IS NOT NULL)"
    )
    op.execute("UPDATE run SET resolved = over, settled = over")
    op.execute(
        "INSERT INTO run_step (run, place, kind, status, turn, done, rung, began_ms, ended_ms) "
        "SELECT id, 'steps.0', 'webhook', 'done', 1, 1, 0, began_ms, began_ms FROM run"
    )
