"""The benchmark of splitting: files are joined and divided as it says."""

from __future__ import annotations

from random import Random

from bench.split import Known, divide, fit, join, measure, separator_page
from extractors.split import is_separator
from tests.extraction.test_split import invoice, page


def test_joined_pages_are_numbered_anew() -> None:
    pages, begins = join([[invoice(1, "A1"), page(2, "x")], [invoice(1, "B7")]])
    assert [one.number for one in pages] == [1, 2, 3]
    assert begins == {3}


def test_a_separator_stands_between_and_is_no_document() -> None:
    sheet = separator_page()
    assert is_separator(sheet)
    pages, begins = join([[invoice(1, "A1")], [invoice(1, "B7")]], sheet)
    found = divide(pages, begins)
    assert found.proposed == found.true == begins
    assert not found.asked


def test_it_prints_a_row_for_each_kind_of_file() -> None:
    documents = [Known("x", [invoice(1, f"A{n}"), page(2, "Pagina 2 di 2")]) for n in range(4)]
    rows = measure(documents, 3, Random(1)).splitlines()
    assert [row.split("  ")[0] for row in rows[1:]] == [
        "bundles", "with separators", "whole documents",
    ]  # fmt: skip
    assert "new_number" in fit(documents, Random(1))
