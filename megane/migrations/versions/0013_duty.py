"""Duty: who is on duty when, and who acts in whose place.

Revision: 0013, after the cases
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("person", sa.String(32), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("from_ms", sa.BigInteger, nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False),
        sa.Column("in_place_of", sa.String(32), sa.ForeignKey("person.id")),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
    )
    op.create_index("ix_duty_until_ms", "duty", ["until_ms"])


def downgrade() -> None:
    op.drop_table("duty")
