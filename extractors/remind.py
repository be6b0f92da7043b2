"""The choice looked at once more by who remembers the supplier: what stays the same from one
document to the next, and what has changed.

A value that agrees is surer, one that does not is less sure. A bank account that differs from the
one this supplier had is named as a doubt: it may be fraud.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from extractors.candidates import Document, Span
from extractors.choice import Choice
from extractors.places import locate, same_text
from extractors.recall import HOME, SURE, Match, Recall, Recalled
from extractors.signature import is_misread
from extractors.validate import vat_problem
from extractors.weights import spans_for, value_of
from models.doctype import DocumentType, FieldSpec

IBAN_CHANGED = "iban_changed"
SUPPLIER = ("seller", "merchant", "supplier", "sender")
PERSISTENT = frozenset({"text", "vat_id", "tax_id", "currency"})  # kinds of what names somebody
ALIKE = 0.85  # how like two names are that are one
OFTEN = 0.6  # of a field's values that one has to be to be expected
MISREAD = 0.93  # the same for values that others may have, too
CLEAR = 1.0  # log odds of a value that another does not replace because it is usual
STRONG = 3.0  # log odds of a VAT number that tells that it is another supplier
RARE = 0.03  # of documents that have a field that is hardly ever there

Choices = dict[str, Choice]
Doubts = dict[str, tuple[str, ...]]


def is_of_supplier(spec: FieldSpec) -> bool:
    """Whether the field says something about the sender that does not change with the document."""
    return spec.name.split("_")[0] in SUPPLIER or spec.kind in ("iban", "currency")


def remind(
    document: Document, doctype: DocumentType, chosen: Mapping[str, Choice], found: Recall
) -> tuple[Choices, Doubts]:
    """The choices with what memory adds, and doubts by field."""
    header: Choices = dict(chosen)
    doubts: Doubts = {}
    match = _same(document, found, header)
    for spec in doctype.fields:
        choice = _place(spec, header.get(spec.name), found)
        if match is not None and is_of_supplier(spec):
            choice, doubt = _expect(document, spec, choice, match)
            if doubt:
                doubts[spec.name] = (doubt,)
        elif found.wordings is not None and (one := found.wordings.fields.get(spec.name)):
            choice = _usual(document, spec, choice, one.values, one.seen + one.empty)
        if choice is not None and _is_never(spec, found, match):
            choice = _doubt(choice)
        if choice is None:
            header.pop(spec.name, None)
        else:
            header[spec.name] = choice
    return header, doubts


def _same(document: Document, found: Recall, header: Mapping[str, Choice]) -> Match | None:
    """The memory of the document's supplier: recognised, or named by the numbers chosen; never one
    whose VAT number is not printed while another's is."""
    for match in found.matches:
        numbers = [n for n in ("seller_vat", "merchant_vat", "iban") if n in match.memory.fields]
        known = {n: match.memory.fields[n].values for n in numbers}
        own = {n: known[n].keys() | _buyers(match) for n in numbers if n != "iban"}
        if any(_is_other(document, header.get(n), own[n], known[n]) for n in own):
            continue
        told = (n in header and header[n].value in known[n] for n in numbers)
        if match.same or (match.linked and any(told)):
            return match
    return None


def _buyers(match: Match) -> set[str]:
    """What stood for the buyer on the supplier's documents."""
    fields = match.memory.fields
    return {v for n in fields if n.startswith("buyer") for v in fields[n].values}


def _is_other(
    document: Document, choice: Choice | None, theirs: Collection[str], known: Mapping[str, float]
) -> bool:
    """Whether the chosen VAT number is somebody else's: neither the supplier's nor its buyer's, and
    either much speaks for it, or it is valid and the supplier's is not printed."""
    if choice is None or not known or choice.value in theirs:
        return False
    if any(is_misread(choice.value, one) for one in known):
        return False
    printed = {span.value for span in document.spans.get("vat_id", ())}
    return choice.odds >= STRONG or (
        vat_problem(choice.value) is None and not printed & known.keys()
    )


# -- places ---------------------------------------------------------------------------------------


def _place(spec: FieldSpec, choice: Choice | None, found: Recall) -> Choice | None:
    """The choice beside what stands in the remembered place."""
    ranked = found.fields.get(spec.name, [])
    if not ranked or ranked[0].odds < SURE:
        return choice
    top = ranked[0]
    if choice is None:
        return _chosen(top, ranked) if top.odds >= 2.0 else None
    if choice.value == top.value or (spec.kind == "text" and _is_one(choice.value, top.value)):
        return replace(choice, memory=choice.memory + 0.5 * top.odds)
    if spec.kind == "text" and not is_of_supplier(spec) and top.odds > choice.odds + 0.5:
        return _chosen(top, ranked)
    return replace(choice, memory=choice.memory - 0.4 * top.odds)


def _is_one(one: str, other: str) -> bool:
    return same_text(one, other) >= ALIKE


def _chosen(top: Recalled, ranked: list[Recalled]) -> Choice:
    rest = max((one.odds for one in ranked if one.value != top.value), default=-4.0)
    span = top.span
    return Choice(top.value, span.raw, span.segment.page, span.box, top.odds - 0.5,
                  top.odds - rest, span.score)  # fmt: skip


# -- what stays the same --------------------------------------------------------------------------


def _expect(
    document: Document, spec: FieldSpec, choice: Choice | None, match: Match
) -> tuple[Choice | None, str | None]:
    """The choice beside what this supplier's documents said so far."""
    remembered = match.memory.fields.get(spec.name)
    if remembered is None or not remembered.values:
        return choice, None
    values = remembered.values
    best = max(values, key=lambda value: values[value])
    sure = min(1.5, 0.5 + 0.5 * values[best]) if remembered.by_person else 0.3
    if choice is not None and choice.value in values:
        return replace(choice, memory=choice.memory + 1.0 + sure), None
    if values[best] < OFTEN * sum(values.values()):
        return choice, None
    if spec.kind == "text":
        return _expect_text(document, spec, choice, best, sure, match), None
    if spec.kind == "currency":  # one of several printed is no change
        return choice or Choice(best, "", None, None, 1.5, 2.0, 1.0, memory=sure), None
    printed = next((s for s in spans_for(document, spec) if value_of(spec, s) == best), None)
    misread = choice is not None and is_misread(choice.value, best)
    if printed is not None and (spec.kind != "iban" or choice is None):
        return _printed(printed, best, sure), None
    if choice is not None and misread:
        return replace(choice, value=best, memory=choice.memory + sure), None
    if choice is None:
        named = spec.kind == "vat_id" and spec.required
        return Choice(best, "", None, None, 1.5, 2.0, 1.0) if named else None, None
    doubt = IBAN_CHANGED if spec.kind == "iban" else None
    return replace(choice, memory=choice.memory - 1.5), doubt


def _printed(span: Span, value: str, sure: float) -> Choice:
    return Choice(value, span.raw, span.segment.page, span.box, 2.5, 2.0, span.score,
                  memory=sure)  # fmt: skip


def _expect_text(
    document: Document, spec: FieldSpec, choice: Choice | None, best: str, sure: float, match: Match
) -> Choice | None:
    """A name or address as it was verified: where it is printed; without a place when the page has
    no other and the layout is the same."""
    if choice is not None and _is_one(choice.value, best):
        return replace(choice, value=best, memory=choice.memory + 1.0 + sure)
    if place := next(_where(document, spec, best), None):
        return replace(place, odds=2.5, lead=2.0, memory=sure)
    if choice is not None:
        return replace(choice, memory=choice.memory - 1.0)
    if match.share < HOME:
        return None
    return Choice(best, "", None, None, 1.5, 2.0, 1.0, memory=sure)


def _usual(
    document: Document, spec: FieldSpec, choice: Choice | None, values: Mapping[str, float],
    documents: int,
) -> Choice | None:  # fmt: skip
    """The choice beside the values that come again and again in this client's documents."""
    if spec.kind not in PERSISTENT:
        return choice
    for value, weight in values.items():
        share = weight / max(1.0, documents)
        if choice is not None and choice.value == value:
            return replace(choice, memory=choice.memory + min(1.0, 2.0 * share))
        if choice is not None and spec.kind == "text" and same_text(choice.value, value) >= MISREAD:
            return replace(choice, value=value, memory=choice.memory + min(1.0, 2.0 * share))
        weak = choice is None or choice.odds < CLEAR
        if weak and share >= OFTEN and (place := next(_where(document, spec, value), None)):
            return place
    return choice


def _where(document: Document, spec: FieldSpec, value: str) -> Iterator[Choice]:
    for place in locate(document, spec, value, None, None)[:1]:
        score = place.segment.span_score(place.start, place.end)
        raw = place.segment.text[place.start : place.end]
        yield Choice(value, raw, place.page, place.box, 2.0, 1.5, score)


# -- what is never there --------------------------------------------------------------------------


def _is_never(spec: FieldSpec, found: Recall, match: Match | None) -> bool:
    """Whether no verified document of the supplier, or hardly one of the type, had the field."""
    if match is not None and (known := match.memory.fields.get(spec.name)):
        if known.seen:
            return False
        if known.empty >= 2 or (known.empty and known.by_person):
            return True
    if found.wordings is None or spec.name not in found.wordings.fields:
        return False
    counted = found.wordings.fields[spec.name]
    return counted.seen + counted.empty >= 20 and counted.seen <= RARE * counted.empty


def _doubt(choice: Choice) -> Choice | None:
    """Less sure; given up when little speaks for it anyway."""
    return replace(choice, memory=choice.memory - 1.0) if choice.odds >= 1.0 else None
