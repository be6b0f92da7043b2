"""Values that only the second reading of a word gives: taken where check digits confirm them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from extractors import identifiers
from extractors.identifiers import fiscale_holds, iban_holds
from extractors.layout import Segment
from extractors.parse import Found
from extractors.validate import vat_problem

Finder = Callable[[str], Iterator[Found]]
CHECKED: tuple[tuple[str, Finder, Callable[[str], bool]], ...] = (
    ("iban", identifiers.find_ibans, iban_holds),
    ("tax_id", identifiers.find_tax_ids, fiscale_holds),
    ("vat_id", identifiers.find_vat_ids, lambda value: vat_problem(value) is None),
)


def find_confirmed(segment: Segment) -> Iterator[tuple[str, Found]]:
    """`(kind, value)` of identifiers that hold with one word in its second reading and do not with
    the first; start and end are those of the segment's own text."""
    for word, offset in zip(segment.words, segment.starts, strict=True):
        if not word.other:
            continue
        end = offset + len(word.text)
        text = segment.text[:offset] + word.other + segment.text[end:]
        longer = len(word.other) - len(word.text)
        for kind, find, holds in CHECKED:
            if any(
                holds(found.value) and _meets(found, offset, end) for found in find(segment.text)
            ):
                continue
            for found in find(text):
                if holds(found.value) and _meets(found, offset, end + longer):
                    last = found.end - longer if found.end >= end + longer else end
                    yield kind, Found(found.value, found.start, last, found.certainty)


def _meets(found: Found, start: int, end: int) -> bool:
    return found.start < end and start < found.end
