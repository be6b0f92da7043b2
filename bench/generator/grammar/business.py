"""Companies and people of all countries, put together from one family's vocabulary."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from bench.generator.grammar.nations import Nation
from bench.generator.grammar.program import Family, Program
from bench.generator.grammar.wordings import pick, share, vocabulary
from bench.generator.numbers import digits, iban, spanish_tax_number, tax_code, vat_number
from bench.generator.places import ITALY, City

# postal code before the town, but not in these
TOWN_FIRST = ("GB", "IE", "US")


@dataclass(frozen=True)
class Business:
    """A party of a document. `vat` has its country's prefix and is empty in the United States;
    `tax_id` is the Italian codice fiscale, of a person or (the VAT number) a company."""

    name: str
    brand: str
    nation: Nation
    street: str
    place: str
    town: str
    vat: str
    tax_id: str
    phone: str
    domain: str
    iban: str
    bank: str
    bic: str
    register: str
    capital: int
    person: str
    professional: bool = False


def make_business(
    rng: Random, family: Family, nation: Nation, *, professional: bool = False
) -> Business:
    """`professional`: a person who sends fee notes."""
    words = vocabulary(family, nation.language)
    surname = pick(rng, words, "surnames")
    female = rng.random() < 0.5
    first = pick(rng, words, "women" if female else "men")
    brand = pick(rng, words, "brands")
    city = _choose_city(rng, family, nation, words)
    vat = "" if nation.code == "US" else nation.code + vat_number(rng, nation.code)
    tax_id = vat[2:] if nation.code == "IT" else ""
    if professional:
        name = f"{pick(rng, words, 'professions')} {first} {surname}"
        if nation.code == "IT":
            tax_id = _personal_code(rng, family, surname, first, female)
        if nation.code == "ES":
            vat = f"ES{spanish_tax_number(rng)}"
    else:
        name = _name(rng, words, surname, brand, first)
    return Business(
        name=name,
        brand=brand,
        nation=nation,
        street=_street(rng, words, nation),
        place=_write_place(city, nation),
        town=city.name,
        vat=vat,
        tax_id=tax_id,
        phone=f"{city.dialing} {digits(rng, rng.choice((6, 7)))}",
        domain=_domain(name, nation),
        iban=iban(rng, nation.code) if nation.code != "US" else "",
        bank=pick(rng, words, "banks"),
        bic="".join(rng.choice("BCDGHKLMNPRST") for _ in range(4)) + nation.code
        + rng.choice("2MR") + digits(rng, 1),
        register=_register(rng, nation, city),
        capital=rng.choice((10_000, 10_400, 25_000, 26_000, 50_000, 99_000, 520_000)),
        person=f"{first} {surname}",
        professional=professional,
    )  # fmt: skip


def as_printed(party: Business, program: Program) -> Business:
    """With its name in capitals where the layout writes names so."""
    if program.style["names"] == "upper":
        return replace(party, name=party.name.upper())
    return party


def _name(rng: Random, words: Any, surname: str, brand: str, first: str) -> str:
    other = surname
    while other == surname:
        other = pick(rng, words, "surnames")
    return pick(rng, words, "companies").format(
        s=surname, s2=other, x=brand, p=first, f=pick(rng, words, "forms"),
        g=pick(rng, words, "partnerships"),
    )  # fmt: skip


def _choose_city(rng: Random, family: Family, nation: Nation, words: Any) -> City:
    if nation.code == "IT":
        found: City = rng.choice(share(ITALY, family))
        return found
    name, code, dialing = pick(rng, words, nation.towns).split(";")
    return City(name, "", code, "", dialing)


def _write_place(city: City, nation: Nation) -> str:
    if nation.code in TOWN_FIRST:
        return f"{city.name} {city.postal_code}"
    return f"{city.postal_code} {city.name}" + (f" ({city.province})" if city.province else "")


def _street(rng: Random, words: Any, nation: Nation) -> str:
    street, number = pick(rng, words, "streets"), rng.randint(1, 190)
    if nation.language == "it":
        return f"{street}{rng.choice((', ', ', ', ' ', ', n. '))}{number}"
    if nation.language == "es":
        return f"{street}, {number}"
    return f"{street} {number}" if nation.language == "de" else f"{number} {street}"


def _personal_code(rng: Random, family: Family, last: str, first: str, female: bool) -> str:
    born = date(1952, 1, 1) + timedelta(days=rng.randrange(17_000))
    return tax_code(last, first, born, rng.choice(share(ITALY, family)).code, female=female)


def _domain(name: str, nation: Nation) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss"))
    kept = "".join(c for c in plain if c.isascii() and (c.isalnum() or c == " "))
    words = [word for word in kept.split() if len(word) > 3][:2] or ["office"]
    ending = {"GB": "co.uk", "US": "com"}.get(nation.code, nation.code.lower())
    return f"{''.join(words)}.{ending}"


def _register(rng: Random, nation: Nation, city: City) -> str:
    if nation.code == "IT":
        return f"{city.province}-{rng.randrange(100_000, 2_400_000)}"
    if nation.language == "de":
        return f"{city.name} HRB {rng.randrange(1000, 99_000)}"
    if nation.language == "fr":
        return f"{city.name} {rng.choice('ABC')} {digits(rng, 3)} {digits(rng, 3)} {digits(rng, 3)}"
    if nation.language == "es":
        return f"Tomo {rng.randint(100, 9000)}, Folio {rng.randint(1, 220)}, Hoja {digits(rng, 5)}"
    return digits(rng, 8)
