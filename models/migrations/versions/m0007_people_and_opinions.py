"""Who made an API key; clients that agree to second opinions, and what those cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from models.db import UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DATA = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("created_by", sa.String(length=60), nullable=True))
    op.create_index(op.f("ix_api_keys_created_by"), "api_keys", ["created_by"], unique=False)
    op.execute(
        "UPDATE api_keys SET created_by = (SELECT actor FROM audit_events "
        "WHERE act = 'key.create' AND subject = api_keys.id)"
    )
    op.add_column(
        "clients", sa.Column("opinion", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "opinions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("document_id", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=100), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("answers", DATA, nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_opinions_client_id"), "opinions", ["client_id"], unique=False)
    op.create_index(op.f("ix_opinions_document_id"), "opinions", ["document_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE opinions ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE opinions FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY tenant ON opinions USING ("
            "NULLIF(current_setting('app.client', true), '') IN ('*', client_id))"
        )


def downgrade() -> None:
    op.drop_table("opinions")
    op.drop_column("clients", "opinion")
    op.drop_index(op.f("ix_api_keys_created_by"), "api_keys")
    op.drop_column("api_keys", "created_by")
