"""Sign-ins that were ended before their time, known to every process and after a restart."""

import sqlalchemy as sa
from alembic import op

from data.store.locks import statements

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ended_sign_in",
        sa.Column("county_code", sa.String(6), nullable=False),
        sa.Column("digest", sa.String(64), autoincrement=False, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "digest", name="pk_ended_sign_in"),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in statements(["ended_sign_in"]):
            op.execute(statement)
