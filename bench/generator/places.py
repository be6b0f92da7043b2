"""Cities with their codes, and streets put together from parts."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class City:
    """`code` is the Italian land-registry code that a codice fiscale holds; empty abroad."""

    name: str
    province: str
    postal_code: str
    code: str
    dialing: str


ITALY = tuple(
    City(*line.split("|"))
    for line in """
Torino|TO|10121|L219|011
Novara|NO|28100|F952|0321
Alessandria|AL|15121|A182|0131
Asti|AT|14100|A479|0141
Cuneo|CN|12100|D205|0171
Milano|MI|20129|F205|02
Bergamo|BG|24122|A794|035
Brescia|BS|25121|B157|030
Como|CO|22100|C933|031
Varese|VA|21100|L682|0332
Monza|MB|20900|F704|039
Pavia|PV|27100|G388|0382
Cremona|CR|26100|D150|0372
Mantova|MN|46100|E897|0376
Genova|GE|16128|D969|010
Verona|VR|37122|L781|045
Padova|PD|35131|G224|049
Vicenza|VI|36100|L840|0444
Treviso|TV|31100|L407|0422
Venezia|VE|30172|L736|041
Trento|TN|38122|L378|0461
Udine|UD|33100|L483|0432
Trieste|TS|34121|L424|040
Bologna|BO|40127|A944|051
Modena|MO|41121|F257|059
Parma|PR|43125|G337|0521
Piacenza|PC|29121|G535|0523
Ferrara|FE|44121|D548|0532
Forlì|FC|47121|D704|0543
Ravenna|RA|48121|H199|0544
Rimini|RN|47921|H294|0541
Firenze|FI|50127|D612|055
Prato|PO|59100|G999|0574
Lucca|LU|55100|E715|0583
Pisa|PI|56121|G702|050
Arezzo|AR|52100|A390|0575
Perugia|PG|06121|G478|075
Terni|TR|05100|L117|0744
Ancona|AN|60121|A271|071
Roma|RM|00185|H501|06
Latina|LT|04100|E472|0773
Pescara|PE|65121|G482|085
L'Aquila|AQ|67100|A345|0862
Napoli|NA|80142|F839|081
Salerno|SA|84122|H703|089
Bari|BA|70123|A662|080
Foggia|FG|71121|D643|0881
Lecce|LE|73100|E506|0832
Potenza|PZ|85100|G942|0971
Cosenza|CS|87100|D086|0984
Palermo|PA|90141|G273|091
Catania|CT|95129|C351|095
Siracusa|SR|96100|I754|0931
Cagliari|CA|09122|B354|070
Sassari|SS|07100|I452|079
""".strip().splitlines()
)

ABROAD = {
    "de": tuple(
        City(name, "", code, "", dialing)
        for name, code, dialing in (
            ("Augsburg", "86150", "0821"), ("Kassel", "34117", "0561"), ("Ulm", "89073", "0731"),
            ("Münster", "48143", "0251"), ("Würzburg", "97070", "0931"),
            ("Bielefeld", "33602", "0521"),
        )
    ),
    "fr": tuple(
        City(name, "", code, "", dialing)
        for name, code, dialing in (
            ("Dijon", "21000", "03 80"), ("Angers", "49000", "02 41"), ("Nîmes", "30000", "04 66"),
            ("Besançon", "25000", "03 81"), ("Orléans", "45000", "02 38"),
        )
    ),
    "en": tuple(
        City(name, "", code, "", dialing)
        for name, code, dialing in (
            ("Leeds", "LS1 4AP", "0113"), ("Norwich", "NR2 1TF", "01603"),
            ("Exeter", "EX1 1GE", "01392"), ("Derby", "DE1 2GU", "01332"),
        )
    ),
}  # fmt: skip

STREET_KINDS = ("Via", "Via", "Via", "Via", "Viale", "Corso", "Piazza", "Largo", "Strada", "V.le")
STREET_NAMES = (
    "dell'Artigianato", "dell'Industria", "del Lavoro", "delle Querce", "dei Mille", "Matteotti",
    "Mazzini", "Garibaldi", "Cavour", "XX Settembre", "IV Novembre", "della Repubblica", "Roma",
    "delle Rose", "San Francesco", "Sant'Antonio", "Marconi", "Galvani", "Volta", "Leopardi",
    "Manzoni", "Carducci", "Pascoli", "Verdi", "Puccini", "della Libertà", "dei Tigli",
    "del Progresso", "Europa", "Kennedy", "delle Fornaci", "del Molino", "della Stazione",
    "Ponte Nuovo", "Fratelli Cervi", "Don Minzoni", "A. Gramsci", "E. Fermi", "G. Di Vittorio",
    "Vecchia Ferriera", "Santa Maria", "delle Acacie", "dei Pioppi", "Borgo Vecchio",
)  # fmt: skip

STREETS_ABROAD = {
    "de": ("Lindenstraße", "Bahnhofstraße", "Gewerbering", "Am Mühlbach", "Industriestraße",
           "Schillerstraße", "Gartenweg"),
    "fr": ("rue des Tilleuls", "avenue de la Gare", "rue du Moulin", "boulevard Victor Hugo",
           "chemin des Vignes", "rue Pasteur"),
    "en": ("Mill Lane", "Station Road", "Church Street", "Foundry Way", "Kingfisher Close",
           "Victoria Road"),
}  # fmt: skip


def make_city(rng: Random, language: str = "it") -> City:
    return rng.choice(ABROAD.get(language, ITALY))


def make_street(rng: Random, language: str = "it") -> str:
    number = rng.randint(1, 180)
    if language == "de":
        return f"{rng.choice(STREETS_ABROAD['de'])} {number}"
    if language in ("fr", "en"):
        return f"{number} {rng.choice(STREETS_ABROAD[language])}"
    suffix = rng.choice(("", "", "", "", "/A", "/B", "/C", " bis"))
    comma = rng.choice((", ", ", ", " ", ", n. "))
    return f"{rng.choice(STREET_KINDS)} {rng.choice(STREET_NAMES)}{comma}{number}{suffix}"


def write_place(city: City) -> str:
    """Postal code, city and province as on an envelope."""
    if city.province:
        return f"{city.postal_code} {city.name} ({city.province})"
    if not city.postal_code[0].isdigit():
        return f"{city.name} {city.postal_code}"  # as Britain writes it
    return f"{city.postal_code} {city.name}"
