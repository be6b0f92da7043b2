"""Checks of single values and of a whole document under its type's rules.

Used where people key values as well as on extracted ones, so it imports nothing heavy. A problem
has a stable `code` for programs and a `message` for the person at the screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from stdnum import iban as iban_number
from stdnum.ch import uid as swiss_uid
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.gb import vat as uk_vat
from stdnum.it import codicefiscale, iva

from extractors import dates, identifiers, parse, patterns
from extractors.expression import Names, evaluate, read_expression
from models.doctype import (
    DifferRule,
    DocumentType,
    ExpressionRule,
    FieldSpec,
    LineProductRule,
    LineSumRule,
    OrderRule,
    SumRule,
)

MAX_ENTRY = 4000  # characters of an entry that are looked at

Values = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value is not right; `message` says what to do."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The normalised value (None for an empty entry) and what is wrong with it."""

    value: str | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleFailure:
    """A rule that does not hold; `line` is the index of the line item, None for the header."""

    rule: str
    message: str
    fields: tuple[str, ...]
    line: int | None = None


def check(spec: FieldSpec, text: str) -> Checked:
    """Normalise and validate one entry for `spec`.

    The value is kept, as normalised as it could be, also when there are problems: a document may
    really have a wrong check digit printed on it.
    """
    entry = re.sub(r"[\s\x00-\x1f\x7f]+", " ", text[:MAX_ENTRY]).strip()
    if not entry:
        if spec.required:
            return Checked(None, (Problem("required", "This field needs a value: key it."),))
        return Checked(None)
    checked = _CHECKS[spec.kind](entry)
    return Checked(checked.value, checked.problems + _check_form(spec, checked.value))


def _check_form(spec: FieldSpec, value: str | None) -> tuple[Problem, ...]:
    """The limits that the type sets for every kind of field."""
    if value is None:
        return ()
    problems = []
    if len(value) > spec.max_length:
        message = f"At most {spec.max_length} characters fit here: shorten it or check the page."
        problems.append(Problem("too_long", message))
    if spec.pattern is not None and not patterns.matches(spec.pattern, value):
        problems.append(
            Problem("pattern", "This does not have the form of the field: compare with the page.")
        )
    if spec.allowed is not None and value not in spec.allowed:
        message = f"Only these values are allowed: {', '.join(spec.allowed)}."
        problems.append(Problem("not_allowed", message))
    return tuple(problems)


# -- kinds ----------------------------------------------------------------------------------------


def _fail(entry: str, code: str, message: str) -> Checked:
    return Checked(entry, (Problem(code, message),))


def _check_text(entry: str) -> Checked:
    return Checked(entry)


def _check_amount(entry: str) -> Checked:
    read = parse.parse_amount(entry)
    if read is None:
        return _fail(entry, "amount_invalid", "This is not an amount: key digits, like 1234.50.")
    return Checked(parse.format_amount(read[0]))


def _check_number(entry: str) -> Checked:
    read = parse.parse_amount(entry)
    if read is None:
        return _fail(entry, "number_invalid", "This is not a number: key digits, like 12 or 2.5.")
    return Checked(parse.format_number(read[0]))


def _check_percent(entry: str) -> Checked:
    value = parse.parse_percent(entry)
    if value is None:
        return _fail(entry, "percent_invalid", "This is not a rate: key a number from 0 to 100.")
    return Checked(parse.format_number(value))


def _check_date(entry: str) -> Checked:
    value = dates.parse_date(entry)
    if value is None:
        message = "This is not a date of the calendar: key day, month, year, like 31/12/2025."
        return _fail(entry, "date_invalid", message)
    return Checked(value)


def _check_currency(entry: str) -> Checked:
    code = parse.parse_currency(entry)
    if code is None and re.fullmatch(r"[A-Za-z]{3}", entry):
        code = entry.upper()
    if code is None:
        message = "This is not a currency: key its code of three letters, like EUR."
        return _fail(entry, "currency_invalid", message)
    return Checked(code)


def normalise_vat(text: str) -> str:
    """Letters and digits with the country prefix; 11 bare digits are Italian."""
    packed = parse.compact(text)
    if re.fullmatch(r"\d{11}", packed):
        return f"IT{packed}"
    return "EL" + packed[2:] if packed.startswith("GR") else packed


def vat_problem(value: str) -> Problem | None:
    """What is wrong with a normalised VAT id; None when nothing is."""
    country = value[:2]
    if value.startswith("CHE"):
        valid = swiss_uid.is_valid(value[:12])
    elif country in ("GB", "XI"):
        valid = uk_vat.is_valid(value[2:])
    elif country == "NO" or country == "SM":
        valid = bool(identifiers.VAT_FORM[country].fullmatch(value[2:]))
    else:
        form = identifiers.VAT_FORM.get(country)
        if form is None or not form.fullmatch(value[2:]):
            message = "This is not a VAT number: key the country's two letters and its digits."
            return Problem("vat_form", message)
        valid = eu_vat.is_valid(value)
    if valid:
        return None
    name = "partita IVA" if country == "IT" else "VAT number"
    message = f"The check digit of this {name} is wrong: compare it with the page."
    return Problem("vat_check_digit", message)


def _check_vat(entry: str) -> Checked:
    value = normalise_vat(entry)
    problem = vat_problem(value)
    return Checked(value or entry, (problem,) if problem else ())


def tax_id_problem(value: str) -> Problem | None:
    """What is wrong with a tax number; only Italian ones can be verified."""
    if re.fullmatch(r"\d{11}", value):
        if not iva.is_valid(value):
            message = "The check digit of this codice fiscale is wrong: compare it with the page."
            return Problem("tax_id_check_digit", message)
    elif re.fullmatch(r"[A-Z0-9]{16}", value) and re.search(r"[A-Z]", value):
        try:
            codicefiscale.validate(value)
        except ValidationError:
            message = "This codice fiscale is not valid: compare each character with the page."
            return Problem("tax_id_check_digit", message)
    elif re.match(r"[A-Z]{6}\d{2}[A-EHLMPRST]\d", value):
        message = "A codice fiscale has 16 characters: compare it with the page."
        return Problem("tax_id_form", message)
    elif not re.fullmatch(r"[A-Z0-9][A-Z0-9/ .-]{3,24}", value) or not re.search(r"\d", value):
        return Problem("tax_id_form", "This is not a tax number: compare it with the page.")
    return None


def normalise_tax_id(text: str) -> str:
    """A codice fiscale without spaces; other countries' numbers keep their separators."""
    packed = parse.compact(text)
    if re.fullmatch(r"[A-Z]{6}[A-Z0-9]{10}", packed) or (
        re.fullmatch(r"(?:IT)?\d{11}", packed) and not re.search(r"[/.-]", text)
    ):
        return packed.removeprefix("IT") if len(packed) == 13 else packed
    return text.upper()


def _check_tax_id(entry: str) -> Checked:
    value = normalise_tax_id(entry)
    problem = tax_id_problem(value)
    return Checked(value, (problem,) if problem else ())


def iban_problem(value: str) -> Problem | None:
    length = identifiers.IBAN_LENGTHS.get(value[:2])
    if length is not None and len(value) != length:
        message = f"An IBAN of {value[:2]} has {length} characters, this has {len(value)}."
        return Problem("iban_length", f"{message} Compare it with the page.")
    if not iban_number.is_valid(value, check_country=False):
        return Problem("iban_check_digits", "The check digits of this IBAN are wrong: compare it.")
    return None


def _check_iban(entry: str) -> Checked:
    value = parse.compact(entry)
    problem = iban_problem(value)
    return Checked(value or entry, (problem,) if problem else ())


_CHECKS: dict[str, Callable[[str], Checked]] = {
    "text": _check_text,
    "identifier": _check_text,
    "amount": _check_amount,
    "number": _check_number,
    "percent": _check_percent,
    "date": _check_date,
    "currency": _check_currency,
    "vat_id": _check_vat,
    "tax_id": _check_tax_id,
    "iban": _check_iban,
}


# -- rules ----------------------------------------------------------------------------------------


def check_rules(
    doctype: DocumentType, fields: Values, lines: Sequence[Values]
) -> list[RuleFailure]:
    """The rules of `doctype` that normalised values break; a rule with a missing value is skipped.

    A line whose total is under quantity times price is taken as discounted, and passes, when the
    lines as a whole add up to what the header says.
    """
    failures: list[RuleFailure] = []
    for rule in doctype.rules:
        match rule:
            case SumRule():
                failures += _check_sum(rule, fields)
            case LineSumRule():
                failures += _check_line_sum(rule, fields, lines)
            case LineProductRule():
                failures += _check_products(rule, doctype, fields, lines)
            case OrderRule():
                failures += _check_order(rule, fields)
            case DifferRule():
                failures += _check_differ(rule, fields)
            case ExpressionRule():
                failures += _check_expression(rule, doctype, fields, lines)
    return failures


def check_adjusted(
    doctype: DocumentType, fields: Values, lines: Sequence[Values], adjustment: str
) -> list[RuleFailure]:
    """`check_rules` for a document that says by how much its net total (`net_total`) is more than
    its lines: charges less allowances of the whole document, a decimal number."""
    by, net = Decimal(adjustment), _number(fields, "net_total")
    if by == 0 or net is None:
        return check_rules(doctype, fields, lines)
    of_lines = {
        rule.name for rule in doctype.rules if isinstance(rule, LineSumRule | LineProductRule)
    }
    header = [f for f in check_rules(doctype, fields, lines) if f.rule not in of_lines]
    shifted = {**fields, "net_total": str(net - by)}
    return header + [f for f in check_rules(doctype, shifted, lines) if f.rule in of_lines]


def _number(values: Values, name: str) -> Decimal | None:
    text = values.get(name)
    if text is None:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _check_sum(rule: SumRule, fields: Values) -> list[RuleFailure]:
    terms = [_number(fields, name) for name in rule.terms]
    total = _number(fields, rule.equals)
    known = [term for term in terms if term is not None]
    if total is None or len(known) < len(terms):
        return []
    added = sum(known, Decimal(0))
    if abs(added - total) <= rule.tolerance:
        return []
    message = f"{' + '.join(rule.terms)} is {added}, but {rule.equals} is {total}: check them."
    return [RuleFailure(rule.name, message, (*rule.terms, rule.equals))]


def _check_line_sum(
    rule: LineSumRule, fields: Values, lines: Sequence[Values]
) -> list[RuleFailure]:
    amounts = [_number(line, rule.column) for line in lines]
    known = [amount for amount in amounts if amount is not None]
    totals = [(name, total) for name in rule.equals if (total := _number(fields, name)) is not None]
    if not known or not totals or len(known) < len(amounts):
        return []
    added = sum(known, Decimal(0))
    if any(abs(added - total) <= rule.tolerance for _, total in totals):
        return []
    wanted = " or ".join(f"{name} {total}" for name, total in totals)
    message = f"The lines add up to {added}, not to {wanted}: look for a missing or wrong line."
    return [RuleFailure(rule.name, message, tuple(name for name, _ in totals))]


def _check_products(
    rule: LineProductRule, doctype: DocumentType, fields: Values, lines: Sequence[Values]
) -> list[RuleFailure]:
    sums = [r for r in doctype.rules if isinstance(r, LineSumRule) and r.column == rule.equals]
    added_up = (
        bool(sums)
        and any(_number(fields, name) is not None for r in sums for name in r.equals)
        and all(not _check_line_sum(r, fields, lines) for r in sums)
    )
    failures = []
    for index, line in enumerate(lines):
        factors = [_number(line, name) for name in rule.factors]
        total = _number(line, rule.equals)
        known = [factor for factor in factors if factor is not None]
        if total is None or len(known) < len(factors):
            continue
        product = Decimal(1)
        for factor in known:
            product *= factor
        # a price printed with two decimals may have been rounded
        tolerance = max(rule.tolerance, abs(product) * Decimal("0.0005"))
        if abs(product - total) <= tolerance or (added_up and 0 <= total < product):
            continue
        message = (
            f"{' times '.join(rule.factors)} is {product.quantize(Decimal('0.01'))}, "
            f"but {rule.equals} is {total}: check the line or its discount."
        )
        failures.append(RuleFailure(rule.name, message, (*rule.factors, rule.equals), index))
    return failures


def _check_order(rule: OrderRule, fields: Values) -> list[RuleFailure]:
    earlier, later = fields.get(rule.earlier), fields.get(rule.later)
    if not earlier or not later or earlier <= later:
        return []
    message = f"{rule.later} {later} is before {rule.earlier} {earlier}: check both dates."
    return [RuleFailure(rule.name, message, (rule.earlier, rule.later))]


def _check_differ(rule: DifferRule, fields: Values) -> list[RuleFailure]:
    first, second = (fields.get(name) for name in rule.fields)
    if not first or not second or first != second:
        return []
    message = (
        f"{rule.fields[0]} and {rule.fields[1]} are both {first}: one is from the wrong party."
    )
    return [RuleFailure(rule.name, message, rule.fields)]


def _check_expression(
    rule: ExpressionRule, doctype: DocumentType, fields: Values, lines: Sequence[Values]
) -> list[RuleFailure]:
    names, columns = names_of(doctype.fields), names_of(doctype.lines)
    if rule.when is not None and not evaluate(
        read_expression(rule.when, names, columns), fields, lines
    ):
        return []
    wanted = read_expression(rule.check, names, columns)
    if evaluate(wanted, fields, lines) is not False:
        return []
    message = rule.message or f"This does not hold: {rule.check}. Compare with the page."
    return [RuleFailure(rule.name, message, wanted.fields)]


def names_of(specs: Sequence[FieldSpec]) -> Names:
    """Fields with their kinds, as expressions take them."""
    return tuple((spec.name, spec.kind) for spec in specs)
