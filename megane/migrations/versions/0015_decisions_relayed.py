"""Decisions about alerts are noted in the chronology of their incident; those of before are left where they are.

Revision: 0015, after what was late and caught up
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decision", sa.Column("relayed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index("decision_unrelayed", "decision", ["relayed", "position"])


def downgrade() -> None:
    op.drop_index("decision_unrelayed", "decision")
    with op.batch_alter_table("decision") as batch_op:
        batch_op.drop_column("relayed")
