"""Numbers that identify somebody: VAT ids, IBANs, codici fiscali; with OCR errors put right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum.es import nif as spanish_nif
from stdnum.gb import vat as british_vat

from extractors.parse import LETTERS, Found, compact, digits_for_letters, letters_for_digits

_VAT_FORMS = {
    "AT": r"U\d{8}", "BE": r"[01]?\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}", "DE": r"\d{9}", "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}",
    "ES": r"[A-Z0-9]\d{7}[A-Z0-9]", "FI": r"\d{8}", "FR": r"[A-Z0-9]{2}\d{9}",
    "HR": r"\d{11}", "HU": r"\d{8}", "IE": r"\d[A-Z0-9*+]\d{5}[A-Z]{1,2}", "IT": r"\d{11}",
    "LT": r"(?:\d{12}|\d{9})", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}", "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{12}",
    "SI": r"\d{8}", "SK": r"\d{10}", "GB": r"(?:\d{12}|\d{9})", "XI": r"(?:\d{12}|\d{9})",
    "SM": r"\d{5}", "NO": r"\d{9}(?:MVA)?",
}  # fmt: skip
VAT_FORM = {country: re.compile(form) for country, form in _VAT_FORMS.items()}
_GAP = r"[ .\-/]?"
# a look-ahead, so that "No. GB123…" does not hide the id behind a country "NO"
_PREFIXED_VAT = re.compile(
    rf"(?<![A-Za-z0-9])(?=(?P<country>{'|'.join(_VAT_FORMS)})[ .\-:]{{0,2}}"
    rf"(?P<body>[A-Z0-9](?:{_GAP}[A-Z0-9*+]){{4,13}})(?![A-Za-z0-9]))"
)
_SWISS_VAT = re.compile(r"CHE[- ]?(\d{3})[. ]?(\d{3})[. ]?(\d{3})(?:\s?(?:MWST|TVA|IVA|VAT))?")
_BARE_VAT = re.compile(r"(?<![A-Za-z0-9.,/-])(?:[lI1|]T ?)?(\d{11})(?![A-Za-z0-9]|[.,/-]\d)")
_LOOSE_VAT = re.compile(r"(?<![A-Za-z0-9])([0-9OoIlSBQZ](?: ?[0-9OoIlSBQZ]){10})(?![A-Za-z0-9])")
_BARE_SPANISH = re.compile(
    r"(?<![A-Za-z0-9])([A-HJNP-SUVW][- ]?\d{2}\.?\d{3}\.?\d{2}[- ]?[0-9A-J]"
    r"|[0-9XYZ]\d{7}[- ]?[A-HJ-NP-TV-Z])(?![A-Za-z0-9])"
)
_BARE_BRITISH = re.compile(r"(?i)\bVAT\b[^0-9\n]{0,24}?(\d{3} ?\d{4} ?\d{2})(?![A-Za-z0-9])")
# a look-ahead, so that letters before it ("…itoIT60…") do not hide an IBAN
IBAN = re.compile(r"(?=([A-Z]{2})\s?([0-9OISB]{2})((?:[ .-]{0,2}[A-Z0-9]){11,30}))")
_CODICE_FISCALE = re.compile(
    r"(?<![A-Za-z0-9])([A-Z]{3}\s?[A-Z]{3}\s?[0-9LMNP-V]{2}\s?[A-EHLMPR-T]\s?[0-9LMNP-V]{2}\s?"
    r"[A-Z][0-9LMNP-V]{3}\s?[A-Z])(?![A-Za-z0-9])"
)
IBAN_LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22,
    "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18,
    "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26,
}  # fmt: skip


def find_vat_ids(text: str) -> Iterator[Found]:
    """VAT ids with their prefix, and bare Italian ones of 11 digits (less certain)."""
    upper = text.upper()
    if len(upper) != len(text):
        upper = text
    taken = [(found.start, found.end) for found in find_ibans(text)]
    for match in _PREFIXED_VAT.finditer(upper):
        found = _prefixed(match)
        if found and not any(found.start < e and s < found.end for s, e in taken):
            taken.append((found.start, found.end))
            yield found
    for match in _SWISS_VAT.finditer(upper):
        taken.append(match.span())
        yield Found(f"CHE{match[1]}{match[2]}{match[3]}", match.start(), match.end())
    for country, pattern, is_valid in (
        ("ES", _BARE_SPANISH, spanish_nif.is_valid), ("GB", _BARE_BRITISH, british_vat.is_valid)
    ):  # fmt: skip
        for match in pattern.finditer(text):
            packed = re.sub(r"[^A-Z0-9]", "", match[1])
            free = not any(match.start(1) < e and s < match.end(1) for s, e in taken)
            if free and is_valid(packed):
                taken.append(match.span(1))
                yield Found(country + packed, match.start(1), match.end(1), 0.8)
    for pattern, certainty in ((_BARE_VAT, 0.8), (_LOOSE_VAT, 0.4)):
        for match in pattern.finditer(text):
            digits = digits_for_letters(match[1].replace(" ", ""))
            if not any(match.start() < e and s < match.end() for s, e in taken):
                taken.append(match.span())
                yield Found(f"IT{digits}", match.start(1), match.end(1), certainty)


def _prefixed(match: re.Match[str]) -> Found | None:
    """The longest reading of a prefixed id that has its country's form."""
    country, body = match["country"], match["body"]
    form = VAT_FORM[country]
    if country == "NO" and not body[0].isdigit():
        return None
    for end in range(len(body), 4, -1):
        if end < len(body) and body[end].isalnum() and body[end - 1].isalnum():
            continue
        packed = re.sub(r"[ .\-/]", "", body[:end])
        if form.fullmatch(packed):
            return Found(country + packed, match.start(), match.start("body") + end)
        mended = digits_for_letters(packed)
        if country not in ("FR", "ES", "IE", "NL", "AT", "CY") and form.fullmatch(mended):
            return Found(country + mended, match.start(), match.start("body") + end, 0.6)
    return None


def find_ibans(text: str) -> Iterator[Found]:
    """IBANs of the length their country prescribes, mended if that makes the check digits right."""
    upper = text.upper()
    if len(upper) != len(text):
        upper = text
    done = 0
    for match in IBAN.finditer(upper):
        _country, length = match[1], IBAN_LENGTHS.get(match[1])
        before = text[match.start() - 1 : match.start()]
        glued = before.isalnum() and not (before.islower() and text[match.start()].isupper())
        if length is None or glued or match.start() < done:
            continue
        packed, end = "", match.start()
        for end in range(match.start(), match.end(3)):
            if upper[end].isalnum():
                packed += upper[end]
            if len(packed) == length:
                break
        if len(packed) == length:
            mended = mend_iban(packed)
            done = end
            yield Found(mended, match.start(), end + 1, 1.0 if mended == packed else 0.8)


def iban_holds(packed: str) -> bool:
    """The check digits of an IBAN without spaces are right (ISO 13616)."""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", packed):
        return False
    return int("".join(str(int(c, 36)) for c in packed[4:] + packed[:4])) % 97 == 1


# capitals that OCR takes digits for; used only where check digits confirm it
_DIGITS = str.maketrans("OQDILSBZG", "000115826")


def mend_iban(packed: str) -> str:
    """With letters and digits that OCR confuses put right where that makes it valid."""
    if iban_holds(packed):
        return packed
    digits = packed[:2] + packed[2:].translate(_DIGITS)
    options = [digits]
    if packed[:2] in ("IT", "SM") and len(packed) > 5:
        letter = packed[4].translate(LETTERS)
        options = [
            digits[:4] + letter + digits[5:],
            digits[:4] + letter + digits[5:15] + packed[15:],
        ]
    elif packed[:2] in ("GB", "IE", "NL"):
        options = [digits[:4] + packed[4:8].translate(LETTERS) + digits[8:]]
    return next((option for option in options if iban_holds(option)), packed)


def find_tax_ids(text: str) -> Iterator[Found]:
    """Italian codici fiscali: 16 characters of a person (11 digits of a body: `find_vat_ids`).

    Characters that OCR confuses or lost (a thin "I" leaves a gap) are put right when the check
    character then holds.
    """
    upper = text.upper()
    if len(upper) != len(text):
        upper = text
    taken: list[tuple[int, int]] = []
    for match in _CODICE_FISCALE.finditer(upper):
        taken.append(match.span())
        yield Found(mend_tax_id(compact(match[1])), match.start(), match.end())
    for match in _LOOSE_FISCALE.finditer(upper):
        if any(match.start() < e and s < match.end() for s, e in taken):
            continue
        mended = mend_tax_id(match[0])
        if fiscale_holds(mended):
            yield Found(mended, match.start(), match.end(), 0.7)


_LOOSE_FISCALE = re.compile(r"(?<![A-Z0-9])[A-Z0-9](?:[A-Z0-9 ]){14}[A-Z0-9](?![A-Z0-9])")
_FISCALE_FORM = re.compile(
    r"[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPR-T][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]"
)
_ODD = (
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
)  # fmt: skip


def fiscale_holds(code: str) -> bool:
    """The check character of a codice fiscale is right (D.M. 23 December 1976)."""
    if not _FISCALE_FORM.fullmatch(code):
        return False
    values = [int(c) if c.isdigit() else ord(c) - 65 for c in code[:15]]
    total = sum(_ODD[v] if i % 2 == 0 else v for i, v in enumerate(values))
    return chr(65 + total % 26) == code[15]


def mend_tax_id(code: str) -> str:
    """16 characters with letters and digits each in their places, if the check then holds."""
    if fiscale_holds(code) or len(code) != 16:
        return code
    letters = {0, 1, 2, 3, 4, 5, 8, 11, 15}
    mended = "".join(
        letters_for_digits("I" if c == " " else c) if i in letters
        else ("1" if c == " " else c).translate(_DIGITS)
        for i, c in enumerate(code)
    )  # fmt: skip
    return mended if fiscale_holds(mended) else code
