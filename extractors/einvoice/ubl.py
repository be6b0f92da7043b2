"""UBL 2.1 Invoice and CreditNote (ISO/IEC 19845): PEPPOL BIS, XRechnung and their like."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from extractors.einvoice import forms
from extractors.einvoice.data import EInvoice, Stated
from extractors.einvoice.tree import children, text, texts

NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
NO_ORDER = "NA"  # what PEPPOL has in the order's place when only a sales order is known


def read(root: Element) -> list[EInvoice]:
    """The invoice or credit note, as a list of one."""
    code = text(root, "DocumentCurrencyCode")
    sums = root.find("LegalMonetaryTotal")
    seller = root.find("AccountingSupplierParty/Party")
    buyer = root.find("AccountingCustomerParty/Party")
    order = text(root, "OrderReference/ID")
    return [
        EInvoice(
            syntax="ubl",
            code=text(root, f"{root.tag}TypeCode") or _usual_code(root),
            fields=forms.present(
                invoice_number=forms.words(text(root, "ID")),
                issue_date=forms.day(text(root, "IssueDate")),
                due_date=forms.earliest(
                    [*texts(root, "DueDate"), *texts(root, "PaymentMeans/PaymentDueDate")]
                ),
                currency=forms.currency(code),
                seller_name=forms.words(_name(seller)),
                seller_vat=forms.vat_id(_registration(seller, vat=True)),
                seller_tax_id=forms.tax_id(_registration(seller, vat=False)),
                buyer_name=forms.words(_name(buyer)),
                buyer_vat=forms.vat_id(_registration(buyer, vat=True)),
                net_total=forms.amount(text(sums, "TaxExclusiveAmount")),
                vat_total=forms.amount(text(_tax(root, code), "TaxAmount")),
                gross_total=forms.amount(text(sums, "TaxInclusiveAmount")),
                amount_due=forms.amount(text(sums, "PayableAmount")),
                iban=forms.iban(text(root, "PaymentMeans/PayeeFinancialAccount/ID")),
                purchase_order=forms.words(order if order != NO_ORDER else ""),
            ),
            lines=tuple(_line(line) for line in children(root, f"{root.tag}Line")),
            adjustment=_adjustment(sums),
            taxes=tuple(
                (
                    text(part, "TaxCategory/Percent"),
                    text(part, "TaxableAmount"),
                    text(part, "TaxAmount"),
                )
                for part in children(_tax(root, code), "TaxSubtotal")
            ),
            notes=_notes(root, seller, buyer),
        )
    ]


def _usual_code(root: Element) -> str:
    return "381" if root.tag == "CreditNote" else "380"


def _name(party: Element | None) -> str:
    """The legal name (BT-27, BT-44); a trading name only when there is no other."""
    return text(party, "PartyLegalEntity/RegistrationName") or text(party, "PartyName/Name")


def _registration(party: Element | None, *, vat: bool) -> str:
    for scheme in children(party, "PartyTaxScheme"):
        if (text(scheme, "TaxScheme/ID").upper() == "VAT") == vat:
            return text(scheme, "CompanyID")
    return ""


def _tax(root: Element, code: str) -> Element | None:
    """The taxes in the invoice's currency (BT-110); the seller's own currency may come as well."""
    for tax in children(root, "TaxTotal"):
        amount = tax.find("TaxAmount")
        if amount is not None and amount.get("currencyID", code) == code:
            return tax
    return None


def _adjustment(sums: Element | None) -> str:
    charges = forms.decimal(text(sums, "ChargeTotalAmount")) or 0
    return str(charges - (forms.decimal(text(sums, "AllowanceTotalAmount")) or 0))


def _line(line: Element) -> dict[str, Stated]:
    quantity = line.find("InvoicedQuantity")
    if quantity is None:
        quantity = line.find("CreditedQuantity")
    return forms.present(
        description=forms.words(text(line, "Item/Name") or text(line, "Item/Description")),
        quantity=forms.number(text(quantity)),
        unit=forms.words(quantity.get("unitCode", "") if quantity is not None else ""),
        unit_price=forms.unit_price(
            text(line, "Price/PriceAmount"), text(line, "Price/BaseQuantity")
        ),
        vat_rate=forms.number(text(line, "Item/ClassifiedTaxCategory/Percent")),
        line_total=forms.amount(text(line, "LineExtensionAmount")),
    )


def _notes(
    root: Element, seller: Element | None, buyer: Element | None
) -> tuple[tuple[str, str], ...]:
    notes = [("Seller", _address(seller)), ("Buyer", _address(buyer))]
    notes += [("Terms of payment", found) for found in texts(root, "PaymentTerms/Note")]
    notes += [("Note", found) for found in texts(root, "Note")]
    return tuple(note for note in notes if note[1])


def _address(party: Element | None) -> str:
    address = party.find("PostalAddress") if party is not None else None
    place = f"{text(address, 'PostalZone')} {text(address, 'CityName')}".strip()
    parts = [text(address, name) for name in ("StreetName", "AdditionalStreetName")]
    country = text(address, "Country/IdentificationCode")
    return ", ".join(part for part in (*parts, place, country) if part)
