"""Several documents in a file: whose pages they are, and people who sort them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from models.db import UtcTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DATA = sa.JSON().with_variant(JSONB(), "postgresql")
PLACE = ("folder", "sheet")


def upgrade() -> None:
    op.add_column(
        "batches", sa.Column("split", sa.String(length=20), nullable=False, server_default="auto")
    )
    op.add_column("batches", sa.Column("separator", sa.String(length=200), nullable=True))
    op.add_column(
        "batches", sa.Column("drop_blank", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("documents", sa.Column("origin_id", sa.String(length=40), nullable=True))
    for name in ("part", "parts", "first_page", "last_page"):
        op.add_column("documents", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("documents", sa.Column("region", DATA, nullable=True))
    op.create_index("ix_documents_origin", "documents", ["origin_id"], unique=False)
    _place_pages()
    op.create_table(
        "sortings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("document_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("proposal", DATA, nullable=False),
        sa.Column("answer", DATA, nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("deadline", UtcTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(length=40), nullable=True),
        sa.Column("claimed_until", UtcTime(), nullable=True),
        sa.Column("skipped_by", sa.String(length=40), nullable=True),
        sa.Column("done_by", sa.String(length=40), nullable=True),
        sa.Column("done_at", UtcTime(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("keystrokes", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_sortings_client_id"), "sortings", ["client_id"], unique=False)
    op.create_index("ix_sortings_open", "sortings", ["status", "priority", "deadline", "id"])
    op.create_index("ix_sortings_document", "sortings", ["document_id"])
    op.create_index("ix_sortings_batch", "sortings", ["batch_id", "status"])
    op.create_index("ix_sortings_claimed_by", "sortings", ["claimed_by", "status"])
    if op.get_bind().dialect.name == "postgresql":
        _keep_apart("sortings")


def _place_pages() -> None:
    """Where the files of a page lie, apart from the document that it belongs to now."""
    op.add_column("pages", sa.Column("folder", sa.String(length=40), nullable=True))
    op.add_column("pages", sa.Column("sheet", sa.Integer(), nullable=True))
    op.add_column("pages", sa.Column("dropped", sa.String(length=20), nullable=True))
    if op.get_bind().dialect.name == "postgresql":  # rows are hidden from who says not whose
        op.execute("SELECT set_config('app.client', '*', true)")
    op.execute("UPDATE pages SET folder = document_id, sheet = number")
    with op.batch_alter_table("pages") as table:
        table.alter_column("folder", existing_type=sa.String(length=40), nullable=False)
        table.alter_column("sheet", existing_type=sa.Integer(), nullable=False)
        table.alter_column("document_id", existing_type=sa.String(length=40), nullable=True)
        table.create_unique_constraint("uq_pages_folder_sheet", list(PLACE))


def _keep_apart(table: str) -> None:
    """Row-level security as in the first migration."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON {table} USING ("
        "NULLIF(current_setting('app.client', true), '') IN ('*', client_id))"
    )


def downgrade() -> None:
    op.drop_table("sortings")
    op.execute("DELETE FROM pages WHERE document_id IS NULL")
    with op.batch_alter_table("pages") as table:
        table.drop_constraint("uq_pages_folder_sheet", type_="unique")
        table.alter_column("document_id", existing_type=sa.String(length=40), nullable=False)
        for name in ("dropped", *PLACE):
            table.drop_column(name)
    op.drop_index("ix_documents_origin", "documents")
    for name in ("region", "last_page", "first_page", "parts", "part", "origin_id"):
        op.drop_column("documents", name)
    for name in ("drop_blank", "separator", "split"):
        op.drop_column("batches", name)
