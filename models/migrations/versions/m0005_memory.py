"""What is remembered of verified documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from models.db import UtcTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OWNED = ("memories", "memory_keys", "lessons", "wordings")
DATA = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "memories",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("supplier", sa.String(length=200), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("data", DATA, nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("learned_at", UtcTime(), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_memories_client", "memories", ["client_id", "id"], unique=False)
    op.create_table(
        "memory_keys",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("memory_id", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_memory_keys_key", "memory_keys", ["client_id", "key", "memory_id"], unique=False
    )
    op.create_index("ix_memory_keys_memory", "memory_keys", ["memory_id"], unique=False)
    op.create_table(
        "lessons",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("document_id", sa.String(length=40), nullable=False),
        sa.Column("memory_id", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("data", DATA, nullable=False),
        sa.Column("wording", DATA, nullable=False),
        sa.Column("learned_at", UtcTime(), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("document_id"),
    )
    op.create_index("ix_lessons_memory", "lessons", ["memory_id", "document_id"], unique=False)
    op.create_index(
        "ix_lessons_type", "lessons", ["client_id", "type", "document_id"], unique=False
    )
    op.create_table(
        "wordings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("data", DATA, nullable=False),
        sa.Column("learned_at", UtcTime(), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_id", "type"),
    )
    for table in OWNED:
        op.create_index(op.f(f"ix_{table}_client_id"), table, ["client_id"], unique=False)
        if op.get_bind().dialect.name == "postgresql":
            _keep_apart(table)


def _keep_apart(table: str) -> None:
    """Row-level security as in the first migration."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON {table} USING ("
        "NULLIF(current_setting('app.client', true), '') IN ('*', client_id))"
    )


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
