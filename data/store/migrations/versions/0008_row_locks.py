"""On PostgreSQL rows are locked by county (`data.store.locks`)."""

from alembic import op

from data.store.locks import statements

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = [
    "county_version", "raw_file", "batch", "batch_scope", "nil_return", "measure", "unreported", "places", "profile",
    "snapshot", "member", "audit", "boundaries",
    "villages", "households", "persons", "facts", "projects", "funds", "assets", "issues", "actions", "staff",
]  # fmt: skip


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "postgresql":
        for statement in statements(TABLES):
            op.execute(statement)
