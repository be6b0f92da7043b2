"""Candidates of documents whose truth is known: what the ranker is trained on. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench.documents import Known
from bench.scoring import follows, says
from bench.truths import Truth
from extractors import lexicon, tables, zones
from extractors.candidates import Document, Label, survey
from extractors.choice import Scored
from extractors.classify import detect_language
from extractors.features import GROUP_OF, Features, measure
from extractors.parties import party_pools
from extractors.rank import field_pools
from extractors.ranker import MOST
from extractors.surroundings import Surroundings
from extractors.types import TYPES
from extractors.values import FieldValue
from models.doctype import DocumentType, FieldSpec

FORGOTTEN = 0.3  # share of a page's label wordings that are taken away in its second showing


@dataclass(frozen=True)
class Example:
    """A candidate of a field, and whether it is right."""

    field: str
    features: Features
    right: bool


def collect(known: Known) -> list[Example]:
    """The candidates of every ranked field that the truth says something about.

    The document is shown twice: the second time without some of the labels that are known, since
    other documents name their values in words that no list has.
    """
    truth = known.truth
    kind = TYPES[truth.type]
    language = detect_language(known.pages)
    document = survey(known.pages, lexicon.labels_for(kind), language)
    shown = [document, forget(document, random.Random(truth.path.name))]
    return [one for document in shown for one in _of_document(truth, kind, document)]


def forget(document: Document, chance: random.Random) -> Document:
    """The document with some wordings of labels unknown."""
    words = sorted({_wording(label) for label in document.labels})
    gone = {word for word in words if chance.random() < FORGOTTEN}
    kept = {
        index: left
        for index, found in document.labels_in.items()
        if (left := tuple(label for label in found if _wording(label) not in gone))
    }
    labels = tuple(label for found in kept.values() for label in found)
    return replace(document, labels=labels, labels_in=kept, links={})


def _wording(label: Label) -> str:
    return lexicon.key(label.segment.text[label.start : label.end])


def _of_document(truth: Truth, kind: DocumentType, document: Document) -> Iterator[Example]:
    sums = tables.added_up(tables.find_lines(document, kind))
    around = Surroundings(document, kind, zones.zones(document), sums)
    pools = {**party_pools(around), **field_pools(around)}
    for spec in kind.fields:
        pool = pools.get(spec.name, [])[:MOST]
        if spec.name not in GROUP_OF or not pool:
            continue
        judged = judge_pool(truth, kind, spec, pool)
        for features, right in zip(measure(around, spec, pool), judged, strict=True):
            if right is not None:
                yield Example(spec.name, features, right)


def judge_pool(
    truth: Truth, kind: DocumentType, spec: FieldSpec, pool: Sequence[Scored]
) -> list[bool | None]:
    """Whether each candidate is right; None where the truth does not tell."""
    told = truth.fields.get(spec.name)
    if told is not None:
        return [says(truth, spec, one.value, told) for one in pool]
    joint = any(spec.name in names.split("|") for names in truth.fields)
    if not truth.complete or joint or spec.name in truth.unknown:
        return [None] * len(pool)
    return [None if follows(truth, kind, _field(spec, one)) else False for one in pool]


def _field(spec: FieldSpec, one: Scored) -> FieldValue:
    return FieldValue(spec.name, None, one.value, one.value, 0.0, None, None)
