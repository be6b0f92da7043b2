"""What extraction hands over: field values with their place on the page and their score."""

from __future__ import annotations

from dataclasses import dataclass

from models.words import Box


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One extracted value.

    `line` is the index of the line item (0-based), None for a header field. `value` is normalised:
    ISO dates, amounts with a decimal point ("1234.50"), VAT ids with their country prefix, IBAN
    without spaces, ISO currency codes; None when nothing was found. `raw` is the text as read.
    `score` is the estimated probability (0..1) that `value` is right. `page` counts from 1 and
    `box` is relative to that page; both are None when the value was worked out instead of read.
    `problems` holds the codes of failed validators and rules. `printed` is what the page says where
    it differs from an electronic invoice, whose `value` this is.
    """

    name: str
    line: int | None
    value: str | None
    raw: str
    score: float
    page: int | None
    box: Box | None
    problems: tuple[str, ...] = ()
    printed: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """All values of one document; `fields` has an entry for every header field of the type."""

    type: str
    type_score: float
    language: str
    fields: dict[str, FieldValue]
    lines: tuple[dict[str, FieldValue], ...]
