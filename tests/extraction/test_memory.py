"""What a verified document teaches helps with the next one, and does no harm to others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import lexicon
from extractors.candidates import survey
from extractors.memory import Lesson, Memory, Taught, Trace, Verified, learn, make_memory
from extractors.pipeline import extract
from extractors.recall import Memories, examine, find_home, find_rivals, recognise
from extractors.signature import sign
from extractors.types import TYPES
from extractors.values import Extraction
from extractors.whereabouts import Whereabouts
from extractors.wordings import from_dict, make_wordings, to_dict
from models.words import Box, Page
from tests.extraction.papers import ITALIAN_INVOICE, Placed, paper

KIND = TYPES["invoice"]
# The same invoice with words that no lexicon knows.
STRANGE = [
    (x, y, {"Totale imponibile": "Zumpa", "IVA 22%": "Zampa 22", "Totale fattura": "Zompa",
            "Scadenza: 04/04/2024": "Zemba: 04/04/2024",
            "Fattura n. 127/A del 05/03/2024": "Zimba 127/A  Zurla 05/03/2024"}.get(text, text))
    for x, y, text in ITALIAN_INVOICE
]  # fmt: skip
NEXT = {"127/A": "128/A", "05/03/2024": "06/03/2024", "04/04/2024": "05/04/2024",
        "OA-4471": "OA-4498"}  # fmt: skip
RIGHT = {"invoice_number": "127/A", "issue_date": "2024-03-05", "due_date": "2024-04-04",
         "net_total": "258.00", "vat_total": "56.76", "gross_total": "314.76",
         "seller_name": "Officine Bellavista S.r.l.", "seller_vat": "IT12345670017",
         "iban": "IT60X0542811101000000123456", "purchase_order": "OA-4471",
         "buyer_name": "Panificio Aurora S.p.A.", "buyer_vat": "IT00743110157"}  # fmt: skip


def rewrite(texts: Sequence[Placed], **changes: str) -> list[Placed]:
    """The texts with some replaced; `changes` may have names that are no words."""
    made = []
    for x, y, text in texts:
        for old, new in {**changes}.items():
            text = text.replace(old, new)
        made.append((x, y, text))
    return made


def verify(values: dict[str, str], *, by_person: bool = True) -> list[Verified]:
    """Values as a person keyed them: without a place."""
    return [Verified(n, None, v, None, None, by_person) for n, v in values.items()]


def taught(
    pages: Sequence[Page], values: dict[str, str] = RIGHT, *, by_person: bool = True
) -> Lesson:
    document = survey(pages, lexicon.labels_for(KIND), "it")
    return learn(document, KIND, verify(values, by_person=by_person))


def remember(*lessons: Lesson) -> Memories:
    memory = make_memory("mem_1", lessons)
    assert memory is not None
    return Memories((memory,))


def read(pages: Sequence[Page], memories: Memories | None = None) -> Extraction:
    return extract(pages, "invoice", memories=memories)


def values(found: Extraction) -> dict[str, str | None]:
    return {name: one.value for name, one in found.fields.items()}


def expected(**changes: str) -> dict[str, str]:
    return {**RIGHT, "invoice_number": "128/A", "issue_date": "2024-03-06",
            "due_date": "2024-04-05", "purchase_order": "OA-4498", **changes}  # fmt: skip


def assert_all(found: Extraction, wanted: dict[str, str]) -> None:
    got = values(found)
    assert {name: got[name] for name in wanted} == wanted


@pytest.fixture(scope="module")
def memories() -> Memories:
    return remember(taught([paper(STRANGE)]))


# -- the next document ----------------------------------------------------------------------------


def test_strange_words_are_not_understood_at_first() -> None:
    got = values(read([paper(STRANGE)]))
    assert got["invoice_number"] is None


def test_a_supplier_seen_once_is_understood(memories: Memories) -> None:
    assert_all(read([paper(rewrite(STRANGE, **NEXT))], memories), expected())


def test_a_table_that_moved_by_five_centimetres_is_found(memories: Memories) -> None:
    texts = [(x, y + 0.17 if 0.4 < y < 0.7 else y, text) for x, y, text in rewrite(STRANGE, **NEXT)]
    assert_all(read([paper(texts)], memories), expected())


@pytest.mark.parametrize(
    "move",
    [
        lambda x, y: (0.96 * x + 0.03, 0.97 * y + 0.02),
        lambda x, y: (1.04 * x - 0.02, 1.03 * y - 0.02),
        lambda x, y: (x + 0.004 * y, y + 0.004 * x),
    ],
)
def test_a_page_that_was_scanned_otherwise_is_the_same(
    memories: Memories, move: Callable[[float, float], tuple[float, float]]
) -> None:
    texts = [(*move(x, y), text) for x, y, text in rewrite(STRANGE, **NEXT)]
    assert_all(read([paper(texts)], memories), expected())


def test_misread_words_do_not_matter(memories: Memories) -> None:
    texts = rewrite(STRANGE, **NEXT, Zumpa="Zurnpa", Zompa="Zornpa", Zemba="Zembo",
                    Bellavista="Bellovista", Garibaldi="Gonbaldi")  # fmt: skip
    assert_all(read([paper(texts)], memories), expected())


def test_a_misread_vat_number_is_the_suppliers(memories: Memories) -> None:
    texts = rewrite(STRANGE, **{"12345670017": "12345870017"})
    assert values(read([paper(texts)], memories))["seller_vat"] == "IT12345670017"


def test_what_agrees_is_surer(memories: Memories) -> None:
    pages = [paper(ITALIAN_INVOICE)]
    known = remember(taught(pages))
    before, after = read(pages), read(pages, known)
    for name in ("gross_total", "invoice_number", "seller_name", "due_date"):
        assert after.fields[name].score >= before.fields[name].score


def test_columns_with_strange_titles_are_understood() -> None:
    strange = {"Descrizione": "Zibibbo", "U.M.": "Zu", "Q.tà": "Zanta", "Prezzo": "Zirlo",
               "IVA": "Zva", "Importo": "Zampino"}  # fmt: skip
    texts = [(x, y, strange.get(t, t)) for x, y, t in ITALIAN_INVOICE]
    right = read([paper(ITALIAN_INVOICE)])
    cells = [
        Verified(cell.name, number, cell.value, cell.page, cell.box, True)
        for number, line in enumerate(right.lines)
        for cell in line.values()
    ]
    document = survey([paper(texts)], lexicon.labels_for(KIND), "it")
    known = remember(learn(document, KIND, [*verify(RIGHT), *cells]))
    lower = [(x, y + 0.03 if y > 0.3 else y, t) for x, y, t in texts]
    found = read([paper(lower)], known)
    assert [line["line_total"].value for line in found.lines] == ["125.00", "33.00", "100.00"]
    assert [line["unit"].value for line in found.lines] == ["PZ", "PZ", "H"]


# -- whose it is ----------------------------------------------------------------------------------


def test_a_changed_bank_account_is_named(memories: Memories) -> None:
    texts = rewrite(STRANGE, **{"IT60 X054 2811 1010 0000 0123 456": "DE89 3704 0044 0532 0130 00"})
    found = read([paper(texts)], memories).fields["iban"]
    assert found.value == "DE89370400440532013000"
    assert "iban_changed" in found.problems
    assert found.score <= 0.7


def test_the_account_that_is_known_is_no_news(memories: Memories) -> None:
    assert "iban_changed" not in read([paper(STRANGE)], memories).fields["iban"].problems


OTHER = {"Officine Bellavista S.r.l.": "Cartiere Montalto S.p.A.", "12345670017": "09876543217",
         "Via Garibaldi 12": "Viale Mazzini 80", "40121 Bologna (BO)": "00195 Roma (RM)",
         "IT60 X054 2811 1010 0000 0123 456": "DE89 3704 0044 0532 0130 00",
         "Tel. 051 123456": "Tel. 06 998877"}  # fmt: skip


def test_a_look_alike_takes_nothing_of_the_supplier() -> None:
    """Another supplier with the same form: its own names and numbers stay."""
    known = remember(taught([paper(ITALIAN_INVOICE)]))
    pages = [paper(rewrite(ITALIAN_INVOICE, **OTHER, **NEXT))]
    assert values(read(pages, known)) == values(read(pages))
    assert "iban_changed" not in read(pages, known).fields["iban"].problems


def test_wrong_memory_does_not_overwrite_what_is_clear() -> None:
    """All amounts and dates taught at each other's places: nothing that is wrong is let through."""
    wrong = {**RIGHT, "net_total": "314.76", "gross_total": "258.00", "issue_date": "2024-04-04",
             "due_date": "2024-03-05", "invoice_number": "OA-4471",
             "purchase_order": "127/A"}  # fmt: skip
    known = remember(taught([paper(ITALIAN_INVOICE)], wrong))
    found = read([paper(rewrite(ITALIAN_INVOICE, **NEXT))], known)
    for name, value in expected().items():
        one = found.fields[name]
        assert one.value == value or one.score < KIND.spec(name, in_line=False).threshold, name


def test_the_buyers_number_is_no_sign_of_the_supplier(memories: Memories) -> None:
    signature = memories.layouts[0].signature
    assert "vat:IT12345670017" in signature.ids
    assert "vat:IT00743110157" not in signature.ids


def test_an_unrelated_paper_is_nobodys(memories: Memories) -> None:
    pages = [paper([(0.1, 0.1 + 0.02 * n, f"altre parole numero {n}") for n in range(20)])]
    assert recognise(memories.layouts[0], sign(pages)) is None


# -- layouts --------------------------------------------------------------------------------------


def turned() -> list[Placed]:
    return [(0.85 - 0.9 * x, 0.97 - y, text) for x, y, text in ITALIAN_INVOICE]


def test_a_new_layout_of_a_supplier_is_another_memory(memories: Memories) -> None:
    same, other = taught([paper(STRANGE)]), taught([paper(turned())])
    assert find_home(same, memories.layouts) is memories.layouts[0]
    assert find_home(other, memories.layouts) is None
    assert find_rivals(other, memories.layouts) == list(memories.layouts)


def test_each_of_two_layouts_is_understood() -> None:
    strange = [(0.85 - 0.9 * x, 0.97 - y, text) for x, y, text in STRANGE]
    both = [make_memory(n, [taught([paper(t)])]) for n, t in (("a", STRANGE), ("b", strange))]
    known = Memories([memory for memory in both if memory])
    for texts in (STRANGE, strange):
        got = values(read([paper(rewrite(texts, **NEXT))], known))
        assert (got["gross_total"], got["due_date"]) == ("314.76", "2024-04-05")


# -- fading ---------------------------------------------------------------------------------------


def outcome(lesson: Lesson, name: str) -> str:
    return lesson.fields[name].outcome


def test_later_documents_confirm_and_correct(memories: Memories) -> None:
    pages = [paper(rewrite(STRANGE, **NEXT))]
    document = survey(pages, lexicon.labels_for(KIND), "it")
    said = expected(due_date="2024-03-06")  # a person says: that was not the due date
    lesson = examine(document, KIND, taught(pages, said), memories.layouts[0])
    assert (outcome(lesson, "gross_total"), outcome(lesson, "due_date")) == ("right", "wrong")


def test_a_place_that_was_wrong_twice_is_forgotten() -> None:
    place = taught([paper(STRANGE)]).fields["due_date"].traces[0]
    right = taught([paper(STRANGE)])
    blamed = Taught(None, 1.0, (), outcome="wrong", spoke=(place.left, place.above))
    wrong = replace(right, fields={**right.fields, "due_date": blamed})

    def traces(*lessons: Lesson) -> list[Trace]:
        memory = make_memory("m", lessons)
        assert memory is not None
        return memory.fields["due_date"].traces

    assert traces(right)[0].trust == 1.0
    assert traces(wrong, right)[0].trust < 0.5
    assert traces(wrong, wrong, right) == []


def test_a_memory_that_is_often_wrong_is_refuted() -> None:
    right = taught([paper(STRANGE)])
    names = ("due_date", "issue_date", "net_total", "gross_total")
    fields = {n: replace(right.fields[n], outcome="wrong") for n in names}
    memory = make_memory("m", [replace(right, fields={**right.fields, **fields}), right])
    assert memory is not None
    assert memory.is_refuted


PLACE = Whereabouts("", "", 0, 0, Box(0, 0, 1, 1), "")


@given(st.integers(0, 50), st.integers(0, 50))
def test_trust_falls_with_errors_and_rises_with_successes(right: int, wrong: int) -> None:
    trust = Trace(PLACE, 1.0, right, wrong).trust
    assert 0.0 < trust <= 1.0
    assert Trace(PLACE, 1.0, right, wrong + 1).trust < trust
    assert Trace(PLACE, 1.0, right + 1, wrong).trust >= trust


def test_what_only_the_machine_said_counts_less() -> None:
    pages = [paper(STRANGE)]
    by_machine = remember(taught(pages, by_person=False))
    by_person = remember(taught(pages))
    again = [paper(rewrite(STRANGE, **NEXT))]
    for name in ("gross_total", "seller_name"):
        machine = read(again, by_machine).fields[name].score
        assert machine <= read(again, by_person).fields[name].score


# -- any paper ------------------------------------------------------------------------------------

WORDS = st.text(
    alphabet=st.sampled_from(list("aeioTDFN0123456789.,:/-€@ ")), min_size=1, max_size=24
)
PAPERS = st.lists(st.tuples(st.floats(0, 0.9), st.floats(0, 0.95), WORDS), max_size=25)


@settings(max_examples=40, deadline=None)
@given(PAPERS, PAPERS, st.dictionaries(st.sampled_from(sorted(RIGHT)), WORDS))
def test_any_papers_can_be_learned_and_recalled(
    first: list[Placed], second: list[Placed], said: dict[str, str]
) -> None:
    lesson = taught([paper(clean(first))], said)
    memory = make_memory("m", [lesson])
    assert memory is not None
    assert Lesson.from_dict(json.loads(json.dumps(lesson.to_dict()))).to_dict() == lesson.to_dict()
    copy = Memory.from_dict("m", "invoice", json.loads(json.dumps(memory.to_dict())))
    assert copy.to_dict() == memory.to_dict()
    known = Memories((copy,), {"invoice": make_wordings([lesson.wording])})
    for pages in ([paper(clean(first))], [paper(clean(second))], []):
        assert read(pages, known).type == "invoice"


def clean(texts: Sequence[Placed]) -> list[Placed]:
    return [(x, y, re.sub(" +", " ", t).strip() or "x") for x, y, t in texts]


# -- wordings -------------------------------------------------------------------------------------


def test_words_of_a_type_are_learned_from_any_supplier() -> None:
    """Suppliers that have nothing in common but what they call the due date."""
    lessons = []
    for number in range(6):
        texts = rewrite(STRANGE, **OTHER) if number % 2 else STRANGE
        lessons.append(taught([paper(texts)]).wording)
    wordings = from_dict(json.loads(json.dumps(to_dict(make_wordings(lessons)))))
    stranger = [
        (0.05 + 0.8 * (1 - x) if y > 0.3 else x, y, t)
        for x, y, t in rewrite(STRANGE, **{**OTHER, "09876543217": "01234567897"}, **NEXT)
    ]
    pages = [paper(stranger)]
    found = read(pages, Memories((), {"invoice": wordings}))
    assert found.fields["due_date"].value == "2024-04-05"
    assert found.fields["due_date"].score > read(pages).fields["due_date"].score


def test_words_that_stand_at_other_values_speak_against() -> None:
    wordings = make_wordings([taught([paper(STRANGE)]).wording] * 5)
    spec = KIND.spec("net_total", in_line=False)
    own = replace(PLACE, left="zumpa")
    assert wordings.support(KIND, spec, own) > 0.5
    assert wordings.support(KIND, spec, replace(PLACE, left="zompa")) < -0.5
    assert wordings.support(KIND, spec, replace(PLACE, left="niemals")) == 0
