"""FatturaPA: the ordinary invoice (FPA12, FPR12 and the versions before) and the simplified one
(FSM10), after the technical specifications of the Agenzia delle Entrate.

A file may hold a lot (`lotto`): one header and a body for each invoice.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from xml.etree.ElementTree import Element

from extractors.einvoice import forms
from extractors.einvoice.data import EInvoice, Stated
from extractors.einvoice.tree import children, text, texts

SELLER = "FatturaElettronicaHeader/CedentePrestatore"
BUYER = "FatturaElettronicaHeader/CessionarioCommittente"
ZERO = Decimal(0)
CENT = Decimal("0.01")


def read(root: Element) -> list[EInvoice]:
    """Each invoice of the file."""
    make = _simplified if root.tag == "FatturaElettronicaSemplificata" else _ordinary
    return [make(root, body) for body in children(root, "FatturaElettronicaBody")]


def _ordinary(root: Element, body: Element) -> EInvoice:
    general = body.find("DatiGenerali/DatiGeneraliDocumento")
    due = list(texts(body, "DatiPagamento/DettaglioPagamento/DataScadenzaPagamento"))
    ibans = list(texts(body, "DatiPagamento/DettaglioPagamento/IBAN"))
    orders = list(texts(body, "DatiGenerali/DatiOrdineAcquisto/IdDocumento"))
    return EInvoice(
        syntax="fatturapa",
        code=text(general, "TipoDocumento"),
        fields=forms.present(
            invoice_number=forms.words(text(general, "Numero")),
            issue_date=forms.day(text(general, "Data")),
            due_date=forms.earliest(due),
            currency=forms.currency(text(general, "Divisa")),
            **_parties(root),
            **_totals(body, general),
            iban=forms.iban(ibans[0] if ibans else ""),
            purchase_order=forms.words(orders[0] if orders else ""),
        ),
        lines=tuple(_line(line) for line in children(body, "DatiBeniServizi/DettaglioLinee")),
        adjustment=_adjustment(body, general),
        taxes=tuple(
            (text(tax, "AliquotaIVA"), text(tax, "ImponibileImporto"), text(tax, "Imposta"))
            for tax in children(body, "DatiBeniServizi/DatiRiepilogo")
        ),
        notes=_notes(root, texts(general, "Causale")),
    )


def _totals(body: Element, general: Element | None) -> dict[str, Stated | None]:
    """Net and VAT are summed over the rates; the total and what is to be paid may be missing."""
    rates = "DatiBeniServizi/DatiRiepilogo"
    net = _sum(texts(body, f"{rates}/ImponibileImporto"))
    tax = _sum(texts(body, f"{rates}/Imposta"))
    if net is None or tax is None:
        return {"gross_total": forms.amount(text(general, "ImportoTotaleDocumento"))}
    rounding = forms.decimal(text(general, "Arrotondamento")) or ZERO
    total = forms.amount(text(general, "ImportoTotaleDocumento"))
    if total is None:
        total = forms.worked_out(net + tax + rounding)
    return {
        "net_total": forms.worked_out(net),
        "vat_total": forms.worked_out(tax),
        "gross_total": total,
        "amount_due": _due(body, total),
    }


def _due(body: Element, total: Stated) -> Stated | None:
    """What is to be paid: all instalments together.

    Ways to pay that exclude each other may be listed with the whole amount each; then the sum is
    over the total, and nothing can be said.
    """
    parts = list(texts(body, "DatiPagamento/DettaglioPagamento/ImportoPagamento"))
    if len(parts) == 1:
        return forms.amount(parts[0])
    added = _sum(parts)
    if added is None or total.value is None or abs(added) > abs(Decimal(total.value)) + CENT:
        return None
    return forms.worked_out(added)


def _sum(raws: Iterable[str]) -> Decimal | None:
    """The sum of the texts; None when there is none or one is not a number."""
    values = [forms.decimal(raw) for raw in raws]
    known = [value for value in values if value is not None]
    return sum(known, ZERO) if known and len(known) == len(values) else None


def _adjustment(body: Element, general: Element | None) -> str:
    """What the taxable amounts hold beside the lines: pension funds, expenses, discounts."""
    more = [
        *texts(general, "DatiCassaPrevidenziale/ImportoContributoCassa"),
        *texts(body, "DatiBeniServizi/DatiRiepilogo/SpeseAccessorie"),
        *texts(body, "DatiBeniServizi/DatiRiepilogo/Arrotondamento"),
    ]
    added = sum((forms.decimal(raw) or ZERO for raw in more), ZERO)
    for change in children(general, "ScontoMaggiorazione"):
        by = forms.decimal(text(change, "Importo")) or ZERO
        added += -by if text(change, "Tipo") == "SC" else by
    return str(added)


def _line(line: Element) -> dict[str, Stated]:
    return forms.present(
        description=forms.words(text(line, "Descrizione")),
        quantity=forms.number(text(line, "Quantita")),
        unit=forms.words(text(line, "UnitaMisura")),
        unit_price=forms.amount(text(line, "PrezzoUnitario")),
        vat_rate=forms.number(text(line, "AliquotaIVA")),
        line_total=forms.amount(text(line, "PrezzoTotale")),
    )


# -- the simplified invoice ---------------------------------------------------------------------


def _simplified(root: Element, body: Element) -> EInvoice:
    """Its lines have gross amounts; VAT stands beside them, or only its rate."""
    general = body.find("DatiGenerali/DatiGeneraliDocumento")
    goods = list(children(body, "DatiBeniServizi"))
    gross = _sum(texts(body, "DatiBeniServizi/Importo"))
    tax = _simplified_tax(goods)
    net = gross - tax if gross is not None and tax is not None else None
    return EInvoice(
        syntax="fatturapa",
        code=text(general, "TipoDocumento"),
        fields=forms.present(
            invoice_number=forms.words(text(general, "Numero")),
            issue_date=forms.day(text(general, "Data")),
            currency=forms.currency(text(general, "Divisa")),
            **_parties(root),
            net_total=forms.worked_out(net) if net is not None else None,
            vat_total=forms.worked_out(tax) if tax is not None else None,
            gross_total=forms.worked_out(gross) if gross is not None else None,
        ),
        lines=tuple(
            forms.present(
                description=forms.words(text(line, "Descrizione")),
                vat_rate=forms.number(text(line, "DatiIVA/Aliquota")),
                line_total=forms.amount(text(line, "Importo")),
            )
            for line in goods
        ),
        notes=_notes(root, []),
    )


def _simplified_tax(goods: list[Element]) -> Decimal | None:
    added = ZERO
    for line in goods:
        gross = forms.decimal(text(line, "Importo"))
        tax, rate = (forms.decimal(text(line, f"DatiIVA/{x}")) for x in ("Imposta", "Aliquota"))
        if tax is None and gross is not None and rate is not None:
            tax = (gross - gross / (1 + rate / 100)).quantize(CENT)
        if tax is None:
            return None
        added += tax
    return added if goods else None


# -- parties ------------------------------------------------------------------------------------


def _parties(root: Element) -> dict[str, Stated | None]:
    seller, buyer = root.find(SELLER), root.find(BUYER)
    return {
        "seller_name": forms.words(_name(seller)),
        "seller_vat": forms.vat_id(_vat(seller)),
        "seller_tax_id": forms.tax_id(_find(seller, "CodiceFiscale")),
        "buyer_name": forms.words(_name(buyer)),
        "buyer_vat": forms.vat_id(_vat(buyer)),
    }


def _find(party: Element | None, name: str) -> str:
    """An identifier, from wherever the ordinary or the simplified invoice has it."""
    for place in ("DatiAnagrafici", "IdentificativiFiscali", "."):
        if (found := text(party, f"{place}/{name}")) != "":
            return found
    return ""


def _vat(party: Element | None) -> str:
    return _find(party, "IdFiscaleIVA/IdPaese") + _find(party, "IdFiscaleIVA/IdCodice")


def _name(party: Element | None) -> str:
    """The company, or first and last name of a person."""
    for place in ("DatiAnagrafici/Anagrafica", "AltriDatiIdentificativi", "."):
        person = f"{text(party, f'{place}/Nome')} {text(party, f'{place}/Cognome')}".strip()
        if (found := text(party, f"{place}/Denominazione") or person) != "":
            return found
    return ""


def _notes(root: Element, causes: Iterable[str]) -> tuple[tuple[str, str], ...]:
    notes = [("Cedente", _address(root.find(SELLER))), ("Cessionario", _address(root.find(BUYER)))]
    notes += [("Causale", cause) for cause in causes]
    return tuple(note for note in notes if note[1])


def _address(party: Element | None) -> str:
    seat = party.find("Sede") if party is not None else None
    if seat is None and party is not None:
        seat = party.find("AltriDatiIdentificativi/Sede")
    street = f"{text(seat, 'Indirizzo')} {text(seat, 'NumeroCivico')}".strip()
    place = " ".join(
        found for name in ("CAP", "Comune", "Provincia", "Nazione") if (found := text(seat, name))
    )
    return ", ".join(part for part in (street, place) if part)
