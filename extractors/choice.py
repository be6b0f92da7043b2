"""Candidates with their log odds, and the choice made from them."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.candidates import Span
from models.words import Box

MINIMUM = -1.0  # log odds under which nothing is better than a guess


@dataclass(frozen=True, slots=True)
class Choice:
    """A value for a field: log odds, lead over the next different value, and its evidence.

    `page` and `box` are None for a value that was worked out from others. `memory` is what earlier
    documents of the supplier say for the value, or against it (log odds).
    """

    value: str
    raw: str
    page: int | None
    box: Box | None
    odds: float
    lead: float
    reading: float
    agrees: bool = False  # takes part in a sum that holds
    memory: float = 0.0
    hand: float = 0.0  # the lead by hand weights, where `odds` and `lead` are trained


@dataclass(frozen=True, slots=True)
class Scored:
    """A span with its log odds for one field; `hand` is its lead by hand weights (see `rank`)."""

    value: str
    span: Span
    odds: float
    hand: float | None = None


def best(pool: list[Scored], minimum: float = MINIMUM) -> Choice | None:
    if not pool or pool[0].odds < minimum:
        return None
    return choice_of(pool[0], pool)


def choice_of(chosen: Scored, pool: list[Scored], *, agrees: bool = False) -> Choice:
    next_best = max((s.odds for s in pool if s.value != chosen.value), default=-6.0)
    same = sum(1 for s in pool if s.value == chosen.value and s.odds > -1)
    span = chosen.span
    return Choice(
        value=chosen.value,
        raw=span.raw,
        page=span.segment.page,
        box=span.box,
        odds=chosen.odds + 0.4 * min(2, same - 1) if same > 1 else chosen.odds,
        lead=chosen.odds - next_best,
        reading=span.score,
        agrees=agrees,
        hand=chosen.odds - next_best if chosen.hand is None else chosen.hand,
    )
