"""From the evidence for a value to the probability that it is right."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from extractors.choice import Choice


def probability(choice: Choice, problems: Collection[str]) -> float:
    """The estimated chance (0..1) that `choice` is the right value.

    `choice.odds` are log odds from labels and place; a close second candidate, a poor reading, a
    failed check digit or rule lower them, a sum that holds raises them. A value that was worked
    out and not read stays under 0.8.
    """
    odds = 0.75 * choice.odds - 0.3
    odds += 0.35 * max(-2.0, min(4.0, choice.lead))
    if choice.agrees:
        odds += 2.0
    if choice.reading < 0.995:
        odds -= 6.0 * min(0.5, 0.995 - choice.reading)
    odds -= 1.2 * len(problems)
    chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
    ceiling = 0.8 if choice.page is None else 0.995
    return round(max(0.01, min(ceiling, chance)), 4)


def lower(scores: Mapping[str, float], failed: Collection[str]) -> dict[str, float]:
    """Scores after a rule failed: every field that the rule names is at most even."""
    return {name: min(score, 0.5) if name in failed else score for name, score in scores.items()}
