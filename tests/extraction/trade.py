"""Papers as several trades and countries print them; everybody on them is invented."""

from __future__ import annotations

from models.words import Page
from tests.extraction.papers import Placed, paper, table


def strip(*rows: str | tuple[str, str], score: float = 0.98) -> Page:
    """A till receipt: centred text, or a pair at both edges, one row after another."""
    height = len(rows) * 40 + 80
    texts: list[Placed] = []
    for number, row in enumerate(rows):
        y = (40 + number * 40) / height
        if isinstance(row, str):
            texts.append((max(0.02, 0.5 - 0.0105 * len(row)), y, row))
        else:
            texts.append((0.04, y, row[0]))
            texts.append((0.96 - 0.021 * len(row[1]), y, row[1]))
    return paper(texts, width=560, height=height, text_height=24 / height, score=score)


MALAYSIAN_RECEIPT = strip(
    "PERNIAGAAN HIJAU SDN BHD",
    "(CO. REG : 812345-X)",
    "NO 12, JALAN MAWAR 3/7,",
    "TAMAN SRI INDAH,",
    "47100 PUCHONG, SELANGOR",
    "TEL : 03-8061 2345",
    "GST ID : 001234567890",
    "TAX INVOICE",
    ("INV NO : CS00012345", "25/12/2017"),
    ("CASHIER : SITI", "08:13:39 PM"),
    ("SAFETY SHOES 805", "SR"),
    ("1 X 90.10", "90.10"),
    ("TOTAL QTY : 1", ""),
    ("TOTAL SALES (EXCLUDING GST)", "85.00"),
    ("TOTAL GST", "5.10"),
    ("ROUNDING ADJ", "0.00"),
    ("TOTAL SALES INCL GST", "90.10"),
    ("CASH", "100.00"),
    ("CHANGE", "9.90"),
    "GOODS SOLD ARE NOT RETURNABLE",
)

AMERICAN_RECEIPT = strip(
    "HARBOR VIEW DINER",
    "218 MAIN STREET",
    "PORTLAND, ME 04101",
    "(207) 555-0142",
    ("Server: Dana", "Table 12"),
    ("Check #: 4471", "03/14/2024 7:45 PM"),
    ("2 Clam Chowder", "13.90"),
    ("1 Lobster Roll", "24.50"),
    ("Subtotal", "38.40"),
    ("Sales Tax 8%", "3.07"),
    ("Total", "$41.47"),
    ("VISA ****1234", "41.47"),
    ("Tip", "______"),
    "THANK YOU!",
)

INDONESIAN_RECEIPT = strip(
    "WARUNG MELATI",
    "Jl. Kenanga No. 5",
    "Bandung 40115",
    ("12/08/2019", "13:05"),
    ("2 NASI GORENG", "50.000"),
    ("1 ES TEH MANIS", "8.000"),
    ("SUBTOTAL", "58.000"),
    ("PB1 10%", "5.800"),
    ("TOTAL", "63.800"),
    ("TUNAI", "100.000"),
    ("KEMBALI", "36.200"),
)

FRENCH_RECEIPT = strip(
    "BOULANGERIE DES TILLEULS",
    "14 rue de la République",
    "69002 LYON",
    "SIRET 123 456 789 00012",
    ("Ticket n° 5521", "12/03/2024 08:41"),
    ("PAIN DE CAMPAGNE", "3,20"),
    ("2 x 1,10 CROISSANT", "2,20"),
    ("TOTAL TTC", "5,40 €"),
    ("CB", "5,40"),
    ("dont TVA 5,5%", "0,28"),
    "MERCI DE VOTRE VISITE",
)

SPANISH_RECEIPT = strip(
    "CAFETERÍA LOS NARANJOS S.L.",
    "C/ Mayor, 15",
    "46001 VALENCIA",
    "NIF: B12345674",
    ("FACTURA SIMPLIFICADA", "T-00341"),
    ("Fecha: 05/06/2024", "10:12"),
    ("1 CAFE CON LECHE", "1,80"),
    ("1 TOSTADA TOMATE", "2,50"),
    ("TOTAL (IVA INCLUIDO)", "4,30 €"),
    ("EFECTIVO", "5,00"),
    ("CAMBIO", "0,70"),
    "GRACIAS POR SU VISITA",
)

DUTCH_RECEIPT = strip(
    "BAKKERIJ DE KORENAAR",
    "Dorpsstraat 8",
    "3511 AB UTRECHT",
    ("Datum: 11-02-2024", "16:20"),
    ("VOLKOREN BROOD", "2,95"),
    ("APPELFLAP", "1,75"),
    ("Totaal", "4,70"),
    ("Pin", "4,70"),
    ("Btw 9%", "0,39"),
    "BEDANKT EN TOT ZIENS",
)

AMERICAN_INVOICE: list[Placed] = [
    (0.08, 0.04, "Cedar Ridge Supply, LLC"),
    (0.08, 0.056, "4400 Oak Avenue, Suite 210"),
    (0.08, 0.072, "Denver, CO 80202"),
    (0.08, 0.088, "billing@cedarridge.example.com"),
    (0.70, 0.04, "INVOICE"),
    (0.62, 0.10, "Invoice #"),
    (0.80, 0.10, "INV-20418"),
    (0.62, 0.12, "Invoice Date"),
    (0.80, 0.12, "04/05/2024"),
    (0.62, 0.14, "Terms"),
    (0.80, 0.14, "Net 30"),
    (0.62, 0.16, "Due Date"),
    (0.80, 0.16, "05/05/2024"),
    (0.62, 0.18, "P.O. #"),
    (0.80, 0.18, "PO-88123"),
    (0.08, 0.15, "Bill To"),
    (0.08, 0.166, "Bluebird Cafe Inc."),
    (0.08, 0.182, "77 Pine Street"),
    (0.08, 0.198, "Boulder, CO 80301"),
    *table(
        [
            ["Description", "Qty", "Rate", "Amount"],
            ["Paper cups 12 oz, case", "4", "38.50", "154.00"],
            ["Napkins, 5000 ct", "2", "29.95", "59.90"],
        ],
        [0.08, 0.52, 0.65, 0.82],
        0.28,
    ),
    (0.62, 0.40, "Subtotal"),
    (0.82, 0.40, "$213.90"),
    (0.62, 0.42, "Sales Tax (8.81%)"),
    (0.82, 0.42, "$18.84"),
    (0.62, 0.44, "Total"),
    (0.82, 0.44, "$232.74"),
    (0.62, 0.46, "Payments/Credits"),
    (0.82, 0.46, "-$50.00"),
    (0.62, 0.48, "Balance Due"),
    (0.82, 0.48, "$182.74"),
    (0.08, 0.60, "Make checks payable to Cedar Ridge Supply, LLC"),
]

ITALIAN_BILL: list[Placed] = [
    (0.08, 0.04, "Idraulica Ponte Vecchio di Neri Luca & C. S.n.c."),
    (0.08, 0.056, "Via dell'Ariento, 22 - 50123 Firenze (FI)"),
    (0.08, 0.072, "P.I./C.F. 12345670017 - info@idraulicapontevecchio.example.it"),
    (0.60, 0.12, "Destinatario:"),
    (0.60, 0.136, "Albergo La Torre S.r.l."),
    (0.60, 0.152, "Piazza Duomo 4"),
    (0.60, 0.168, "53100 Siena (SI)"),
    (0.60, 0.184, "P.IVA 00743110157"),
    (0.08, 0.22, "Tipo documento"),
    (0.28, 0.22, "Doc. n."),
    (0.42, 0.22, "Data doc."),
    (0.60, 0.22, "Rif. Vs. ord."),
    (0.08, 0.236, "Fattura"),
    (0.28, 0.236, "2024/318"),
    (0.42, 0.236, "31/05/2024"),
    (0.60, 0.236, "4500012345"),
    *table(
        [
            ["Descrizione", "Qtà", "Prezzo", "Importo"],
            ["Sostituzione scaldabagno 80 lt", "1", "420,00", "420,00"],
            ["Manodopera", "3", "35,00", "105,00"],
        ],
        [0.08, 0.55, 0.66, 0.82],
        0.30,
    ),
    (0.58, 0.42, "Totale prestazioni"),
    (0.82, 0.42, "525,00"),
    (0.58, 0.44, "IVA 10%"),
    (0.82, 0.44, "52,50"),
    (0.58, 0.46, "Totale a pagare"),
    (0.82, 0.46, "577,50"),
    (0.08, 0.52, "Scadenze: 30/06/2024 € 577,50"),
    (0.08, 0.54, "Bonifico su IBAN IT60X0542811101000000123456"),
]

GERMAN_BILL: list[Placed] = [
    (0.08, 0.05, "Malerbetrieb Sonnenhof GbR"),
    (0.08, 0.066, "Lindenweg 5, 79098 Freiburg"),
    (0.08, 0.15, "Rechnung an"),
    (0.08, 0.166, "Kita Regenbogen e.V."),
    (0.08, 0.182, "Schulstraße 11"),
    (0.08, 0.198, "79102 Freiburg"),
    (0.60, 0.15, "Rg.-Nr.: 24-0077"),
    (0.60, 0.166, "Rg.-Datum: 02.05.2024"),
    (0.60, 0.182, "Lieferschein-Datum: 28.04.2024"),
    *table(
        [
            ["Pos.", "Leistung", "Menge", "EP", "GP"],
            ["1", "Wandanstrich innen", "40", "12,00", "480,00"],
            ["2", "Abdeckarbeiten", "1", "60,00", "60,00"],
        ],
        [0.08, 0.14, 0.50, 0.64, 0.80],
        0.28,
    ),
    (0.56, 0.38, "Summe exkl. MwSt"),
    (0.80, 0.38, "540,00"),
    (0.56, 0.40, "zzgl. 19 % MwSt"),
    (0.80, 0.40, "102,60"),
    (0.56, 0.42, "Gesamtsumme inkl. MwSt"),
    (0.80, 0.42, "642,60"),
    (0.08, 0.50, "Zahlbar ohne Abzug bis 16.05.2024"),
    (0.08, 0.52, "Steuernummer 07/123/45678"),
]

SPANISH_INVOICE: list[Placed] = [
    (0.08, 0.04, "Talleres Guadalquivir, S.L."),
    (0.08, 0.056, "Calle Sierpes, 40"),
    (0.08, 0.072, "41004 Sevilla"),
    (0.08, 0.088, "CIF: ESB12345674"),
    (0.60, 0.12, "Facturar a:"),
    (0.60, 0.136, "Bodegas Monteclaro, S.A."),
    (0.60, 0.152, "Avda. de la Paz, 3"),
    (0.60, 0.168, "11402 Jerez"),
    (0.08, 0.20, "Nº fra.: 2024-0193"),
    (0.40, 0.20, "Fecha fra.: 17/04/2024"),
    (0.66, 0.20, "Fecha vto.: 17/05/2024"),
    *table(
        [
            ["Concepto", "Cantidad", "Precio", "Importe"],
            ["Revisión de prensa", "1", "300,00", "300,00"],
        ],
        [0.08, 0.50, 0.65, 0.82],
        0.26,
    ),
    (0.58, 0.34, "Base imponible"),
    (0.82, 0.34, "300,00 €"),
    (0.58, 0.36, "IVA 21%"),
    (0.82, 0.36, "63,00 €"),
    (0.58, 0.38, "TOTAL FACTURA"),
    (0.82, 0.38, "363,00 €"),
]

DUTCH_INVOICE: list[Placed] = [
    (0.08, 0.04, "Drukkerij Zonnebloem B.V."),
    (0.08, 0.056, "Kerkstraat 9"),
    (0.08, 0.072, "1017 GB Amsterdam"),
    (0.08, 0.088, "KvK 12345678"),
    (0.60, 0.12, "Factuur aan"),
    (0.60, 0.136, "Stichting De Molen"),
    (0.60, 0.152, "Marktplein 2"),
    (0.60, 0.168, "2611 GX Delft"),
    (0.08, 0.20, "Factuurnummer: F2024-118"),
    (0.08, 0.216, "Factuurdatum: 8 april 2024"),
    (0.08, 0.232, "Te betalen vóór: 22 april 2024"),
    *table(
        [
            ["Omschrijving", "Aantal", "Prijs", "Bedrag"],
            ["Folders A5", "500", "0,22", "110,00"],
        ],
        [0.08, 0.50, 0.65, 0.82],
        0.28,
    ),
    (0.58, 0.36, "Totaal excl. btw"),
    (0.82, 0.36, "€ 110,00"),
    (0.58, 0.38, "Btw 21%"),
    (0.82, 0.38, "€ 23,10"),
    (0.58, 0.40, "Totaal te voldoen"),
    (0.82, 0.40, "€ 133,10"),
]

LETTER: list[Placed] = [
    (0.08, 0.05, "Molini Alta Valle S.r.l."),
    (0.08, 0.066, "Via del Mulino 3"),
    (0.08, 0.082, "32100 Belluno (BL)"),
    (0.08, 0.20, "Vi confermiamo n. 200 sacchi di farina al prezzo di € 14,00, per un importo"),
    (0.08, 0.216, "di € 2.800,00, e n. 100 sacchi di crusca per € 700,00."),
    (0.08, 0.25, "L'importo complessivo della fornitura è pari ad € 3.500,00 oltre IVA."),
]

NOTE_DATE: list[Placed] = [
    (0.08, 0.05, "Fattura n. 81"),
    (0.08, 0.08, "Data fattura: 30/06/2024"),
    (0.08, 0.10, "Data DDT: 12/06/2024"),
    (0.08, 0.30, "Rif. D.d.T. n. 432 del 11/06/2024"),
]

# Net amount, tax and total rate by rate; the row of sums has no label of its own.
RATES: list[Placed] = [
    (0.08, 0.04, "Fornitura Alfa S.r.l."),
    (0.08, 0.056, "P.IVA 12345670017"),
    (0.08, 0.12, "Fattura n. 55 del 02/04/2024"),
    *table(
        [
            ["Nettobetrag", "MwSt-Betrag", "Endbetrag"],
            ["100,00", "19,00", "119,00"],
            ["50,00", "3,50", "53,50"],
            ["150,00", "22,50", "172,50"],
        ],
        [0.40, 0.60, 0.80],
        0.50,
    ),
]

AMERICAN_FORM: list[Placed] = [
    (0.30, 0.04, "Application form"),
    (
        0.08,
        0.10,
        "1 Permanent residence address (street, apt. or suite no.). Do not use a P.O. box",
    ),
    (0.06, 0.116, "388 Vista Drive"),
    (0.08, 0.15, "2 Mailing address (if different from above)"),
    (0.08, 0.20, "3 Date of birth (MM-DD-YYYY) (see instructions)"),
    (0.10, 0.216, "04-15-1974"),
    (0.08, 0.25, "4 Social security number"),
    (0.10, 0.266, "123-45-6789"),
    (0.08, 0.60, "If you moved in the last year, give the office your new address"),
    (0.08, 0.616, "in their records."),
]
