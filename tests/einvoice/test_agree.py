"""An invoice's data held against its printed page: agreement, silence and difference."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.einvoice import EInvoice, agree, read_xml
from extractors.einvoice.printed import Print
from extractors.pipeline import extract
from extractors.render import inspect, render
from extractors.types import TYPES
from extractors.values import Extraction, FieldValue
from models.doctype import FieldSpec
from models.words import Page
from tests.einvoice import samples

INVOICE = TYPES["invoice"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return read_pages(tmp_path_factory.mktemp("agree"), samples.PRINTED)[0]


def read_pages(folder: Path, rows: tuple[str, ...]) -> list[Page]:
    path = folder / "a.pdf"
    path.write_bytes(samples.pdf(rows))
    info = inspect(path)
    return [r.native for r in render(path, info.media_type, 1, info.pages) if r.native]


def merged(page: Page | None, xml: bytes, doctype: str = "detect") -> Extraction:
    return extract([page] if page else [], doctype, einvoice=read_xml(xml))


def flagged(found: Extraction) -> dict[str, str | None]:
    return {n: v.printed for n, v in found.fields.items() if agree.DIFFERS in v.problems}


def test_every_value_is_that_of_the_data(page: Page) -> None:
    stated = read_xml(samples.cii()).fields
    found = merged(page, samples.cii()).fields
    assert {n: v.value for n, v in found.items()} == {n: s.value for n, s in stated.items()}


def test_a_page_that_agrees_gives_places_and_scores(page: Page) -> None:
    found = merged(page, samples.cii()).fields
    assert {n for n, v in found.items() if v.box is None or v.score < agree.AGREED} == set()


def test_a_page_that_agrees_raises_no_doubt(page: Page) -> None:
    found = merged(page, samples.cii())
    cells = [*found.fields.values(), *(cell for line in found.lines for cell in line.values())]
    assert [cell.name for cell in cells if cell.problems] == []


def test_a_line_is_found_on_the_page(page: Page) -> None:
    line = merged(page, samples.cii()).lines[0]
    assert {n for n, v in line.items() if v.box} >= {"description", "quantity", "line_total"}


def test_identifiers_are_spelt_as_everywhere(page: Page) -> None:
    xml = samples.cii().replace(b"FR23334175221", b"GR 094259216")
    assert merged(page, xml).fields["buyer_vat"].value == "EL094259216"


def test_raw_is_the_text_of_the_xml(page: Page) -> None:
    assert merged(page, samples.cii()).fields["iban"].raw == "DE89 3704 0044 0532 0130 00"


def test_a_total_that_differs_names_the_printed_one(page: Page) -> None:
    found = merged(page, samples.cii(gross="145.70"))
    assert flagged(found)["gross_total"] == "154.70"


def test_a_total_that_differs_shows_where_the_other_stands(page: Page) -> None:
    plain = extract([page], "invoice").fields["gross_total"]
    assert merged(page, samples.cii(gross="145.70")).fields["gross_total"].box == plain.box


def test_a_total_that_differs_is_under_the_threshold(page: Page) -> None:
    found = merged(page, samples.cii(gross="145.70")).fields["gross_total"]
    assert found.score < INVOICE.spec("gross_total", in_line=False).threshold


def test_a_total_that_stands_elsewhere_on_the_page_is_no_agreement(page: Page) -> None:
    assert flagged(merged(page, samples.cii(gross="130.00")))["gross_total"] == "154.70"


def test_an_amount_of_a_line_that_differs_is_flagged(page: Page) -> None:
    xml = samples.cii().replace(b"LineTotalAmount>125.00", b"LineTotalAmount>152.00")
    cell = merged(page, xml).lines[0]["line_total"]
    assert (agree.DIFFERS in cell.problems, cell.printed) == (True, "125.00")


@pytest.mark.parametrize(("score", "kept"), [(0.97, "PO-9"), (0.6, None)])
def test_what_the_data_leave_out_is_read_only_when_the_page_is_sure(
    page: Page, score: float, kept: str | None
) -> None:
    printed = dict(extract([page], "invoice").fields)
    printed["purchase_order"] = replace(
        printed["purchase_order"], value="PO-9", score=score, problems=()
    )
    order = b"BuyerOrderReferencedDocument"
    invoice = read_xml(samples.cii().replace(order, b"OtherDocument"))
    fields, _ = agree.join(INVOICE, invoice, printed, [], [page])
    assert fields["purchase_order"].value == kept


@pytest.mark.parametrize(
    ("name", "printed", "stated"),
    [
        ("invoice_number", b"RE-2026/0417", b"RE-2026/0471"),
        ("issue_date", b"20260314", b"20260324"),
        ("seller_vat", b"DE136695976", b"DE811569869"),
        ("seller_name", b"Holzwerk Tannau GmbH", b"Stahlbau Reuth AG"),
        ("iban", b"DE89 3704 0044 0532 0130 00", b"DE75 5121 0800 1245 1261 99"),
    ],
)
def test_other_differences(page: Page, name: str, printed: bytes, stated: bytes) -> None:
    assert set(flagged(merged(page, samples.cii().replace(printed, stated)))) == {name}


def test_what_is_not_printed_is_not_a_difference(tmp_path: Path) -> None:
    rows = tuple(row for row in samples.PRINTED if "IBAN" not in row)
    found = merged(read_pages(tmp_path, rows)[0], samples.cii()).fields["iban"]
    assert (found.score, found.box, found.problems) == (agree.UNSEEN, None, ())


def test_without_a_readable_page_the_data_stand() -> None:
    found = merged(None, samples.cii())
    assert {v.score for v in found.fields.values()} == {agree.UNSEEN}


def test_the_page_gives_what_a_small_profile_leaves_out(page: Page) -> None:
    start, end = b"<ram:IncludedSupplyChainTradeLineItem>", b"<ram:ApplicableHeaderTradeAgreement>"
    xml = samples.cii()
    minimum = xml[: xml.index(start)] + xml[xml.index(end) :]
    assert [line["line_total"].value for line in merged(page, minimum).lines][:1] == ["125.00"]


def test_a_price_printed_with_fewer_decimals_is_the_same(tmp_path: Path) -> None:
    rows = tuple(row.replace("0,125", "0,13") for row in samples.PRINTED)
    line = merged(read_pages(tmp_path, rows)[0], samples.cii()).lines[0]
    assert line["unit_price"].problems == ()


def test_charges_of_the_document_explain_the_sum_of_lines(page: Page) -> None:
    assert merged(page, samples.cii()).fields["net_total"].problems == ()


def test_lines_that_do_not_add_up_are_blamed_all_the_same(page: Page) -> None:
    xml = samples.cii().replace(b"<ram:ChargeTotalAmount>5.00", b"<ram:ChargeTotalAmount>4.00")
    assert merged(page, xml).fields["net_total"].problems == ("lines_sum",)


def test_a_credit_note_printed_with_minus_agrees(tmp_path: Path) -> None:
    rows = tuple(
        row.replace("154,70", "-154,70").replace("130,00", "-130,00").replace("24,70", "-24,70")
        if "betrag" in row or "Umsatz" in row
        else row
        for row in samples.PRINTED
    )
    rows = tuple(row.replace("--", "-").replace("Rechnung Nr", "Gutschrift Nr") for row in rows)
    found = merged(read_pages(tmp_path, rows)[0], samples.cii(code="381"))
    assert (flagged(found), found.fields["gross_total"].value) == ({}, "154.70")


def test_another_type_that_was_asked_for_is_read_from_the_page(page: Page) -> None:
    found = merged(page, samples.cii(), "delivery_note")
    assert found == extract([page], "delivery_note")


def test_without_data_nothing_changes(page: Page) -> None:
    assert extract([page], "invoice", einvoice=None) == extract([page], "invoice")


def test_an_amount_in_the_wrong_form_goes_to_people(page: Page) -> None:
    found = merged(page, samples.cii(gross="154,70")).fields["gross_total"]
    assert (found.value, found.score) == ("154.70", agree.DOUBTED)


def test_thousands_of_lines_are_held_against_the_page_quickly(page: Page) -> None:
    invoice = read_xml(samples.cii())
    many = replace(invoice, lines=invoice.lines * 3000)
    assert len(extract([page], "invoice", einvoice=many).lines) == 3000


def spec(name: str, *, in_line: bool = False) -> FieldSpec:
    return INVOICE.spec(name, in_line=in_line)


@given(st.decimals("0", "99999999.99", places=2))
def test_any_amount_is_found_as_germans_print_it(value: object) -> None:
    printed = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    words = extract_words(f"Summe EUR {printed}")
    assert Print.of([words], signs_matter=True).find(spec("gross_total"), str(value)) is not None


@given(st.from_regex(r"[A-Z]{2}-[0-9]{4,8}", fullmatch=True), st.sampled_from("0123456789X"))
def test_an_identifier_is_not_found_inside_a_longer_one(number: str, more: str) -> None:
    words = extract_words(f"Rechnung {number}{more}")
    assert Print.of([words], signs_matter=True).find(spec("invoice_number"), number) is None


def extract_words(text: str) -> Page:
    from tests.extraction.papers import paper

    return paper([(0.1, 0.1, text)])


def test_a_drawn_page_confirms_nothing_and_has_its_own_places(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(samples.fattura())
    info = inspect(path)
    assert isinstance(info.einvoice, EInvoice)
    pages = [r.native for r in render(path, info.media_type, 1, 1) if r.native]
    found = extract(pages, "detect", einvoice=info.einvoice).fields
    boxes = {n: v.box for n, v in found.items() if v.value}
    assert boxes == {n: s.box for n, s in info.einvoice.fields.items()}


def test_what_the_drawn_page_lacks_is_absent(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(samples.fattura(payments=()))
    einvoice = inspect(path).einvoice
    found = extract([], "invoice", einvoice=einvoice).fields["iban"]
    assert found == FieldValue("iban", None, None, "", 0.0, None, None)
