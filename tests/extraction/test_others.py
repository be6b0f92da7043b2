"""Second readings of words in extraction: check digits decide between the two."""

from __future__ import annotations

from dataclasses import replace

from extractors.layout import lay_out
from extractors.others import find_confirmed
from extractors.pipeline import extract
from models.words import Box, Line, Page, Word
from tests.extraction import papers

VAT, WRONG = "IT00743110157", "IT00743110151"
IBAN = "DE89370400440532013000"


def page_of(*words: Word) -> Page:
    return Page(1, 1000, 1400, (Line.of(words),), "ocr")


def words(*texts: str, other: dict[str, str]) -> list[Word]:
    """Words side by side; those in `other` were read again, differently."""
    found, x = [], 0.05
    for text in texts:
        box = Box(x, 0.1, x + 0.012 * len(text), 0.115)
        again = other.get(text)
        found.append(Word(text, box, 0.97, None if again is None else False, again))
        x = box.x1 + 0.006
    return found


def confirmed(*texts: str, other: dict[str, str]) -> list[tuple[str, str, str]]:
    segment = lay_out(page_of(*words(*texts, other=other))).segments[0]
    return [
        (kind, found.value, segment.text[found.start : found.end])
        for kind, found in find_confirmed(segment)
    ]


def test_the_reading_that_holds_is_taken() -> None:
    assert confirmed("P.IVA", WRONG, other={WRONG: VAT}) == [("vat_id", VAT, WRONG)]


def test_a_first_reading_that_holds_stays() -> None:
    assert confirmed("P.IVA", VAT, other={VAT: "IT00000000000"}) == []


def test_a_second_reading_that_does_not_hold_is_nothing() -> None:
    assert confirmed("P.IVA", WRONG, other={WRONG: "IT00743110152"}) == []


def test_a_longer_reading_keeps_its_place() -> None:
    spoilt = IBAN.replace("DE8937", "DE893", 1)
    found = confirmed("IBAN", spoilt, "BIC", other={spoilt: IBAN})
    assert found == [("iban", IBAN, spoilt)]


def test_one_word_of_a_spaced_number_is_enough() -> None:
    found = confirmed("DE89", "3704", "0044", "0582", "0130", "00", other={"0582": "0532"})
    assert found == [("iban", IBAN, "DE89 3704 0044 0582 0130 00")]


def test_the_confirmed_number_becomes_the_field() -> None:
    lines = words("Partita", "IVA", WRONG, other={WRONG: VAT})
    found = extract([page_of(*lines)], "invoice").fields["seller_vat"]
    assert (found.value, found.problems) == (VAT, ())


def test_readings_that_differ_lower_the_score() -> None:
    sheet = papers.paper(papers.ITALIAN_INVOICE)
    lines = tuple(
        replace(line, words=tuple(again_if(word, "04/04/2024") for word in line.words))
        for line in sheet.lines
    )
    once, twice = (
        extract([page], "invoice").fields["due_date"]
        for page in (sheet, replace(sheet, lines=lines))
    )
    assert once.value == twice.value == "2024-04-04"
    assert twice.score < once.score


def again_if(word: Word, text: str) -> Word:
    return replace(word, agreed=False, other="04/04/2021") if word.text == text else word
