"""Alembic's entry point: `models.db.migrate` hands over the engine."""

from __future__ import annotations

import importlib

from alembic import context

from models.db import Base

for subject in (
    "audit", "batches", "changes", "clients", "documents", "fields", "forms", "idempotency",
    "keying", "memory", "opinions", "references", "releases", "sorting", "status", "steps",
    "types",
):  # fmt: skip
    importlib.import_module(f"models.{subject}")

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
