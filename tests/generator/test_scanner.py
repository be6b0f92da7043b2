"""Scanning moves boxes with the ink, and does what its damage says."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import cv2
import numpy as np
import pytest

from bench.generator.press import Image
from bench.generator.scanner import Damage, Device, choose_damage, move_box, scan
from models.words import Box

DEVICES: tuple[Device, ...] = ("flatbed", "feeder", "copier", "fax", "phone")
SPOT = Box(0.62, 0.21, 0.74, 0.25)


def _page(spot: bool = True) -> Image:
    page = np.full((1169, 827, 3), 255, np.uint8)
    if spot:
        left, top = round(SPOT.x0 * 827), round(SPOT.y0 * 1169)
        page[top : round(SPOT.y1 * 1169), left : round(SPOT.x1 * 827)] = 0
    return page


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("seed", range(4))
def test_a_box_moves_with_what_it_holds(device: Device, seed: int) -> None:
    rng = Random(seed)
    damage = replace(choose_damage(rng, device), specks=0, holes=False, bleed=0.0, fade=0.0)
    page = _page()
    image, matrix = scan(page, damage, rng)
    box = move_box(SPOT, matrix, page, image)
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    x0, x1 = round(box.x0 * width), round(box.x1 * width)
    y0, y1 = round(box.y0 * height), round(box.y1 * height)
    inside = grey[y0:y1, x0:x1]
    around = np.concatenate([grey[y0 - 12 : y0 - 5, x0:x1], grey[y1 + 5 : y1 + 12, x0:x1]])
    assert np.mean(inside) < 80
    assert np.mean(around) > 120


@pytest.mark.parametrize("device", DEVICES)
def test_the_tone_is_what_the_damage_says(device: Device) -> None:
    rng = Random(1)
    damage = choose_damage(rng, device)
    image, _ = scan(_page(), damage, rng)
    if damage.tone == "colour":
        assert image.ndim == 3
    else:
        assert image.ndim == 2
    if damage.tone == "bilevel":
        assert set(np.unique(image)) <= {0, 255}


def test_a_skewed_page_is_turned_by_its_skew() -> None:
    page = _page(spot=False)
    page[580:583, 80:740] = 0
    image, _ = scan(page, Damage("flatbed", 100, "grey", skew=1.5), Random(2))
    ys, xs = np.nonzero(image < 128)
    slope = np.polyfit(xs, ys, 1)[0]
    assert np.degrees(np.arctan(-slope)) == pytest.approx(1.5, abs=0.1)


def test_no_dirt_falls_on_clear_boxes() -> None:
    dirty = Damage("feeder", 100, "grey", specks=3000)
    image, _ = scan(_page(spot=False), dirty, Random(3), [Box(0.2, 0.2, 0.8, 0.8)])
    inner = image[260:910, 185:640]
    assert int(inner.min()) > 200
    assert int(image.min()) < 100


def test_fading_lifts_the_ink() -> None:
    fresh = Damage("flatbed", 100, "grey")
    darkest = [
        int(scan(_page(), replace(fresh, fade=fade), Random(4))[0].min()) for fade in (0.0, 0.3)
    ]
    assert darkest[0] < 20 < darkest[1]
