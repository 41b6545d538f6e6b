"""What devices are to be, and commands to them.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_config",
        sa.Column("device", sa.String(64), primary_key=True),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
    )
    op.create_table(
        "device_command",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("deadline_ms", sa.BigInteger, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("reason", sa.String(16)),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.Column("answered_ms", sa.BigInteger),
    )
    op.create_index("device_command_open", "device_command", ["outcome", "deadline_ms"])
    op.create_index("device_command_device", "device_command", ["device", "made_ms"])


def downgrade() -> None:
    op.drop_table("device_command")
    op.drop_table("device_config")
