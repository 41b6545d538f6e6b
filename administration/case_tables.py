"""The rows that cases are made of. `case` itself is a word of SQL's own, and so the table has another name."""

from typing import Final

import sqlalchemy as sa

from administration.tables import metadata

city_case: Final = sa.Table(
    "city_case",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # 2026-bosai-12
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("key", sa.Text, nullable=False, unique=True),  # what opened it: opened again, it is the same case
    sa.Column("run", sa.Text),
    sa.Column("step", sa.Text),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("assignee", sa.Text),
    sa.Column("due_ms", sa.BigInteger),
    sa.Column("opened_ms", sa.BigInteger, nullable=False),
    sa.Column("opened_by", sa.Text, nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
    sa.Column("ended_ms", sa.BigInteger),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("year", "section", "number"),
    sa.Index("city_case_opened", "opened_ms", "id"),
    sa.Index("city_case_section", "section", "state", "opened_ms"),
    sa.Index("city_case_run", "run"),
)

# The last number given in a section's year. Its row is the lock that puts those in line who open cases there.
case_counter: Final = sa.Table(
    "case_counter",
    metadata,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("section", sa.Text, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)

case_item: Final = sa.Table(
    "case_item",
    metadata,
    sa.Column("case_id", sa.ForeignKey("city_case.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("ticked_ms", sa.BigInteger),
    sa.Column("ticked_by", sa.Text),
)

# The history: only ever added to. All that stands in the other tables can be told from it.
case_line: Final = sa.Table(
    "case_line",
    metadata,
    sa.Column("case_id", sa.ForeignKey("city_case.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),  # among the lines of one change, from 0
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("was", sa.Text),
    sa.Column("becomes", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("key", sa.Text),  # of the change, on its first line
    sa.UniqueConstraint("case_id", "key"),
)

# Readings as they stood when they were attached. `body`: their document (JSON), compressed by zlib; `sha256` is of the
# document itself, so that who was given it can show that it is the one.
case_evidence: Final = sa.Table(
    "case_evidence",
    metadata,
    sa.Column("case_id", sa.ForeignKey("city_case.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("series", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("from_ms", sa.BigInteger, nullable=False),
    sa.Column("to_ms", sa.BigInteger, nullable=False),
    sa.Column("readings", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("attached_ms", sa.BigInteger, nullable=False),
    sa.Column("attached_by", sa.Text, nullable=False),
)
