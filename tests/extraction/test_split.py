"""Where documents in a file begin: separators, page numbers, and doubts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.leaves import find_page_number
from extractors.separators import TEXT
from extractors.slips import find_slips
from extractors.split import Mode, Options, Proposal, propose
from extractors.types import TYPES
from models.words import Barcode, Box, Line, Page, Word

HERE = Box(0.1, 0.1, 0.2, 0.2)


def page(number: int, *texts: str, barcodes: tuple[Barcode, ...] = (), x: float = 0.1) -> Page:
    """A page of lines below each other; without any it is blank."""
    lines = tuple(line(text, x, 0.05 + 0.025 * row) for row, text in enumerate(texts))
    blank = not texts and not barcodes
    return Page(number, 1654, 2339, lines, "native", barcodes=barcodes, blank=blank)


def line(text: str, x: float, y: float) -> Line:
    words, at = [], x
    for token in text.split():
        width = 0.008 * len(token)
        words.append(Word(token, Box(at, y, at + width, y + 0.012), 1.0))
        at += width + 0.008
    return Line.of(words)


def invoice(number: int, of: str, turn: str = "") -> Page:
    return page(
        number,
        "Officine Bellariva S.r.l.",
        "Partita IVA 01234567897",
        "FATTURA",
        f"Fattura n. {of}",
        "Data 14/03/2026",
        "Totale imponibile 1.000,00",
        "Totale fattura EUR 1.220,00",
        *([turn] if turn else []),
    )


def separator(number: int) -> Page:
    return page(number, "Separator sheet", barcodes=(Barcode(TEXT, "QR Code", HERE),))


def patch(number: int, name: str, *texts: str) -> Page:
    return page(number, *texts, barcodes=(Barcode(name, f"Patch {name}", HERE),))


def divide(*pages: Page, split: Mode = "auto", own: str | None = None, drop: bool = False,
           doctype: str = "invoice") -> Proposal:  # fmt: skip
    return propose(pages, doctype, TYPES, Options(split, own, drop))


def parts(found: Proposal) -> list[tuple[int, ...]]:
    return [part.pages for part in found.parts]


def test_a_separator_sheet_divides_and_is_dropped() -> None:
    found = divide(invoice(1, "A1"), separator(2), invoice(3, "A1"))
    assert (parts(found), found.dropped, found.doubts) == ([(1,), (3,)], {2: "separator"}, ())


@pytest.mark.parametrize("code", ["1", "2", "3", "6", "T"])
def test_a_patch_code_divides(code: str) -> None:
    found = divide(invoice(1, "A1"), patch(2, code, "x"), invoice(3, "A1"))
    assert (parts(found), found.dropped) == ([(1,), (3,)], {2: "separator"})


def test_a_toggle_patch_divides_nothing() -> None:
    assert divide(patch(1, "4", "x")).dropped == {}


def test_a_patch_code_on_a_full_page_begins_a_document_with_it() -> None:
    texts = [f"Riga {row} con qualche parola in più" for row in range(12)]
    found = divide(invoice(1, "A1"), patch(2, "2", *texts))
    assert (parts(found), found.dropped, found.doubts) == ([(1,), (2,)], {}, ())


def test_a_client_has_its_own_separator() -> None:
    own = page(2, "UFFICIO 7")
    assert parts(divide(invoice(1, "A1"), own, invoice(3, "A1"), own="UFFICIO 7")) == [(1,), (3,)]


def test_an_invoice_of_several_pages_stays_whole() -> None:
    pages = [invoice(n, "A1", f"Pagina {n} di 4") for n in range(1, 5)]
    found = divide(*pages)
    assert (parts(found), found.doubts) == ([(1, 2, 3, 4)], ())


def test_another_number_on_page_one_of_one_divides() -> None:
    other = replace(invoice(2, "B7", "Pagina 1 di 1"), height=1654)
    found = divide(invoice(1, "A1", "Pagina 1 di 1"), other)
    assert (parts(found), found.doubts) == ([(1,), (2,)], ())


def test_what_is_not_sure_is_asked_about() -> None:
    found = divide(invoice(1, "A1"), invoice(2, "B7"))
    assert found.doubts == ("cut",)
    assert "new_number" in found.sheets[1].reasons


def test_pages_between_separators_stay_together() -> None:
    """Whoever puts sheets between documents puts them between all."""
    found = divide(invoice(1, "A1"), invoice(2, "B7"), separator(3), invoice(4, "C9"))
    assert (parts(found), found.doubts) == ([(1, 2), (4,)], ())


@pytest.mark.parametrize(
    ("split", "expected"),
    [("page", [(1,), (2,)]), ("none", [(1, 2)]), ("separators", [(1, 2)])],
)
def test_a_client_says_where_its_files_are_divided(
    split: Mode, expected: list[tuple[int, ...]]
) -> None:
    found = divide(invoice(1, "A1"), invoice(2, "B7"), split=split)
    assert (parts(found), found.doubts) == (expected, ())


def test_a_blank_page_stays_behind_its_document_or_is_dropped() -> None:
    pages = invoice(1, "A1"), page(2), separator(3), invoice(4, "B7")
    assert parts(divide(*pages)) == [(1, 2), (4,)]
    dropped = divide(*pages, drop=True)
    assert (parts(dropped), dropped.dropped) == ([(1,), (4,)], {2: "blank", 3: "separator"})


def test_a_file_of_blank_pages_stays_whole() -> None:
    assert parts(divide(page(1), page(2), drop=True)) == [(1, 2)]


def test_a_paper_of_no_known_type_is_asked_about() -> None:
    found = divide(page(1, "Caro Mario", "ti scrivo dal mare"), doctype="detect")
    assert found.doubts == ("type",)


KINDS = st.sampled_from(["invoice", "blank", "separator", "patch", "text"])


@settings(deadline=None, max_examples=40)
@given(
    kinds=st.lists(KINDS, min_size=1, max_size=6),
    split=st.sampled_from(["auto", "separators", "page", "none"]),
    drop=st.booleans(),
)
def test_every_page_is_in_one_part_or_dropped(kinds: list[str], split: Mode, drop: bool) -> None:
    made: dict[str, Callable[[int], Page]] = {
        "invoice": lambda n: invoice(n, f"A{n}"),
        "blank": page,
        "separator": separator,
        "patch": lambda n: patch(n, "T", "x"),
        "text": lambda n: page(n, "Alcune parole"),
    }
    pages = [made[kind](number) for number, kind in enumerate(kinds, 1)]
    found = divide(*pages, split=split, drop=drop)
    numbers = [number for part in found.parts for number in part.pages]
    assert numbers == sorted(numbers)
    assert sorted([*numbers, *found.dropped]) == [one.number for one in pages]
    assert found.parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pagina 2 di 3", (2, 3)),
        ("Seite 1/4", (1, 4)),
        ("Page 7", (7, None)),
        ("2 / 5", (2, 5)),
        ("- 3 -", (3, None)),
        ("Pag. 12,50", (None, None)),
        ("24/12", (None, None)),
        ("Seite 5 von 3", (None, None)),
    ],
)
def test_page_numbers_are_read(text: str, expected: tuple[int | None, int | None]) -> None:
    assert find_page_number(page(1, text)) == expected


RECEIPT = (
    "BAR CENTRALE",
    "P.IVA 01234567897",
    "DOCUMENTO COMMERCIALE",
    "di vendita o prestazione",
    "CAFFE 1,20",
    "CORNETTO 1,50",
    "TOTALE COMPLESSIVO 2,70",
    "Pagamento contante 2,70",
    "14-03-2026 08:12",
)


def test_receipts_beside_each_other_are_told_apart() -> None:
    left, right = page(1, *RECEIPT, x=0.08), page(1, *RECEIPT, x=0.58)
    slips = find_slips(replace(left, lines=left.lines + right.lines), TYPES)
    assert slips is not None
    assert [box.x0 < 0.5 for box in slips.regions] == [True, False]
    assert slips.regions[0].x1 <= slips.regions[1].x0


def test_one_receipt_and_columns_of_a_page_stay_whole() -> None:
    assert find_slips(page(1, *RECEIPT), TYPES) is None
    prose = ["Le colonne di un giornale hanno righe", "una accanto all'altra in tutta la pagina"]
    left, right = page(1, *prose * 8, x=0.05), page(1, *prose * 8, x=0.55)
    assert find_slips(replace(left, lines=left.lines + right.lines), TYPES) is None
