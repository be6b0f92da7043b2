"""Pages put together word by word, as a reader would hand them over."""

from __future__ import annotations

from collections.abc import Iterable

from models.words import Box, Line, Page, PageSource, Word

WIDTH, HEIGHT = 1654, 2339  # A4 at 200 dpi
TEXT_HEIGHT = 0.011

Placed = tuple[float, float, str]


def paper(
    texts: Iterable[Placed],
    *,
    number: int = 1,
    width: int = WIDTH,
    height: int = HEIGHT,
    score: float = 0.99,
    text_height: float = TEXT_HEIGHT,
    source: PageSource = "ocr",
) -> Page:
    """A page with each `(x, y, text)` as a line that begins at x and has its top at y."""
    letter = 0.5 * text_height * height / width
    lines = tuple(_line(x, y, text, letter, text_height, score) for x, y, text in texts)
    return Page(number, width, height, lines, source)


def _line(x: float, y: float, text: str, letter: float, tall: float, score: float) -> Line:
    words = []
    for word in text.split(" "):
        end = x + letter * len(word)
        words.append(Word(word, Box(x, y, min(end, 1.0), y + tall), score))
        x = end + letter
    return Line.of(words)


def table(rows: Iterable[Iterable[str]], xs: Iterable[float], top: float) -> list[Placed]:
    """Cells of a table, one row every 0.02."""
    columns = list(xs)
    return [
        (columns[i], top + 0.02 * number, cell)
        for number, row in enumerate(rows)
        for i, cell in enumerate(row)
        if cell
    ]


ITALIAN_INVOICE: list[Placed] = [
    (0.08, 0.04, "Officine Bellavista S.r.l."),
    (0.08, 0.056, "Via Garibaldi 12"),
    (0.08, 0.072, "40121 Bologna (BO)"),
    (0.08, 0.088, "P.IVA 12345670017 - Tel. 051 123456"),
    (0.60, 0.14, "Spett.le"),
    (0.60, 0.156, "Panificio Aurora S.p.A."),
    (0.60, 0.172, "Corso Italia 5"),
    (0.60, 0.188, "20122 Milano (MI)"),
    (0.60, 0.204, "Partita IVA: 00743110157"),
    (0.08, 0.25, "Fattura n. 127/A del 05/03/2024"),
    (0.08, 0.28, "Vs. ordine n. OA-4471 del 20/02/2024"),
    *table(
        [
            ["Descrizione", "U.M.", "Q.tà", "Prezzo", "IVA", "Importo"],
            ["Cuscinetto a sfere 6204", "PZ", "10", "12,50", "22%", "125,00"],
            ["Cinghia trapezoidale A38", "PZ", "4", "8,25", "22%", "33,00"],
            ["lunga, rinforzata"],
            ["Manodopera specializzata", "H", "2,5", "40,00", "22%", "100,00"],
        ],
        [0.08, 0.45, 0.52, 0.60, 0.70, 0.80],
        0.33,
    ),
    (0.60, 0.50, "Totale imponibile"),
    (0.80, 0.50, "258,00"),
    (0.60, 0.52, "IVA 22%"),
    (0.80, 0.52, "56,76"),
    (0.60, 0.54, "Totale fattura"),
    (0.80, 0.54, "€ 314,76"),
    (0.08, 0.60, "Scadenza: 04/04/2024"),
    (0.08, 0.62, "IBAN: IT60 X054 2811 1010 0000 0123 456"),
    (0.08, 0.90, "Cap. soc. € 50.000,00 i.v. - REA BO-123456"),
]

# Labels above their values, month names, a letter's address window.
GERMAN_INVOICE: list[Placed] = [
    (0.10, 0.12, "Nordwind Technik GmbH · Hafenstr. 8 · 20457 Hamburg"),
    (0.10, 0.15, "Bäckerei Sonnenschein KG"),
    (0.10, 0.166, "Marktplatz 3"),
    (0.10, 0.182, "69115 Heidelberg"),
    (0.10, 0.26, "Rechnungsnummer"),
    (0.35, 0.26, "Rechnungsdatum"),
    (0.60, 0.26, "Fällig am"),
    (0.10, 0.276, "RE-2024-0815"),
    (0.35, 0.276, "5. März 2024"),
    (0.60, 0.276, "04.04.2024"),
    *table(
        [
            ["Pos.", "Bezeichnung", "Menge", "Einzelpreis", "Gesamt"],
            ["1", "Wartung Backofen", "2 Std", "85,00", "170,00"],
            ["2", "Dichtungssatz", "3 Stk", "10,00", "30,00"],
        ],
        [0.10, 0.16, 0.50, 0.62, 0.78],
        0.35,
    ),
    (0.55, 0.45, "Nettobetrag"),
    (0.78, 0.45, "200,00 €"),
    (0.55, 0.47, "MwSt. 19 %"),
    (0.78, 0.47, "38,00 €"),
    (0.55, 0.49, "Gesamtbetrag"),
    (0.78, 0.49, "238,00 €"),
    (0.10, 0.92, "USt-IdNr.: DE136695976   Bankverbindung"),
    (0.10, 0.94, "IBAN DE89 3704 0044 0532 0130 00"),
]

RECEIPT: list[Placed] = [
    (0.25, 0.03, "BAR CENTRALE DI ROSSI ANNA"),
    (0.32, 0.06, "VIA ROMA 7"),
    (0.30, 0.09, "37121 VERONA VR"),
    (0.28, 0.12, "P.IVA 12345670017"),
    (0.22, 0.18, "DOCUMENTO COMMERCIALE"),
    (0.10, 0.26, "CAFFE"),
    (0.78, 0.26, "1,20"),
    (0.15, 0.30, "2 x 1,50"),
    (0.10, 0.34, "BRIOCHE"),
    (0.78, 0.34, "3,00"),
    (0.10, 0.40, "TOTALE COMPLESSIVO"),
    (0.78, 0.40, "4,20"),
    (0.10, 0.44, "di cui IVA"),
    (0.78, 0.44, "0,38"),
    (0.10, 0.50, "Pagamento contante"),
    (0.78, 0.50, "5,00"),
    (0.10, 0.54, "Resto"),
    (0.78, 0.54, "0,80"),
    (0.30, 0.62, "08-05-2026 17:40"),
]


def receipt() -> Page:
    return paper(RECEIPT, width=560, height=1200, text_height=0.02)


DELIVERY_NOTE: list[Placed] = [
    (0.08, 0.04, "Tessuti Lago S.r.l."),
    (0.08, 0.056, "Via Dante 3"),
    (0.08, 0.072, "22100 Como (CO)"),
    (0.08, 0.088, "P.IVA 12345670017"),
    (0.60, 0.10, "Destinatario"),
    (0.60, 0.116, "Sartoria Fiore S.n.c."),
    (0.60, 0.132, "Via Po 9"),
    (0.60, 0.148, "10123 Torino (TO)"),
    (0.08, 0.20, "DOCUMENTO DI TRASPORTO N. 908 DEL 20/01/2026"),
    (0.08, 0.23, "Causale del trasporto: Vendita"),
    *table(
        [
            ["Descrizione", "UM", "Quantità"],
            ["Cotone bianco h. 150", "MT", "24"],
            ["Bottoni 18 linee", "NR", "200"],
        ],
        [0.08, 0.60, 0.75],
        0.28,
    ),
    (0.08, 0.60, "N. colli: 11"),
    (0.40, 0.60, "Peso kg: 168,5"),
    (0.08, 0.63, "Vettore: Corriere Alpino S.a.s."),
]

FORM: list[Placed] = [
    (0.30, 0.05, "MODULO DI RICHIESTA"),
    (0.08, 0.12, "Cognome"),
    (0.50, 0.12, "Nome"),
    (0.08, 0.136, "Esposito"),
    (0.50, 0.136, "Maria"),
    (0.08, 0.18, "Codice fiscale: RSSMRA85T10A562S"),
    (0.08, 0.22, "nata a Napoli"),
    (0.50, 0.22, "il 03/02/1985"),
    (0.08, 0.26, "Indirizzo: Via Toledo 44"),
    (0.08, 0.30, "CAP 80134"),
    (0.30, 0.30, "Comune Napoli"),
    (0.60, 0.30, "Prov. NA"),
    (0.08, 0.34, "E-mail: maria.esposito@example.it"),
    (0.08, 0.38, "Telefono: 081 5551234"),
]
