"""The rows of a run's course: its steps, the approvals that it asks for, and the chronology of its incident."""

from typing import Final

import sqlalchemy as sa

from administration.tables import COUNTER, metadata

# The steps of a run, by their places in its playbook.
run_step: Final = sa.Table(
    "run_step",
    metadata,
    sa.Column("run", sa.ForeignKey("run.id"), primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("rung", sa.Integer, nullable=False),  # of an approval's ladder
    sa.Column("due_ms", sa.BigInteger, index=True),  # when it is woken, or its deadline is over
    sa.Column("command", sa.Text),  # to the device that it waits for
    sa.Column("began_ms", sa.BigInteger),
    sa.Column("ended_ms", sa.BigInteger),
)

# A question to those who hold a role, bound to what was shown. What changed in it has a row of its own.
approval: Final = sa.Table(
    "approval",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("run", sa.ForeignKey("run.id"), nullable=False, index=True),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("incident", sa.ForeignKey("incident.id"), nullable=False),
    sa.Column("unit", sa.Text, nullable=False),  # where in the tree the role must reach
    sa.Column("roles", sa.Text, nullable=False),  # those asked so far, one a line
    sa.Column("people", sa.Text, nullable=False),  # ids of those on duty for them when they were asked, one a line
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),  # of question and evidence as shown
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("asked_ms", sa.BigInteger, nullable=False),
    sa.Column("due_ms", sa.BigInteger),
    sa.Column("answered_ms", sa.BigInteger),
    sa.Column("answered_by", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Index("approval_state", "state", "asked_ms"),
)

# The incident's クロノロジー: what, when, by whom or by what, with what result. Only ever added to.
chronicle: Final = sa.Table(
    "chronicle",
    metadata,
    sa.Column("sequence", COUNTER, primary_key=True),
    sa.Column("incident", sa.ForeignKey("incident.id"), nullable=False, index=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("place", sa.Text),
    sa.Column("fields", sa.Text, nullable=False),  # JSON: what its words are filled with
    sqlite_autoincrement=True,
)
