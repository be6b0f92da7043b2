"""Blank forms of clients."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from models.db import UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DATA = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "blank_forms",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("pages", DATA, nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_blank_forms_client_id"), "blank_forms", ["client_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _keep_apart("blank_forms")


def _keep_apart(table: str) -> None:
    """Row-level security as in the first migration."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON {table} USING ("
        "NULLIF(current_setting('app.client', true), '') IN ('*', client_id))"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_blank_forms_client_id"), "blank_forms")
    op.drop_table("blank_forms")
