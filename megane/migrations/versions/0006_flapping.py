"""Alerts that came and went, and were held, are marked.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("alert", "alert_event"):
        op.add_column(table, sa.Column("flapping", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for table in ("alert", "alert_event"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("flapping")
