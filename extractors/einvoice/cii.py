"""Cross Industry Invoice (UN/CEFACT D16B): XRechnung, Factur-X and ZUGFeRD 2, all profiles; and
ZUGFeRD 1.0, whose older names are put into today's first.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from extractors.einvoice import forms
from extractors.einvoice.data import EInvoice, Stated
from extractors.einvoice.tree import children, text, texts

# ZUGFeRD 1.0, annex to the 2014 specification: the same things under other names.
OLD_NAMES = {
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
    "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
    "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
    "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
    "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
    "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
    "ApplicablePercent": "RateApplicablePercent",
}
# Extended profile: lines that group others or only inform carry no amount of their own.
NOT_COUNTED = {"GROUP", "INFORMATION"}
AGREEMENT = "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement"
SETTLEMENT = "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement"


def read(root: Element) -> list[EInvoice]:
    """The invoice, as a list of one."""
    if root.tag == "CrossIndustryDocument":
        for node in root.iter():
            node.tag = OLD_NAMES.get(node.tag, node.tag)
    agreement, settlement = root.find(AGREEMENT), root.find(SETTLEMENT)
    sums = _sums(settlement, "Header")
    code = text(settlement, "InvoiceCurrencyCode")
    return [
        EInvoice(
            syntax="cii",
            code=text(root, "ExchangedDocument/TypeCode"),
            fields=forms.present(
                invoice_number=forms.words(text(root, "ExchangedDocument/ID")),
                issue_date=forms.day(text(root, "ExchangedDocument/IssueDateTime/DateTimeString")),
                due_date=forms.latest(
                    texts(settlement, "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString")
                ),
                currency=forms.currency(code),
                **_parties(agreement),
                net_total=forms.amount(text(sums, "TaxBasisTotalAmount")),
                vat_total=forms.amount(_in_currency(sums, code)),
                gross_total=forms.amount(text(sums, "GrandTotalAmount")),
                amount_due=forms.amount(text(sums, "DuePayableAmount")),
                iban=forms.iban(
                    text(
                        settlement,
                        "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount"
                        "/IBANID",
                    )
                ),
                purchase_order=forms.words(_order(agreement)),
            ),
            lines=tuple(
                _line(line)
                for line in root.iterfind(
                    "SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem"
                )
                if _counts(line)
            ),
            adjustment=_adjustment(sums),
            taxes=tuple(
                (
                    text(tax, "RateApplicablePercent"),
                    text(tax, "BasisAmount"),
                    text(tax, "CalculatedAmount"),
                )
                for tax in children(settlement, "ApplicableTradeTax")
            ),
            notes=_notes(root, agreement, settlement),
        )
    ]


def _sums(node: Element | None, level: str) -> Element | None:
    """The totals of the document or line (`level` Header or Line); ZUGFeRD 1.0 names both alike."""
    if node is None:
        return None
    found = node.find(f"SpecifiedTradeSettlement{level}MonetarySummation")
    return found if found is not None else node.find("SpecifiedTradeSettlementMonetarySummation")


def _in_currency(sums: Element | None, code: str) -> str:
    """BT-110, the tax in the invoice's currency; BT-111 is the same in the seller's own."""
    for tax in children(sums, "TaxTotalAmount"):
        if tax.get("currencyID", code) == code:
            return text(tax)
    return ""


def _parties(agreement: Element | None) -> dict[str, Stated | None]:
    parties: dict[str, Stated | None] = {}
    for name, tag in (("seller", "SellerTradeParty"), ("buyer", "BuyerTradeParty")):
        party = agreement.find(tag) if agreement is not None else None
        parties[f"{name}_name"] = forms.words(text(party, "Name"))
        parties[f"{name}_vat"] = forms.vat_id(_registration(party, forms.VAT_CATEGORY))
    seller = agreement.find("SellerTradeParty") if agreement is not None else None
    parties["seller_tax_id"] = forms.tax_id(_registration(seller, forms.TAX_CATEGORY))
    return parties


def _registration(party: Element | None, scheme: str) -> str:
    return text(party, f"SpecifiedTaxRegistration/ID[@schemeID='{scheme}']")


def _order(agreement: Element | None) -> str:
    order = agreement.find("BuyerOrderReferencedDocument") if agreement is not None else None
    return text(order, "IssuerAssignedID") or text(order, "ID")


def _adjustment(sums: Element | None) -> str:
    charges = forms.decimal(text(sums, "ChargeTotalAmount")) or 0
    return str(charges - (forms.decimal(text(sums, "AllowanceTotalAmount")) or 0))


def _counts(line: Element) -> bool:
    document = line.find("AssociatedDocumentLineDocument")
    if text(document, "LineStatusReasonCode") in NOT_COUNTED:
        return False
    sums = _sums(line.find("SpecifiedLineTradeSettlement"), "Line")
    return text(line, "SpecifiedTradeProduct/Name") != "" or text(sums, "LineTotalAmount") != ""


def _line(line: Element) -> dict[str, Stated]:
    settlement = line.find("SpecifiedLineTradeSettlement")
    quantity = line.find("SpecifiedLineTradeDelivery/BilledQuantity")
    price = "SpecifiedLineTradeAgreement/NetPriceProductTradePrice"
    return forms.present(
        description=forms.words(text(line, "SpecifiedTradeProduct/Name")),
        quantity=forms.number(text(quantity)),
        unit=forms.words(quantity.get("unitCode", "") if quantity is not None else ""),
        unit_price=forms.unit_price(
            text(line, f"{price}/ChargeAmount"), text(line, f"{price}/BasisQuantity")
        ),
        vat_rate=forms.number(text(settlement, "ApplicableTradeTax/RateApplicablePercent")),
        line_total=forms.amount(text(_sums(settlement, "Line"), "LineTotalAmount")),
    )


def _notes(
    root: Element, agreement: Element | None, settlement: Element | None
) -> tuple[tuple[str, str], ...]:
    notes = [("Seller", _address(agreement, "SellerTradeParty"))]
    notes.append(("Buyer", _address(agreement, "BuyerTradeParty")))
    terms = "SpecifiedTradePaymentTerms/Description"
    notes += [("Terms of payment", found) for found in texts(settlement, terms)]
    contents = "ExchangedDocument/IncludedNote/Content"
    notes += [("Note", found) for found in texts(root, contents)]
    return tuple(note for note in notes if note[1])


def _address(agreement: Element | None, tag: str) -> str:
    address = agreement.find(f"{tag}/PostalTradeAddress") if agreement is not None else None
    place = f"{text(address, 'PostcodeCode')} {text(address, 'CityName')}".strip()
    parts = [text(address, name) for name in ("LineOne", "LineTwo", "LineThree")]
    return ", ".join(part for part in (*parts, place, text(address, "CountryID")) if part)
