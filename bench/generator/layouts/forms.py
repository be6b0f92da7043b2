"""Forms filled in by people: one with a box for every letter, one with lines to write on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from bench.generator.application import make_application
from bench.generator.facts import Facts, Lines, capitals
from bench.generator.formats import Style
from bench.generator.sheet import BLACK, GREY, LIGHT, Ink, Sheet

PENS: tuple[Ink, ...] = ((0.08, 0.12, 0.5), (0.1, 0.1, 0.14), (0.05, 0.2, 0.6))
SUBJECTS = (
    ("RICHIESTA DI ADESIONE AL FONDO DI ASSISTENZA INTEGRATIVA", "Cassa Mutua Interaziendale"),
    ("MODULO DI ISCRIZIONE AI CORSI DI FORMAZIONE", "Centro Studi Professionali"),
    ("RICHIESTA DI RIMBORSO SPESE", "Ufficio Relazioni con gli Assistiti"),
    ("DOMANDA DI ATTIVAZIONE DEL SERVIZIO", "Consorzio Servizi del Territorio"),
)
PRIVACY = (
    "Il/La sottoscritto/a dichiara, sotto la propria responsabilità, che i dati sopra riportati "
    "sono veritieri e autorizza il trattamento dei dati personali ai sensi del Regolamento (UE) "
    "2016/679 e del D.Lgs. 196/2003 per le sole finalità connesse alla presente richiesta. "
    "È consapevole delle sanzioni penali previste dall'art. 76 del D.P.R. 445/2000 in caso di "
    "dichiarazioni mendaci."
)


@dataclass(frozen=True)
class Hand:
    """How a form was filled in: typed, or in capitals by hand."""

    family: str
    ink: Ink
    size: float
    wobble: float


def make_form(rng: Random, language: str, lines: Lines = None) -> Facts:
    style = Style(language, date="slash", iban_groups=rng.random() < 0.5)
    return make_application(rng, style)


def make_boxed(rng: Random, language: str, lines: Lines = None) -> Facts:
    """As `make_form`, written in capitals as the boxes ask."""
    facts = make_form(rng, language, lines)
    names = {"last_name", "first_name", "birth_place", "address", "city"}
    return replace(facts, values=capitals(facts.values, names), shown=capitals(facts.shown, names))


def _hand(rng: Random) -> Hand:
    if rng.random() < 0.4:
        return Hand("courier", BLACK, 10.5, 0.1)
    return Hand("source_sans", rng.choice(PENS), 11.5, 0.45)


# -- a box for every letter -----------------------------------------------------------------------


def draw_boxes(sheet: Sheet, rng: Random) -> float:
    title, body = rng.choice(SUBJECTS)
    hand = _hand(rng)
    sheet.box(14, 12, 182, 20, fill=LIGHT, stroke=0.8)
    sheet.text(105, 20, title, size=12.5, face="bold", align="center", squeeze=170)
    sheet.text(105, 27, body, size=9, align="center")
    sheet.text(196, 37, "Prot. n. {protocol}", size=8, align="right", ink=GREY)
    sheet.text(14, 37, "Compilare in stampatello, un carattere per casella", size=7.5, ink=GREY,
               face="italic")  # fmt: skip
    y = _section(sheet, 41, "A - DATI ANAGRAFICI")
    _comb(sheet, 14, y, "Cognome", "last_name", 24, hand, rng)
    y = _comb(sheet, 14, y + 12, "Nome", "first_name", 24, hand, rng)
    y = _comb(sheet, 14, y, "Codice fiscale", "tax_id", 16, hand, rng)
    _comb(sheet, 118, y - 12, "Sesso", "sex", 1, hand, rng)
    _comb(sheet, 134, y - 12, "Data di nascita", "birth_date", 10, hand, rng)
    y = _comb(sheet, 14, y, "Luogo di nascita", "birth_place", 20, hand, rng)
    _comb(sheet, 148, y - 12, "Prov.", "birth_province", 2, hand, rng)
    y = _section(sheet, y + 2, "B - RESIDENZA E RECAPITI")
    y = _comb(sheet, 14, y, "Indirizzo", "address", 30, hand, rng)
    _comb(sheet, 14, y, "CAP", "postal_code", 5, hand, rng)
    _comb(sheet, 54, y, "Comune", "city", 18, hand, rng)
    y = _comb(sheet, 172, y, "Prov.", "province", 2, hand, rng)
    _field(sheet, 14, y, 90, "E-mail", "email", hand, rng)
    y = _field(sheet, 108, y, 88, "Telefono", "phone", hand, rng)
    y = _section(sheet, y + 2, "C - COORDINATE BANCARIE PER L'ACCREDITO")
    y = _comb(sheet, 14, y, "IBAN", "iban", 27, hand, rng, step=6.2)
    y = sheet.paragraph(14, y + 6, PRIVACY, 182, size=8)
    y += 8
    _field(sheet, 14, y, 44, "Data", "date", hand, rng)
    sheet.text(112, y + 2, "Firma del richiedente", size=7, ink=GREY)
    sheet.rule(112, y + 15, 190, y + 15, dash=(1, 1.4))
    sheet.anchor("signature", 116, y + 1, 60, 15)
    top = max(y + 24, 232)
    sheet.box(14, top, 182, 42, stroke=0.6, ink=GREY)
    sheet.text(17, top + 5, "RISERVATO ALL'UFFICIO", size=7.5, face="bold", ink=GREY)
    for index, text in enumerate(("Pratica verificata il", "Esito", "L'addetto")):
        line = top + 14 + index * 10
        sheet.text(17, line, text, size=8)
        sheet.rule(48, line + 0.6, 120, line + 0.6, dash=(0.8, 1.2), width=0.4)
    sheet.text(14, 286, f"Mod. {rng.choice('ABC')}{rng.randint(1, 40):02d} - Rev. "
               f"{rng.randint(1, 9)} ", size=7, ink=GREY)  # fmt: skip
    sheet.anchor("stamp", 146, top + 8, 46, 28)
    return sheet.height


def _section(sheet: Sheet, y: float, title: str) -> float:
    sheet.box(14, y, 182, 6.5, stroke=0, fill=(0.82, 0.85, 0.89))
    sheet.text(16, y + 4.6, title, size=8.5, face="bold")
    return y + 9


def _comb(
    sheet: Sheet, x: float, y: float, caption: str, name: str, count: int, hand: Hand, rng: Random,
    step: float = 6.0,
) -> float:  # fmt: skip
    """A row of boxes with one letter in each; gives the top of the next row."""
    sheet.text(x, y + 2.4, caption, size=7, ink=GREY)
    text = sheet.facts.shown[name]
    if name == "iban":
        text = text.replace(" ", "")
    count = max(count, len(text))
    step = min(step, (196 - x) / count)
    for index in range(count):
        left = x + index * step
        sheet.box(left, y + 3.6, step, 6.4, stroke=0.35, ink=GREY)
    for index, char in enumerate(text):
        sheet.text(
            x + (index + 0.5) * step + rng.uniform(-hand.wobble, hand.wobble),
            y + 8.5 + rng.uniform(-hand.wobble, hand.wobble) * 0.7, char, align="center",
            size=hand.size + rng.uniform(-hand.wobble, hand.wobble), family=hand.family,
            ink=hand.ink,
        )  # fmt: skip
    sheet.mark_area(name, x, y + 3.6, x + len(text) * step, y + 10)
    return y + 12


def _field(
    sheet: Sheet, x: float, y: float, width: float, caption: str, name: str, hand: Hand, rng: Random
) -> float:
    """One box for the whole value; gives the top of the next row."""
    sheet.text(x, y + 2.4, caption, size=7, ink=GREY)
    sheet.box(x, y + 3.6, width, 7, stroke=0.35, ink=GREY)
    sheet.text(
        x + 2, y + 8.7 + rng.uniform(-hand.wobble, hand.wobble) * 0.6, f"{{{name}}}",
        size=hand.size * 0.95, family=hand.family, ink=hand.ink, squeeze=width - 4,
    )  # fmt: skip
    return y + 12.5


# -- lines to write on ----------------------------------------------------------------------------


def draw_lines(sheet: Sheet, rng: Random) -> float:
    title, body = rng.choice(SUBJECTS)
    hand = _hand(rng)
    sheet.text(188, 22, "Spett.le", size=10, align="right", face="italic")
    sheet.text(188, 27.5, body, size=11, align="right")
    sheet.paragraph(105, 46, title, 150, size=13, face="bold", align="center")
    y = 64.0
    for line in (
        (("Il/La sottoscritto/a (cognome)", "last_name", 56.0), ("nome", "first_name", 46.0)),
        (("nato/a a", "birth_place", 66.0), ("il", "birth_date", 50.0)),
        (("codice fiscale", "tax_id", 120.0),),
        (("residente in", "city", 70.0), ("prov.", "province", 16.0), ("CAP", "postal_code", 28.0)),
        (("via/piazza e n. civico", "address", 110.0),),
        (("telefono", "phone", 50.0), ("e-mail", "email", 72.0)),
        (("IBAN per l'accredito", "iban", 110.0),),
    ):
        x = 22.0
        for caption, name, width in line:
            x += sheet.text(x, y, caption, size=10.5) + 2
            width = min(width, 188 - x)
            _written(sheet, x, y, width, name, hand, rng)
            x += width + 3
        y += 12
    sheet.text(105, y + 2, "CHIEDE", size=12, face="bold", align="center")
    y = sheet.paragraph(22, y + 12, "di essere ammesso/a al servizio in oggetto alle condizioni "
                        "del regolamento vigente, di cui dichiara di aver preso visione.", 166,
                        size=10.5)  # fmt: skip
    y += 4
    for text, ticked in (
        ("allega copia del documento di identità in corso di validità", True),
        ("allega delega alla presentazione della domanda", rng.random() < 0.3),
    ):
        sheet.box(22, y - 3.2, 4, 4, stroke=0.7)
        if ticked:
            sheet.rule(22.3, y - 2.8, 25.9, y + 0.6, width=1.1, ink=hand.ink)
            sheet.rule(25.9, y - 3, 22.2, y + 0.8, width=1.1, ink=hand.ink)
        sheet.text(29, y, text, size=10)
        y += 7
    y = sheet.paragraph(22, y + 4, PRIVACY, 166, size=8.5)
    sheet.text(22, y + 14, "Data", size=10.5)
    _written(sheet, 33, y + 14, 44, "date", hand, rng)
    sheet.text(112, y + 14, "Firma", size=10.5)
    sheet.rule(124, y + 15, 188, y + 15, width=0.4)
    sheet.anchor("signature", 128, y + 1, 56, 15)
    return sheet.height


def _written(
    sheet: Sheet, x: float, y: float, width: float, name: str, hand: Hand, rng: Random
) -> None:
    sheet.rule(x, y + 1, x + width, y + 1, width=0.4, dash=(0.8, 1.2))
    sheet.text(
        x + 2, y - 0.3 + rng.uniform(-hand.wobble, hand.wobble), f"{{{name}}}", size=hand.size,
        family=hand.family, ink=hand.ink, squeeze=width - 3, face="italic",
    )  # fmt: skip
