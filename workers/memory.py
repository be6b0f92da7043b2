"""Memory between the database and extraction: what is remembered for a document, and what a
finished one teaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractors import lexicon, memory, wordings
from extractors.candidates import Document as Survey
from extractors.candidates import survey
from extractors.classify import detect_language
from extractors.memory import Lesson, Verified, learn, make_memory
from extractors.recall import Memories, examine, find_home, find_rivals
from extractors.signature import hash_key, sign
from models import memory as kept
from models.db import Transaction
from models.doctype import DocumentType
from models.fields import Field
from models.ids import new_id
from models.words import Box, Page

MAX_LAYOUTS = 4  # of one supplier and type
EACH = 0.1  # share of new lessons after which wordings are counted anew


@dataclass(frozen=True)
class Taught:
    """A lesson with the document that it was learned from."""

    survey: Survey
    doctype: DocumentType
    lesson: Lesson


def load_memories(session: Transaction, client_id: str, pages: Sequence[Page]) -> Memories:
    """What the client's documents have taught that may be of use for these pages."""
    rows = kept.find_memories(session, client_id, sign(pages).keys)
    return Memories(
        [_to_memory(row) for row in rows],
        {name: wordings.from_dict(data)
         for name, data in kept.find_wordings(session, client_id).items()},
    )  # fmt: skip


def _to_memory(row: kept.Memory) -> memory.Memory:
    return memory.Memory.from_dict(row.id, row.type, row.data)


def teach(
    pages: Sequence[Page], doctype: DocumentType, fields: Iterable[Field], language: str | None
) -> Taught:
    """What the final values of a document teach; what fails a check teaches nothing."""
    surveyed = survey(pages, lexicon.labels_for(doctype), language or detect_language(pages))
    values = [
        Verified(
            name=field.name,
            line=field.line,
            value=field.value,
            page=field.page,
            box=Box.from_list(field.box) if field.box else None,
            by_person=field.source == "person",
        )
        for field in fields
        if field.status == "final" and not field.checks
    ]
    return Taught(surveyed, doctype, learn(surveyed, doctype, values))


def keep_lesson(session: Transaction, client_id: str, document_id: str, taught: Taught) -> None:
    """Put a document's lesson where it belongs: with its supplier's layout, or into a new memory.

    What the document taught before is taken back first, so that learning again (a step that ran
    twice, a corrected value) is learning once.
    """
    kept.take_turn(session, client_id)
    unlearn(session, client_id, document_id)
    lesson = taught.lesson
    rows = kept.find_memories(session, client_id, _keys(lesson))
    known = [_to_memory(row) for row in rows if row.type == lesson.type]
    home = find_home(lesson, known)
    if home is None:
        _make_room(session, lesson, known)
        memory_id = new_id("mem")
    else:
        lesson = examine(taught.survey, taught.doctype, lesson, home)
        memory_id = home.id
    kept.add_lesson(
        session, client_id, document_id, memory_id, lesson.type, lesson.to_dict(), lesson.wording
    )
    _remake(session, client_id, memory_id, document_id, taught=1)
    kept.prune_lessons(session, client_id, memory_id, lesson.type)
    if home is None:
        kept.prune_memories(session, client_id)
    _count_wordings(session, client_id, lesson.type)


def unlearn(session: Transaction, client_id: str, document_id: str) -> None:
    """Take back what a document taught, as if it had not."""
    memory_id = kept.remove_lesson(session, document_id)
    if memory_id is not None:
        _remake(session, client_id, memory_id, document_id, taught=0)


def _keys(lesson: Lesson) -> list[str]:
    return [hash_key(text) for text in lesson.signature.ids | lesson.signature.grams]


def _make_room(session: Transaction, lesson: Lesson, known: Sequence[memory.Memory]) -> None:
    """A supplier has several layouts, but not more than `MAX_LAYOUTS`: the least useful goes."""
    rivals = find_rivals(lesson, known)
    for rival in rivals[MAX_LAYOUTS - 1 :]:
        kept.drop_memory(session, rival.id)


def _remake(
    session: Transaction, client_id: str, memory_id: str, document_id: str, *, taught: int
) -> None:
    """Make a memory anew of its lessons; one that was wrong too often begins again with the
    newest of them."""
    rows = kept.list_lessons(session, memory_id)
    made = make_memory(memory_id, (Lesson.from_dict(row.data) for row in rows))
    if made is not None and made.is_refuted:
        keep = next((row for row in rows if row.document_id == document_id), rows[0])
        for row in rows:
            if row is not keep:
                session.delete(row)
        session.flush()
        made = make_memory(memory_id, [Lesson.from_dict(keep.data).anew()])
        keep.data = Lesson.from_dict(keep.data).anew().to_dict()
    if made is None:
        kept.drop_memory(session, memory_id)
        return
    kept.save_memory(
        session,
        client_id,
        memory_id,
        made.type,
        made.label,
        {hash_key(text) for text in made.signature.ids | made.signature.grams},
        made.to_dict(),
        (made.right, made.wrong),
        taught=taught,
    )


def _count_wordings(session: Transaction, client_id: str, type_: str) -> None:
    """Count a type's wordings anew, when there are enough new lessons for it to matter."""
    known = kept.find_wordings(session, client_id).get(type_)
    counted = int(known["held"]) if known else 0
    held = kept.count_lessons(session, client_id, type_)
    if known is None or held <= 20 or held >= counted * (1 + EACH):
        made = wordings.make_wordings(kept.list_wordings(session, client_id, type_))
        kept.save_wordings(session, client_id, type_, {**wordings.to_dict(made), "held": held})
