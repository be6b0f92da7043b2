"""The fields of seller and buyer, chosen together: names, addresses, VAT ids, tax numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from extractors import names, parse, validate, zones
from extractors.candidates import Document
from extractors.choice import Choice, Scored, best, choice_of
from extractors.layout import Segment, Sheet
from extractors.links import links_of
from extractors.names import Name
from extractors.ranker import Ranker, rank
from extractors.surroundings import Surroundings
from extractors.weights import claims, odds_of, spans_for, value_of
from extractors.zones import Zone
from models.doctype import DocumentType, FieldSpec
from models.words import Box

ADDRESS_ROWS = 5

_SELLERS = {"seller_name", "merchant_name"}
_BUYERS = {"buyer_name"}


def parties_fields(doctype: DocumentType) -> set[str]:
    """The fields that only `_parties` may fill: a label alone does not tell whose they are."""
    names = {spec.name for spec in doctype.fields}
    if not (_SELLERS | _BUYERS) & names:
        return set()
    parts = ("name", "vat", "tax_id", "address")
    return names & {f"{who}_{part}" for who in ("seller", "buyer", "merchant") for part in parts}


def choose_parties(around: Surroundings, ranker: Ranker) -> dict[str, Choice]:
    """Names, VAT ids and tax numbers of seller and buyer (or of a receipt's merchant)."""
    wanted = {spec.name: spec for spec in around.doctype.fields}
    if not (_SELLERS | _BUYERS) & wanted.keys():
        return {}
    pools = {
        name: rank(around, wanted[name], pool, ranker) for name, pool in party_pools(around).items()
    }
    found: dict[str, Choice] = {}
    sellers, buyers = names.pair_names(_reweighed(around, pools))
    if "merchant_name" in wanted:
        ranked = "party" in ranker and best(pools["merchant_name"], -math.inf)
        if choice := ranked or _merchant(around.document, sellers):
            found["merchant_name"] = _printed(around.document, choice, pools["merchant_name"])
    if "seller_name" in wanted and (choice := _name(sellers, "seller", -0.6, pools)):
        found["seller_name"] = choice
    if "buyer_name" in wanted and (choice := _name(buyers, "buyer", -0.3, pools)):
        found["buyer_name"] = choice
    if "merchant_address" in wanted and (choice := _address(around.document, found)):
        found["merchant_address"] = choice
    for suffix in ("vat", "tax_id"):
        fields = _numbers_of(wanted, suffix)
        pair = _apart({who: pools[spec.name] for who, spec in fields.items()})
        found |= {fields[who].name: choice for who, choice in pair.items()}
    return found


def party_pools(around: Surroundings) -> dict[str, list[Scored]]:
    """The candidates of every field of the parties, as the hand-weighted model has them."""
    wanted = {spec.name: spec for spec in around.doctype.fields}
    pools: dict[str, list[Scored]] = {}
    if not (_SELLERS | _BUYERS) & wanted.keys():
        return pools
    for name in (_SELLERS | _BUYERS) & wanted.keys():
        who = "buyer" if name == "buyer_name" else "seller"
        pools[name] = sorted(
            (Scored(names.mend_company(n.span.value), n.span,
                    float(getattr(n, who)) - (9 * n.span.box.y0 if name == "merchant_name" else 0))
             for n in around.all_names), key=lambda s: -s.odds,
        )  # fmt: skip
    sellers, buyers = around.parties
    single = "buyer_name" not in wanted
    for suffix in ("vat", "tax_id"):
        for who, spec in _numbers_of(wanted, suffix).items():
            pools[spec.name] = _party_pool(
                around.document, spec, who, around.areas, sellers, buyers, single=single
            )
    return pools


def _numbers_of(wanted: Mapping[str, FieldSpec], suffix: str) -> dict[str, FieldSpec]:
    """The fields for the parties' VAT ids or tax numbers, by party; a merchant is a seller."""
    return {
        who: wanted[name]
        for who in ("seller", "buyer")
        for name in (f"{who}_{suffix}", f"merchant_{suffix}" if who == "seller" else "")
        if name in wanted
    }


def _reweighed(around: Surroundings, pools: Mapping[str, list[Scored]]) -> list[Name]:
    """The names with the odds that they have now."""
    odds = {
        who: {(s.span.segment.index, s.span.start): s.odds for s in pools.get(f"{who}_name", ())}
        for who in ("seller", "buyer")
    }
    made = []
    for name in around.all_names:
        at = (name.span.segment.index, name.span.start)
        seller, buyer = odds["seller"].get(at, name.seller), odds["buyer"].get(at, name.buyer)
        made.append(Name(name.span, seller, buyer))
    return made


def _printed(document: Document, choice: Choice, pool: list[Scored]) -> Choice:
    """The merchant as smaller print has the name, where a logo was misread."""
    span = next((s.span for s in pool if s.span.box == choice.box), None)
    again = names.printed_again(document, span) if span else None
    return replace(choice, value=again) if again else choice


def _name(
    pool: list[Name], who: str, minimum: float, pools: Mapping[str, list[Scored]]
) -> Choice | None:
    if not pool:
        return None
    best = pool[0]
    odds = float(getattr(best, who))
    if odds < minimum:
        return None
    rest = [
        float(getattr(n, who)) for n in pool[1:]
        if parse.compact(n.span.value) != parse.compact(best.span.value)
    ]  # fmt: skip
    span, lead = best.span, odds - max(rest, default=-4.0)
    hand = next((s.hand for s in pools[f"{who}_name"] if s.span is span), None)
    return Choice(names.mend_company(span.value), span.value, span.segment.page, span.box, odds,
                  lead, span.score, hand=lead if hand is None else hand)  # fmt: skip


def _merchant(document: Document, sellers: list[Name]) -> Choice | None:
    """On a receipt the merchant is the first name at the top."""
    prices = [span for span in document.spans.get("amount", ()) if span.box.x0 > 0.6]
    priced = {(span.segment.page, span.segment.row): span.segment.index for span in prices}
    unpriced = [
        n for n in sellers
        if priced.get((n.span.segment.page, n.span.segment.row), n.span.segment.index)
        == n.span.segment.index
    ]  # fmt: skip
    top = [n for n in unpriced if n.seller > -2.5 and n.span.box.y0 < 0.5] or unpriced or sellers
    if not top:
        return None
    ordered = sorted(top, key=lambda n: -(n.seller - 9 * n.span.box.y0))
    best = ordered[0]
    span = best.span
    return Choice(names.mend_company(span.value), span.value, span.segment.page, span.box,
                  best.seller + 1.2, 1.0, span.score, hand=1.0)  # fmt: skip


def _address(document: Document, found: Mapping[str, Choice]) -> Choice | None:
    """Street and town lines of the upper half, joined as they are printed."""
    for sheet in document.sheets[:1]:
        rows = [row for row in sheet.rows if row[0].box.y0 < 0.5]
        for i, row in enumerate(rows):
            text = " ".join(s.text for s in row)
            if not names.STREET.search(text) or names.has_suffix(text) or len(text) > 80:
                continue
            parts = [*row, *(s for below in _to_the_town(sheet, rows[i:]) for s in below)]
            text = " ".join(s.text for s in parts)
            return Choice(text.strip(" ,-"), " ".join(s.text for s in parts), sheet.number,
                          Box.around(s.box for s in parts), 1.2, 1.0,
                          min(w.score for s in parts for w in s.words))  # fmt: skip
    return None


def _to_the_town(
    sheet: Sheet, rows: Sequence[tuple[Segment, ...]]
) -> Sequence[tuple[Segment, ...]]:
    """The rows after the first of `rows` down to that of the town; none when it is not near."""
    texts = [" ".join(s.text for s in row) for row in rows[:ADDRESS_ROWS]]
    for number, text in enumerate(texts):
        if number and (
            sheet.down(rows[number][0].box.y0 - rows[number - 1][0].box.y1) > 1.5
            or zones.CONTACT.search(text)
        ):
            return ()
        if zones.POSTAL.search(text):
            return rows[1 : number + 1]
    return ()


def _party_pool(
    document: Document, spec: FieldSpec, who: str, areas: list[Zone],
    sellers: list[Name], buyers: list[Name], *, single: bool,
) -> list[Scored]:  # fmt: skip
    pool = []
    for span in spans_for(document, spec):
        value = value_of(spec, span)
        own, _ = claims(document, spec, span)
        if spec.kind == "vat_id":
            problem = validate.vat_problem(value)
            odds = -1.6 + 3.0 * own + 2.0 * (span.certainty - 0.8)
            odds += 0.8 if problem is None else (-0.6 if own > 0.4 else -2.2)
        else:
            odds = odds_of(document, spec, span) + 1.0
        near = names.nearest_party(document, span, areas, sellers, buyers)
        other = "buyer" if who == "seller" else "seller"
        if not single:
            odds += 0.8 * near[who] - 0.8 * near[other]
            odds += 0.5 if who == "seller" else -0.8
        direct = max((x.strength for x in links_of(document, span) if x.concept == f"{who}_vat"),
                     default=0.0)  # fmt: skip
        against = max((x.strength for x in links_of(document, span) if x.concept == f"{other}_vat"),
                      default=0.0)  # fmt: skip
        odds += 2.0 * direct - 2.0 * against
        pool.append(Scored(value, span, odds))
    return sorted(pool, key=lambda s: -s.odds)


def _apart(pools: Mapping[str, list[Scored]]) -> dict[str, Choice]:
    """The best pair of different values; a party may stay without one."""
    sellers, buyers = pools.get("seller", [])[:12], pools.get("buyer", [])[:12]
    best = 0.0
    pair: tuple[Scored | None, Scored | None] = (None, None)
    for seller in (*sellers, None):
        for buyer in (*buyers, None):
            if seller and buyer and seller.value == buyer.value:
                continue
            score = sum(max(-9.0, s.odds + 0.6) for s in (seller, buyer) if s)
            if score > best:
                best, pair = score, (seller, buyer)
    chosen = {"seller": pair[0], "buyer": pair[1]}
    return {
        who: choice_of(scored, pools[who]) for who, scored in chosen.items() if scored is not None
    }
