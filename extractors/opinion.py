"""Second opinions on fields in doubt: what is asked, and what an answer is worth.

An answer is never a value by itself. Where it is what the machine had read, the score rises, and
past the threshold only if something else holds too; where it is another, a person is shown both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.parse import fold
from extractors.validate import check_rules
from extractors.values import Extraction, FieldValue
from models.doctype import DocumentType, FieldSpec, LineSumRule, SumRule

SHORT = 0.001  # by which a score stays under its threshold when nothing else holds
HIGHEST = 0.99
CHECK_DIGITS = frozenset({"vat_id", "tax_id", "iban"})


@dataclass(frozen=True, slots=True)
class Weighed:
    """An extraction after a second opinion: fields it agrees on, and its other values by field."""

    extraction: Extraction
    agreed: tuple[str, ...]
    others: Mapping[str, str]


def choose_questions(
    extraction: Extraction, doctype: DocumentType, most: int
) -> tuple[FieldSpec, ...]:
    """The header fields in doubt, as people would get them; the least sure first, at most `most`.

    Line items are not asked for: a table's cells cost many words and are told apart badly.
    """
    doubtful = [
        (found.score, spec)
        for spec in doctype.fields
        if (found := extraction.fields.get(spec.name)) is not None and is_doubtful(spec, found)
    ]
    doubtful.sort(key=lambda pair: pair[0])
    return tuple(spec for _, spec in doubtful[:most])


def is_doubtful(spec: FieldSpec, found: FieldValue) -> bool:
    """Whether a person would be asked."""
    if found.value is None:
        return spec.required or bool(found.raw)
    return bool(found.problems) or found.score < spec.threshold


def weigh(
    extraction: Extraction,
    doctype: DocumentType,
    specs: Sequence[FieldSpec],
    answers: Mapping[str, str],
    weight: float,
) -> Weighed:
    """`extraction` with the scores that `answers` to `specs` raise.

    `weight` is what an agreement adds to the log odds of a score: the likelihood ratio that
    `bench evaluate --opinion` measures, as its logarithm.
    """
    held = find_held(extraction, doctype)
    fields, agreed, others = dict(extraction.fields), [], {}
    for spec in specs:
        answer, found = answers.get(spec.name), fields[spec.name]
        if answer is None:
            continue
        if found.value is None or not is_same(spec, found.value, answer):
            others[spec.name] = answer
            continue
        agreed.append(spec.name)
        fields[spec.name] = _raise(spec, found, weight, is_backed=spec.name in held)
    return Weighed(replace(extraction, fields=fields), tuple(agreed), others)


def _raise(spec: FieldSpec, found: FieldValue, weight: float, *, is_backed: bool) -> FieldValue:
    """The value with its higher score: at most just under the threshold unless it `is_backed`."""
    if found.problems or not 0 < found.score < 1:
        return found  # what fails a check goes to a person, whoever agrees with it
    odds = math.log(found.score / (1 - found.score)) + weight
    score = min(HIGHEST, 1 / (1 + math.exp(-odds)))
    if not is_backed:
        score = min(score, spec.threshold - SHORT)
    return replace(found, score=round(max(found.score, score), 4))


def find_held(extraction: Extraction, doctype: DocumentType) -> frozenset[str]:
    """Header fields for which the paper itself speaks: check digits that are right, a place in a
    sum that holds."""
    values = {name: found.value for name, found in extraction.fields.items()}
    lines = [{name: found.value for name, found in line.items()} for line in extraction.lines]
    failed = {failure.rule for failure in check_rules(doctype, values, lines)}
    held = {
        spec.name
        for spec in doctype.fields
        if spec.kind in CHECK_DIGITS and values.get(spec.name) is not None
    }
    for rule in doctype.rules:
        if rule.name in failed:
            continue
        if isinstance(rule, SumRule) and all(map(values.get, (*rule.terms, rule.equals))):
            held |= {*rule.terms, rule.equals}
        if isinstance(rule, LineSumRule) and lines and all(x.get(rule.column) for x in lines):
            held |= _equal_to_lines(rule, doctype, values, lines)
    return frozenset(held)


def _equal_to_lines(
    rule: LineSumRule,
    doctype: DocumentType,
    values: Mapping[str, str | None],
    lines: Sequence[Mapping[str, str | None]],
) -> set[str]:
    """Of the header fields that may be the lines' sum, those that are: each tried alone."""
    alone = doctype.model_copy(update={"rules": (rule,)})
    return {
        name
        for name in rule.equals
        if values.get(name) is not None and not check_rules(alone, {name: values[name]}, lines)
    }


def is_same(spec: FieldSpec, one: str, other: str) -> bool:
    """Whether two normalised values mean the same; a text's case and accents do not matter."""
    if spec.kind != "text":
        return one == other
    return " ".join(fold(one).split()) == " ".join(fold(other).split())
