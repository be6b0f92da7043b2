"""What is sold: descriptions put together from parts, with prices, units and VAT rates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from random import Random

CHOICE = re.compile(r"\[([^\]]+)\]")
CENT = Decimal("0.01")
MEASURED = ("KG", "MQ", "MC", "MT", "LT", "H", "GR", "Std", "hr", "h")


@dataclass(frozen=True)
class Good:
    """`text` may hold alternatives in brackets: "Vite [4x40|5x60]". Prices are without VAT.

    Work and rights are not `tangible`: no van carries them.
    """

    text: str
    unit: str
    low: float
    high: float
    rate: int = 22
    tangible: bool = True


@dataclass(frozen=True)
class Item:
    """A good as picked for one line."""

    code: str
    description: str
    unit: str
    price: Decimal
    rate: int
    tangible: bool = True


GOODS = {
    "hardware": (
        Good("Vite TSP [testa croce|Torx] [4x40|4,5x50|5x60|6x80] zincata conf. [100|200] pz",
             "CF", 4, 18),
        Good("Tassello nylon [Ø 6|Ø 8|Ø 10] con vite", "PZ", 0.08, 0.6),
        Good("Punta HSS-Co [3,5|5,0|6,5|8,0] mm per acciaio inox", "PZ", 2, 14),
        Good("Disco da taglio [115x1,0x22|125x1,6x22|230x1,9x22] inox", "PZ", 0.9, 4.5),
        Good("Lucchetto ottone [30|40|50] mm chiavi uguali", "PZ", 5, 16),
        Good("Guanti da lavoro in nitrile tg. [8|9|10]", "PA", 1.1, 4),
        Good("Serratura da infilare entrata [30|35|40] mm reversibile", "PZ", 14, 60),
        Good("Nastro adesivo telato [50|75] mm x 25 m [grigio|nero]", "RT", 3, 9),
        Good("Barra filettata zincata [M8|M10|M12] da 1 m", "PZ", 1.2, 5),
        Good("Silicone acetico trasparente [280|310] ml", "PZ", 2.2, 6),
        Good("Cerniera a libro in acciaio [60x40|80x50] con perno ribattuto", "PZ", 0.9, 4),
        Good("Trapano avvitatore [12|18] V con due batterie e valigetta", "PZ", 89, 230),
    ),
    "computing": (
        Good("Notebook [14|15,6]\" [i5|Ryzen 5] 16 GB RAM SSD 512 GB", "NR", 620, 1150),
        Good("Monitor LED [24|27]\" IPS HDMI/DP", "NR", 129, 320),
        Good("Canone assistenza sistemistica [I|II|III|IV] trimestre", "NR", 180, 900,
             tangible=False),
        Good("Intervento tecnico on-site (ore)", "H", 45, 75, tangible=False),
        Good("Licenza annuale antivirus endpoint", "NR", 18, 42, tangible=False),
        Good("Toner [nero|ciano|magenta|giallo] originale alta capacità", "NR", 48, 140),
        Good("Switch gestito [8|16|24] porte Gigabit PoE", "NR", 95, 420),
        Good("Cavo di rete Cat.6 S/FTP [1|2|5|10] m", "NR", 2.5, 14),
        Good("Backup in cloud [500 GB|1 TB] - canone mensile", "MM", 19, 65, tangible=False),
        Good("Configurazione firewall e VPN per sede remota", "NR", 150, 480, tangible=False),
    ),
    "food": (
        Good("Parmigiano Reggiano DOP [18|24|30] mesi sottovuoto", "KG", 11, 19, 4),
        Good("Pasta di semola [penne|fusilli|spaghetti] 500 g x 24", "CT", 14, 24, 4),
        Good("Olio extravergine di oliva 100% italiano lt [0,75|1|5]", "BT", 6, 42, 4),
        Good("Passata di pomodoro 700 g x 12", "CT", 9, 16, 10),
        Good("Prosciutto crudo stagionato disossato", "KG", 12, 23, 10),
        Good("Farina tipo [00|0|1] sacco 25 kg", "SC", 13, 22, 4),
        Good("Acqua minerale [naturale|frizzante] 1,5 lt x 6", "FD", 1.4, 2.6, 22),
        Good("Caffè in grani miscela [bar|oro|arabica] 1 kg", "KG", 9, 19, 22),
        Good("Mozzarella fior di latte 125 g in vaschetta", "KG", 6, 9.5, 4),
        Good("Vino rosso [Sangiovese|Barbera|Merlot] IGT 0,75 lt", "BT", 2.8, 9, 22),
        Good("Zucchero semolato 1 kg x 10", "CF", 8, 13, 10),
        Good("Tonno all'olio d'oliva latta 1,73 kg", "PZ", 13, 21, 10),
    ),
    "building": (
        Good("Sacco cemento tipo 32,5 R kg 25", "SC", 3.5, 6),
        Good("Lastra cartongesso 1200x2000 sp. 12,5 mm", "PZ", 6, 11),
        Good("Tubo multistrato [16x2|20x2|26x3] in rotolo", "MT", 0.9, 3.4),
        Good("Manodopera operaio specializzato", "H", 28, 38, tangible=False),
        Good("Caldaia a condensazione [24|28] kW completa di kit fumi", "PZ", 780, 1450, 10),
        Good("Miscelatore lavabo cromato con scarico", "PZ", 48, 130, 10),
        Good("Pittura lavabile per interni bianca lt 14", "PZ", 28, 64),
        Good("Fornitura e posa pavimento in gres [60x60|30x60]", "MQ", 28, 56, 10),
        Good("Nolo ponteggio a telaio prefabbricato", "MQ", 7, 13, tangible=False),
        Good("Rimozione e smaltimento macerie a discarica autorizzata", "MC", 48, 95, 10,
             tangible=False),
        Good("Quadro elettrico [12|24|36] moduli da incasso", "PZ", 26, 88),
    ),
    "office": (
        Good("Carta A4 80 g/mq risma 500 fogli", "RS", 3.2, 5.4),
        Good("Biglietti da visita 85x55 stampa f/r patinata 350 g", "NR", 0.05, 0.14),
        Good("Dépliant A4 tre ante piega [finestra|portafoglio]", "NR", 0.14, 0.42),
        Good("Registratore dorso [5|8] cartone marmorizzato", "PZ", 1.4, 3.3),
        Good("Penna a sfera [blu|nera|rossa] punta media conf. 50", "CF", 7, 15),
        Good("Buste commerciali 11x23 con finestra, stampa 1 colore", "CF", 21, 46),
        Good("Impianto stampa e avviamento macchina", "NR", 35, 120, tangible=False),
        Good("Etichette adesive [105x148|70x36] mm 100 fogli", "CF", 9, 24),
        Good("Evidenziatore [giallo|verde|rosa] a scalpello", "PZ", 0.45, 1.2),
        Good("Sedia operativa girevole con braccioli regolabili", "PZ", 88, 240),
    ),
    "services": (
        Good("Pulizia uffici - canone mese di [gennaio|marzo|maggio|giugno|settembre]",
             "NR", 180, 890),
        Good("Pulizia vetri e infissi sede di [via Roma|via Mazzini|corso Europa]", "NR", 60, 240),
        Good("Sanificazione ambienti con nebulizzazione", "MQ", 0.6, 1.8),
        Good("Derattizzazione - intervento [n. 1|n. 2|n. 3] di 4", "NR", 70, 160),
        Good("Manutenzione aree verdi, taglio erba e raccolta", "H", 24, 34),
        Good("Noleggio tappeti [85x150|115x200] con ricambio quindicinale", "NR", 6, 14),
        Good("Materiale igienico di consumo", "NR", 22, 90),
        Good("Servizio di portierato diurno", "H", 16, 22),
    ),
    "textile": (
        Good("Tessuto cotone popeline [bianco|blu|ecrù] h. 150", "MT", 3.6, 9),
        Good("Filato misto lana Nm [2/28|2/30] col. [104|217|330]", "KG", 14, 29),
        Good("Maglia girocollo uomo art. [2201|2207|2230] tg. [M|L|XL]", "NR", 12, 29),
        Good("Camice da lavoro bianco tg. [S|M|L]", "NR", 11, 22),
        Good("Bottoni poliestere 4 fori [18|24] linee", "GR", 1.2, 4.5),
        Good("Lavorazione di confezione conto terzi capo [A|B|C]", "NR", 3.5, 9.5, tangible=False),
        Good("Fodera viscosa [nera|grigia] h. 140", "MT", 1.9, 4.2),
    ),
}  # fmt: skip

# what professionals do, and the fund that they pay into
PROFESSIONS: dict[str, tuple[str, tuple[Good, ...]]] = {
    "building": (
        "Inarcassa",
        (
            Good("Onorario per direzione lavori - [I|II|III] SAL", "", 600, 3200),
            Good("Redazione pratica edilizia CILA e relazione tecnica asseverata", "", 450, 1200),
            Good("Rilievo dell'immobile e restituzione grafica", "", 280, 900),
            Good("Sopralluogo e stesura perizia di stima", "", 250, 700),
            Good(
                "Coordinamento della sicurezza in fase di [progettazione|esecuzione]", "", 500, 2100
            ),
        ),
    ),
    "accounts": (
        "CNPADC",
        (
            Good("Consulenza contabile e fiscale [I|II|III|IV] trimestre 2026", "", 350, 1400),
            Good("Elaborazione cedolini paga mese di [febbraio|aprile|luglio]", "", 90, 420),
            Good("Predisposizione e invio telematico dichiarazione annuale", "", 150, 520),
            Good("Assistenza alla redazione del bilancio d'esercizio", "", 600, 1900),
        ),
    ),
    "law": (
        "Cassa Forense",
        (
            Good("Assistenza stragiudiziale nella vertenza in oggetto", "", 400, 1800),
            Good("Redazione [atto di citazione|ricorso per decreto ingiuntivo]", "", 350, 1500),
            Good("Parere legale in materia di [appalti|locazioni|lavoro]", "", 250, 900),
            Good("Sessione di negoziazione assistita", "", 200, 800),
        ),
    ),
}
CALLINGS = {
    "Ing.": "building", "Arch.": "building", "Dott.": "accounts", "Dott.ssa": "accounts",
    "Rag.": "accounts", "Avv.": "law",
}  # fmt: skip

ABROAD = {
    "de": (
        Good("Stahlwinkel [40x40|60x60] verzinkt", "Stk", 2, 9, 19),
        Good("Kopierpapier A4 80 g, Karton mit 5 Paketen", "Kt", 19, 31, 19),
        Good("Montagearbeiten vor Ort", "Std", 48, 72, 19),
        Good("Schraubensatz [M6|M8|M10] Edelstahl", "Set", 8, 26, 19),
        Good("Fachbuch Arbeitssicherheit", "Stk", 24, 58, 7),
        Good("LED-Leuchte [18|36] W neutralweiß", "Stk", 21, 64, 19),
    ),
    "fr": (
        Good("Perceuse à percussion [600|850] W", "u", 59, 140, 20),
        Good("Ramette papier A4 80 g", "u", 3.5, 6, 20),
        Good("Heures de main-d'œuvre atelier", "h", 42, 65, 20),
        Good("Guide technique du bâtiment", "u", 18, 39, 10),
        Good("Boîte de vis inox [4x40|5x50]", "bte", 8, 22, 20),
        Good("Câble électrique 3G2,5 couronne 50 m", "u", 48, 92, 20),
    ),
    "en": (
        Good("Hex bolt set [M6|M8|M10] stainless", "set", 7, 24, 20),
        Good("Copier paper A4 80 gsm, box of 5", "box", 17, 28, 20),
        Good("On-site engineer time", "hr", 45, 78, 20),
        Good("Safety gloves, nitrile, size [8|9|10]", "pair", 2, 5, 20),
        Good("LED panel [18|36] W neutral white", "ea", 19, 58, 20),
    ),
}

SHOPPING = {
    "market": (
        Good("PANE CASERECCIO", "", 1.2, 3.9, 4), Good("LATTE INTERO 1L", "", 1.19, 1.89, 4),
        Good("MOZZARELLA [125G|250G]", "", 0.99, 2.79, 4), Good("BANANE KG", "", 1.1, 2.6, 4),
        Good("ACQUA NAT 6X1,5L", "", 1.5, 2.9, 22), Good("PROSC COTTO AFF", "", 1.9, 4.2, 10),
        Good("BISCOTTI FROLLINI", "", 1.49, 2.99, 10), Good("DETERSIVO PIATTI", "", 1.2, 3.1, 22),
        Good("INSALATA BUSTA", "", 0.89, 1.79, 4), Good("UOVA FRESCHE X6", "", 1.59, 2.49, 10),
        Good("CAFFE MACINATO 250", "", 2.9, 5.2, 22), Good("YOGURT [FRAGOLA|BIANCO]", "", 0.6, 1.4,
                                                          10),
        Good("PASTA [PENNE|FUSILLI] 500", "", 0.79, 1.69, 4), Good("BIRRA CL66", "", 1.1, 1.9, 22),
        Good("CARTA CUCINA 2R", "", 1.4, 2.8, 22), Good("TONNO OLIO 3X80", "", 2.5, 4.9, 10),
        Good("SHOPPER BIO", "", 0.1, 0.15, 22),
    ),
    "bar": (
        Good("CAFFE'", "", 1.2, 1.5, 10), Good("CAPPUCCINO", "", 1.6, 2, 10),
        Good("CORNETTO [VUOTO|CREMA]", "", 1.3, 1.8, 10), Good("TRAMEZZINO", "", 2.5, 4, 10),
        Good("SPREMUTA", "", 3, 4.5, 10), Good("ACQUA 0,5", "", 1, 1.5, 10),
        Good("PRIMO DEL GIORNO", "", 8, 12, 10), Good("SECONDO + CONTORNO", "", 10, 16, 10),
        Good("COPERTO", "", 1.5, 2.5, 10), Good("CALICE DI VINO", "", 4, 7, 10),
        Good("INSALATONA", "", 8, 11, 10), Good("TIRAMISU'", "", 4.5, 6, 10),
    ),
    "shop": (
        Good("LAMPADINA LED [10W|14W]", "", 3.9, 8.5), Good("PILE AA 4PZ", "", 3.5, 7.9),
        Good("QUADERNO A4 [5MM|1R]", "", 1.2, 2.9), Good("BIRO [BLU|NERA]", "", 0.5, 1.8),
        Good("SHAMPOO 250ML", "", 2.4, 6.9), Good("CERA LEGNO", "", 6, 13),
        Good("DUPLICATO CHIAVE", "", 3, 6), Good("T-SHIRT [M|L|XL]", "", 9.9, 24.9),
        Good("CALZE 3 PAIA", "", 5.9, 12.9), Good("ADATTATORE USB-C", "", 7.9, 18.9),
        Good("LIBRO TASCABILE", "", 8.9, 14.9, 4), Good("TERRICCIO 20L", "", 3.9, 7.5),
    ),
}  # fmt: skip


def pick_items(
    rng: Random, goods: tuple[Good, ...], count: int, places: int = 2, step: Decimal | None = None
) -> list[Item]:
    """`count` items, all different while the goods allow it.

    Prices have up to `places` decimals, or are multiples of `step`.
    """
    found: list[Item] = []
    seen: set[str] = set()
    tries = 0
    while len(found) < count:
        tries += 1
        good = rng.choice(goods)
        text = CHOICE.sub(lambda match: rng.choice(match[1].split("|")), good.text)
        if text in seen and tries < count * 20:
            continue
        seen.add(text)
        found.append(_price(rng, good, text, places, step))
    return found


def _price(rng: Random, good: Good, text: str, places: int, step: Decimal | None) -> Item:
    price = Decimal(str(rng.uniform(good.low, good.high)))
    if step:
        price = round(price / step) * step
    elif good.low < 0.1:
        price = round(price, max(places, 3))
    elif price > 15 or rng.random() < 0.5:
        # list prices are round more often than not
        step = Decimal(rng.choice(("0.01", "0.10", "0.50", "0.50"))) if price > 5 else CENT
        price = round(price / step) * step
    else:
        price = round(price, places)
    style = rng.choice(("{a}{b:05d}", "{a}.{b:04d}", "{b:06d}", "{a}{b:03d}"))
    letters = "".join(rng.choice("ABCDEFGHKLMPRSTVZ") for _ in range(rng.choice((1, 2, 3))))
    code = style.format(a=letters, b=rng.randrange(10_000))
    return Item(code, text, good.unit, max(price, CENT), good.rate, good.tangible)


def choose_quantity(rng: Random, item: Item) -> Decimal:
    """As much as is usual of such a thing at its price."""
    if item.unit in MEASURED:
        return Decimal(rng.randrange(4, 320)) / rng.choice((1, 2, 4, 10))
    if not item.tangible:
        return Decimal(rng.choice((1, 1, 1, 2, 3)))
    if item.price < 1:
        return Decimal(rng.choice((50, 100, 200, 250, 500, 1000, 2000)))
    if item.price > 150:
        return Decimal(rng.choice((1, 1, 1, 2, 3)))
    if item.price > 60:
        return Decimal(rng.choice((1, 2, 2, 3, 4, 6)))
    return Decimal(rng.choice((1, 2, 3, 4, 5, 6, 8, 10, 12, 20, 24, 30, 48)))
