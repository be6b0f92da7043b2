"""PDF files through the parsing process: errors, rendering and text layers."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from extractors.limits import Limits
from extractors.render import RawPage, inspect, render
from models.errors import (
    DamagedFile,
    EncryptedFile,
    TooManyPages,
    TooManyPixels,
    TruncatedFile,
)
from models.words import Box
from tests.reading import samples


def read(path: Path, data: bytes, limits: Limits | None = None) -> list[RawPage]:
    limits = limits or Limits()
    path.write_bytes(data)
    info = inspect(path, limits)
    return list(render(path, info.media_type, 1, info.pages, limits))


def ink_share(page: RawPage, boxes: list[Box], grow: float = 0.01) -> float:
    """Share of the page's dark pixels that lie in the boxes, grown a little."""
    dark = page.image.min(axis=2) < 128
    height, width = dark.shape
    inside = np.zeros_like(dark)
    for box in boxes:
        rows = slice(int(max(0, box.y0 - grow) * height), int((box.y1 + grow) * height) + 1)
        columns = slice(int(max(0, box.x0 - grow) * width), int((box.x1 + grow) * width) + 1)
        inside[rows, columns] = True
    return float(dark[inside].sum() / dark.sum())


def test_pages_are_rendered_at_200_dpi(tmp_path: Path) -> None:
    (page,) = read(tmp_path / "a", samples.text_pdf(size=(595, 842)))
    assert page.image.shape == (2339, 1653, 3)
    assert page.dpi == pytest.approx(200)


def test_huge_page_is_rendered_smaller(tmp_path: Path) -> None:
    limits = Limits(output_pixels=1_000_000)
    (page,) = read(tmp_path / "a", samples.text_pdf(size=(14400, 14400)), limits)
    assert page.image.shape[0] * page.image.shape[1] <= 1_000_000


def test_small_page_is_rendered_larger(tmp_path: Path) -> None:
    (page,) = read(tmp_path / "a", samples.pdf(lambda c: c.drawString(5, 20, "Hi"), size=(150, 75)))
    assert max(page.image.shape) == 1000


def test_a_range_of_pages(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(samples.pages_pdf(5))
    pages = list(render(path, "application/pdf", 2, 3))
    assert [page.native.text for page in pages if page.native] == [
        "Pagina numero 2",
        "Pagina numero 3",
    ]


def test_encrypted_with_a_password_to_open(tmp_path: Path) -> None:
    lock = StandardEncryption("user", "owner", strength=128)
    with pytest.raises(EncryptedFile, match="Remove the password"):
        read(tmp_path / "a", samples.text_pdf(encrypt=lock))


def test_encrypted_without_a_password_to_open_is_read(tmp_path: Path) -> None:
    lock = StandardEncryption("", "owner", strength=128)
    (page,) = read(tmp_path / "a", samples.text_pdf(encrypt=lock))
    assert page.native is not None
    assert page.native.words[0].text == "Fattura"


@pytest.mark.parametrize("part", [0.02, 0.5, 0.9])
def test_cut_off_pdf_is_truncated(tmp_path: Path, part: float) -> None:
    data = samples.pages_pdf(3)
    with pytest.raises(TruncatedFile):
        read(tmp_path / "a", data[: int(len(data) * part)])


def test_junk_after_the_end_mark_is_no_truncation(tmp_path: Path) -> None:
    assert len(read(tmp_path / "a", samples.text_pdf() + b"\r\n" + b"\0" * 3000)) == 1


def test_junk_before_the_header_is_read(tmp_path: Path) -> None:
    assert len(read(tmp_path / "a", b"\r\n" * 20 + samples.text_pdf())) == 1


def test_garbage_between_header_and_end_mark_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile):
        read(tmp_path / "a", b"%PDF-1.4\ngarbage\nstartxref\n9\n%%EOF")


def test_too_many_pages(tmp_path: Path) -> None:
    with pytest.raises(TooManyPages, match="Split it"):
        read(tmp_path / "a", samples.pages_pdf(3), Limits(max_pages=2))


def test_picture_over_the_pixel_limit(tmp_path: Path) -> None:
    data = samples.pdf(lambda c: c.drawImage(samples.reader(samples.noise()), 0, 0, 100, 100))
    with pytest.raises(TooManyPixels):
        read(tmp_path / "a", data, Limits(max_pixels=20_000))


# -- text layers --------------------------------------------------------------------------------


def test_text_layer_gives_words_and_lines(tmp_path: Path) -> None:
    (page,) = read(tmp_path / "a", samples.text_pdf())
    assert page.native is not None
    assert page.native.source == "native"
    assert page.native.text == "Fattura numero 42\nTotale 99,50"
    assert [word.score for word in page.native.words] == [1.0] * 5


def test_wide_gap_on_a_baseline_parts_lines(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 200, "Imponibile totale")
        canvas.drawString(300, 200, "1.234,50")

    (page,) = read(tmp_path / "a", samples.pdf(draw))
    assert page.native is not None
    assert [line.text for line in page.native.lines] == ["Imponibile totale", "1.234,50"]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (20, 40, 380, 290)])
def test_boxes_lie_on_the_ink_whatever_rotation_and_crop(
    tmp_path: Path, rotation: int, crop: tuple[float, float, float, float] | None
) -> None:
    corner = {0: (0, 0), 90: (400, 0), 180: (400, 300), 270: (0, 300)}[rotation]

    def draw(canvas: Canvas) -> None:
        canvas.translate(*corner)
        canvas.rotate(rotation)
        canvas.setFont("Helvetica", 14)
        canvas.drawString(70, 200, "Fattura numero quarantadue")
        canvas.drawString(90, 150, "Totale")

    with pypdfium2.PdfDocument(samples.pdf(draw)) as document:
        document[0].set_mediabox(-10, -5, 400, 300)
        document[0].set_rotation(rotation)
        if crop:
            document[0].set_cropbox(*crop)
        out = io.BytesIO()
        document.save(out)
    (page,) = read(tmp_path / "a", out.getvalue())
    assert page.native is not None
    assert page.native.text == "Fattura numero quarantadue\nTotale"
    assert ink_share(page, [word.box for word in page.native.words]) > 0.99


def test_text_outside_the_page_is_dropped(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        samples.write_lines(canvas)
        canvas.drawString(50, 500, "fuori pagina")

    (page,) = read(tmp_path / "a", samples.pdf(draw))
    assert page.native is not None
    assert "fuori" not in page.native.text


# Longer than a layer that must account for the page's ink (`accounts_for`).
LONG_TEXT = "\n".join(["una riga di testo della fattura"] * 10)


def scan(canvas: Canvas) -> None:
    canvas.drawImage(samples.reader(samples.text_image(size=(800, 600))), 0, 0, 400, 300)


def test_scan_has_no_text_layer(tmp_path: Path) -> None:
    (page,) = read(tmp_path / "a", samples.pdf(scan))
    assert page.native is None


def test_invisible_text_over_a_scan_is_not_believed(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        scan(canvas)
        text = canvas.beginText(50, 250)
        text.setTextRenderMode(3)
        text.textLines(LONG_TEXT)
        canvas.drawText(text)

    (page,) = read(tmp_path / "a", samples.pdf(draw))
    assert page.native is None


def test_text_under_a_scan_is_not_believed(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(50, 250)
        text.textLines(LONG_TEXT)
        canvas.drawText(text)
        scan(canvas)

    (page,) = read(tmp_path / "a", samples.pdf(draw))
    assert page.native is None


def test_stamp_over_a_scan_is_not_the_page(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        scan(canvas)
        canvas.drawString(300, 20, "Pagina 1 di 3")

    (page,) = read(tmp_path / "a", samples.pdf(draw))
    assert page.native is None


def test_printed_text_on_a_background_picture_is_native(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        paper = Image.new("RGB", (40, 30), (240, 240, 220))
        canvas.drawImage(samples.reader(paper), 0, 0, 400, 300)
        samples.write_lines(canvas)

    (page,) = read(tmp_path / "a", samples.pdf(draw))
    assert page.native is not None


def test_filled_form_fields_are_part_of_the_text(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        samples.write_lines(canvas)
        canvas.acroForm.textfield(name="cf", x=50, y=100, width=200, height=24, value="RSSMRA80A01")

    (page,) = read(tmp_path / "a", samples.pdf(draw))
    assert page.native is not None
    assert "RSSMRA80A01" in page.native.text


def test_layer_without_meaning_is_read_from_the_image(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 14)
        canvas.drawString(50, 200, "§•¶†‡§•¶†‡§•¶†‡ ab")

    (page,) = read(tmp_path / "a", samples.pdf(draw))
    assert page.native is None
