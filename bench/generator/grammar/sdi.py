"""FatturaPA printed on paper, as the usual stylesheets show it: captions, tables, sections."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.generator.facts import Row
from bench.generator.grammar import items
from bench.generator.grammar.details import put_one
from bench.generator.grammar.fatturapa import KINDS
from bench.generator.grammar.setting import Block, Setting, line_height, put, put_lines
from bench.generator.sheet import GREY, Align, Face

Item = tuple[str, str]
PAD = 1.4
REGULAR: Face = "regular"
BOLD: Face = "bold"
KIND_NAMES = {
    "invoice": "fattura", "credit_note": "nota di credito", "fee_note": "parcella",
}  # fmt: skip
PARTY_NAMES = {
    "seller": ("Cedente/prestatore (fornitore)", "Dati del cedente / prestatore"),
    "buyer": ("Cessionario/committente (cliente)", "Dati del cessionario / committente"),
}  # fmt: skip


def draw_head(s: Setting, y: float) -> float:
    """Everything above the lines."""
    if s.has("title", "plain"):
        y = put(s, s.x0, y, s.width, "FATTURA ELETTRONICA", size=s.size + 3, face="bold",
                align="center") + 2  # fmt: skip
    elif s.has("title", "band"):
        s.sheet.box(s.x0, y, s.width, line_height(s.size + 2) + 2, stroke=0, fill=s.tint)
        y = put(s, s.x0 + 2, y + 1, s.width, "Fattura elettronica", size=s.size + 2) + 3
    roles = ("seller", "buyer") if s.has("party_order", "seller_first") else ("buyer", "seller")
    if s.has("form", "sections"):
        for role in roles:
            y = _section(s, y, PARTY_NAMES[role][1], _party_items(s, role))
        return _section(s, y, "Dati generali del documento", _document_items(s)) + 1
    y = _parties(s, y, roles)
    return _cells(s, s.x0, y + 3, s.width, _document_items(s)) + 2


def _party_items(s: Setting, role: str) -> list[Item]:
    full = s.has("captions", "full")
    found = [
        ("Identificativo fiscale ai fini IVA" if full else "P.IVA", f"{{{role}_vat}}"),
        ("Codice fiscale" if full else "C.F.", f"{{{role}_tax_id}}"),
        ("Denominazione" if full else "Ragione sociale", f"{{{role}_name}}"),
        ("Indirizzo", f"{{{role}_street}}"),
        ("Comune" if full else "Città", f"{{{role}_place}}"),
        ("Nazione", f"{{{role}_nation}}"),
    ]
    if role == "seller":
        found.insert(3, ("Regime fiscale", "{regime}"))
        found.append(("Telefono", "{seller_phone}"))
    if s.rng("party_items").random() < 0.3:
        # the name first
        found.insert(0, found.pop(2))
    return [(caption, template) for caption, template in found if s.sheet.fill(template)]


def _document_items(s: Setting) -> list[Item]:
    kind = s.facts.shown["paper"]
    kinds = ("Tipologia documento", f"{KINDS[kind]} ({KIND_NAMES[kind]})")
    number = ("Numero documento", "{invoice_number}")
    day = ("Data documento", "{issue_date}")
    first = {"number_first": [number, day, kinds], "type_first": [kinds, number, day],
             "date_first": [kinds, day, number]}[s.structure["order"]]  # fmt: skip
    more = [("Codice destinatario", "{recipient}"), ("Numero ordine acquisto", "{purchase_order}")]
    more = [(caption, template) for caption, template in more if s.sheet.fill(template)]
    if s.has("form", "sections"):
        more.append(("Importo totale documento", s.money("{gross_total}")))
    return first + more


def _parties(s: Setting, y: float, roles: Sequence[str]) -> float:
    """Both parties side by side, or one above the other."""
    if s.has("parties", "stacked"):
        for role in roles:
            y = _party(s, s.x0, y, s.width, role) + 2
        return y
    half = s.width / 2
    return max(
        _party(s, s.x0 + index * half, y, half - 2, role) for index, role in enumerate(roles)
    )


def _party(s: Setting, x: float, y: float, width: float, role: str) -> float:
    top = y
    inset = PAD if s.has("parties", "boxed") else 0.0
    y = put(s, x + inset, y + inset, width - 2 * inset, PARTY_NAMES[role][0], size=s.size + 0.6,
            face="bold") + 0.6  # fmt: skip
    if s.has("parties", "ruled"):
        s.sheet.rule(x, y, x + width, y, width=0.6)
        y += 0.6
    lines = [f"{caption}: {template}" for caption, template in _party_items(s, role)]
    y = put_lines(s, x + inset, y, width - 2 * inset, lines)
    if s.has("parties", "boxed"):
        s.sheet.box(x, top, width, y + PAD - top, stroke=0.5)
        return y + PAD
    return y


def _section(s: Setting, y: float, name: str, listed: Sequence[Item]) -> float:
    """A heading and captioned values under it, one a line."""
    y = put(s, s.x0, y, s.width, name, size=s.size + 1, face="bold", ink=s.accent) + 0.4
    for caption, template in listed:
        y = put(s, s.x0 + 4, y, s.width - 4, f"{caption}: {template}")
    return y + 2


def _cells(s: Setting, x: float, y: float, width: float, listed: Sequence[Item]) -> float:
    """A one-row table: captions in its head."""
    shares = [
        max(s.sheet.measure(caption, s.small)[0], s.sheet.measure(template, s.size)[0]) + 2 * PAD
        for caption, template in listed
    ]
    factor = width / sum(shares)
    head, body = line_height(s.small) + 1.2, line_height(s.size) + 1.4
    style = s.structure["strip"]
    if style == "filled":
        s.sheet.box(x, y, width, head, stroke=0, fill=s.tint)
    left = x
    for (caption, template), share in zip(listed, shares, strict=True):
        room = share * factor
        put_one(s, left + PAD, y + 0.6, room - 2 * PAD, caption, caption=True)
        put_one(s, left + PAD, y + head + 0.5, room - 2 * PAD, template)
        if style == "boxes":
            s.sheet.box(left, y, room, head + body, stroke=0.4)
            s.sheet.rule(left, y + head, left + room, y + head, width=0.4)
        left += room
    if style == "ruled":
        for at in (y, y + head, y + head + body):
            s.sheet.rule(x, at, x + width, at, width=0.5, ink=GREY)
    return y + head + body


# -- lines ----------------------------------------------------------------------------------------


def draw_lines(s: Setting, y: float, turn: Callable[[], float]) -> float:
    """The lines as a table, or as captioned lists where the form has sections."""
    if not s.has("form", "sections"):
        return items.draw_table(s, y, turn)
    y = put(s, s.x0, y, s.width, "Dati relativi alle linee di dettaglio della fornitura",
            size=s.size + 1, face="bold", ink=s.accent) + 0.6  # fmt: skip
    for row in s.facts.rows:
        lines = [
            "Nr. linea: {position}", "Descrizione bene/servizio: {description}",
            "Quantità: {quantity}", "Unità misura: {unit}", "Valore unitario: {unit_price}",
            "Sconto (%): {discount}", "Valore totale: {line_total}", "IVA (%): {vat_rate}",
        ]  # fmt: skip
        lines = [line for line in lines if _has(row, line)]
        if y + (len(lines) + 2) * line_height(s.size) > s.bottom:
            y = turn()
        for index, line in enumerate(lines):
            inset = 4 if index == 0 else 8
            y = put(s, s.x0 + inset, y, s.width - inset, line, row=row)
        y += 1
    return y


def _has(row: Row, line: str) -> bool:
    return bool(row.shown.get(line[line.index("{") + 1 : -1]))


# -- after the lines ------------------------------------------------------------------------------


def tail_rows(s: Setting) -> list[Block]:
    return [_rates, _totals, _payment]


def _rates(s: Setting, x: float, y: float, width: float) -> float:
    """Taxable amount and tax by rate."""
    rows = s.facts.tables["vat"]
    single = len(rows) == 1
    base = "{net_total}" if single else "{base}"
    tax = "{vat_total}" if single else "{tax}"
    y = put(s, x, y, width, "RIEPILOGHI IVA E TOTALI" if s.has("form", "tables") else
            "Dati di riepilogo per aliquota IVA e natura", face="bold") + 0.6  # fmt: skip
    if s.has("summary", "lines") or s.has("form", "sections"):
        for row in rows:
            for line in ("Aliquota IVA (%): {full_rate}", f"Totale imponibile/importo: {base}",
                         f"Totale imposta: {tax}"):  # fmt: skip
                y = put(s, x + 4, y, width - 4, line, row=row)
            y += 0.8
        return y
    captions = ["Esigibilità IVA" if s.has("summary_text", "yes") else "Natura", "% IVA",
                "Totale imponibile", "Totale imposta"]  # fmt: skip
    shares = (0.4, 0.14, 0.23, 0.23)
    top, height = y, line_height(s.small) + 1.2
    table: list[Row | None] = [None, *rows]
    for given in table:
        values = ("{eligible}", "{full_rate}", base, tax)
        left = x
        for caption, template, part in zip(captions, values, shares, strict=True):
            align: Align = "left" if part == 0.4 else "right"
            text, face = (caption, BOLD) if given is None else (template, REGULAR)
            put(s, left + PAD, y + 0.6, part * width - 2 * PAD, text, size=s.small, face=face,
                align=align, row=given)  # fmt: skip
            left += part * width
        y += height
        s.sheet.rule(x, y, x + width, y, width=0.35, ink=GREY)
    if not s.has("rules", "none"):
        s.sheet.box(x, top, width, y - top, stroke=0.5)
    return y


def _totals(s: Setting, x: float, y: float, width: float) -> float:
    listed = [
        ("Importo bollo", "{stamp_duty}"), ("Contributo cassa", "{fund}"),
        ("Importo ritenuta", "{withheld}"), ("Valuta", "EUR"),
        ("Totale documento", s.money("{gross_total}")),
    ]  # fmt: skip
    if s.facts.shown["amount_due"] != s.facts.shown["gross_total"]:
        listed.append(("Netto a pagare", s.money("{amount_due}")))
    listed = [(caption, template) for caption, template in listed if s.sheet.fill(template)]
    if s.has("totals", "strip"):
        return _cells(s, x, y, width, listed)
    if s.has("totals", "last"):
        listed = [item for item in listed if item[0] != "Valuta"]
    for caption, template in listed:
        put(s, x + width - 80, y, 44, caption)
        y = put(s, x + width - 36, y, 36, template, align="right") + 0.3
    return y


def _payment(s: Setting, x: float, y: float, width: float) -> float:
    """How and when to pay: a row for every instalment."""
    if not s.sheet.fill("{iban}"):
        return y
    dues = s.facts.tables["dues"]
    if s.has("form", "sections") or len(dues) < 2:
        listed = [
            ("Modalità pagamento", "MP05 (bonifico)"), ("IBAN", "{iban}"),
            ("Data scadenza", "{due_date}"), ("Importo", s.money("{amount_due}")),
        ]  # fmt: skip
        if s.has("form", "sections"):
            return _section(s, y, "Dati relativi al pagamento", listed)
        return _cells(s, x, y, width, listed)
    y = put(s, x, y, width, "Modalità pagamento: MP05 (bonifico) - IBAN {iban}") + 0.6
    for row in dues:
        day = "{due_date}" if "due_date" in row.shown else "{day}"
        put(s, x + 4, y, 60, f"Data scadenza: {day}", row=None if day == "{due_date}" else row)
        y = put(s, x + 64, y, 60, f"Importo: {s.money('{part}')}", row=row)
    return y
