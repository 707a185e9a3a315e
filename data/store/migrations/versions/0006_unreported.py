"""Places that have not reported: a list for each indicator and date in the stead of rows. Rows stored before stay."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "unreported",
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("plan_id", sa.String(length=80), autoincrement=False, nullable=False),
        sa.Column("indicator", sa.String(length=120), autoincrement=False, nullable=False),
        sa.Column("as_of", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("from_version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("to_version", sa.BigInteger(), nullable=True),
        sa.Column("places", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint(
            "county_code", "plan_id", "indicator", "as_of", "from_version", name=op.f("pk_unreported")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "places",
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("digest", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "digest", name=op.f("pk_places")),
        sqlite_with_rowid=False,
    )
