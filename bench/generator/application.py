"""The content of a form that a person has filled in."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from bench.generator.facts import Facts
from bench.generator.formats import Style, write_date, write_iban
from bench.generator.invoice import DAYS, FIRST_DAY
from bench.generator.numbers import digits, iban
from bench.generator.parties import make_person
from bench.generator.places import make_city, make_street

MAILS = ("posta.example.it", "mail.example.it", "libera.example.it")


def make_application(rng: Random, style: Style) -> Facts:
    """A person's data; tax code, birth date and birth place agree."""
    person = make_person(rng)
    home = make_city(rng)
    signed = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    user = f"{person.first}.{person.last}".lower().replace(" ", "").replace("'", "")
    user = user.translate(str.maketrans("àèéìòù", "aeeiou"))
    values = {
        "last_name": person.last,
        "first_name": person.first,
        "tax_id": person.tax_id,
        "birth_date": person.born.isoformat(),
        "birth_place": person.birth_city.name,
        "address": make_street(rng),
        "postal_code": home.postal_code,
        "city": home.name,
        "province": home.province,
        "email": f"{user}@{rng.choice(MAILS)}",
        "phone": f"3{rng.choice('234')}{rng.choice('0123456789')} {digits(rng, 7)}",
        "iban": iban(rng),
        "date": signed.isoformat(),
    }
    shown = {
        **values,
        "birth_date": write_date(person.born, style.date, "it"),
        "birth_province": person.birth_city.province,
        "iban": write_iban(values["iban"], style.iban_groups),
        "date": write_date(signed, style.date, "it"),
        "sex": "F" if person.female else "M",
        "protocol": f"{rng.randint(100, 9999)}/{signed.year}",
        "signed_at": home.name,
    }
    return Facts("form", "it", values, shown)
