"""Laying a scanned page over the blank form that it was printed from.

Features are matched first (SIFT, Lowe 2004; a homography by MAGSAC, Barath et al. 2019), so turn,
scale and perspective do not matter. Then small pieces of the blank are looked for around where
they should be: what they say about their place makes the homography exact, and how many of them
are there tells whether the page is this form at all. What people wrote on it adds ink but takes
away none of the form's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Points = NDArray[np.float32]

SIDE = 1300  # pixels of the longer side while registering: body text is about 9 pixels high
FEATURES = 4000
RATIO = 0.82  # of the distances to the best and the second feature (Lowe)
FEWEST = 10  # matches and inliers; by chance 7 or so come together
PIECE, REACH = 30, 15  # half a piece's side, and how far around it is looked for
GRID = 26  # pieces along the page's longer side
ALIKE = 0.55  # correlation from which a piece counts as found
NEAR = 3.0  # pixels that a found piece may be off the homography
ACCEPTED = 0.35  # share of pieces found from which the page is this form; see the decision record
REST = 0.12  # of the longer side: how near pieces are whose offsets are heeded


@dataclass(eq=False)
class Sheet:
    """An RGB page, scaled down for registration; features are found when first asked for."""

    image: Image
    scale: float = field(init=False)
    small: Image = field(init=False)

    def __post_init__(self) -> None:
        height, width = self.image.shape[:2]
        self.scale = SIDE / max(height, width)
        self.small = flatten(resize(to_gray(self.image), self.scale))

    @cached_property
    def flat(self) -> Image:
        """The page in grey at its own size, the paper white."""
        return flatten(to_gray(self.image))

    @cached_property
    def features(self) -> tuple[Points, NDArray[np.float32]]:
        """Places (pixels of `small`) and their descriptors."""
        finder = cv2.SIFT.create(nfeatures=FEATURES, contrastThreshold=0.03)
        found, descriptors = finder.detectAndCompute(
            self.small, np.full(self.small.shape, 255, np.uint8)
        )
        if not found:
            return np.empty((0, 2), np.float32), np.empty((0, 128), np.float32)
        # Square roots of shares compare better than SIFT's own numbers (Arandjelovic 2012).
        shares = descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-6)
        return np.array([f.pt for f in found], np.float32), np.sqrt(shares).astype(np.float32)

    @cached_property
    def pieces(self) -> Points:
        """Middles of the pieces that are looked for: where there is print that fixes a place."""
        edges = cv2.cornerMinEigenVal(self.small, 9)
        step = SIDE // GRID
        height, width = self.small.shape
        margin = PIECE + 1
        found = []
        for top in range(margin, height - margin, step):
            for left in range(margin, width - margin, step):
                part = edges[top : min(top + step, height - margin),
                             left : min(left + step, width - margin)]  # fmt: skip
                _, best, _, at = cv2.minMaxLoc(part)
                x, y = left + at[0], top + at[1]
                piece = self.small[y - PIECE : y + PIECE, x - PIECE : x + PIECE]
                if best > 1e-4 and float(piece.std()) > 12:
                    found.append((x, y))
        return np.array(found, np.float32).reshape(-1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """Where a blank's page lies on a scanned one.

    `matrix` takes points of the blank, in pixels of its image, to pixels of the page's image.
    `score` is the share (0..1) of the blank's print that is where it should be; `places` (blank)
    and `offsets` (page) say by how much it is beside it, in pixels.
    """

    matrix: Matrix
    score: float
    places: Points
    offsets: Points

    @property
    def accepted(self) -> bool:
        return self.score >= ACCEPTED

    def move(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points (n x 2) of the blank as points of the page, both in pixels."""
        shaped = np.asarray(points, np.float64).reshape(-1, 1, 2)
        return np.asarray(cv2.perspectiveTransform(shaped, self.matrix), np.float64).reshape(-1, 2)

    def shift_near(self, point: NDArray[np.floating], reach: float) -> NDArray[np.float64]:
        """What paper that is not flat adds to the homography around a point of the blank."""
        if not len(self.places):
            return np.zeros(2)
        far = np.linalg.norm(self.places - point, axis=1) / reach
        weights = np.exp(-(far**2) / 0.5)
        total = float(weights.sum())
        if total < 0.5:
            return np.zeros(2)
        return np.asarray((weights[:, None] * self.offsets).sum(axis=0) / total, np.float64)


def register(page: Sheet, blank: Sheet) -> Registration | None:
    """How `page` lies on `blank`; None when they have nothing in common. Look at `accepted`."""
    rough = _match(page, blank)
    if rough is None:
        return None
    matrix, found, offsets = rough, np.empty((0, 2), np.float32), np.empty((0, 2), np.float32)
    for _ in range(2):
        found, moved = _find_pieces(page, blank, matrix)
        if len(found) < FEWEST:
            break
        better, inside = cv2.findHomography(found, moved, cv2.RANSAC, NEAR)
        if better is None or not _is_sane(np.asarray(better, np.float64), blank.small, page.small):
            break
        matrix = np.asarray(better, np.float64)
        keep = inside.ravel() == 1
        found, moved = found[keep], moved[keep]
        ideal = cv2.perspectiveTransform(found.reshape(-1, 1, 2), matrix).reshape(-1, 2)
        offsets = moved - ideal
    total = len(blank.pieces)
    score = len(offsets) / total if total and len(found) == len(offsets) else 0.0
    down, up = np.diag([blank.scale, blank.scale, 1]), np.diag([1 / page.scale, 1 / page.scale, 1])
    return Registration(
        matrix=np.asarray(up @ matrix @ down, np.float64),
        score=score,
        places=(found / blank.scale).astype(np.float32),
        offsets=(offsets / page.scale).astype(np.float32),
    )


def _match(page: Sheet, blank: Sheet) -> Matrix | None:
    """A homography from the blank's `small` to the page's by features alone."""
    places, described = blank.features
    others, theirs = page.features
    if len(places) < FEWEST or len(others) < FEWEST:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(described, theirs, k=2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < RATIO * p[1].distance]
    if len(good) < FEWEST:
        return None
    source = places[[m.queryIdx for m in good]]
    target = others[[m.trainIdx for m in good]]
    cv2.setRNGSeed(1)  # the same pages always give the same answer
    matrix, inside = cv2.findHomography(
        source, target, cv2.USAC_MAGSAC, 4.0, maxIters=5000, confidence=0.999
    )
    if matrix is None or int(inside.sum()) < FEWEST:
        return None
    return (
        np.asarray(matrix, np.float64)
        if _is_sane(np.asarray(matrix, np.float64), blank.small, page.small)
        else None
    )


def _is_sane(matrix: Matrix, blank: Image, page: Image) -> bool:
    """Whether a sheet of paper can lie so: convex, not mirrored, not much foreshortened."""
    height, width = blank.shape
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float64)
    moved = cv2.perspectiveTransform(corners, np.asarray(matrix, np.float64))[0]
    sides = np.roll(moved, -1, axis=0) - moved
    turns = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
    if not np.isfinite(moved).all() or not (turns > 0).all():
        return False
    lengths = np.linalg.norm(sides, axis=1) / (width, height, width, height)
    return bool(lengths.min() > 0.3 and lengths.max() < 4 and lengths.max() < 2 * lengths.min())


def _find_pieces(page: Sheet, blank: Sheet, matrix: Matrix) -> tuple[Points, Points]:
    """The blank's pieces that the page has near their places, and where: pixels of `small`."""
    height, width = blank.small.shape
    back = cv2.warpPerspective(
        page.small, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT, borderValue=(255,),
    )  # fmt: skip
    soft, form = cv2.GaussianBlur(back, (0, 0), 1.0), cv2.GaussianBlur(blank.small, (0, 0), 1.0)
    soft = cv2.copyMakeBorder(soft, REACH, REACH, REACH, REACH, cv2.BORDER_CONSTANT, value=(255,))
    found, there = [], []
    for x, y in blank.pieces.astype(int):
        piece = form[y - PIECE : y + PIECE, x - PIECE : x + PIECE]
        around = soft[y - PIECE : y + PIECE + 2 * REACH, x - PIECE : x + PIECE + 2 * REACH]
        if float(around.std()) < 4:
            continue
        alike = cv2.matchTemplate(around, piece, cv2.TM_CCOEFF_NORMED)
        _, best, _, at = cv2.minMaxLoc(alike)
        if best >= ALIKE:
            found.append((x, y))
            there.append((x + _peak(alike[at[1]], at[0]) - REACH,
                          y + _peak(alike[:, at[0]], at[1]) - REACH))  # fmt: skip
    if not found:
        empty = np.empty((0, 2), np.float32)
        return empty, empty
    moved = cv2.perspectiveTransform(np.array(there, np.float64).reshape(-1, 1, 2), matrix)
    return np.array(found, np.float32), moved.reshape(-1, 2).astype(np.float32)


def _peak(values: NDArray[np.floating | np.integer], at: int) -> float:
    """The top of a parabola through the largest value and its neighbours."""
    if not 0 < at < len(values) - 1:
        return float(at)
    before, top, after = (float(v) for v in values[at - 1 : at + 2])
    bend = before - 2 * top + after
    return at + (0.5 * (before - after) / bend if bend < -1e-9 else 0.0)


def to_gray(image: Image) -> Image:
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)


def resize(gray: NDArray[np.uint8], scale: float) -> Image:
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale))
    return cv2.resize(gray, size, interpolation=way).astype(np.uint8, copy=False)


def flatten(gray: NDArray[np.uint8]) -> Image:
    """Grey levels with the paper white everywhere: shadows and tints are divided out."""
    small = resize(gray, min(1.0, 600 / max(gray.shape)))
    size = (max(small.shape) // 30) | 1  # more than the strokes of any print: 10 mm of A4
    light = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    soft = cv2.GaussianBlur(light, (0, 0), size / 3)
    paper = cv2.resize(soft, (gray.shape[1], gray.shape[0]))
    return np.asarray(cv2.divide(gray, np.maximum(paper, 30), scale=255), np.uint8)
