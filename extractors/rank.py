"""Which candidate is the value of which field: a hand-weighted linear model and a joint choice.

Every candidate gets log odds from a few readable features (`weights`, `parties`); fields that are
bound by a rule of the type (sums, order of dates, two parties) are chosen together.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from extractors import parse, zones
from extractors.candidates import Document
from extractors.choice import MINIMUM, Choice, Scored, best, choice_of
from extractors.classify import currency_hint
from extractors.links import links_of
from extractors.parties import choose_parties, parties_fields
from extractors.ranker import Ranker, rank, shipped
from extractors.recall import Recall, favour
from extractors.surroundings import Surroundings
from extractors.weights import score_field
from models.doctype import DocumentType, LineSumRule, OrderRule, SumRule
from models.words import Box

VAT_RATES = tuple(
    Decimal(r)
    for r in [
        "4",
        "5",
        "5.5",
        "6",
        "7",
        "7.7",
        "8",
        "8.1",
        "9",
        "10",
        "13",
        "16",
        "17",
        "18",
        "19",
        "20",
        "21",
        "22",
        "23",
        "24",
        "25",
        "27",
    ]
)

TOLD = -0.5  # log odds of the surest part of a sum that is no coincidence
PRINTED_RATE = 1.6  # log odds for a tax at a rate that is printed
TRIPLES = 14  # of net amounts and taxes that fit a total, looked at as parts of each other


def choose(
    document: Document,
    doctype: DocumentType,
    line_sums: Collection[Decimal] = (),
    ranker: Ranker | None = None,
    recalled: Recall | None = None,
) -> dict[str, Choice]:
    """The best value of every field that has one; `line_sums` are what line items add up to.

    `recalled` is what memory says of the candidates. `ranker` is the shipped one, unless another is
    given; an empty one leaves all to hand weights.
    """
    around = Surroundings(document, doctype, zones.zones(document), line_sums)
    ranker = shipped() if ranker is None else ranker
    found = choose_parties(around, ranker)
    specs = {spec.name: spec for spec in doctype.fields}
    pools = {n: rank(around, specs[n], pool, ranker) for n, pool in field_pools(around).items()}
    if recalled is not None:
        pools = {n: favour(document, doctype, specs[n], p, recalled) for n, p in pools.items()}
    summed = {
        name
        for rule in doctype.rules
        if isinstance(rule, SumRule) and len(rule.terms) == 2
        for name in (*rule.terms, rule.equals)
    }
    for rule in doctype.rules:
        if isinstance(rule, SumRule) and len(rule.terms) == 2:
            found |= _sum(document, rule, pools)
    for name, pool in pools.items():
        if name not in summed and name not in found and (choice := best(pool)):
            found[name] = choice
    _share_out(found, pools)
    for rule in doctype.rules:
        if isinstance(rule, OrderRule):
            _keep_order(rule, found, pools)
    _add_due(doctype, found, pools)
    _add_currency(document, doctype, found)
    return found


def field_pools(around: Surroundings) -> dict[str, list[Scored]]:
    """The candidates of all fields but the parties', as the hand-weighted model has them."""
    doctype = around.doctype
    settled = parties_fields(doctype)
    pools = {
        spec.name: score_field(around.document, spec, around.areas)
        for spec in doctype.fields
        if spec.name not in settled
    }
    for rule in doctype.rules:
        if isinstance(rule, LineSumRule):
            for name in set(rule.equals) & pools.keys():
                pools[name] = _favour(pools[name], around.line_sums)
    return pools


def _favour(pool: list[Scored], line_sums: Collection[Decimal]) -> list[Scored]:
    """A total that the line items add up to is the surer."""
    raised = [
        replace(one, odds=one.odds + 1.5) if Decimal(one.value) in line_sums else one
        for one in pool
    ]
    return sorted(raised, key=lambda one: -one.odds)


def _top_values(pool: list[Scored], limit: int) -> dict[Decimal, Scored]:
    """The best-scored span of each distinct amount."""
    best: dict[Decimal, Scored] = {}
    for scored in pool:
        value = Decimal(scored.value)
        if value not in best:
            best[value] = scored
        if len(best) >= limit:
            break
    return best


def _sum(document: Document, rule: SumRule, pools: Mapping[str, list[Scored]]) -> dict[str, Choice]:
    """Two terms and their total, chosen together: labels against arithmetic."""
    if any(name not in pools for name in (*rule.terms, rule.equals)):
        return {}
    names = (*rule.terms, rule.equals)
    tops = [_top_values([s for s in pools[name] if s.span.certainty > 0.55], 120) for name in names]
    best_sum = _best_triple(rule, tops, _printed_rates(document))
    alone = [best(pools[name]) for name in names]
    alone_score = sum(max(0.0, min(3.5, choice.odds) - MINIMUM) for choice in alone if choice)
    if best_sum and best_sum[0] >= alone_score:
        return {
            name: choice_of(scored, pools[name], agrees=True)
            for name, scored in zip(names, best_sum[1], strict=True)
            if scored is not None
        }
    found = {name: choice for name, choice in zip(names, alone, strict=True) if choice}
    return _work_out(rule, _without_odd_one(rule, found, pools))


def _printed_rates(document: Document) -> set[Decimal]:
    return {Decimal(span.value) for span in document.spans.get("percent", ())}


def _best_triple(
    rule: SumRule, tops: list[dict[Decimal, Scored]], printed: set[Decimal]
) -> tuple[float, list[Scored | None]] | None:
    first, second, total = tops
    found: dict[tuple[Decimal, Decimal], tuple[float, list[Scored | None]]] = {}
    for gross, gross_scored in total.items():
        for tax, tax_scored in second.items():
            net_scored = first.get(gross - tax)
            if net_scored is None or gross == 0 or (tax == gross and gross != 0):
                continue
            if abs(tax) > abs(gross - tax) * Decimal("0.4") or (
                (tax < 0) != (gross < 0) and tax != 0
            ):
                continue
            score = sum(
                min(3.5, max(-3.0, s.odds)) - MINIMUM
                for s in (net_scored, tax_scored, gross_scored)
            )
            rate = _rate_bonus(gross - tax, tax, printed)
            score += 4.0 + rate
            score += 0.3 * math.log10(1 + abs(float(gross)))
            if tax == 0:
                score -= 2.5
            found[gross - tax, tax] = (score, [net_scored, tax_scored, gross_scored])
    told = (one for (net, tax), one in _added_up(found).items()
            if _is_told(one[1], _rate_bonus(net, tax, printed)))  # fmt: skip
    return max(told, key=lambda one: one[0], default=None)


def _is_told(parts: list[Scored | None], rate: float) -> bool:
    """Something beside the sum speaks for it: any three numbers may add up."""
    return rate >= PRINTED_RATE or max(part.odds for part in parts if part) >= TOLD


def _added_up(
    found: dict[tuple[Decimal, Decimal], tuple[float, list[Scored | None]]],
) -> dict[tuple[Decimal, Decimal], tuple[float, list[Scored | None]]]:
    """Net amount and tax that are the sums of those of each rate are the document's.

    The row of sums under a table of rates often has no label of its own: it is as sure as the
    rows above it, and a little surer.
    """
    parts = sorted((p for p in found if p[0] and p[1]), key=lambda p: -found[p][0])[:TRIPLES]
    raised = dict(found)
    for some in (*combinations(parts, 2), *combinations(parts, 3)):
        whole = (sum((p[0] for p in some), Decimal(0)), sum((p[1] for p in some), Decimal(0)))
        if whole not in found or len({p[0] > 0 for p in some}) > 1:
            continue
        surest = max(found[p][0] for p in some)
        if surest + 1.0 > raised[whole][0]:
            best = max(some, key=lambda p: found[p][0])
            raised[whole] = (surest + 1.0, [
                replace(own, odds=max(own.odds, part.odds)) if own and part else own
                for own, part in zip(found[whole][1], found[best][1], strict=True)
            ])  # fmt: skip
    return raised


def _rate_bonus(net: Decimal, tax: Decimal, printed: set[Decimal]) -> float:
    """A tax that is a usual share of the net amount is more likely to be the tax."""
    if net == 0 or tax == 0:
        return 0.0
    for rate in {*printed, *VAT_RATES}:
        if rate and abs(net * rate / 100 - tax) <= Decimal("0.02"):
            return PRINTED_RATE if rate in printed else 0.8
    return 0.0


def _without_odd_one(
    rule: SumRule, found: dict[str, Choice], pools: Mapping[str, list[Scored]]
) -> dict[str, Choice]:
    """Without the second term when it is only a part of what the other two leave for it.

    The tax of several rates is often printed rate by rate, its total nowhere.
    """
    first, second = rule.terms
    if not {first, second, rule.equals} <= found.keys():
        return found
    net, tax, gross = (Decimal(found[name].value) for name in (first, second, rule.equals))
    if abs(net + tax - gross) <= rule.tolerance:
        return found
    labelled = {Decimal(one.value) for one in pools[second] if one.odds > MINIMUM}
    parts = sorted(labelled, reverse=True)[:8]
    adds_up = any(
        abs(sum(some) - (gross - net)) <= rule.tolerance
        for count in (2, 3, 4)
        for some in combinations(parts, count)
    )
    vague = found[second].odds < min(found[first].odds, found[rule.equals].odds) - 2.5
    if adds_up or (vague and 0 < gross - net <= net * Decimal("0.3")):
        return {name: choice for name, choice in found.items() if name != second}
    return found


def _work_out(rule: SumRule, found: dict[str, Choice]) -> dict[str, Choice]:
    """The one missing of three, from the other two; without a place on the page."""
    names = (*rule.terms, rule.equals)
    missing = [name for name in names if name not in found]
    if len(missing) != 1:
        return found
    known = {name: Decimal(choice.value) for name, choice in found.items()}
    if missing[0] == rule.equals:
        value = sum((known[name] for name in rule.terms), Decimal(0))
    else:
        other = next(name for name in rule.terms if name != missing[0])
        value = known[rule.equals] - known[other]
        if value < 0 or (missing[0] == rule.terms[1] and value > known[other] * Decimal("0.3")):
            return found
    weakest = min(choice.odds for choice in found.values())
    made = Choice(parse.format_amount(value), "", None, None, weakest - 1.5, 0.0, 1.0)
    return {**found, missing[0]: made}


def _share_out(found: dict[str, Choice], pools: Mapping[str, list[Scored]]) -> None:
    """One place on the page is the value of one field: the less certain field looks elsewhere."""
    for _ in range(3):
        places: dict[tuple[int, Box], str] = {}
        moved = False
        for name in sorted(found, key=lambda n: -found[n].odds):
            choice = found[name]
            if choice.page is None or choice.box is None or choice.agrees or name not in pools:
                continue
            at = (choice.page, choice.box)
            if at not in places:
                places[at] = name
                continue
            rest = [s for s in pools[name] if (s.span.segment.page, s.span.box) not in places]
            again = best(rest)
            moved = True
            if again:
                found[name] = again
            else:
                del found[name]
        if not moved:
            return


def _keep_order(
    rule: OrderRule, found: dict[str, Choice], pools: Mapping[str, list[Scored]]
) -> None:
    """When two dates are in the wrong order, the less certain one is chosen again."""
    early, late = found.get(rule.earlier), found.get(rule.later)
    if early is None or late is None or early.value <= late.value:
        return
    weaker = rule.earlier if early.odds < late.odds else rule.later
    pool = [
        s
        for s in pools.get(weaker, [])
        if (s.value <= late.value if weaker == rule.earlier else s.value >= early.value)
    ]
    again = best(pool, MINIMUM + 1.0)
    if again:
        found[weaker] = again


def _add_due(
    doctype: DocumentType, found: dict[str, Choice], pools: Mapping[str, list[Scored]]
) -> None:
    """Nothing else being printed, the amount due is the total."""
    names = {spec.name for spec in doctype.fields}
    if not {"amount_due", "gross_total"} <= names or "gross_total" not in found:
        return
    gross, due = found["gross_total"], found.get("amount_due")
    if due is None or due.odds < 0.2:
        found["amount_due"] = replace(gross, odds=min(gross.odds, 2.0), agrees=False)
    elif due.value == gross.value:
        found["amount_due"] = replace(due, odds=due.odds + 1.0, agrees=gross.agrees)
        found["gross_total"] = replace(gross, odds=gross.odds + 0.5)


_EURO = ("AT", "BE", "CY", "DE", "EE", "EL", "ES", "FI", "FR", "GR", "HR", "IE", "IT", "LT", "LU",
         "LV", "MC", "MT", "NL", "PT", "SI", "SK", "SM", "VA")  # fmt: skip
_MONEY = dict.fromkeys(_EURO, "EUR") | {
    "GB": "GBP", "CH": "CHF", "LI": "CHF", "SE": "SEK", "NO": "NOK", "DK": "DKK", "PL": "PLN",
    "CZ": "CZK", "HU": "HUF", "RO": "RON",
}  # fmt: skip


def _usual_currency(document: Document, found: Mapping[str, Choice]) -> str | None:
    """What is counted in where none is named: the seller's money, by its numbers or language."""
    if not any(name in found for name in ("gross_total", "net_total", "amount_due", "total")):
        return None
    for name in ("seller_vat", "merchant_vat", "iban"):
        if name in found and (code := _MONEY.get(found[name].value[:2])):
            return code
    return currency_hint(document.language)


def _add_currency(document: Document, doctype: DocumentType, found: dict[str, Choice]) -> None:
    """The currency that a label names, or the one printed most often."""
    if not any(spec.kind == "currency" for spec in doctype.fields):
        return
    name = next(spec.name for spec in doctype.fields if spec.kind == "currency")
    spans = document.spans.get("currency", ())
    if not spans:
        found.pop(name, None)
        if code := _usual_currency(document, found):
            found[name] = Choice(code, "", None, None, 1.5, 2.0, 1.0)
        return
    weights: dict[str, float] = {}
    for span in spans:
        labelled = max(
            (x.strength for x in links_of(document, span) if x.concept == "currency"), default=0.0
        )
        weights[span.value] = weights.get(span.value, 0.0) + span.certainty + 8 * labelled
    best = max(weights, key=lambda code: weights[code])
    span = max(
        (s for s in spans if s.value == best),
        key=lambda s: max((x.strength for x in links_of(document, s) if x.concept == "currency"),
                          default=0.0),
    )  # fmt: skip
    share = weights[best] / sum(weights.values())
    found[name] = Choice(best, span.raw, span.segment.page, span.box, 4.5 * share - 1, 3 * share,
                         span.score)  # fmt: skip
