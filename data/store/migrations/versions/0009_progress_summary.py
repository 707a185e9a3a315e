"""What is asked of a county and how it stands, in few rows: for who compares counties."""

import sqlalchemy as sa
from alembic import op

from data.store.locks import statements

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "progress_summary",
        sa.Column("county_code", sa.String(6), nullable=False),
        sa.Column("plan_id", sa.String(80), nullable=False),
        sa.Column("indicator", sa.String(120), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("concept", sa.String(120), nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("numerator", sa.Double()),
        sa.Column("denominator", sa.Double()),
        sa.Column("target", sa.Double()),
        sa.Column("start_value", sa.Double()),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("comparator", sa.String(2), nullable=False),
        sa.Column("gap", sa.Double()),
        sa.Column("completion", sa.Double()),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("reported", sa.Double(), nullable=False),
        sa.Column("of_", sa.Double(), nullable=False),
        sa.Column("written_at_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "plan_id", "indicator", "as_of", name="pk_progress_summary"),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in statements(["progress_summary"]):
            op.execute(statement)
