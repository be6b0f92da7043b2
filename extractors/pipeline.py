"""The straight line from read pages to field values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from extractors import credit, lexicon, tables
from extractors.candidates import survey
from extractors.choice import Choice
from extractors.classify import detect_language, detect_type
from extractors.einvoice import DOCTYPE, EInvoice, agree
from extractors.rank import choose
from extractors.ranker import Ranker
from extractors.recall import Memories, Recall, recall
from extractors.remembered import find_remembered
from extractors.remind import Doubts, remind
from extractors.score import Paper, failed_rule_ceiling, paper_of, probability
from extractors.types import TYPES
from extractors.validate import RuleFailure, check, check_adjusted
from extractors.values import Extraction, FieldValue
from models.doctype import DETECT, DocumentType, FieldSpec
from models.words import Page

if TYPE_CHECKING:
    from extractors.page import ReadPage as ReadPage
    from extractors.page import read_page as read_page


ReadZones = Callable[[DocumentType], Mapping[str, FieldValue]]


def extract(
    pages: Sequence[Page],
    doctype: str,
    types: Mapping[str, DocumentType] = TYPES,
    *,
    einvoice: EInvoice | None = None,
    read_zones: ReadZones | None = None,
    memories: Memories | None = None,
    ranker: Ranker | None = None,
) -> Extraction:
    """The values of one document; KeyError when `doctype` is neither "detect" nor in `types`.

    An electronic invoice that came with the pages is held against them, where an invoice is
    wanted. `read_zones` gives the fields of a type that has a fixed form, which are taken instead
    of what was found in the text. `memories` are what the client's verified documents taught (see
    recall.py). `ranker` is the shipped one, unless another is given. Never raises for what stands
    on the pages: a document without words has no values.
    """
    language = detect_language(pages)
    if einvoice is not None and doctype == DETECT and DOCTYPE in types:
        doctype = DOCTYPE
    name, type_score = detect_type(pages, types) if doctype == DETECT else (doctype, 1.0)
    kind = types[name]
    document = survey(pages, lexicon.labels_for(kind), language)
    recalled = recall(document, kind, memories) if memories is not None else None
    readings = tables.find_lines(document, kind, _remembered(recalled))
    header = choose(document, kind, tables.added_up(readings), ranker, recalled)
    doubts: Doubts = {}
    if recalled is not None:
        header, doubts = remind(document, kind, header, recalled)
    items = tables.fit_lines(readings, kind, header)
    paper = paper_of(document)
    fields = {spec.name: _value(spec, None, header.get(spec.name), paper) for spec in kind.fields}
    if kind.name == DOCTYPE and credit.FIELD in fields:
        fields[credit.FIELD] = _kind(pages, fields, is_stated=einvoice is not None)
    for name, codes in doubts.items():
        fields[name] = _doubted(fields[name], codes)
    lines = [
        {spec.name: _value(spec, index, item.get(spec.name), paper) for spec in kind.lines}
        for index, item in enumerate(items)
    ]
    if read_zones is not None and kind.form is not None:
        fields |= read_zones(kind)
    if einvoice is not None and kind.name == DOCTYPE:
        fields, lines = agree.join(kind, einvoice, fields, lines, pages)
        return _assemble(kind, type_score, language, fields, lines, einvoice.adjustment)
    return _assemble(kind, type_score, language, fields, lines)


def _kind(
    pages: Sequence[Page], fields: Mapping[str, FieldValue], *, is_stated: bool
) -> FieldValue:
    """Invoice or credit note; where data state it, a page that is not sure says nothing."""
    gross = fields.get("gross_total")
    found = credit.find_kind(pages, gross.value if gross else None)
    return replace(found, value=None) if is_stated and found.score < credit.SURE else found


def _remembered(recalled: Recall | None) -> tables.FindHeader | None:
    """How to find the table of the recognised supplier; None where there is none to look for."""
    columns = recalled.columns if recalled is not None else ()
    return (lambda sheet: find_remembered(sheet, columns)) if columns else None


def _assemble(
    kind: DocumentType,
    type_score: float,
    language: str,
    fields: dict[str, FieldValue],
    lines: list[dict[str, FieldValue]],
    adjustment: str = "0",
) -> Extraction:
    """Check every rule; `adjustment` is what the net total has beside the lines."""
    failures = check_adjusted(
        kind,
        {name: found.value for name, found in fields.items()},
        [{name: found.value for name, found in line.items()} for line in lines],
        adjustment,
    )
    for failure in failures:
        target = fields if failure.line is None else lines[failure.line]
        for name in failure.fields:
            target[name] = _blame(target[name], failure)
    return Extraction(kind.name, type_score, language, fields, tuple(lines))


def _value(spec: FieldSpec, line: int | None, choice: Choice | None, paper: Paper) -> FieldValue:
    if choice is None:
        return FieldValue(spec.name, line, None, "", 0.0, None, None)
    checked = check(spec, choice.value)
    problems = tuple(problem.code for problem in checked.problems)
    return FieldValue(
        name=spec.name,
        line=line,
        value=checked.value,
        raw=choice.raw,
        score=probability(choice, problems, spec.kind, in_line=line is not None, paper=paper)
        if checked.value is not None
        else 0.0,
        page=choice.page,
        box=choice.box,
        problems=problems,
    )


def _doubted(found: FieldValue, codes: tuple[str, ...]) -> FieldValue:
    """The value with what memory has against it; it is no longer trusted."""
    return replace(
        found,
        score=min(found.score, failed_rule_ceiling()),
        problems=(*found.problems, *codes),
    )


def _blame(found: FieldValue, failure: RuleFailure) -> FieldValue:
    """The value with the failed rule on it, no longer trusted."""
    return replace(
        found,
        score=min(found.score, failed_rule_ceiling()),
        problems=(*found.problems, failure.rule),
    )


def __getattr__(name: str) -> Any:
    """`read_page` and `ReadPage` on first use: OpenCV and the OCR engine load only then."""
    if name in ("read_page", "ReadPage"):
        from extractors import page

        return getattr(page, name)
    raise AttributeError(name)
