"""Identity and bank numbers with valid check digits, made up at random."""

from __future__ import annotations

from datetime import date
from random import Random

from stdnum import iban as iban_rules
from stdnum import luhn
from stdnum.at import uid as austrian
from stdnum.ch import uid as swiss
from stdnum.es import ccc as spanish_account
from stdnum.es import cif as spanish_company
from stdnum.es import dni as spanish_person
from stdnum.ie import vat as irish
from stdnum.iso7064 import mod_11_10
from stdnum.it import codicefiscale

VOWELS = "AEIOU"
MONTHS = "ABCDEHLMPRST"

# Letter values of characters in odd places; the same table serves the codice fiscale and the
# check letter (CIN) of an Italian account number.
ODD_VALUES = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21,
         2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip


def digits(rng: Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def vat_number(rng: Random, country: str = "IT") -> str:
    """A VAT number without its country prefix."""
    if country == "DE":
        body = rng.choice("123456789") + digits(rng, 7)
        return body + str(mod_11_10.calc_check_digit(body))
    if country == "FR":
        body = rng.choice("3456789") + digits(rng, 7)
        siren = body + luhn.calc_check_digit(body)
        return f"{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"
    if country == "GB":
        body = rng.choice("123456789") + digits(rng, 6)
        total = sum((8 - i) * int(d) for i, d in enumerate(body))
        return f"{body}{97 - total % 97:02d}"
    if country in ("AT", "BE", "CH", "ES", "IE"):
        return _smaller_vat_number(rng, country)
    # seven digits, the code of the issuing province office, and the Luhn digit
    body = f"{rng.randrange(20_000, 5_000_000):07d}{rng.randrange(1, 101):03d}"
    return body + luhn.calc_check_digit(body)


def _smaller_vat_number(rng: Random, country: str) -> str:
    if country == "AT":
        body = digits(rng, 7)
        return f"U{body}{austrian.calc_check_digit('U' + body)}"
    if country == "BE":
        body = f"0{rng.choice('456789')}{digits(rng, 6)}"
        return f"{body}{97 - int(body) % 97:02d}"
    if country == "CH":
        # one in eleven bodies has no check digit; the number is written without "CHE"
        while len(check := str(swiss.calc_check_digit(body := digits(rng, 8)))) > 1:
            pass
        return f"E{body}{check}"
    if country == "ES":
        body = rng.choice("AB") + digits(rng, 7)
        return f"{body}{str(spanish_company.calc_check_digits(body))[0]}"
    body = digits(rng, 7)
    return f"{body}{irish.calc_check_digit(body)}"


def spanish_tax_number(rng: Random) -> str:
    """The NIF of a person: eight digits and their letter."""
    body = digits(rng, 8)
    return f"{body}{spanish_person.calc_check_digit(body)}"


def _letters(text: str) -> tuple[str, str]:
    plain = text.upper().translate(str.maketrans("ÀÈÉÌÒÙ", "AEEIOU"))
    only = [c for c in plain if c.isalpha()]
    return "".join(c for c in only if c not in VOWELS), "".join(c for c in only if c in VOWELS)


def tax_code(last: str, first: str, born: date, place_code: str, *, female: bool) -> str:
    """The codice fiscale of a person; `place_code` is the land-registry code of the birth place."""
    last_consonants, last_vowels = _letters(last)
    consonants, vowels = _letters(first)
    if len(consonants) > 3:
        consonants = consonants[0] + consonants[2:]
    body = (
        f"{(last_consonants + last_vowels + 'XXX')[:3]}{(consonants + vowels + 'XXX')[:3]}"
        f"{born.year % 100:02d}{MONTHS[born.month - 1]}{born.day + (40 if female else 0):02d}"
        f"{place_code}"
    )
    return body + codicefiscale.calc_check_digit(body)


def _cin(account: str) -> str:
    """The check letter over bank, branch and account (22 characters)."""
    total = 0
    for index, char in enumerate(account):
        plain = int(char) if char.isdigit() else ord(char) - ord("A")
        total += plain if index % 2 else ODD_VALUES[char]
    return chr(ord("A") + total % 26)


def iban(rng: Random, country: str = "IT") -> str:
    """An IBAN without spaces."""
    if country == "DE":
        body = digits(rng, 18)
    elif country == "FR":
        bank, branch, account = digits(rng, 5), digits(rng, 5), digits(rng, 11)
        key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
        body = f"{bank}{branch}{account}{key:02d}"
    elif country == "GB":
        body = "".join(rng.choice("BCLMNRST") for _ in range(4)) + digits(rng, 14)
    elif country in ("AT", "CH"):
        body = digits(rng, 16 if country == "AT" else 17)
    elif country == "BE":
        account = digits(rng, 10)
        body = f"{account}{int(account) % 97 or 97:02d}"
    elif country == "IE":
        body = "".join(rng.choice("BCLMNRST") for _ in range(4)) + digits(rng, 14)
    elif country == "ES":
        bank, account = digits(rng, 8), digits(rng, 10)
        body = f"{bank}{spanish_account.calc_check_digits(f'{bank}00{account}')}{account}"
    else:
        account = f"0{digits(rng, 4)}{rng.choice('01')}{digits(rng, 4)}"
        account += "000000" + digits(rng, 6) if rng.random() < 0.6 else digits(rng, 12)
        body = _cin(account) + account
    checks = iban_rules.calc_check_digits(f"{country}00{body}")
    return f"{country}{checks}{body}"
