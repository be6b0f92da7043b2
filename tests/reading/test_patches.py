"""Patch codes and separator sheets: found however they lie, and nowhere else."""

from __future__ import annotations

import cv2
import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray

from extractors.barcodes import find_barcodes
from extractors.patches import CODES, find_patches
from extractors.separators import PATCH_T, TEXT, make_separators

DPI = 150
TURNED = {"T": "3", "3": "T", "1": "6", "6": "1", "2": "2", "4": "4"}
Image = NDArray[np.uint8]


def draw(code: str) -> Image:
    """A letter page with one code near its top, bars across."""
    wide = next(bars for bars, name in CODES.items() if name == code)
    page = np.full((11 * DPI, int(8.5 * DPI)), 255, np.uint8)
    y = 0.5
    for bar in wide:
        size = 0.20 if bar else 0.08
        page[round(y * DPI) : round((y + size) * DPI), 2 * DPI : 6 * DPI] = 0
        y += size + 0.08
    return page


def damage(page: Image, degrees: float) -> Image:
    """Skewed, blurred and with noise, as from a scanner."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    skewed = cv2.warpAffine(page, matrix, (width, height), borderValue=(255, 255, 255))
    noise = np.random.default_rng(7).normal(0, 20, page.shape)
    return np.clip(cv2.GaussianBlur(skewed, (3, 3), 0) + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("code", sorted(TURNED))
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_every_code_is_found_in_every_orientation(code: str, turns: int) -> None:
    page = np.ascontiguousarray(np.rot90(damage(draw(code), 2.0), turns))
    [found] = find_patches(page)
    assert found.text in (code, TURNED[code])
    if turns == 0:
        assert (found.text, found.format) == (code, f"Patch {code}")
    if turns == 2:
        assert found.text == TURNED[code]


def test_its_box_is_where_it_is() -> None:
    [found] = find_patches(draw("T"))
    assert found.box.x0 == pytest.approx(2 / 8.5, abs=0.01)
    assert found.box.y0 == pytest.approx(0.5 / 11, abs=0.01)
    assert found.box.y1 == pytest.approx((0.5 + sum(PATCH_T)) / 11, abs=0.01)


def test_rules_and_barcodes_are_no_patch_codes() -> None:
    page = np.full((1200, 900), 255, np.uint8)
    for y in range(100, 1100, 40):
        page[y : y + 6, 50:850] = 0
    rng = np.random.default_rng(3)
    x = 100
    while x < 800:
        width = int(rng.integers(2, 8))
        page[300:420, x : x + width] = 0
        x += width + int(rng.integers(2, 8))
    assert find_patches(page) == ()


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_our_separator_sheet_says_what_it_is(paper: str) -> None:
    pdf = pypdfium2.PdfDocument(make_separators(2, paper))
    assert len(pdf) == 2
    image = pdf[1].render(scale=100 / 72).to_numpy()[:, :, :3]
    found = {(code.format, code.text) for code in find_barcodes(np.ascontiguousarray(image))}
    assert ("QR Code", TEXT) in found
    assert ("Patch T", "T") in found
