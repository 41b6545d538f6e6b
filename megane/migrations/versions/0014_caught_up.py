"""Events that were late and act after all, since the alert still fires once its series has caught up.

Revision: 0014, after duty
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alert_event", sa.Column("caught_up", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("alert_event") as batch_op:
        batch_op.drop_column("caught_up")
