"""What each syntax states, in field names."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.einvoice import EInvoice, Stated, read_xml
from extractors.einvoice.data import CREDIT_CODES
from models.errors import SeveralInvoices
from tests.einvoice import samples

FROM_CII = {
    "invoice_number": "RE-2026/0417",
    "issue_date": "2026-03-14",
    "due_date": "2026-04-13",
    "currency": "EUR",
    "seller_name": "Holzwerk Tannau GmbH",
    "seller_vat": "DE136695976",
    "seller_tax_id": "131/281/70417",
    "buyer_name": "Atelier Lumière SARL",
    "buyer_vat": "FR23334175221",
    "net_total": "130.00",
    "vat_total": "24.70",
    "gross_total": "154.70",
    "amount_due": "154.70",
    "iban": "DE89370400440532013000",
    "invoice_kind": "invoice",
    "purchase_order": "PO-88123",
}
LINE_OF_CII = {
    "description": "Kabelbinder schwarz",
    "quantity": "1000",
    "unit": "C62",
    "unit_price": "0.125",
    "vat_rate": "19",
    "line_total": "125.00",
}


def values(stated: dict[str, Stated]) -> dict[str, str | None]:
    return {name: one.value for name, one in stated.items()}


def header(invoice: EInvoice) -> dict[str, str | None]:
    return values(invoice.fields)


# -- CII ----------------------------------------------------------------------------------------


def test_cii_header() -> None:
    assert header(read_xml(samples.cii())) == FROM_CII


def test_cii_line_has_the_price_of_one_unit() -> None:
    assert [values(line) for line in read_xml(samples.cii()).lines] == [LINE_OF_CII]


def test_cii_charges_are_the_adjustment() -> None:
    assert Decimal(read_xml(samples.cii()).adjustment) == 5


def test_zugferd_1_states_the_same() -> None:
    assert header(read_xml(samples.zugferd_1())) == FROM_CII


def test_zugferd_1_lines_are_the_same() -> None:
    assert [values(line) for line in read_xml(samples.zugferd_1()).lines] == [LINE_OF_CII]


def test_group_lines_of_the_extended_profile_are_not_counted() -> None:
    reason = b"<ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode>"
    marked = samples.cii().replace(b"</ram:LineID>", b"</ram:LineID>" + reason)
    assert read_xml(marked).lines == ()


def test_the_last_of_several_terms_is_when_the_whole_is_due() -> None:
    terms = b"<ram:SpecifiedTradePaymentTerms>"
    early = (
        b"<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>"
        b'<udt:DateTimeString format="102">20260324</udt:DateTimeString></ram:DueDateDateTime>'
        b"</ram:SpecifiedTradePaymentTerms>"
    )
    invoice = read_xml(samples.cii().replace(terms, early + terms))
    assert invoice.fields["due_date"].value == "2026-04-13"


# -- UBL ----------------------------------------------------------------------------------------


def test_ubl_header() -> None:
    assert header(read_xml(samples.ubl())) == {
        "invoice_number": "2026-331",
        "issue_date": "2026-02-27",
        "due_date": "2026-03-29",
        "currency": "EUR",
        "seller_name": "Brauhaus Kupferkessel KG",
        "seller_vat": "DE136695976",
        "seller_tax_id": "131/281/70417",
        "buyer_name": "Gasthof Linde",
        "net_total": "100.00",
        "vat_total": "19.00",
        "gross_total": "119.00",
        "amount_due": "99.00",
        "iban": "DE89370400440532013000",
        "purchase_order": "PO-5",
        "invoice_kind": "invoice",
    }


@pytest.mark.parametrize("root", ["Invoice", "CreditNote"])
def test_ubl_lines(root: str) -> None:
    assert [values(line) for line in read_xml(samples.ubl(root=root)).lines] == [
        {
            "description": "Märzen, Fass",
            "quantity": "44",
            "unit": "LTR",
            "unit_price": "2.50",
            "vat_rate": "19",
            "line_total": "110.00",
        }
    ]


def test_ubl_allowances_are_the_adjustment() -> None:
    assert Decimal(read_xml(samples.ubl()).adjustment) == -10


def test_ubl_order_na_is_no_order() -> None:
    assert "purchase_order" not in header(read_xml(samples.ubl(order="NA")))


# -- FatturaPA ----------------------------------------------------------------------------------


def test_fatturapa_header() -> None:
    assert header(read_xml(samples.fattura())) == {
        "invoice_number": "218/A",
        "issue_date": "2026-03-14",
        "due_date": "2026-04-13",
        "currency": "EUR",
        "seller_name": "Officine Bellariva S.r.l.",
        "seller_vat": "IT12345670017",
        "seller_tax_id": "12345670017",
        "buyer_name": "Niccolò Pontelungo",
        "buyer_vat": "IT00743110157",
        "net_total": "1000.00",
        "vat_total": "220.00",
        "gross_total": "1220.00",
        "amount_due": "1220.00",
        "iban": "IT60X0542811101000000123456",
        "purchase_order": "ODA-7781",
        "invoice_kind": "invoice",
    }


def test_fatturapa_line() -> None:
    assert [values(line) for line in read_xml(samples.fattura()).lines] == [
        {
            "description": "Revisione pompa idraulica",
            "quantity": "2",
            "unit": "PZ",
            "unit_price": "500.00",
            "vat_rate": "22",
            "line_total": "1000.00",
        }
    ]


def test_fatturapa_in_windows_1252() -> None:
    invoice = read_xml(samples.fattura(encoding="windows-1252"))
    assert invoice.fields["buyer_name"].value == "Niccolò Pontelungo"


@pytest.mark.parametrize("prefix", ["p:", "ns2:", ""])
def test_fatturapa_prefixes(prefix: str) -> None:
    assert read_xml(samples.fattura(prefix=prefix)).fields["invoice_number"].value == "218/A"


def test_fatturapa_without_a_total_adds_up() -> None:
    assert read_xml(samples.fattura(total=None)).fields["gross_total"].value == "1220.00"


def test_fatturapa_instalments_are_due_from_the_first_on() -> None:
    invoice = read_xml(
        samples.fattura(payments=[("2026-05-31", "620.00"), ("2026-04-30", "600.00")])
    )
    due = invoice.fields["due_date"].value, invoice.fields["amount_due"].value
    assert due == ("2026-04-30", "1220.00")


def test_fatturapa_ways_to_pay_that_exclude_each_other_say_nothing() -> None:
    payments = [("2026-04-30", "1220.00"), ("2026-04-30", "1220.00")]
    assert "amount_due" not in read_xml(samples.fattura(payments=payments)).fields


def test_a_lot_is_refused_with_advice() -> None:
    with pytest.raises(SeveralInvoices, match=r"2 invoices.*upload"):
        read_xml(samples.fattura(numbers=("1", "2")))


def test_the_simplified_invoice() -> None:
    invoice = read_xml(samples.simplified())
    totals = {name: invoice.fields[name].value for name in ("net_total", "vat_total")}
    assert totals == {"net_total": "21.00", "vat_total": "2.22"}


def test_the_parties_of_the_simplified_invoice() -> None:
    invoice = read_xml(samples.simplified())
    names = {name: invoice.fields[name].value for name in ("seller_name", "buyer_name")}
    assert names == {"seller_name": "Bar Sole Snc", "buyer_name": "Mario Rossi"}


cents = st.decimals("-999999999.99", "999999999.99", places=2)


@given(cents, cents)
def test_any_amounts_come_through_fatturapa(net: Decimal, tax: Decimal) -> None:
    invoice = read_xml(samples.fattura(net=f"{net:f}", tax=f"{tax:f}", total=None, payments=()))
    found = {n: Decimal(invoice.fields[n].value or "") for n in ("net_total", "gross_total")}
    assert found == {"net_total": net, "gross_total": net + tax}


@given(st.decimals("-99999999", "99999999", places=8))
def test_any_price_keeps_its_eight_decimals(price: Decimal) -> None:
    stated = read_xml(samples.fattura(price=f"{price:f}")).lines[0]["unit_price"]
    assert Decimal(stated.value or "") == price


# -- all ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "xml",
    [samples.cii(code="381"), samples.ubl(root="CreditNote", code="381"),
     samples.fattura(code="TD04")],
)  # fmt: skip
def test_credit_notes_are_known(xml: bytes) -> None:
    assert read_xml(xml).is_credit


def test_an_invoice_is_no_credit_note() -> None:
    assert not read_xml(samples.cii()).is_credit


def test_codes_of_one_syntax_mean_nothing_in_another() -> None:
    assert not EInvoice("fatturapa", min(CREDIT_CODES), {}).is_credit


def test_an_amount_in_the_wrong_form_keeps_its_text_and_has_no_value() -> None:
    stated = read_xml(samples.cii(gross="1.234,50")).fields["gross_total"]
    assert stated == Stated(None, "1.234,50")


@pytest.mark.parametrize("xml", [samples.cii(), samples.ubl(), samples.fattura()])
def test_json_and_back(xml: bytes) -> None:
    invoice = read_xml(xml)
    assert EInvoice.from_dict(invoice.to_dict()) == invoice
