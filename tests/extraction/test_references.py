"""Values held against lists."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.references import NOT_IN_REFERENCE, apply_references, check_reference, look_up
from extractors.values import Extraction, FieldValue
from models.doctype import DocumentType, FieldSpec, Table

SUPPLIERS = Table(
    ("name", "vat", "town"),
    [
        ("Officine Bellariva S.r.l.", "12345670017", "Verona"),
        ("Cantieri Pontelungo S.p.A.", "IT09876543217", "Mestre"),
        ("Bianchi Mario", "IT00743110157", "Roma"),
        ("Bar Centrale", "IT01114601006", "Roma"),
        ("Bar Centrale", "IT00488410010", "Como"),
        ("Da Rossi", "IT00000000000", "Bari"),
    ],
)
NAMED = {"list": "suppliers", "column": "name", "fills": {"vat": "seller_vat", "town": "town"}}


def make(kind: str = "text", reference: dict[str, Any] | None = None) -> DocumentType:
    label = {"en": "x"}
    return DocumentType.model_validate(
        {
            "name": "paper",
            "version": 1,
            "label": label,
            "fields": [
                {"name": "seller", "kind": kind, "label": label, "reference": reference or NAMED},
                {"name": "seller_vat", "kind": "vat_id", "label": label},
                {"name": "town", "kind": "text", "label": label},
            ],
        }
    )


def value(name: str, text: str | None, raw: str = "", score: float = 0.95) -> FieldValue:
    return FieldValue(name, None, text, raw, score if text else 0.0, 1, None)


def apply(doctype: DocumentType, seller: str | None, **others: FieldValue) -> dict[str, FieldValue]:
    fields = {name: value(name, None) for name in ("seller", "seller_vat", "town")}
    fields |= {"seller": value("seller", seller), **others}
    extraction = Extraction("paper", 1.0, "it", fields, ())
    return apply_references(extraction, doctype, {"suppliers": SUPPLIERS}).fields


@pytest.mark.parametrize(
    "seller",
    ["Officine Bellariva S.r.l.", "OFFICINE BELLARIVA SRL", "Officine  Bellariva, S.R.L.",
     "0fficine Bellariva Srl", "Officine Bellarlva S.r.l", "Bellariva Officine S.r.l."],
)  # fmt: skip
def test_a_name_like_one_of_the_list_fills_what_was_not_read(seller: str) -> None:
    found = apply(make(), seller)
    assert found["seller"] == value("seller", seller)
    assert (found["seller_vat"].value, found["town"].value) == ("IT12345670017", "Verona")
    assert 0.7 < found["seller_vat"].score < 0.9


@pytest.mark.parametrize("seller", ["Officina Zanetti", "Rossi", "—", "x" * 200])
def test_a_name_like_none_is_doubted(seller: str) -> None:
    found = apply(make(), seller)
    assert found["seller"].problems == (NOT_IN_REFERENCE,)
    assert found["seller"].score == 0.5
    assert found["seller_vat"].value is None


def test_what_was_read_is_not_filled() -> None:
    read = value("town", "Vicenza")
    unclear = value("seller_vat", None, raw="IT0l234")
    found = apply(make(), "Officine Bellariva Srl", town=read, seller_vat=unclear)
    assert (found["town"], found["seller_vat"]) == (read, unclear)


def test_two_rows_of_one_name_fill_only_what_they_agree_on() -> None:
    reference = {**NAMED, "fills": {"vat": "seller_vat", "name": "town"}}
    found = apply(make(reference=reference), "Bar Centrale")
    assert (found["seller_vat"].value, found["town"].value) == (None, "Bar Centrale")


def test_a_cell_that_is_no_value_of_its_field_fills_nothing() -> None:
    assert apply(make(), "Da Rossi")["seller_vat"].value is None


def test_numbers_are_looked_up_as_they_are_kept() -> None:
    reference = {"list": "suppliers", "column": "vat", "fills": {"town": "town"}}
    found = apply(make("vat_id", reference), "IT12345670017")
    assert found["town"].value == "Verona"


def test_a_number_that_is_one_digit_off_is_another_number() -> None:
    reference = {"list": "suppliers", "column": "vat", "fills": {"town": "town"}}
    found = apply(make("identifier", reference), "IT09876543218")
    assert found["seller"].problems == (NOT_IN_REFERENCE,)
    assert found["town"].value is None


def test_the_threshold_is_the_fields_own() -> None:
    strict = make(reference={**NAMED, "threshold": 1})
    assert apply(strict, "Officine Bellarlva S.r.l.")["seller"].problems == (NOT_IN_REFERENCE,)


@pytest.mark.parametrize("change", [{"list": "others"}, {"column": "gone"}])
def test_a_list_or_column_that_is_gone_is_not_missed(change: dict[str, str]) -> None:
    found = apply(make(reference={**NAMED, **change}), "Officina Zanetti")
    assert found["seller"].problems == ()


def test_nothing_is_held_against_nothing() -> None:
    assert apply(make(), None)["seller"].problems == ()


def spec(doctype: DocumentType) -> FieldSpec:
    return doctype.spec("seller", in_line=False)


def test_who_keys_a_strange_name_is_told_the_nearest() -> None:
    problem = check_reference(spec(make()), SUPPLIERS, "Officine Bellarlva Srl")
    assert problem is not None
    assert "Officine Bellariva S.r.l." in problem.message
    assert check_reference(spec(make()), SUPPLIERS, "officine bellariva srl") is None


@given(st.text(max_size=40), st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_any_text_is_looked_up_in_any_list(text: str, cells: list[str]) -> None:
    table = Table(("name", "vat", "town"), [(cell, "", "") for cell in cells])
    match = look_up(spec(make()), table, text)
    assert match is None or 0.5 <= match.likeness <= 1


def test_a_long_list_is_looked_up_at_once() -> None:
    """100 000 rows: 50 ms a field are allowed; the first look-up also makes the index."""
    chance = random.Random(7)
    syllables = ("bel", "la", "ri", "va", "pon", "te", "lun", "go", "tec", "no", "ca", "sa")
    rows = [
        (" ".join("".join(chance.choices(syllables, k=3)) for _ in range(2)) + f" {n} srl", "", "")
        for n in range(100_000)
    ]
    table = Table(("name", "vat", "town"), rows)
    wanted = spec(make())
    look_up(wanted, table, "x")
    start = time.perf_counter()
    for _ in range(5):
        look_up(wanted, table, rows[500][0].replace("l", "1", 1))
    assert (time.perf_counter() - start) / 5 < 0.25  # five times that, on a busy machine
