"""`python -m bench forms`: fixed forms that are filled in, scanned badly and read in their zones.

Prints one JSON object: how often a page is laid on its blank (to `NEAR` pixels at 200 dpi) and how
often on another form's, by what has been done to it; and for each reader, and for print and
handwriting apart, how many values are right, precision, recall and F1, and what the scores mean.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.formsheet import DPI, Design, Hand, fill, make_design
from bench.generator.press import Image
from bench.generator.scanner import Device, choose_damage, scan
from extractors.forms.curves import CURVES, evidence
from extractors.forms.doubts import HANDWRITING
from extractors.forms.read import read_form
from extractors.forms.register import Registration, Sheet, register
from extractors.ocr import ENGINES, LineEngine
from extractors.validate import check
from extractors.values import FieldValue
from models.words import Page

DEVICES: tuple[Device, ...] = ("flatbed", "feeder", "copier", "fax", "phone")
SCALES = (1.0, 1.0, 1.0, 0.6, 0.75, 1.5, 2.0)
NEAR = 4.0  # pixels at 200 dpi: half a millimetre
SURE = 0.9  # the usual threshold of a field


@dataclass(frozen=True)
class Copy:
    """A filled form as it was scanned; `matrix` takes points of the blank to the scan's."""

    image: Image
    matrix: NDArray[np.float64]
    truth: dict[str, str | None]
    hand: Hand
    damage: str
    scale: float


@dataclass(frozen=True)
class Outcome:
    """One value: was it right, how sure was the reader, what score did it get."""

    reader: str
    hand: str
    truth: str | None
    value: str | None
    score: float
    by_hand: bool

    @property
    def right(self) -> bool:
        return self.truth == self.value


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench forms", description=__doc__)
    parser.add_argument("--designs", type=int, default=4, help="different forms (default 4)")
    parser.add_argument("--copies", type=int, default=40, help="filled copies (default 40)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=sorted(ENGINES), default="openvino")
    parser.add_argument("--register-only", action="store_true", help="do not read")
    parser.add_argument("--wrong", action="store_true", help="list what is not right on stderr")
    parser.add_argument("--fit", action="store_true", help="print the curves that would fit")
    options = parser.parse_args(argv)
    cv2.setNumThreads(1)
    designs = [make_design(f"{options.seed}/{n}") for n in range(options.designs)]
    blanks = [Sheet(design.image()) for design in designs]
    engine = None if options.register_only else ENGINES[options.engine]()
    laid: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    outcomes: list[Outcome] = []
    seconds: list[float] = []
    for number in range(options.copies):
        which = number % len(designs)
        copy = make_copy(designs[which], Random(f"{options.seed}/copy/{number}"))
        sheet = Sheet(copy.image)
        own = register(sheet, blanks[which])
        other = register(sheet, blanks[(which + 1) % len(blanks)]) if len(blanks) > 1 else None
        laid[copy.damage].append((is_near(own, copy), bool(other and other.accepted)))
        if engine is not None:
            started = time.perf_counter()
            values = read_copy(designs[which], blanks[which], copy, engine)
            seconds.append(time.perf_counter() - started)
            found = judge(designs[which], copy, values)
            outcomes += found
            if options.wrong:
                _tell(number, copy, values, designs[which])
    report: dict[str, Any] = {"registration": count_laid(laid), "readers": count_right(outcomes)}
    if seconds:
        report["seconds_a_page"] = {"median": round(float(np.median(seconds)), 2)}
    if options.fit:
        report["curves"] = fit_curves(outcomes)
    print(json.dumps(report, indent=1))
    return 0


# -- copies ---------------------------------------------------------------------------------------


def make_copy(design: Design, rng: Random) -> Copy:
    """Fill in, scan, turn a little or upside down, and scale."""
    filled = fill(design, rng)
    device = rng.choice(DEVICES)
    damage = choose_damage(rng, device)
    if rng.random() < 0.4:
        damage = replace(damage, skew=rng.uniform(-10, 10))
    image, matrix = scan(filled.image, damage, rng)
    if image.ndim == 2:
        image = np.repeat(image[:, :, None], 3, axis=2)
    scale = rng.choice(SCALES)
    if scale != 1:
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=way).astype(np.uint8)
        matrix = np.diag([scale, scale, 1.0]) @ matrix
    if rng.random() < 0.1:
        height, width = image.shape[:2]
        image = np.ascontiguousarray(image[::-1, ::-1])
        matrix = np.array([[-1, 0, width - 1], [0, -1, height - 1], [0, 0, 1.0]]) @ matrix
    _, data = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    kept = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert kept is not None
    rgb = np.ascontiguousarray(kept[:, :, ::-1]).astype(np.uint8, copy=False)
    return Copy(rgb, matrix, filled.truth, filled.hand, str(asdict(damage)["device"]), scale)


def is_near(found: Registration | None, copy: Copy) -> bool:
    """Whether points all over the blank came to lie where they are."""
    if found is None or not found.accepted:
        return False
    grid = np.array([(x, y) for x in (0.1, 0.5, 0.9) for y in (0.06, 0.5, 0.94)], np.float64)
    points = grid * (210 / 25.4 * DPI, 297 / 25.4 * DPI)
    true = cv2.perspectiveTransform(points[None], copy.matrix)[0]
    off = np.linalg.norm(found.move(points) - true, axis=1) / copy.scale
    return bool(off.max() <= NEAR)


def read_copy(
    design: Design, blank: Sheet, copy: Copy, engine: LineEngine
) -> dict[str, FieldValue]:
    height, width = copy.image.shape[:2]
    page = Page(1, width, height, (), "ocr")
    return read_form(design.doctype(), [page], lambda _: copy.image, {1: blank}, engine)


# -- counting -------------------------------------------------------------------------------------


def judge(design: Design, copy: Copy, values: dict[str, FieldValue]) -> list[Outcome]:
    doctype = design.doctype()
    readers = {zone.field: zone.reader for zone in design.zones}
    found = []
    for name, value in values.items():
        truth = copy.truth[name]
        if truth is not None:
            truth = check(doctype.spec(name, in_line=False), truth).value
        written = readers[name] in ("text", "comb")
        hand = ("print" if copy.hand == "typed" else "hand") if written else ""
        by_hand = HANDWRITING in value.problems
        found.append(Outcome(readers[name], hand, truth, value.value, value.score, by_hand))
    return found


def count_laid(laid: dict[str, list[tuple[bool, bool]]]) -> dict[str, dict[str, float]]:
    groups = {**laid, "all": [one for found in laid.values() for one in found]}
    return {
        name: {
            "pages": len(found),
            "laid_right": round(sum(right for right, _ in found) / len(found), 4),
            "other_form_taken": sum(wrong for _, wrong in found),
        }
        for name, found in groups.items()
        if found
    }


def count_right(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        groups[f"{one.reader} {one.hand}".strip()].append(one)
    return {name: _count(found) for name, found in sorted(groups.items())}


def _count(found: Sequence[Outcome]) -> dict[str, float]:
    right = sum(one.right and one.value is not None for one in found)
    given = sum(one.value is not None for one in found)
    there = sum(one.truth is not None for one in found)
    sure = [one for one in found if one.value is not None and one.score >= SURE]
    counts: dict[str, float] = {
        "values": len(found),
        "right": round(sum(one.right for one in found) / len(found), 4),
        "f1": round(2 * right / (given + there), 4) if given + there else 1.0,
        "sure": round(len(sure) / max(1, given), 4),
        "sure_and_wrong": sum(not one.right for one in sure),
    }
    if found[0].hand:
        written = [one for one in found if one.value is not None]
        flagged = sum(one.by_hand for one in written)
        counts["taken_for_handwriting"] = round(flagged / max(1, len(written)), 4)
    return counts


def _tell(number: int, copy: Copy, values: dict[str, FieldValue], design: Design) -> None:
    for one, (name, value) in zip(judge(design, copy, values), values.items(), strict=True):
        if not one.right:
            what = f"{name}: {value.raw!r} {value.value!r}, is {one.truth!r}"
            print(f"{number} {copy.damage} {copy.hand} x{copy.scale} {what} {value.score} "
                  f"{','.join(value.problems)}", file=sys.stderr)  # fmt: skip


def fit_curves(outcomes: Sequence[Outcome]) -> dict[str, list[float]]:
    """Slope and shift for each reader, by values of print and marks that have no doubt of their
    own; a value is added on either side, so that few errors are not taken for none."""
    fitted = {}
    for reader, curve in CURVES.items():
        rows = [
            ((math.log(held / (1 - held)) - curve.shift) / curve.slope, one.right)
            for one in outcomes
            if one.reader == reader and one.hand != "hand" and one.value is not None
            for held in (min(0.9994, max(0.0006, one.score)),)
        ]
        if len(rows) < 30:
            continue
        rows += [(evidence(0.5, 0), False), (evidence(0.5, 0), True)]
        fitted[reader] = _fit([x for x, _ in rows], [right for _, right in rows])
    return fitted


def _fit(evidences: Sequence[float], right: Sequence[bool]) -> list[float]:
    """Logistic regression on one number (Platt 1999), by gradient descent."""
    x, y = np.array(evidences), np.array(right, float)
    slope, shift = 1.0, 0.0
    for _ in range(4000):
        miss = 1 / (1 + np.exp(-(slope * x + shift))) - y
        slope -= 0.05 * float((miss * x).mean() + 0.002 * (slope - 1))
        shift -= 0.05 * float(miss.mean() + 0.002 * shift)
    return [round(max(0.2, slope), 3), round(shift, 3)]
