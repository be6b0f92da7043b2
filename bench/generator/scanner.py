"""What a scanner, copier, fax or phone does to a page, and where its points end up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.generator.press import Image
from models.words import Box

Device = Literal["flatbed", "feeder", "copier", "fax", "phone"]
Tone = Literal["colour", "grey", "bilevel"]
Matrix = NDArray[np.float64]

DESKS = ((122, 92, 66), (150, 120, 92), (92, 94, 98), (176, 170, 160), (70, 62, 58))


@dataclass(frozen=True)
class Damage:
    """All that happened to one file's pages; kept in the truth.

    `skew` in degrees, counterclockwise; `perspective` as part of the page; `noise` in grey levels
    (sigma); `blur` in pixels (sigma); `fade`, `light` and `bleed` 0..1; `quality` is JPEG's.
    """

    device: Device
    dpi: int
    tone: Tone
    skew: float = 0.0
    perspective: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    fade: float = 0.0
    light: float = 0.0
    bleed: float = 0.0
    specks: int = 0
    folds: int = 0
    holes: bool = False
    streak: bool = False
    stamp: bool = False
    quality: int = 75


def choose_damage(rng: Random, device: Device) -> Damage:
    """Damage as that device does it; a good reader still reads the page."""
    some = Damage(
        device=device,
        dpi=200,
        tone="colour",
        skew=rng.uniform(-0.8, 0.8),
        noise=rng.uniform(1.5, 3.0),
        blur=rng.uniform(0.35, 0.6),
        light=rng.uniform(0.0, 0.06),
        folds=rng.choice((0, 0, 1, 2)),
        stamp=rng.random() < 0.35,
        quality=rng.randint(60, 80),
    )
    if device == "feeder":
        return replace(
            some, tone="grey", skew=rng.uniform(-2, 2), holes=rng.random() < 0.5,
            streak=rng.random() < 0.4, bleed=rng.choice((0.0, 0.03, 0.06)),
            specks=rng.randint(0, 40), noise=rng.uniform(2, 4), quality=rng.randint(45, 70),
        )  # fmt: skip
    if device == "copier":
        return replace(
            some, tone="grey", skew=rng.uniform(-1.6, 1.6), fade=rng.uniform(0.05, 0.25),
            specks=rng.randint(30, 140), blur=rng.uniform(0.5, 0.8), noise=rng.uniform(3, 6),
            quality=rng.randint(45, 65),
        )  # fmt: skip
    if device == "fax":
        return replace(
            some, tone="bilevel", skew=rng.uniform(-1.2, 1.2), specks=rng.randint(20, 120),
            noise=rng.uniform(8, 14), blur=rng.uniform(0.5, 0.7), light=0.0, folds=0, stamp=False,
            streak=rng.random() < 0.4,
        )  # fmt: skip
    if device == "phone":
        return replace(
            some, skew=rng.uniform(-2, 2), perspective=rng.uniform(0.006, 0.02),
            light=rng.uniform(0.15, 0.35), blur=rng.uniform(0.5, 0.8), noise=rng.uniform(2.5, 4),
            folds=rng.choice((0, 1, 2)), quality=rng.randint(60, 80),
        )  # fmt: skip
    return some


def scan(
    page: Image, damage: Damage, rng: Random, clear: Sequence[Box] = ()
) -> tuple[Image, Matrix]:
    """A page (RGB) as the device delivers it, and the 3x3 matrix that its points went through.

    No dirt falls on the boxes of `clear` (page-relative), where it could turn a 1 into a 4.

    The result is RGB for colour and one channel otherwise (0 or 255 only when bilevel).
    """
    noise = np.random.default_rng(rng.getrandbits(32))
    image = page if damage.tone == "colour" else cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    image = _age(np.asarray(image, np.uint8), damage, rng, noise)
    image, matrix = _lay_down(image, damage, rng, noise)
    image = _light(image, damage, rng)
    image = _expose(image, damage, noise)
    kept = [move_box(box, matrix, page, image) for box in clear]
    return _finish(image, damage, rng, noise, kept), matrix


def move_box(box: Box, matrix: Matrix, before: Image, after: Image) -> Box:
    """A page-relative box of `before` as it stands in `after`."""
    height, width = before.shape[:2]
    corners = np.array(
        [[(box.x0 * width, box.y0 * height), (box.x1 * width, box.y0 * height),
          (box.x1 * width, box.y1 * height), (box.x0 * width, box.y1 * height)]]
    )  # fmt: skip
    moved = cv2.perspectiveTransform(corners, matrix)[0]
    new_height, new_width = after.shape[:2]
    xs = np.clip(moved[:, 0] / new_width, 0, 1)
    ys = np.clip(moved[:, 1] / new_height, 0, 1)
    return Box(float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))


# -- on the paper ---------------------------------------------------------------------------------


def _smooth_field(
    noise: np.random.Generator, shape: tuple[int, int], cells: int, low: float, high: float
) -> NDArray[np.float32]:
    """A smooth random field over the page, between low and high."""
    small = noise.uniform(low, high, (cells, cells)).astype(np.float32)
    return np.asarray(
        cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32
    )


def _times(image: Image, field: NDArray[np.float32]) -> Image:
    if image.ndim == 3 and field.ndim == 2:
        field = np.repeat(field[:, :, None], 3, axis=2)
    return np.asarray(cv2.multiply(image, field, dtype=cv2.CV_8U), np.uint8)


def _age(image: Image, damage: Damage, rng: Random, noise: np.random.Generator) -> Image:
    """Fading, folds, the other side shining through, punched holes."""
    height, width = image.shape[:2]
    if damage.fade:
        # ink is lifted towards the paper, more in some places than in others
        keep = 1 - _smooth_field(noise, (height, width), 5, damage.fade * 0.5, damage.fade * 1.3)
        image = np.asarray(255 - _times(np.asarray(255 - image, np.uint8), keep), np.uint8)
    if damage.bleed:
        behind = cv2.GaussianBlur(cv2.flip(image, 1), (0, 0), 2.2)
        mixed = cv2.addWeighted(image, 1.0, behind, damage.bleed, -255 * damage.bleed)
        image = np.asarray(mixed, np.uint8)
    if damage.folds:
        image = _fold(image, damage.folds, rng)
    if damage.holes:
        _punch(image, damage.dpi, rng)
    return image


def _fold(image: Image, folds: int, rng: Random) -> Image:
    """Horizontal folds: a dark valley with a pale crest beside it."""
    height, width = image.shape[:2]
    rows = np.arange(height, dtype=np.float32)
    shade = np.ones(height, np.float32)
    for index in range(folds):
        middle = height * ((index + 1) / (folds + 1) + rng.uniform(-0.015, 0.015))
        distance = (rows - middle) / (height * 0.0016)
        shade -= rng.uniform(0.1, 0.2) * np.exp(-(distance**2))
        shade -= 0.05 * np.exp(-np.maximum(rows - middle, 0) / (height * 0.03)) * (rows > middle)
    return _times(image, np.ascontiguousarray(np.broadcast_to(shade[:, None], (height, width))))


def _punch(image: Image, dpi: int, rng: Random) -> None:
    """Two holes of a binder, 80 mm apart, through which the scanner's dark lid shows."""
    radius = round(2.9 * dpi / 25.4)
    x = round((6.5 + rng.uniform(-1, 0.8)) * dpi / 25.4)
    middle = image.shape[0] / 2 + rng.uniform(-8, 8) * dpi / 25.4
    for side in (-1, 1):
        y = round(middle + side * 40 * dpi / 25.4)
        cv2.circle(image, (x, y), radius, (70, 70, 72), -1, cv2.LINE_AA)
        cv2.circle(image, (x + 2, y + 2), radius, (110, 110, 112), 2, cv2.LINE_AA)


# -- on the glass ---------------------------------------------------------------------------------


def _corners(width: int, height: int, damage: Damage, rng: Random) -> tuple[Matrix, int, int]:
    """The matrix from paper to picture and the picture's width and height."""
    phone = damage.device == "phone"
    narrow = width * 1.6 < height
    side = 0.12 if phone or narrow else 0.0
    new_width, new_height = round(width * (1 + side)), round(height * (1 + side * width / height))
    turn = np.eye(3)
    turn[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), damage.skew, 1)
    shift = rng.uniform(-0.004, 0.004) * width
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float64)
    placed = cv2.perspectiveTransform(corners, turn)[0]
    placed += ((new_width - width) / 2 + shift, (new_height - height) / 2)
    if damage.perspective:
        placed += np.array(
            [(rng.uniform(-1, 1) * damage.perspective * width,
              rng.uniform(-1, 1) * damage.perspective * width) for _ in range(4)]
        )  # fmt: skip
    matrix = cv2.getPerspectiveTransform(corners[0].astype(np.float32), placed.astype(np.float32))
    return np.asarray(matrix, np.float64), new_width, new_height


def _lay_down(
    image: Image, damage: Damage, rng: Random, noise: np.random.Generator
) -> tuple[Image, Matrix]:
    """Turn and shift the page as it lay; around it the device's lid, or a desk."""
    height, width = image.shape[:2]
    matrix, new_width, new_height = _corners(width, height, damage, rng)
    size = (new_width, new_height)
    if damage.device == "phone":
        desk = _desk(new_width, new_height, rng, noise)
        mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size)
        shadow = cv2.GaussianBlur(mask, (0, 0), new_width / 90)
        desk = _times(desk, np.asarray(1 - shadow.astype(np.float32) / 255 * 0.45, np.float32))
        moved = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_LINEAR)
        if moved.ndim == 2:
            desk = np.asarray(cv2.cvtColor(desk, cv2.COLOR_RGB2GRAY), np.uint8)
        moved[mask < 128] = desk[mask < 128]
        return np.asarray(moved, np.uint8), matrix
    lid = {"flatbed": 247, "feeder": 236, "copier": 228, "fax": 255}[damage.device]
    moved = cv2.warpPerspective(
        image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(lid, lid, lid),
    )  # fmt: skip
    return np.asarray(moved, np.uint8), matrix


def _desk(width: int, height: int, rng: Random, noise: np.random.Generator) -> Image:
    """A wooden or plain table top."""
    colour = rng.choice(DESKS)
    grain = noise.normal(0, 1, (height // 3 + 1, 24)).astype(np.float32)
    if rng.random() < 0.5:
        grain = noise.normal(0, 1, (24, width // 3 + 1)).astype(np.float32)
    field = cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC) * 7
    return np.asarray(np.clip(np.array(colour, np.float32) + field[:, :, None], 0, 255), np.uint8)


def _light(image: Image, damage: Damage, rng: Random) -> Image:
    """Uneven light, the paper's tint, and a hand's shadow in photographs."""
    height, width = image.shape[:2]
    grid_y, grid_x = np.mgrid[0:1:64j, 0:1:64j].astype(np.float32)
    direction = rng.uniform(0, 2 * np.pi)
    slope = np.cos(direction) * (grid_x - 0.5) + np.sin(direction) * (grid_y - 0.5)
    field = 1 - damage.light * (slope + 0.5) * 0.8
    if damage.device == "phone" and rng.random() < 0.6:
        edge = (grid_x * rng.uniform(-1, 1) + grid_y * rng.uniform(0.4, 1)) - rng.uniform(0.3, 0.7)
        field *= 1 - rng.uniform(0.08, 0.2) / (1 + np.exp(-edge * 22))
    whole = np.asarray(cv2.resize(field.astype(np.float32), (width, height)), np.float32)
    if image.ndim == 2:
        return _times(image, np.asarray(whole * 0.985, np.float32))
    warm = rng.uniform(0.94, 1.0)
    tint = np.array((0.99, 0.985, 0.97 * warm + 0.02), np.float32)
    return _times(image, np.asarray(whole[:, :, None] * tint, np.float32))


def _expose(image: Image, damage: Damage, noise: np.random.Generator) -> Image:
    """Optics and sensor: blur, then noise."""
    if damage.blur:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), damage.blur), np.uint8)
    if damage.noise:
        grain = noise.standard_normal(image.shape[:2], dtype=np.float32) * damage.noise
        if damage.device == "copier":
            # toner clumps
            grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), 0.8) * 1.8, np.float32)
        whole = cv2.merge([grain, grain, grain]) if image.ndim == 3 else grain
        image = np.asarray(cv2.add(image, whole, dtype=cv2.CV_8U), np.uint8)
    return image


def _finish(
    image: Image, damage: Damage, rng: Random, noise: np.random.Generator, clear: Sequence[Box]
) -> Image:
    """Dust, streaks of a dirty glass, a copier's dark edge, and the fax's two tones."""
    height, width = image.shape[:2]
    dark = (50, 50, 50)
    for _ in range(damage.specks):
        x, y = rng.random(), rng.random()
        if not any(b.x0 <= x <= b.x1 and b.y0 <= y <= b.y1 for b in clear):
            at = (int(x * width), int(y * height))
            cv2.circle(image, at, rng.choice((0, 0, 0, 1, 1, 2)), dark, -1)
    if damage.streak:
        side = rng.randrange(width // 18)
        left = rng.choice((side, width - 3 - side))
        strip = image[:, left : left + 2]
        strip[:] = (strip * rng.uniform(0.55, 0.8)).astype(np.uint8)
    if damage.device == "copier":
        edge = np.linspace(rng.uniform(0.25, 0.6), 1, max(4, width // 90), dtype=np.float32)
        wavy = image[:, : len(edge)]
        shape = (1, len(edge)) if image.ndim == 2 else (1, len(edge), 1)
        wavy[:] = (wavy * edge.reshape(shape)).astype(np.uint8)
        image = np.asarray(cv2.convertScaleAbs(image, alpha=1.18, beta=-26), np.uint8)
    if damage.tone == "bilevel":
        level = noise.uniform(150, 172)
        image = np.asarray(np.where(image > level, 255, 0), np.uint8)
    return image
