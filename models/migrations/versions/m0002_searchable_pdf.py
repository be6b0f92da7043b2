"""The searchable PDF of a document; blank pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("searchable_sha256", sa.String(length=64), nullable=True))
    op.add_column("documents", sa.Column("searchable_size", sa.Integer(), nullable=True))
    op.add_column(
        "documents", sa.Column("searchable_standard", sa.String(length=20), nullable=True)
    )
    op.add_column(
        "pages", sa.Column("blank", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("pages", "blank")
    for name in ("searchable_standard", "searchable_size", "searchable_sha256"):
        op.drop_column("documents", name)
