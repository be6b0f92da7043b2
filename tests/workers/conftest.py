"""A worker's context on a real object store, and small files to put through it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.ocr import ENGINES, Engine
from models.batches import create_batch
from models.clients import create_client
from models.db import Database, migrate
from models.documents import StoredFile, add_document
from models.ids import new_id
from models.keying import Entry, Task, claim_tasks, enter_key
from models.settings import Settings
from models.steps import queue_ready
from models.storage import Storage, original_key
from workers.context import Context
from workers.jobs import run_step, set_context

INVOICE = (
    "Officine Bellariva S.r.l.",
    "Via dei Mille 12, 37121 Verona",
    "Partita IVA 01234567897",
    "",
    "Spett.le Cantieri Pontelungo S.p.A.",
    "P.IVA 09876543217",
    "",
    "Fattura n. 218/A    Data 14/03/2026",
    "",
    "Totale imponibile    1.000,00",
    "IVA 22%    220,00",
    "Totale fattura EUR    1.220,00",
)


def make_pdf(pages: int = 1, lines: tuple[str, ...] = INVOICE) -> bytes:
    """A born-digital PDF: its text layer is sound, so it is read without OCR."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=True)
    for number in range(1, pages + 1):
        for row, text in enumerate((*lines, f"Pagina {number} di {pages}")):
            canvas.drawString(60, 780 - 22 * row, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture(scope="session")
def engine() -> Engine:
    return ENGINES["paddle"]()


@pytest.fixture
def context(tmp_path: Path, parts: Settings, storage: Storage) -> Iterator[Context]:
    url = f"sqlite:///{tmp_path}/records.sqlite3"
    migrate(url)
    db = Database(url)
    settings = parts.model_copy(update={"data_dir": tmp_path, "lease_seconds": 30})
    made = Context(settings, "test-worker", db, storage, ENGINES["paddle"])
    set_context(made)
    yield made
    db.close()


@pytest.fixture
def upload(context: Context) -> Callable[..., tuple[str, str, list[str]]]:
    """Put files into a new batch as the API does: client, batch and document ids."""

    def put(*files: bytes, media_type: str = "application/pdf") -> tuple[str, str, list[str]]:
        with context.db.write() as session:
            client = create_client(session, new_id("name")).id
            batch = create_batch(session, client, "invoice", actor="test").id
        documents = []
        for content in files:
            sha256 = hashlib.sha256(content).hexdigest()
            context.storage.put_bytes(original_key(client, sha256), content, media_type)
            with context.db.write() as session:
                file = StoredFile("scan.pdf", sha256, len(content), media_type)
                documents.append(add_document(session, batch, file, actor="test").id)
        return client, batch, documents

    return put


def run_ready(context: Context, kind: str | None = None) -> int:
    """Run the steps that are ready now, one after the other; how many that were."""
    with context.db.write() as session:
        steps = queue_ready(session, 100)
    for step_id, attempt in steps:
        run_step(step_id, attempt)
    return len(steps)


def run_all(context: Context) -> None:
    while run_ready(context):
        pass


def key_all(context: Context, user: str = "anna") -> int:
    """Confirm every task that is open, as shown; how many that were."""
    count = 0
    while True:
        with context.db.write() as session:
            tasks: list[Task] = claim_tasks(session, user, 20)
        if not tasks:
            return count
        for task in tasks:
            with context.db.write() as session:
                enter_key(session, task.id, user, task.version, Entry("", None, ()))
            count += 1
