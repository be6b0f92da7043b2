"""What a zone's score means: curves between those that `python -m bench forms --fit` finds on two
seeds. Too few barcodes and signatures went wrong to fit theirs, which are set by hand."""

from __future__ import annotations

import math

from extractors.score import HIGHEST, LOWEST, Curve

CURVES = {
    "text": Curve(1.1, 0.8),
    "comb": Curve(2.0, 0.2),
    "mark": Curve(1.1, 1.8),
    "barcode": Curve(1.0, 0.0),
    "signature": Curve(1.0, 0.8),
}
PROBLEM = 1.5  # log odds that a failed check costs


def evidence(sure: float, problems: int) -> float:
    """The reader's own certainty (0..1) as log odds, less what failed checks say."""
    held = min(0.9995, max(0.0005, sure))
    return math.log(held / (1 - held)) - PROBLEM * problems


def probability(reader: str, sure: float, problems: int) -> float:
    """The estimated chance (0..1) that what was read in a zone is right."""
    chance = CURVES[reader].probability(evidence(sure, problems))
    return round(max(LOWEST, min(HIGHEST, chance)), 4)
