"""What the sender of a file said in place of what was understood, and what is kept of a file that names people."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("corrections", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("kept_sha256", sa.String(length=64), nullable=True))
