"""Alerts that were found afterwards are marked.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("alert", "alert_event"):
        op.add_column(table, sa.Column("retroactive", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for table in ("alert", "alert_event"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("retroactive")
