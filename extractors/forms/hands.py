"""Print or handwriting: how evenly letters stand and how alike they are in size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractors.forms.paper import Blot

FEWEST = 5  # letters: less say nothing by themselves
SHAKY = 0.045  # heights of letters by which they are off their line, in the middle
UNEVEN = 0.075  # by which their heights differ


@dataclass(frozen=True, slots=True)
class Evenness:
    """How far letters are off their line and apart in height, as parts of their height; `count`
    letters were measured."""

    off_line: float
    apart: float
    count: int

    @property
    def by_hand(self) -> float:
        """0 (print) to 1 (hand)."""
        worth = 0.85 * (self.off_line / SHAKY) + 0.15 * (self.apart / UNEVEN)
        return float(1 / (1 + np.exp(-4.0 * (worth - 1))))


def measure(letters: Sequence[Blot]) -> Evenness | None:
    """Of letters on one line; None when there are too few that stand on it."""
    if len(letters) < FEWEST:
        return None
    heights = np.array([b.height for b in letters], float)
    tall = float(np.percentile(heights, 70))
    feet = np.array([b.y1 for b in letters], float)
    middles = np.array([(b.x0 + b.x1) / 2 for b in letters], float)
    standing = (heights > 0.55 * tall) & (heights < 1.35 * tall)
    standing &= np.abs(feet - np.median(feet[standing] if standing.any() else feet)) < 0.3 * tall
    if standing.sum() < FEWEST:
        return None
    slope, level = np.polyfit(middles[standing], feet[standing], 1)
    off = np.abs(feet[standing] - (slope * middles[standing] + level))
    high = heights[standing]
    # Small letters and capitals are two heights: each is measured within its own.
    big = high[high > 0.85 * tall]
    apart = float(np.abs(big - np.median(big)).mean()) if len(big) >= 3 else 0.0
    return Evenness(float(off.mean()) / tall, apart / tall, int(standing.sum()))


def combine(found: Sequence[Evenness]) -> float:
    """How likely (0..1) what stands in several zones is by hand: one person fills one form."""
    total = sum(one.count for one in found)
    return sum(one.by_hand * one.count for one in found) / total if total else 0.0
