"""Cases: their numbers, checklists, histories and evidence.

Revision: 0009_cases, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_cases"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "city_case",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("run", sa.Text()),
        sa.Column("step", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text()),
        sa.Column("due_ms", sa.BigInteger()),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("year", "section", "number"),
    )
    op.create_index("city_case_opened", "city_case", ["opened_ms", "id"])
    op.create_index("city_case_section", "city_case", ["section", "state", "opened_ms"])
    op.create_index("city_case_run", "city_case", ["run"])
    op.create_table(
        "case_counter",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("section", sa.Text(), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )
    op.create_table(
        "case_item",
        sa.Column("case_id", sa.Text(), sa.ForeignKey("city_case.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("ticked_ms", sa.BigInteger()),
        sa.Column("ticked_by", sa.Text()),
    )
    op.create_table(
        "case_line",
        sa.Column("case_id", sa.Text(), sa.ForeignKey("city_case.id"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("was", sa.Text()),
        sa.Column("becomes", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.Text()),
        sa.UniqueConstraint("case_id", "key"),
    )
    op.create_table(
        "case_evidence",
        sa.Column("case_id", sa.Text(), sa.ForeignKey("city_case.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("attached_ms", sa.BigInteger(), nullable=False),
        sa.Column("attached_by", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    for table in ("case_evidence", "case_line", "case_item", "case_counter", "city_case"):
        op.drop_table(table)
