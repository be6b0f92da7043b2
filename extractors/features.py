"""What the ranker looks at: numbers that tell a field's right candidate from the others.

Features are named; a model lists those that it was trained with, and one that a candidate does not
have is 0. Distances are in ems, places in 0..1 of the page.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal

from extractors import lexicon, names, parse, validate
from extractors.candidates import Span
from extractors.choice import Scored
from extractors.links import links_of
from extractors.surroundings import Surroundings, aligned, has_money_sign, ordinal, row_of
from extractors.weights import RIVALS
from extractors.zones import party_of
from models.doctype import FieldSpec

GROUPS: dict[str, tuple[str, ...]] = {
    "amount": ("net_total", "vat_total", "gross_total", "amount_due", "total"),
    "date": ("issue_date", "due_date", "date", "birth_date"),
    "identifier": ("invoice_number", "document_number", "purchase_order"),
    "party": ("seller_name", "buyer_name", "merchant_name"),
    "code": ("seller_vat", "buyer_vat", "merchant_vat", "seller_tax_id", "tax_id", "iban"),
}
"""The fields that are ranked, by the model that ranks them."""

GROUP_OF = {name: group for group, found in GROUPS.items() for name in found}

CONCEPTS = (
    "net_total", "vat_total", "gross_total", "amount_due", "other_amount", "issue_date",
    "due_date", "order_date", "other_date", "birth_date", "invoice_number", "document_number",
    "purchase_order", "other_number", "phone", "tax_id", "vat_id", "iban", "seller", "buyer",
    "delivery_party", "party_name", "seller_vat", "buyer_vat", "currency",
)  # fmt: skip

Features = dict[str, float]


def measure(around: Surroundings, spec: FieldSpec, pool: Sequence[Scored]) -> list[Features]:
    """The features of each candidate for the field."""
    odds = sorted((one.odds for one in pool), reverse=True)
    found = []
    for one in pool:
        place = bisect_left(odds, -one.odds, key=lambda value: -value)
        second = next((value for value in odds if value < odds[0]), odds[0])
        found.append({
            **around.about,
            **_of_span(around, one.span),
            **_of_field(around, spec, one.span),
            **_of_value(around, spec, one),
            f"field_{spec.name}": 1.0,
            "odds": one.odds,
            "behind": odds[0] - one.odds,
            "ahead": one.odds - second if place == 0 else 0.0,
            "place": float(min(10, place)),
            "pool": math.log1p(len(pool)),
        })  # fmt: skip
    return found


# -- what the labels say --------------------------------------------------------------------------


def _of_field(around: Surroundings, spec: FieldSpec, span: Span) -> Features:
    """The field's own labels and those of its rivals."""
    document = around.document
    own_concepts = set(lexicon.concepts_of(spec.name))
    rivals = RIVALS.get(spec.kind, frozenset()) - own_concepts
    sheet = around.sheet(span)
    found = {"own": 0.0, "rival": 0.0, "rivals": 0.0}
    best = None
    for link in links_of(document, span):
        if link.concept in own_concepts and link.strength > found["own"]:
            found["own"], best = link.strength, link
        elif link.concept in rivals:
            found["rival"] = max(found["rival"], link.strength)
            found["rivals"] += 1.0
    found["own_known"] = float(
        min(4, sum(label.concept in own_concepts for label in document.labels))
    )
    if best is not None:
        label = best.label
        found[f"own_{best.relation}"] = 1.0
        found["own_weight"] = label.weight
        found["own_alone"] = float(label.alone)
        found["own_colon"] = float(label.colon)
        found["own_length"] = float(min(40, label.end - label.start))
        found["own_across"] = max(-40.0, min(60.0, sheet.across(span.box.x0 - label.box.x1)))
        found["own_down"] = max(-3.0, min(8.0, sheet.down(span.box.y0 - label.box.y0)))
        found["own_lead"] = found["own"] - found["rival"]
    return found


def _of_span(around: Surroundings, span: Span) -> Features:
    """Where a span stands and what is beside it; the same for every field."""
    at = (span.kind, span.segment.index, span.start, span.end)
    if at in around.known:
        return around.known[at]
    sheet, segment = around.sheet(span), span.segment
    row = row_of(around, span)
    begins, ends = around.ends.get(segment.page, (0.0, 1.0))
    same, lower = aligned(around, span)
    number = next(i for i, s in enumerate(row) if s.index == segment.index)
    party = party_of(span.box, segment.page, around.areas)
    raw = span.raw or span.value
    found = {
        "page": float(min(4, segment.page - 1)),
        "last_page": float(sheet.number == around.document.sheets[-1].number),
        "x0": span.box.x0, "x1": span.box.x1, "y": span.box.cy,
        "height": (span.box.cy - begins) / max(0.01, ends - begins),
        "size": min(4.0, span.box.height / max(0.001, sheet.em)),
        "score": span.score, "certainty": span.certainty,
        "row": float(len(row)), "from_left": float(number),
        "from_right": float(len(row) - 1 - number),
        "share": len(raw) / max(1, len(segment.text)),
        "begins": float(span.start == 0), "ends": float(span.end >= len(segment.text.rstrip())),
        "length": float(min(60, len(raw))),
        "digits": sum(c.isdigit() for c in raw) / max(1, len(raw)),
        "capitals": float(raw.isupper()),
        "column": float(min(20, same)), "column_below": float(min(20, lower)),
        "printed": float(min(5, around.counts[span.kind, span.value])),
        "in_seller": float(party == "seller"), "in_buyer": float(party == "buyer"),
        "in_delivery": float(party == "delivery_party"),
    }  # fmt: skip
    for link in links_of(around.document, span):
        if link.concept in CONCEPTS:
            found[f"says_{link.concept}"] = link.strength
    around.known[at] = found
    return found


# -- what the value says --------------------------------------------------------------------------


def _of_value(around: Surroundings, spec: FieldSpec, one: Scored) -> Features:
    match GROUP_OF[spec.name]:
        case "amount":
            return _amount(around, spec, one)
        case "date":
            return _date(around, one)
        case "identifier":
            return _identifier(around, one)
        case "party":
            return _party(around, one)
        case _:
            return _code(around, one)


_ROLES = {"net_total": "net", "vat_total": "tax", "gross_total": "gross", "amount_due": "gross",
          "total": "gross"}  # fmt: skip


def _amount(around: Surroundings, spec: FieldSpec, one: Scored) -> Features:
    value = Decimal(one.value)
    amounts = around.amounts
    above = sum(other > value for other in amounts)
    sums = {role: found.get(value, 0.0) for role, found in around.sums.items()}
    row = {s.index for s in row_of(around, one.span)}
    beside = [s for s in around.document.spans.get("amount", ()) if s.segment.index in row]
    return {
        "log": math.log10(1 + abs(float(value))), "negative": float(value < 0),
        "zero": float(value == 0), "bare": float("." not in one.value),
        "rank": float(min(15, above)), "largest": float(above == 0),
        "share_of_largest": float(value / amounts[0]) if amounts and amounts[0] > 0 else 0.0,
        "amounts": float(min(40, len(amounts))),
        "as_net": sums["net"], "as_tax": sums["tax"], "as_gross": sums["gross"],
        "fits": sums[_ROLES[spec.name]],
        "fits_other": max(v for role, v in sums.items() if role != _ROLES[spec.name]),
        "any_sum": max((max(v.values(), default=0.0) for v in around.sums.values()), default=0.0),
        "line_sum": float(value in around.line_sums),
        "some_line_sum": float(any(v in around.line_sums for v in amounts)),
        "sign": float(has_money_sign(one.span)),
        "row_amounts": float(len(beside)),
        "row_right": float(sum(s.box.x0 > one.span.box.x1 for s in beside)),
    }  # fmt: skip


def _date(around: Surroundings, one: Scored) -> Features:
    day, days = ordinal(one.value), around.days
    before = sum(other < day for other in days)
    spans = around.document.spans.get("date", ())
    higher = sum(
        (s.segment.page, s.box.y0) < (one.span.segment.page, one.span.box.y0) for s in spans
    )
    timed = any(re.search(r"(?<!\d)[012]?\d[:.][0-5]\d(?!\d)", s.text)
                for s in row_of(around, one.span))  # fmt: skip
    since = day - days[0] if days else 0
    top = next((ordinal(s.value) for s in spans), day)
    return {
        "rank": float(min(10, before)), "later": float(min(10, len(days) - 1 - before)),
        "dates": float(min(12, len(days))), "since_first": float(max(-1, min(400, since))),
        "to_last": float(max(-1, min(400, days[-1] - day if days else 0))),
        "since_top": float(max(-400, min(400, day - top))),
        "whole_month": float((day - top) in (7, 8, 10, 14, 15, 20, 28, 29, 30, 31, 45, 59, 60, 61,
                                             90, 91, 92, 120)),
        "higher": float(min(10, higher)), "timed": float(timed),
        "year": float(max(1950, min(2050, int(one.value[:4] or 0)))),
    }  # fmt: skip


def _identifier(around: Surroundings, one: Scored) -> Features:
    packed = parse.compact(one.value)
    row = {s.index for s in row_of(around, one.span)}
    dated = any(s.segment.index in row for s in around.document.spans.get("date", ()))
    years = {str(day)[:4] for day in (s.value for s in around.document.spans.get("date", ()))}
    return {
        "packed": float(min(30, len(packed))),
        "letters": float(sum(c.isalpha() for c in packed)),
        "marks": float(sum(not c.isalnum() for c in one.value)),
        "has_year": float(any(year in packed for year in years)),
        "like_amount": float(bool(re.fullmatch(r"\d{1,3}(?:[.,]\d{3})*[.,]\d{1,3}", one.value))),
        "like_phone": float(bool(re.fullmatch(r"[+(]?\d{2,5}[-/. )]\d{4,}.*", one.value))),
        "like_place": float(bool(re.fullmatch(r"\d{4,5}", packed))),
        "dated": float(dated),
        "again": float(min(4, around.counts["identifier", one.value])),
        "row_numbers": float(sum(s.segment.index in row
                                 for s in around.document.spans.get("amount", ()))),
    }  # fmt: skip


def _party(around: Surroundings, one: Scored) -> Features:
    text, segment = one.span.value, one.span.segment
    block = around.homes.get(segment.index)
    sheet = around.sheet(one.span)
    found = {
        "suffix": float(names.has_suffix(text)), "text_words": float(min(9, len(text.split()))),
        "letters": sum(c.isalpha() for c in text) / max(1, len(text)),
        "streets": 0.0, "title": float(bool(names.TITLE.search(text))),
        "bank": float(bool(names.BANK.search(text))),
        "text_again": float(min(4, around.text_counts[parse.compact(segment.text)])),
    }  # fmt: skip
    if name := around.named.get((segment.index, one.span.start)):
        found |= {"like_seller": name.seller, "like_buyer": name.buyer}
    if block is None:
        return found
    rows = [s.text for s in block.segments]
    at = next(i for i, s in enumerate(block.segments) if s.index == segment.index)
    found |= {
        "block": float(min(12, len(rows))), "block_place": float(min(12, at)),
        "block_postal": float(block.postal), "block_contact": float(block.contact),
        "streets": float(any(names.STREET.search(row) for row in rows[at + 1 : at + 4])),
        "block_y": block.box.y0, "block_x": block.box.x0,
        "beside": float(len(row_of(around, one.span)) > 1),
        "gap_above": _gap_above(around, one.span),
        "block_height": min(30.0, sheet.down(block.box.height)),
    }  # fmt: skip
    return found


def _gap_above(around: Surroundings, span: Span) -> float:
    """Ems of white over the span's row; 9 for the first row of a page."""
    sheet = around.sheet(span)
    if span.segment.row == 0:
        return 9.0
    above = sheet.rows[span.segment.row - 1]
    return max(-1.0, min(9.0, sheet.down(span.box.y0 - max(s.box.y1 for s in above))))


def _code(around: Surroundings, one: Scored) -> Features:
    """A VAT id, a tax number or an IBAN."""
    spans = around.vat_ids
    kind = one.span.kind
    near = names.nearest_party(around.document, one.span, around.areas, *around.parties)
    sound = {
        "vat_id": validate.vat_problem, "tax_id": validate.tax_id_problem,
        "iban": validate.iban_problem,
    }.get(kind)  # fmt: skip
    return {
        "sound": float(sound is not None and sound(one.value) is None),
        "kind_vat": float(kind == "vat_id"), "kind_iban": float(kind == "iban"),
        "kind_tax": float(kind == "tax_id"),
        "vat_ids": float(min(6, len(spans))),
        "vat_place": float(spans.index(one.value) if one.value in spans else 6),
        "near_seller": near["seller"], "near_buyer": near["buyer"],
        "lettered": float(one.value[:2].isalpha()),
        "again": float(min(4, around.counts[kind, one.value])),
    }  # fmt: skip
