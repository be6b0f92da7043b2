"""People and companies, put together from lists: none of them exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal

from bench.generator.numbers import digits, iban, tax_code, vat_number
from bench.generator.places import City, make_city, make_street

Shape = Literal["company", "sole", "professional"]

MEN = (
    "Andrea", "Luca", "Marco", "Giuseppe", "Antonio", "Francesco", "Davide", "Stefano", "Paolo",
    "Giorgio", "Matteo", "Roberto", "Nicolò", "Enrico", "Claudio", "Fabio", "Sergio", "Vincenzo",
    "Salvatore", "Pietro", "Gianluca", "Maurizio", "Ettore",
)  # fmt: skip
WOMEN = (
    "Maria", "Anna", "Francesca", "Giulia", "Chiara", "Elena", "Silvia", "Paola", "Laura",
    "Martina", "Federica", "Elisa", "Marta", "Cristina", "Daniela", "Roberta", "Ilaria",
    "Alessandra", "Noemi", "Beatrice", "Lucia", "Teresa",
)  # fmt: skip
SURNAMES = (
    "Bertazzoli", "Cavagnini", "Dall'Osso", "Fontanesi", "Gualtierotti", "Lanfranconi",
    "Marchesotti", "Nardellotto", "Pasquinelli", "Quagliotti", "Ravasini", "Scarpellato",
    "Tessaroli", "Vanzolini", "Zambonardi", "Bonafedi", "Castelfrani", "Degliesposti",
    "Falaschini", "Girombelli", "Loiaconi", "Mezzadrelli", "Orlandazzi", "Piccirilli",
    "Santamarini", "Trombettoni", "Vignarelli", "Battistoni", "Carminelli", "Donatucci",
    "Fumagallini", "Gasparotti", "Montefusconi", "Nicolussi", "Pellegratti", "Rinaldoni",
    "Sforzini", "Tagliabosco", "Venturelli", "Zanforlini", "D'Ambrosi", "Lo Presti", "De Santolo",
    "Della Valletta",
)  # fmt: skip

ABROAD_SURNAMES = {
    "de": ("Brünnhofer", "Kessling", "Steinmüller", "Lohwasser", "Wiesenthaler", "Grothmann"),
    "fr": ("Lacombière", "Dufresnois", "Maréchaux", "Perrinet", "Bellanger-Roy", "Charpentreau"),
    "en": ("Ashworthy", "Hollinshead", "Pembridge", "Thornleigh", "Wakefold", "Cranmere"),
}

COMPANY_STEMS = {
    "hardware": ("Ferramenta", "Utensileria", "Viterie", "Forniture Industriali"),
    "computing": ("Sistemi", "Informatica", "Digital Service", "Data Office"),
    "food": ("Alimentari", "Distribuzione", "Caseificio", "Dolciaria", "Ortofrutta"),
    "building": ("Costruzioni", "Edilizia", "Impianti", "Termoidraulica"),
    "office": ("Cartotecnica", "Grafiche", "Ufficio Più", "Arti Grafiche"),
    "services": ("Servizi", "Multiservizi", "Global Service", "Pulizie"),
    "textile": ("Tessitura", "Filati", "Maglificio", "Confezioni"),
    "carrier": ("Autotrasporti", "Trasporti", "Corriere", "Logistica"),
}
ADJECTIVES = (
    "Adriatica", "Padana", "Tirrena", "Lariana", "Euganea", "Subalpina", "Ligure", "Sannita",
    "Emiliana", "Centrale", "Moderna", "Nuova Era", "Valdarno", "Brianza", "Tre Torri",
    "Due Ponti", "Futura", "San Marco", "Monviso", "La Rocca", "Gamma", "Delta", "Sigma",
)  # fmt: skip
LEGAL_FORMS = ("S.r.l.", "S.r.l.", "S.r.l.", "S.p.A.", "S.n.c.", "S.a.s.", "SRL", "S.r.l.s.")
FORMS_ABROAD = {"de": ("GmbH", "GmbH & Co. KG", "e.K."), "fr": ("SARL", "SAS"), "en": ("Ltd",)}
TRADES_ABROAD = {
    "de": ("Metallbau", "Bürotechnik", "Werkzeughandel", "Elektrotechnik"),
    "fr": ("Fournitures", "Outillage", "Bureautique", "Équipements"),
    "en": ("Supplies", "Engineering", "Office Systems", "Tools"),
}
COUNTRIES = {"it": "IT", "de": "DE", "fr": "FR", "en": "GB"}


@dataclass(frozen=True)
class Person:
    first: str
    last: str
    female: bool
    born: date
    birth_city: City
    tax_id: str


@dataclass(frozen=True)
class Party:
    """A seller, buyer, carrier or shop. `vat` has its country prefix; `tax_id` may be empty."""

    name: str
    person: Person
    shape: Shape
    street: str
    city: City
    vat: str
    tax_id: str
    phone: str
    domain: str
    iban: str
    bank: str
    rea: str
    capital: int


def make_person(rng: Random) -> Person:
    female = rng.random() < 0.5
    first = rng.choice(WOMEN if female else MEN)
    last = rng.choice(SURNAMES)
    born = date(1950, 1, 1) + timedelta(days=rng.randrange(20_000))
    city = make_city(rng)
    code = tax_code(last, first, born, city.code, female=female)
    return Person(first, last, female, born, city, code)


def _company_name(rng: Random, sector: str, last: str, city: City) -> str:
    stem = rng.choice(COMPANY_STEMS[sector])
    form = rng.choice(LEGAL_FORMS)
    pick = rng.random()
    if pick < 0.3:
        return f"{stem} {last} {form}"
    if pick < 0.55:
        return f"{stem} {rng.choice(ADJECTIVES)} {form}"
    if pick < 0.7:
        return f"{stem} F.lli {last} & C. {rng.choice(('S.n.c.', 'S.a.s.'))}"
    if pick < 0.85:
        letters = ".".join(rng.choice("ABCEFGILMOPRSTV") for _ in range(3))
        return f"{letters}. {stem} {form}"
    return f"{stem} {last} {city.name} {form}"


def _name(rng: Random, sector: str, shape: Shape, person: Person, city: City, lang: str) -> str:
    if lang != "it":
        last = rng.choice(ABROAD_SURNAMES[lang])
        return f"{last} {rng.choice(TRADES_ABROAD[lang])} {rng.choice(FORMS_ABROAD[lang])}"
    if shape == "professional":
        title = rng.choice(("Ing.", "Arch.", "Dott.", "Avv.", "Rag."))
        if person.female and title == "Dott.":
            title = "Dott.ssa"
        return f"{title} {person.first} {person.last}"
    if shape == "sole":
        stem = rng.choice(COMPANY_STEMS[sector])
        return f"{stem} {person.last} di {person.last} {person.first}"
    return _company_name(rng, sector, person.last, city)


def _domain(name: str, language: str) -> str:
    kept = [w for w in name.lower().replace("'", "").split() if "." not in w and "&" not in w]
    words = kept[:2] or ["azienda"]
    plain = "".join("-".join(words).translate(str.maketrans("àèéìòùüöäçêî", "aeeiouuoacei")))
    plain = plain.replace("ß", "ss")
    return f"{plain}.{ {'it': 'it', 'de': 'de', 'fr': 'fr', 'en': 'co.uk'}[language] }"


def _bank(rng: Random, language: str) -> str:
    if language != "it":
        return {"de": "Volksbank Mittelland eG", "fr": "Crédit Régional de l'Est",
                "en": "Northgate Bank plc"}[language]  # fmt: skip
    place = rng.choice(("Val Cervina", "Lago Maggiore Sud", "Pianalto", "Tre Valli", "Oltrepò"))
    kind = rng.choice(
        ("Banca Popolare di", "Cassa Rurale di", "Credito Cooperativo", "Banca Agricola di")
    )
    return f"{kind} {place}"


def make_party(rng: Random, sector: str, shape: Shape = "company", language: str = "it") -> Party:
    """A party of one trade; sole traders and professionals have a personal tax code."""
    person = make_person(rng)
    city = make_city(rng, language)
    country = COUNTRIES[language]
    name = _name(rng, sector, shape, person, city, language)
    vat = vat_number(rng, country)
    own_code = vat if shape == "company" else person.tax_id
    return Party(
        name=name,
        person=person,
        shape=shape,
        street=make_street(rng, language),
        city=city,
        vat=country + vat,
        tax_id=own_code if country == "IT" else "",
        phone=f"{city.dialing} {digits(rng, rng.choice((6, 7)))}",
        domain=_domain(name, language),
        iban=iban(rng, country),
        bank=_bank(rng, language),
        rea=f"{city.province}-{rng.randrange(100_000, 2_400_000)}",
        capital=rng.choice((10_000, 10_400, 26_000, 50_000, 100_000, 520_000, 1_200_000)),
    )
