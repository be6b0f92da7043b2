"""Boxes that people tick, cross, fill or circle (optical mark recognition)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractors.forms.paper import Look

FAINT = 0.035  # share of a box's inside: less is dust, or print beside its place
DENSE = 0.72  # a box that is filled in, or blacked out
RING = 0.3  # of the way around the box that a circle's stroke is seen
PAD = 0.6  # of the box's sides: how far around it a circle is looked for


@dataclass(frozen=True, slots=True)
class Mark:
    """What a box shows: the share of its inside that is inked, and how far a line goes around it
    (0..1)."""

    inside: float
    around: float

    @property
    def dense(self) -> bool:
        return self.inside >= DENSE

    @property
    def strength(self) -> float:
        """0 for nothing, about 1 for a plain mark."""
        own = self.inside / 0.14
        ring = self.around / 0.75 if self.around >= RING and self.inside < 0.25 else 0.0
        return float(min(1.5, max(own, ring)))


def pad_of(height: float, width: float) -> int:
    """Pixels around a zone in which a circle counts."""
    return round(PAD * min(height, width))


def measure(look: Look) -> Mark:
    """The ink in a box. Whoever drew the zone may have left room around the printed box."""
    height, width = look.ink.shape
    edge_y, edge_x = max(1, height // 10), max(1, width // 10)
    inner = look.ink[edge_y : height - edge_y, edge_x : width - edge_x]
    free = look.form[edge_y : height - edge_y, edge_x : width - edge_x] > 170
    inside = float(inner[free].mean()) if free.sum() >= 0.2 * free.size else float(inner.mean())
    return Mark(inside, _around(look))


def _around(look: Look) -> float:
    """In how many of 24 directions from the box's middle there is ink outside it."""
    down, right = np.nonzero(look.wide)
    if not len(down):
        return 0.0
    height, width = look.ink.shape
    y, x = down - look.pad - height / 2, right - look.pad - width / 2
    outside = np.maximum(np.abs(y) / (height / 2), np.abs(x) / (width / 2)) > 1.02
    angles = np.arctan2(y[outside] / height, x[outside] / width)
    return len(set((angles / (2 * np.pi) * 24).astype(int).tolist())) / 24


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which boxes of a group are marked. `sure` is 0..1 of the decision, `several` says that more
    than one seems to be."""

    chosen: int | None
    sure: float
    several: bool = False


def decide(marks: Sequence[Mark], *, filling: bool = False) -> Verdict:
    """Which box of a group (one or more) is marked.

    A box that is blacked out beside one that is lightly marked has been corrected: not to be
    counted, and not to be trusted. `filling` says that this paper's boxes are marked by filling.
    """
    strengths = [mark.strength for mark in marks]
    order = sorted(range(len(marks)), key=lambda number: -strengths[number])
    first = order[0]
    second = strengths[order[1]] if len(order) > 1 else 0.0
    if strengths[first] < 0.25:
        return Verdict(None, 1 - 1.6 * strengths[first])
    best = min(1.0, strengths[first])
    if second >= 0.25 and second > 0.3 * best:
        return _settle_several(marks, order, strengths)
    sure = min(1.0, 0.4 + 0.75 * best) - 1.2 * second
    if marks[first].dense and not filling:
        sure = min(sure, 0.75)  # filled in where others are not: perhaps blacked out
    return Verdict(first, max(0.0, sure))


def _settle_several(
    marks: Sequence[Mark], order: Sequence[int], strengths: Sequence[float]
) -> Verdict:
    """One plain mark beside blacked-out boxes counts; else it is anybody's guess."""
    inked = [number for number in order if strengths[number] >= 0.25]
    plain = [number for number in inked if not marks[number].dense]
    if len(plain) == 1 and len(inked) > 1:
        return Verdict(plain[0], 0.5, several=True)
    return Verdict(order[0], 0.2, several=True)
