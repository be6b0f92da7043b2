"""A bill as FatturaPA: the XML that Italian invoices travel in, in the order of its schema (1.2.2
of the Agenzia delle Entrate's technical specifications)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from xml.sax.saxutils import escape

from bench.generator.facts import Facts
from bench.generator.grammar.amounts import Bill, Charge
from bench.generator.grammar.business import Business

NAMESPACE = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"
PLACE = re.compile(r"(?P<code>\d{4,5}) (?P<town>[^(]+?)(?: \((?P<province>[A-Z]{2})\))?$")
NATURES = {"free": "N2.2", "exempt": "N3.2", "reverse": "N6.9"}
KINDS = {"credit_note": "TD04", "fee_note": "TD06", "invoice": "TD01"}

Tree = tuple[str, "str | list[Tree]"]


def write_xml(bill: Bill, facts: Facts) -> str:
    """The file's text; empty elements are left out."""
    header: list[Tree] = [
        ("DatiTrasmissione", [
            ("IdTrasmittente", [("IdPaese", "IT"), ("IdCodice", bill.seller.tax_id)]),
            ("ProgressivoInvio", f"{bill.issued:%y%j}"),
            ("FormatoTrasmissione", "FPR12"),
            ("CodiceDestinatario", "0000000" if bill.buyer.nation.code == "IT" else "XXXXXXX"),
        ]),
        ("CedentePrestatore", _party(bill.seller, seller=True, free=bill.case.untaxed == "free")),
        ("CessionarioCommittente", _party(bill.buyer, seller=False, free=False)),
    ]  # fmt: skip
    body: list[Tree] = [
        ("DatiGenerali", [("DatiGeneraliDocumento", _general(bill, facts)), *_order(facts)]),
        ("DatiBeniServizi", [
            *(_line(bill, c, i) for i, c in enumerate(bill.charges, 1)), *_rates(bill),
        ]),
        *_payment(bill, facts),
    ]  # fmt: skip
    inner = "".join(
        [*_write([("FatturaElettronicaHeader", header)], 1),
         *_write([("FatturaElettronicaBody", body)], 1)]
    )  # fmt: skip
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<p:FatturaElettronica versione="FPR12" xmlns:p="{NAMESPACE}">\n{inner}'
        "</p:FatturaElettronica>\n"
    )


def _write(trees: list[Tree], depth: int) -> Iterator[str]:
    pad = " " * depth
    for name, inner in trees:
        if isinstance(inner, str):
            if inner:
                yield f"{pad}<{name}>{escape(inner)}</{name}>\n"
        elif text := "".join(_write(inner, depth + 1)):
            yield f"{pad}<{name}>\n{text}{pad}</{name}>\n"


def _party(party: Business, *, seller: bool, free: bool) -> list[Tree]:
    personal = re.fullmatch(r"[A-Z]{6}.*", party.tax_id) is not None
    place = PLACE.match(party.place)
    name: list[Tree] = [("Denominazione", party.name)]
    data: list[Tree] = [
        ("IdFiscaleIVA", [("IdPaese", party.vat[:2]), ("IdCodice", party.vat[2:])]),
        ("CodiceFiscale", party.tax_id if personal or seller else ""),
        ("Anagrafica", name),
    ]
    if seller:
        data.append(("RegimeFiscale", "RF19" if free else "RF01"))
    return [
        ("DatiAnagrafici", data),
        ("Sede", [
            ("Indirizzo", party.street),
            ("CAP", place["code"] if place and len(place["code"]) == 5 else "00000"),
            ("Comune", party.town),
            ("Provincia", (place["province"] or "") if place else ""),
            ("Nazione", party.nation.code),
        ]),
    ]  # fmt: skip


def _general(bill: Bill, facts: Facts) -> list[Tree]:
    sums = bill.sums
    withheld: list[Tree] = [
        ("TipoRitenuta", "RT01"), ("ImportoRitenuta", f"{sums.withheld:.2f}"),
        ("AliquotaRitenuta", "20.00"), ("CausalePagamento", "A"),
    ] if sums.withheld else []  # fmt: skip
    stamp: list[Tree] = [
        ("BolloVirtuale", "SI"), ("ImportoBollo", f"{sums.stamp:.2f}"),
    ] if sums.stamp else []  # fmt: skip
    fund: list[Tree] = [
        ("TipoCassa", "TC04"), ("AlCassa", "4.00"), ("ImportoContributoCassa", f"{sums.fund:.2f}"),
        ("ImponibileCassa", f"{sums.goods:.2f}"), ("AliquotaIVA", f"{bill.charges[0].rate:.2f}"),
        ("Natura", NATURES.get(bill.case.untaxed, "")),
    ] if sums.fund else []  # fmt: skip
    return [
        ("TipoDocumento", KINDS[facts.shown["paper"]]),
        ("Divisa", "EUR"),
        ("Data", bill.issued.isoformat()),
        ("Numero", facts.values["invoice_number"]),
        ("DatiRitenuta", withheld),
        ("DatiBollo", stamp),
        ("DatiCassaPrevidenziale", fund),
        ("ImportoTotaleDocumento", f"{sums.gross:.2f}"),
    ]


def _order(facts: Facts) -> list[Tree]:
    order = facts.values.get("purchase_order", "")
    return [("DatiOrdineAcquisto", [("IdDocumento", order)])]


def _line(bill: Bill, charge: Charge, number: int) -> Tree:
    discount: list[Tree] = [
        ("Tipo", "SC"), ("Percentuale", f"{charge.discount}.00"),
    ] if charge.discount else []  # fmt: skip
    return ("DettaglioLinee", [
        ("NumeroLinea", str(number)),
        ("Descrizione", charge.description),
        ("Quantita", f"{charge.quantity:.2f}" if _fits(charge.quantity) else (
            f"{charge.quantity:.5f}")),
        ("UnitaMisura", charge.unit),
        ("PrezzoUnitario", f"{charge.price:.2f}" if _fits(charge.price) else f"{charge.price:.5f}"),
        ("ScontoMaggiorazione", discount),
        ("PrezzoTotale", f"{charge.total:.2f}"),
        ("AliquotaIVA", f"{charge.rate:.2f}"),
        ("Natura", NATURES.get(bill.case.untaxed, "")),
    ])  # fmt: skip


def _fits(value: Decimal) -> bool:
    """Two decimals are enough."""
    return value == round(value, 2)


def _rates(bill: Bill) -> Iterator[Tree]:
    for rate, base, tax in bill.sums.rates:
        yield ("DatiRiepilogo", [
            ("AliquotaIVA", f"{rate:.2f}"),
            ("Natura", NATURES.get(bill.case.untaxed, "")),
            ("ImponibileImporto", f"{base:.2f}"),
            ("Imposta", f"{tax:.2f}"),
            ("EsigibilitaIVA", "S" if bill.case.split else "I"),
        ])  # fmt: skip


def _payment(bill: Bill, facts: Facts) -> list[Tree]:
    if "due_date" not in facts.values:
        return []
    parts = [(row.shown["iso"], row.shown["amount"]) for row in facts.tables["dues"]]
    parts = parts or [(facts.values["due_date"], f"{bill.sums.due:.2f}")]
    ways: list[Tree] = [
        ("DettaglioPagamento", [
            ("ModalitaPagamento", "MP05"),
            ("DataScadenzaPagamento", day),
            ("ImportoPagamento", amount),
            ("IstitutoFinanziario", bill.seller.bank),
            ("IBAN", bill.seller.iban),
        ])
        for day, amount in parts
    ]  # fmt: skip
    conditions = "TP02" if len(parts) == 1 else "TP01"
    return [("DatiPagamento", [("CondizioniPagamento", conditions), *ways])]
