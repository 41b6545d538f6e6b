"""Rules in shadow: their alerts stand apart.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("alert", "alert_event"):
        op.add_column(table, sa.Column("shadow", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for table in ("alert", "alert_event"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("shadow")
