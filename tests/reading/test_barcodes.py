"""Barcodes of a page: values and places."""

from __future__ import annotations

import time

import numpy as np
import pytest
import zxingcpp

from extractors.barcodes import find_barcodes
from extractors.page import read_page
from extractors.preprocess import level
from extractors.render import RawPage
from models.words import Barcode, Box, Line, Page
from tests.reading import samples

Pixels = samples.Pixels


def a_page() -> Pixels:
    """A4 at 200 dpi, full of text."""
    line = "Il presente documento riassume la fornitura dei beni ordinati e il loro prezzo"
    return samples.pixels(samples.text_image([line] * 44, size=(1654, 2339), height=28))


def stick(page: Pixels, kind: zxingcpp.BarcodeFormat, text: str, at: tuple[int, int]) -> Pixels:
    """The page with a code at (x, y), narrow bars of two pixels, on a white label."""
    made = np.asarray(zxingcpp.create_barcode(text, kind).to_image(scale=2))
    code = made if made.ndim == 2 else made[:, :, 0]
    page, (x, y) = page.copy(), at
    height, width = code.shape
    page[y - 20 : y + height + 20, x - 20 : x + width + 20] = 255
    page[y : y + height, x : x + width] = code[:, :, None]
    return page


CODES = [
    (zxingcpp.BarcodeFormat.Code128, "SCR-2026-000123", "Code 128"),
    (zxingcpp.BarcodeFormat.EAN13, "4006381333931", "EAN-13"),
    (zxingcpp.BarcodeFormat.ITF, "12345678901231", "ITF"),
    (zxingcpp.BarcodeFormat.QRCode, "https://example.org/d/1", "QR Code"),
    (zxingcpp.BarcodeFormat.DataMatrix, "ORD-12345", "Data Matrix"),
    (zxingcpp.BarcodeFormat.PDF417, "Fattura 218/A", "PDF417"),
]


@pytest.mark.parametrize(("kind", "text", "name"), CODES)
def test_a_code_is_read_where_it_is(kind: zxingcpp.BarcodeFormat, text: str, name: str) -> None:
    [found] = find_barcodes(stick(a_page(), kind, text, (900, 1500)))
    assert (found.text, found.format) == (text, name)
    # zxing's corners leave out part of the quiet zone and of the bars' height.
    assert found.box.x0 == pytest.approx(900 / 1654, abs=0.02)
    assert 1490 / 2339 < found.box.y0 < found.box.y1 < 1640 / 2339


def test_several_codes_come_from_top_to_bottom() -> None:
    page = stick(a_page(), zxingcpp.BarcodeFormat.QRCode, "second", (200, 1700))
    page = stick(page, zxingcpp.BarcodeFormat.Code128, "FIRST-1", (900, 300))
    assert [code.text for code in find_barcodes(page)] == ["FIRST-1", "second"]


def test_the_same_label_twice_is_two_codes() -> None:
    page = stick(a_page(), zxingcpp.BarcodeFormat.Code128, "LABEL-1", (200, 300))
    page = stick(page, zxingcpp.BarcodeFormat.Code128, "LABEL-1", (900, 1700))
    assert [code.text for code in find_barcodes(page)] == ["LABEL-1", "LABEL-1"]


@pytest.mark.parametrize("degrees", [-5, 3, 10])
def test_a_crooked_code_is_read(degrees: float) -> None:
    page = stick(a_page(), zxingcpp.BarcodeFormat.Code128, "SCR-2026-000123", (700, 1100))
    assert [code.text for code in find_barcodes(level(page, degrees))] == ["SCR-2026-000123"]


def test_text_is_no_code() -> None:
    assert find_barcodes(a_page()) == ()


def test_a_page_takes_a_blink() -> None:
    page = a_page()
    seconds = []
    for _ in range(5):
        started = time.thread_time()
        find_barcodes(page)
        seconds.append(time.thread_time() - started)
    assert min(seconds) < 0.06


def test_pages_with_a_text_layer_have_codes_too() -> None:
    image = stick(a_page(), zxingcpp.BarcodeFormat.QRCode, "in the text", (900, 1500))
    native = Page(1, 1654, 2339, (), "native")

    class Unused:
        def read(self, image: Pixels) -> list[Line]:
            raise AssertionError("the engine was asked")

    page = read_page(RawPage(1, image, 200.0, native), Unused()).page
    assert [code.text for code in page.barcodes] == ["in the text"]


def test_codes_are_kept_with_the_words() -> None:
    code = Barcode("4006381333931", "EAN-13", Box(0.1, 0.2, 0.3, 0.4))
    page = Page(1, 100, 200, (), "ocr", barcodes=(code,), blank=True)
    assert Page.from_dict(page.to_dict()) == page


def test_words_of_before_there_were_codes_are_read() -> None:
    data = Page(1, 100, 200, (), "ocr").to_dict()
    del data["barcodes"], data["blank"]
    assert Page.from_dict(data) == Page(1, 100, 200, (), "ocr")
