"""Members with their roles, and the audit log, which nobody can change."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEPT = "the audit log is never changed"

_SAY = f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
# REPLACE would delete a row without asking the trigger for deletes.
_THERE = "EXISTS (SELECT 1 FROM audit WHERE county_code = NEW.county_code AND number = NEW.number)"
SQLITE = (
    f"CREATE TRIGGER audit_update BEFORE UPDATE ON audit {_SAY}",
    f"CREATE TRIGGER audit_delete BEFORE DELETE ON audit {_SAY}",
    f"CREATE TRIGGER audit_replace BEFORE INSERT ON audit WHEN {_THERE} {_SAY}",
)
_FUNCTION = f"RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{KEPT}'; END $$"
POSTGRESQL = (
    f"CREATE FUNCTION audit_kept() {_FUNCTION}",
    "CREATE TRIGGER audit_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_kept()",
    "CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_kept()",
    "REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM PUBLIC",
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "member",
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("user_id", sa.String(length=200), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=40), autoincrement=False, nullable=False),
        sa.Column("township", sa.String(length=12), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "user_id", "role", "township", name=op.f("pk_member")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "number", name=op.f("pk_audit")),
        sqlite_with_rowid=False,
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
