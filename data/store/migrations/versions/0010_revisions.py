"""Targets and status bands revised while a plan runs, beside those of the files; system-versioned as rows are."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from data.store.locks import statements

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _create(
        "targets",
        sa.Column("plan_id", sa.String(80), nullable=False),
        sa.Column("indicator", sa.String(120), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("rollup_value", sa.Double()),
        sa.Column("due", sa.Date()),
        sa.Column("milestones", sa.Text()),
        sa.Column("document", sa.Text(), nullable=False),
    )
    _create(
        "bands",
        sa.Column("slightly_behind", sa.Double(), nullable=False),
        sa.Column("behind", sa.Double(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in statements(["targets", "bands"]):
            op.execute(statement)


def _create(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("county_code", sa.String(6), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("to_version", sa.BigInteger()),
        sa.Column("in_period", sa.String(7), nullable=False),
        sa.Column("in_township", sa.String(9), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("county_code", "batch_id", "row_no", "from_version", name=f"pk_{name}"),
        sqlite_with_rowid=False,
    )
    op.create_index(f"ix_{name}_county_code_to_version_in_period", name, ["county_code", "to_version", "in_period"])
