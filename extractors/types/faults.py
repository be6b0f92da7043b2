"""What is wrong with a document type that the form of its data does not show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extractors import patterns
from extractors.expression import ExpressionFault, Names, read_expression
from extractors.forms.doubts import ZONE_DOUBTS
from extractors.reckoning import NUMBER_KINDS
from extractors.types import TYPES
from extractors.validate import check, names_of
from models.doctype import (
    DifferRule,
    DocumentType,
    ExpressionRule,
    FieldSpec,
    LineProductRule,
    LineSumRule,
    OrderRule,
    Rule,
    SumRule,
    Zone,
)

# Kinds that extraction relies on: what is called so is looked for in ways of its own.
KINDS = {spec.name: spec.kind for doctype in TYPES.values() for spec in doctype.fields}
COLUMNS = {spec.name: spec.kind for doctype in TYPES.values() for spec in doctype.lines}
TITLES = frozenset({"document_id", "filename", "type", "line"})
"""Columns that every CSV file has."""
RESERVED = "lines"
CODES = frozenset(
    {"low_score", "missing", "required", "duplicate", "not_in_reference", "differs_from_print"}
) | frozenset(ZONE_DOUBTS)
"""Doubts that are no rules."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`place` is the path into the type, such as "rules.2.check"; `message` says what to do."""

    place: str
    message: str


def find_faults(doctype: DocumentType) -> list[Fault]:
    """Why this type cannot be used; empty when it can."""
    return [
        *_check_names(doctype.fields, "fields"),
        *_check_names(doctype.lines, "lines"),
        *_check_kinds(doctype),
        *_check_titles(doctype.fields, "fields"),
        *_check_titles(doctype.lines, "lines"),
        *_check_limits(doctype.fields, "fields"),
        *_check_limits(doctype.lines, "lines"),
        *_check_references(doctype),
        *_check_rules(doctype),
        *_check_business_key(doctype),
        *_check_zones(doctype),
    ]


def _repeated(names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Places of names that have occurred before."""
    counts: Counter[str] = Counter()
    for place, name in enumerate(names):
        counts[name] += 1
        if counts[name] > 1:
            yield place, name


def _check_names(specs: Sequence[FieldSpec], where: str) -> Iterator[Fault]:
    for place, name in _repeated([spec.name for spec in specs]):
        yield Fault(f"{where}.{place}.name", f"There are two called {name}: rename one.")
    for place, spec in enumerate(specs):
        if spec.name == RESERVED:
            message = f"{RESERVED} means the line items in rules: choose another name."
            yield Fault(f"{where}.{place}.name", message)


def _check_kinds(doctype: DocumentType) -> Iterator[Fault]:
    for place, spec in enumerate(doctype.fields):
        kind = KINDS.get(spec.name, spec.kind)
        if spec.kind != kind:
            message = f"{spec.name} is known as {kind}: use that, or another name."
            yield Fault(f"fields.{place}.kind", message)
    for place, spec in enumerate(doctype.lines):
        known = COLUMNS.get(spec.name)
        if known is None:
            message = (
                f"Line items are read in these columns: {', '.join(COLUMNS)}. Choose the one that "
                "is meant; its label and its export name are yours."
            )
            yield Fault(f"lines.{place}.name", message)
        elif spec.kind != known:
            yield Fault(f"lines.{place}.kind", f"{spec.name} is known as {known}: use that.")


def _check_titles(specs: Sequence[FieldSpec], where: str) -> Iterator[Fault]:
    titles = [spec.export or spec.name for spec in specs]
    names = [spec.name for spec in specs]
    for place, title in _repeated(titles):
        if names.count(title) > 1:
            continue  # that is the fault, and is told already
        message = f"Two columns of the CSV file would be called {title}: change one."
        yield Fault(f"{where}.{place}.export", message)
    for place, title in enumerate(titles):
        if title in TITLES:
            message = f"{title} is a column of every CSV file: give this one another export name."
            yield Fault(f"{where}.{place}.export", message)


def _check_limits(specs: Sequence[FieldSpec], where: str) -> Iterator[Fault]:
    for place, spec in enumerate(specs):
        at = f"{where}.{place}"
        if spec.pattern is not None:
            try:
                patterns.read_pattern(spec.pattern)
            except patterns.PatternFault as fault:
                yield _at(f"{at}.pattern", fault)
                continue
        bare = spec.model_copy(update={"allowed": None})
        for number, value in enumerate(spec.allowed or ()):
            checked = check(bare, value)
            if checked.problems:
                yield Fault(f"{at}.allowed.{number}", checked.problems[0].message)
            elif checked.value != value:
                message = f"Values of this kind are kept as {checked.value}: write it so."
                yield Fault(f"{at}.allowed.{number}", message)


def _at(place: str, fault: patterns.PatternFault | ExpressionFault) -> Fault:
    return Fault(place, f"Character {fault.position + 1}: {fault}")


def _check_references(doctype: DocumentType) -> Iterator[Fault]:
    for place, spec in enumerate(doctype.fields):
        if spec.reference is None:
            continue
        at = f"fields.{place}.reference.fills"
        yield from _known(at, spec.reference.fills.values(), names_of(doctype.fields))
        if spec.name in spec.reference.fills.values():
            yield Fault(at, f"{spec.name} cannot fill itself: leave it out.")
    for place, spec in enumerate(doctype.lines):
        if spec.reference is not None:
            message = "Only header fields are held against lists: leave reference out."
            yield Fault(f"lines.{place}.reference", message)


# -- rules ----------------------------------------------------------------------------------------


def _check_rules(doctype: DocumentType) -> Iterator[Fault]:
    for place, name in _repeated([rule.name for rule in doctype.rules]):
        yield Fault(f"rules.{place}.name", f"There are two rules called {name}: rename one.")
    header, columns = names_of(doctype.fields), names_of(doctype.lines)
    for place, rule in enumerate(doctype.rules):
        at = f"rules.{place}"
        if rule.name in CODES:
            yield Fault(f"{at}.name", f"{rule.name} has a meaning already: rename the rule.")
        yield from _check_rule(rule, at, header, columns)


def _check_rule(rule: Rule, at: str, header: Names, columns: Names) -> Iterator[Fault]:
    match rule:
        case SumRule():
            yield from _known(f"{at}.terms", rule.terms, header, NUMBER_KINDS)
            yield from _known(f"{at}.equals", [rule.equals], header, NUMBER_KINDS)
        case LineSumRule():
            yield from _known(f"{at}.column", [rule.column], columns, NUMBER_KINDS, in_lines=True)
            yield from _known(f"{at}.equals", rule.equals, header, NUMBER_KINDS)
        case LineProductRule():
            yield from _known(f"{at}.factors", rule.factors, columns, NUMBER_KINDS, in_lines=True)
            yield from _known(f"{at}.equals", [rule.equals], columns, NUMBER_KINDS, in_lines=True)
        case OrderRule():
            yield from _known(f"{at}.earlier", [rule.earlier], header, frozenset({"date"}))
            yield from _known(f"{at}.later", [rule.later], header, frozenset({"date"}))
        case DifferRule():
            yield from _known(f"{at}.fields", rule.fields, header)
        case ExpressionRule():
            yield from _check_expressions(rule, at, header, columns)


def _known(
    place: str,
    names: Iterable[str],
    known: Names,
    kinds: frozenset[str] | None = None,
    *,
    in_lines: bool = False,
) -> Iterator[Fault]:
    """A fault for each name that is not there or of another kind."""
    found = dict(known)
    where = "line items have" if in_lines else "header has"
    for name in names:
        if name not in found:
            there = ", ".join(found) or "none"
            yield Fault(place, f"The {where} no field {name}. There are: {there}.")
        elif kinds is not None and found[name] not in kinds:
            wanted = " or ".join(sorted(kinds))
            yield Fault(place, f"{name} is of the kind {found[name]}: this needs {wanted}.")


def _check_expressions(
    rule: ExpressionRule, at: str, header: Names, columns: Names
) -> Iterator[Fault]:
    for member, text in (("when", rule.when), ("check", rule.check)):
        if text is None:
            continue
        try:
            found = read_expression(text, header, columns)
        except ExpressionFault as fault:
            yield _at(f"{at}.{member}", fault)
            continue
        if member == "check" and not found.fields:
            message = "Compare a header field with something: it goes to a person when this fails."
            yield Fault(f"{at}.{member}", message)


def _check_business_key(doctype: DocumentType) -> Iterator[Fault]:
    for place, part in enumerate(doctype.business_key or ()):
        names = (part,) if isinstance(part, str) else part
        yield from _known(f"business_key.{place}", names, names_of(doctype.fields))


# -- the form's zones -----------------------------------------------------------------------------


def _check_zones(doctype: DocumentType) -> Iterator[Fault]:
    zones = doctype.form.zones if doctype.form else ()
    specs = {spec.name: spec for spec in doctype.fields}
    of_field: dict[str, list[Zone]] = {}
    for place, zone in enumerate(zones):
        at = f"form.zones.{place}"
        if zone.field not in specs:
            yield from _known(f"{at}.field", [zone.field], names_of(doctype.fields))
            continue
        yield from _check_zone(zone, at, specs[zone.field])
        earlier = of_field.setdefault(zone.field, [])
        yield from _check_company(zone, at, earlier)
        earlier.append(zone)
    for place, zone in enumerate(zones):
        if zone.reader == "mark" and zone.value is None and len(of_field.get(zone.field, ())) > 1:
            message = f"There are several boxes for {zone.field}: say what this one means."
            yield Fault(f"form.zones.{place}.value", message)


def _check_zone(zone: Zone, at: str, spec: FieldSpec) -> Iterator[Fault]:
    """Whether the reader has what it needs, and can give what the field takes."""
    if zone.cells is not None and zone.reader != "comb":
        yield Fault(f"{at}.cells", "Only a comb has cells: leave it out.")
    if zone.value is not None and zone.reader != "mark":
        yield Fault(f"{at}.value", "Only a mark has a value: leave it out.")
        return
    if zone.reader not in ("mark", "signature"):
        return
    for value in ("yes", "no") if zone.value is None else (zone.value,):
        checked = check(spec, value)
        if checked.problems:
            where = f"{at}.value" if zone.value is not None else f"{at}.reader"
            advice = "" if zone.value is not None else f" This reader gives {value}."
            yield Fault(where, f"{spec.name}: {checked.problems[0].message}{advice}")
            return
        if checked.value != value:
            message = f"Values of this kind are kept as {checked.value}: write it so."
            yield Fault(f"{at}.value" if zone.value is not None else f"{at}.reader", message)
            return


def _check_company(zone: Zone, at: str, earlier: Sequence[Zone]) -> Iterator[Fault]:
    """Several zones of one field are boxes to mark, each with a value of its own."""
    if not earlier:
        return
    if zone.reader != "mark" or any(other.reader != "mark" for other in earlier):
        message = f"{zone.field} has a zone already: only boxes to mark may share a field."
        yield Fault(f"{at}.field", message)
    elif zone.value is not None and zone.value in [other.value for other in earlier]:
        message = f"Another box means {zone.value} already: give this one its own value."
        yield Fault(f"{at}.value", message)
