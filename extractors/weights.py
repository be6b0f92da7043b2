"""How much speaks for a candidate as the value of a field: hand-weighted log odds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from extractors import lexicon, parse, patterns, validate, zones
from extractors.answers import texts
from extractors.candidates import Document, Span
from extractors.choice import Scored
from extractors.links import links_of
from extractors.zones import Zone
from models.doctype import FieldSpec

RIVALS: dict[str, frozenset[str]] = {
    "date": frozenset({"issue_date", "due_date", "order_date", "other_date", "birth_date"}),
    "amount": frozenset(
        {"net_total", "vat_total", "gross_total", "amount_due", "other_amount", "total"}
    ),
    "number": frozenset({"packages", "weight", "other_amount"}),
    "identifier": frozenset(
        {"invoice_number", "document_number", "purchase_order", "other_number", "phone", "tax_id",
         "vat_id", "iban", "postal_code", "address", "other_amount", "merchant_address", "email",
         "order_date"}
    ),
}  # fmt: skip


def score_field(document: Document, spec: FieldSpec, areas: list[Zone]) -> list[Scored]:
    """All candidates of a field, best first."""
    if spec.kind == "text" and spec.pattern is None:
        scored = list(texts(document, spec))
    elif spec.pattern is not None and spec.kind in ("text", "identifier"):
        scored = list(_patterned(document, spec))
    else:
        scored = [
            Scored(
                value_of(spec, span),
                span,
                odds_of(document, spec, span) - _astray(spec, span, areas),
            )
            for span in spans_for(document, spec)
        ]
    if spec.kind == "amount":
        scored = _repeated(scored)
    return sorted((s for s in scored if s.value), key=lambda s: -s.odds)


def _repeated(scored: list[Scored]) -> list[Scored]:
    """An amount that several labels of the field stand beside is the surer."""
    counts: dict[str, int] = {}
    for one in scored:
        counts[one.value] = counts.get(one.value, 0) + (one.odds > -1.0)
    return [
        replace(one, odds=one.odds + 0.4 * min(3, max(0, counts[one.value] - 1))) for one in scored
    ]


def _astray(spec: FieldSpec, span: Span, areas: list[Zone]) -> float:
    """A number in a party's block is that party's, not the document's."""
    if spec.kind != "identifier" or not areas:
        return 0.0
    return 1.5 if zones.party_of(span.box, span.segment.page, areas) else 0.0


def spans_for(document: Document, spec: FieldSpec) -> Iterable[Span]:
    if spec.kind == "number":
        return document.spans.get("amount", ())
    if spec.kind == "tax_id":
        return (*document.spans.get("tax_id", ()), *document.spans.get("vat_id", ()),
                *document.spans.get("identifier", ()))  # fmt: skip
    return document.spans.get(spec.kind, ())


def value_of(spec: FieldSpec, span: Span) -> str:
    if spec.kind == "number":
        return parse.format_number(Decimal(span.value))
    if spec.name == "purchase_order":
        return re.sub(r"^P0(?=[ -]?\d{3})", "PO", span.value)
    if spec.kind == "tax_id":
        return validate.normalise_tax_id(span.value.removeprefix("IT") if span.kind == "vat_id"
                                         else span.value)  # fmt: skip
    return span.value


def claims(document: Document, spec: FieldSpec, span: Span) -> tuple[float, float]:
    """The strongest claim of the field's own labels and of labels of rival concepts."""
    own_concepts = lexicon.concepts_of(spec.name)
    rivals = RIVALS.get(spec.kind, frozenset())
    own = rival = 0.0
    own_labels: dict[tuple[int, int], float] = {}
    for link in links_of(document, span):
        if link.concept in own_concepts:
            own = max(own, link.strength)
            own_labels[link.label.segment.index, link.label.start] = link.strength
    for link in links_of(document, span):
        if link.concept in rivals and link.concept not in own_concepts:
            same = own_labels.get((link.label.segment.index, link.label.start))
            # one label may name two concepts ("Totale da pagare"): it is no rival to itself
            if same is None or same < link.strength - 0.2:
                rival = max(rival, link.strength)
    return own, rival


def odds_of(document: Document, spec: FieldSpec, span: Span) -> float:
    own, rival = claims(document, spec, span)
    if span.kind == "identifier" and spec.name == "purchase_order":
        own = max(own, 0.55 * bool(re.fullmatch(r"P[O0][ -]?\d{4,}", span.value)))
    odds = -3.2 + 6.2 * own - 3.0 * max(0.0, rival - 0.25 * own) + 1.2 * (span.certainty - 1)
    odds += 1.0 * (span.score - 1) - 0.4 * min(3, span.segment.page - 1)
    match spec.kind:
        case "amount":
            odds -= 2.0 * (span.certainty <= 0.6)
            if taxed_apart(span):
                odds += _apart_odds(document, spec, span, own)
            if spec.name in ("total", "gross_total", "amount_due"):
                odds -= 1.2 * _others_follow(document, span)
        case "date":
            odds += _date_odds(document, spec, span, own, rival)
        case "identifier":
            odds += _identifier_odds(spec, span, own)
            if spec.name == "postal_code" and document.language in _FIVE_DIGITS:
                odds -= 2.5 * (len(parse.compact(span.value)) != 5)
        case "iban":
            odds += 2.6 + (1.5 if validate.iban_problem(span.value) is None else -1.5)
        case "tax_id":
            odds += _tax_odds(span, own)
        case "currency":
            odds += 2.0
        case "number":
            odds += -1.5 if Decimal(span.value) < 0 else 0.0
    return odds


def _apart_odds(document: Document, spec: FieldSpec, span: Span, own: float) -> float:
    """A total to which tax is still to be added is the net total, whatever it is called."""
    if spec.name in ("gross_total", "amount_due", "vat_total"):
        return -2.0
    if spec.name != "net_total":
        return 0.0
    named = max(
        (x.strength for x in links_of(document, span) if x.concept in ("gross_total", "net_total")),
        default=0.0,
    )
    return 6.2 * max(0.0, named - own) + 1.5 * (named > 0.2)


# "€ 1.000,00 oltre IVA": what is said after an amount that has no tax in it
_TAX_APART = re.compile(
    r"(?i)[\s,.;(€]*(?:eur(?:o)?\s+)?(?:oltre|più|piu|\+|zzgl\.?|zuzüglich|plus|excl\.?|excluding|exkl\.?|ohne"
    r"|hors|más|exclusief)\s*(?:i\.?\s?v\.?\s?a|mwst|mehrwertsteuer|ust|umsatzsteuer|vat|tva|taxe|btw)"
    r"|[\s,.;(]*(?:i\.?\s?v\.?\s?a\.?)\s*escl"
)


def taxed_apart(span: Span) -> bool:
    """Tax is still to be added to the amount, as the words behind it say."""
    return bool(_TAX_APART.match(span.segment.text[span.end :]))


def _others_follow(document: Document, span: Span) -> bool:
    """More amounts stand to the right: a row of the VAT table, not of the totals."""
    row = document.sheet_of(span.segment).rows[span.segment.row]
    indices = {segment.index for segment in row}
    return any(
        other.segment.index in indices and other.box.x0 > span.box.x1 and other.certainty > 0.6
        for other in document.spans.get("amount", ())
    )


def _date_odds(document: Document, spec: FieldSpec, span: Span, own: float, rival: float) -> float:
    year = int(span.value[:4])
    odds = 0.0 if 1990 <= year <= 2060 or "birth" in spec.name else -3.0
    if spec.name in ("issue_date", "date", "document_date", "invoice_date") and rival < 0.3:
        # the document's own date often stands alone near the top
        odds += 2.6 * max(0.0, 1 - span.box.y0 / 0.6) * (1 - own) * (span.segment.page == 1)
        odds += 0.8 * (1 - own) * (len({s.value for s in document.spans["date"]}) == 1)
        if spec.name == "date":
            row = document.sheet_of(span.segment).rows[span.segment.row]
            timed = any(re.search(r"(?<!\d)[012]?\d[:.][0-5]\d(?!\d)", s.text) for s in row)
            odds += (0.9 + 1.8 * timed) * (1 - own)
    return odds


def _identifier_odds(spec: FieldSpec, span: Span, own: float) -> float:
    odds = 0.0
    packed = parse.compact(span.value)
    if spec.name == "postal_code":
        return 0.6 if re.fullmatch(r"\d{5}|\d{4}|[A-Z]{1,2}\d.*", packed) else -3.0
    odds -= 0.8 * (len(packed) == 1) + 1.5 * (len(packed) > 24)
    odds -= 2.5 * bool(re.fullmatch(r"\d{1,3},\d+|\d+[.,]\d{2}|\d{1,3}(?:\.\d{3})+", span.value))
    odds += 0.5 * (span.segment.page == 1 and span.box.y0 < 0.4)
    odds += 0.5 * (len(packed) >= 4) - 0.5 * (own < 0.4)
    return odds


_FIVE_DIGITS = frozenset({"it", "es", "fr"})  # languages of countries with such postal codes


def _tax_odds(span: Span, own: float) -> float:
    if span.kind == "tax_id":
        return 2.6 + (1.0 if validate.tax_id_problem(span.value) is None else -0.5)
    if span.kind == "vat_id":
        return 0.3 if span.value.startswith("IT") and own > 0.3 else -4.0
    packed = parse.compact(span.value)
    if re.fullmatch(r"\d{3}-\d{2}-\d{4}|\d{2}-\d{7}", span.value):  # as the United States write it
        return 2.0 if own > 0.2 else -1.5
    return 0.4 if len(packed) >= 7 and own > 0.5 else -3.0


def _patterned(document: Document, spec: FieldSpec) -> Iterable[Scored]:
    """Spans that the field's own pattern picks; e-mail addresses hardly need a label."""
    assert spec.pattern is not None
    for sheet in document.sheets:
        for segment in sheet.segments:
            for begin, end in patterns.find(spec.pattern, segment.text):
                found = segment.text[begin:end]
                text = re.sub(r"(?i)^e-?mail[:._-]*(?=[a-z0-9])", "", found.strip(" -."))
                if not text:
                    continue
                start = begin + found.index(text)
                span = Span("text", text, segment, start, start + len(text),
                            segment.span_box(start, start + len(text)),
                            segment.span_score(start, start + len(text)), 1.0)  # fmt: skip
                own, rival = claims(document, spec, span)
                base = 0.5 if "@" in text else -3.2
                yield Scored(text, span, base + 6.0 * own - 3.0 * rival)
