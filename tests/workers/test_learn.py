"""From a verified document to the next of its supplier: learned at once, once, and apart."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from extractors.pipeline import extract
from extractors.types import TYPES
from models import memory
from models.batches import create_batch
from models.clients import create_client
from models.db import Database, migrate
from models.documents import StoredFile, add_document, get_document
from models.fields import Field, list_fields, replace_fields
from models.memory import Lesson, Memory, MemoryKey, Wordings
from models.steps import MAX_FAILURES, Step
from models.storage import original_key
from models.words import Page
from tests.extraction.papers import ITALIAN_INVOICE, Placed, paper
from tests.workers.conftest import key_all, make_pdf, run_all, run_ready
from workers import jobs
from workers.context import Context
from workers.memory import keep_lesson, load_memories, teach, unlearn
from workers.route import to_readings

Upload = Callable[..., tuple[str, str, list[str]]]
INVOICE = TYPES["invoice"]


def count(db: Database, table: type) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# -- the step -------------------------------------------------------------------------------------


def test_a_document_that_people_have_settled_is_learned_from(
    context: Context, upload: Upload
) -> None:
    client, _, [document] = upload(make_pdf())
    run_all(context)
    assert count(context.db, Lesson) == 0  # nobody has verified it yet
    key_all(context)
    run_all(context)
    with context.db.read() as session:
        [made] = memory.list_memories(session, client, limit=9)
        assert memory.find_lesson(session, document) is not None
    assert made.supplier == "Officine Bellariva S.r.l."
    assert (made.type, made.documents) == ("invoice", 1)


def test_the_next_of_the_supplier_uses_it(context: Context, upload: Upload) -> None:
    """Under words that nobody knows: what a person found there once is found again."""
    lines = ("Officine Bellariva S.r.l.", "Via dei Mille 12, 37121 Verona",
             "Partita IVA 01234567897", "tel. 045 8001234   www.bellariva-officine.it", "",
             "Fattura n. {0}/A    Data 14/03/2026", "Zanzibar: {1}", "",
             "Totale imponibile    1.000,00", "IVA 22%    220,00",
             "Totale fattura EUR    1.220,00")  # fmt: skip

    def write(*values: str) -> bytes:
        return make_pdf(lines=tuple(line.format(*values) for line in lines))

    client, batch, [document] = upload(write("218", "4711-K"))
    run_all(context)
    with context.db.write() as session:  # a person keys the order number that was not found
        row = next(f for f in list_fields(session, document) if f.name == "purchase_order")
        assert row.value is None
        row.value, row.source, row.raw = "4711-K", "person", "4711-K"
    key_all(context)
    run_all(context)
    second = write("219", "4822-K")
    with context.db.write() as session:
        file = StoredFile("next.pdf", "f" * 64, len(second), "application/pdf")
        added = add_document(session, batch, file, actor="test").id
    context.storage.put_bytes(original_key(client, "f" * 64), second, "application/pdf")
    run_all(context)
    with context.db.read() as session:
        found = {f.name: f.value for f in list_fields(session, added)}
    assert found["purchase_order"] == "4822-K"


def test_a_memory_that_fails_holds_nothing_up(
    context: Context, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(jobs, "teach", fail)
    _, _, [document] = upload(make_pdf())
    for _ in range(MAX_FAILURES + 1):
        run_all(context)
        key_all(context)
        with context.db.write() as session:
            session.execute(update(Step).values(not_before=Step.created_at))
    with context.db.read() as session:
        assert get_document(session, document).status == "final"
        step = session.scalar(select(Step).where(Step.kind == "learn"))
        assert step is not None
        assert step.status == "failed"


def test_without_memory_nothing_is_learned(context: Context, upload: Upload) -> None:
    context.settings = context.settings.model_copy(update={"memory": False})
    upload(make_pdf())
    run_all(context)
    key_all(context)
    run_all(context)
    assert count(context.db, Lesson) == count(context.db, Memory) == 0


def test_learning_goes_before_the_next_extraction(context: Context, upload: Upload) -> None:
    upload(make_pdf())
    run_all(context)
    key_all(context)
    run_ready(context, "settle")
    with context.db.read() as session:
        step = session.scalar(select(Step).where(Step.kind == "learn"))
        assert step is not None
        assert (step.priority, step.rank) == (5, 4)


# -- lessons --------------------------------------------------------------------------------------


@pytest.fixture
def db(tmp_path: Path) -> Database:
    url = f"sqlite:///{tmp_path}/memory.sqlite3"
    migrate(url)
    return Database(url)


def put(
    db: Database, client: str, pages: Sequence[Page], *, by: str = "person", **values: str
) -> str:
    """A finished document of these pages: its values as found, but for `values`."""
    found = extract(pages, "invoice")
    with db.write() as session:
        batch = create_batch(session, client, "invoice", actor="test")
        file = StoredFile("scan.pdf", "0" * 64, 1, "application/pdf")
        document = add_document(session, batch.id, file, actor="test")
        document.type, document.language = "invoice", found.language
        for field in replace_fields(session, document, to_readings(found, INVOICE)):
            field.status, field.source, field.checks = "final", by, []
            if field.line is None and field.name in values:
                field.value, field.page, field.box = values[field.name], None, None
        return document.id


def learn(db: Database, client: str, document: str, pages: Sequence[Page]) -> None:
    with db.read() as session:
        fields = list_fields(session, document)
    taught = teach(pages, INVOICE, fields, "it")
    with db.write() as session:
        keep_lesson(session, client, document, taught)


def add_client(db: Database, name: str) -> str:
    with db.write() as session:
        return create_client(session, name).id


def moved(dy: float = 0.0, **replaced: str) -> list[Placed]:
    texts = []
    for x, y, text in ITALIAN_INVOICE:
        for old, new in replaced.items():
            text = text.replace(old, new)
        texts.append((x, y + dy, text))
    return texts


def state(db: Database) -> object:
    with db.read() as session:
        memories = [
            (m.documents, m.right, m.wrong, m.data) for m in session.scalars(select(Memory))
        ]
        keys = sorted(session.scalars(select(MemoryKey.key)))
        words = [w.data for w in session.scalars(select(Wordings))]
        lessons = [(one.document_id, one.data) for one in session.scalars(select(Lesson))]
    return memories, keys, words, lessons


def test_learning_twice_is_learning_once(db: Database) -> None:
    client, pages = add_client(db, "First"), [paper(ITALIAN_INVOICE)]
    first, second = put(db, client, pages), put(db, client, pages)
    learn(db, client, first, pages)
    learn(db, client, second, pages)
    once = state(db)
    learn(db, client, second, pages)
    assert state(db) == once


def test_what_is_unlearned_leaves_no_trace(db: Database) -> None:
    client, pages = add_client(db, "First"), [paper(ITALIAN_INVOICE)]
    first, second = put(db, client, pages), put(db, client, pages, invoice_number="999")
    learn(db, client, first, pages)
    before = state(db)[0]  # type: ignore[index]
    learn(db, client, second, pages)
    with db.write() as session:
        unlearn(session, client, second)
    assert state(db)[0] == before  # type: ignore[index]
    with db.write() as session:
        unlearn(session, client, first)
    assert count(db, Memory) == count(db, MemoryKey) == count(db, Lesson) == 0


def test_a_corrected_document_is_learned_anew(db: Database) -> None:
    client, pages = add_client(db, "First"), [paper(ITALIAN_INVOICE)]
    document = put(db, client, pages)
    learn(db, client, document, pages)
    with db.write() as session:
        session.execute(
            update(Field).where(Field.name == "seller_name").values(value="Cantieri Nuovi S.p.A.")
        )
    learn(db, client, document, pages)
    with db.read() as session:
        [row] = session.scalars(select(Memory))
    assert (row.supplier, row.documents) == ("Cantieri Nuovi S.p.A.", 1)


def test_two_workers_learn_one_supplier_at_once(db: Database) -> None:
    client, pages = add_client(db, "First"), [paper(ITALIAN_INVOICE)]
    documents = [put(db, client, pages) for _ in range(4)]
    threads = [threading.Thread(target=learn, args=(db, client, d, pages)) for d in documents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.read() as session:
        [row] = session.scalars(select(Memory))
    assert row.documents == count(db, Lesson) == 4


def test_another_client_does_not_profit(db: Database) -> None:
    first, second = add_client(db, "First"), add_client(db, "Second")
    pages = [paper(ITALIAN_INVOICE)]
    learn(db, first, put(db, first, pages), pages)
    with db.read() as session:
        assert load_memories(session, first, pages).layouts
        other = load_memories(session, second, pages)
    assert (list(other.layouts), dict(other.wordings)) == ([], {})


def test_another_layout_is_remembered_beside(db: Database) -> None:
    client, pages = add_client(db, "First"), [paper(ITALIAN_INVOICE)]
    learn(db, client, put(db, client, pages), pages)
    turned = [paper([(0.9 - 0.9 * x, 0.97 - y, text) for x, y, text in ITALIAN_INVOICE])]
    learn(db, client, put(db, client, turned), turned)
    with db.read() as session:
        assert len(load_memories(session, client, pages).layouts) == 2


def test_values_that_failed_a_check_teach_nothing(db: Database) -> None:
    client, pages = add_client(db, "First"), [paper(ITALIAN_INVOICE)]
    document = put(db, client, pages)
    with db.write() as session:
        session.execute(update(Field).where(Field.name == "iban").values(checks=["iban_invalid"]))
    learn(db, client, document, pages)
    with db.read() as session:
        [row] = session.scalars(select(Memory))
    assert "iban" not in row.data["fields"]
