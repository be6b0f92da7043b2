"""Document types and reference lists of clients, and documents that came twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from models.db import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OWNED = ("document_types", "reference_lists", "reference_rows")
DATA = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "document_types",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", DATA, nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_id", "name", "version"),
    )
    op.create_index(
        op.f("ix_document_types_client_id"), "document_types", ["client_id"], unique=False
    )
    op.create_table(
        "reference_lists",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("columns", DATA, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("loaded_at", UtcTime(), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_id", "name"),
    )
    op.create_index(
        op.f("ix_reference_lists_client_id"), "reference_lists", ["client_id"], unique=False
    )
    op.create_table(
        "reference_rows",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("list_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("rows", DATA, nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("list_id", "version", "part"),
    )
    op.create_index(
        op.f("ix_reference_rows_client_id"), "reference_rows", ["client_id"], unique=False
    )
    op.add_column("batches", sa.Column("type_versions", DATA, nullable=False, server_default="{}"))
    op.add_column("documents", sa.Column("business_key", sa.String(length=64), nullable=True))
    op.add_column("documents", sa.Column("duplicate_of", sa.String(length=40), nullable=True))
    op.create_index(
        "ix_documents_client_key", "documents", ["client_id", "business_key"], unique=False
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
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
    op.drop_index("ix_documents_client_key", "documents")
    op.drop_column("documents", "duplicate_of")
    op.drop_column("documents", "business_key")
    op.drop_column("batches", "type_versions")
    op.drop_table("reference_rows")
    op.drop_table("reference_lists")
    op.drop_table("document_types")
