"""The page drawn for an electronic original."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.einvoice import EInvoice, paper, read_xml
from extractors.limits import Limits
from extractors.pipeline import extract
from extractors.render import RawPage, inspect, render
from models.errors import TooManyPages
from models.words import Box, Page
from tests.einvoice import samples


def write(folder: Path, data: bytes) -> Path:
    path = folder / "a.xml"
    path.write_bytes(data)
    return path


def with_lines(count: int) -> bytes:
    text = samples.fattura().decode()
    start = text.index("<DettaglioLinee>")
    end = text.index("</DettaglioLinee>") + len("</DettaglioLinee>")
    return (text[:start] + text[start:end] * count + text[end:]).encode()


def read(path: Path) -> tuple[EInvoice, list[RawPage]]:
    info = inspect(path)
    assert info.einvoice is not None
    return info.einvoice, list(render(path, info.media_type, 1, info.pages))


def text_in(page: Page, box: Box) -> str:
    """The words whose middle lies in `box`."""
    inside = [
        word.text
        for word in page.words
        if box.x0 <= word.box.cx <= box.x1 and box.y0 <= word.box.cy <= box.y1
    ]
    return " ".join(inside)


@pytest.mark.parametrize("xml", [samples.cii(), samples.ubl(), samples.fattura()])
def test_every_box_holds_its_value(tmp_path: Path, xml: bytes) -> None:
    invoice, pages = read(write(tmp_path, xml))
    native = pages[0].native
    assert native is not None
    header = {**invoice.fields}
    title = header.pop("invoice_kind").box  # the page has words for what the field has a code for
    assert title is not None
    assert text_in(native, title) in ("Invoice", "Fattura")
    stated = [*header.values(), *(s for line in invoice.lines for s in line.values())]
    shown = [text_in(native, one.box) if one.box else "no box" for one in stated]
    assert shown == [one.value for one in stated]


def test_there_is_ink_in_every_box(tmp_path: Path) -> None:
    invoice, pages = read(write(tmp_path, samples.cii()))
    image = pages[0].image
    height, width = image.shape[:2]
    boxes = [one.box for one in invoice.fields.values() if one.box]
    darkest = [
        image[int(b.y0 * height) : int(b.y1 * height), int(b.x0 * width) : int(b.x1 * width)].min()
        for b in boxes
    ]
    assert max(darkest) < 100


def test_many_lines_take_several_pages(tmp_path: Path) -> None:
    invoice, pages = read(write(tmp_path, with_lines(90)))
    last = invoice.lines[-1]["description"]
    native = pages[-1].native
    assert native is not None
    assert last.box is not None
    assert (len(pages), last.page, text_in(native, last.box)) == (3, 3, last.value)


def test_pages_are_drawn_one_by_one_alike(tmp_path: Path) -> None:
    path = write(tmp_path, with_lines(90))
    whole = list(render(path, "application/xml", 1, 3))
    second = next(iter(render(path, "application/xml", 2, 2)))
    assert (second.number, second.native) == (2, whole[1].native)


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TooManyPages):
        inspect(write(tmp_path, with_lines(90)), Limits(max_pages=2))


def test_addresses_and_notes_are_shown(tmp_path: Path) -> None:
    _, pages = read(write(tmp_path, samples.fattura()))
    native = pages[0].native
    assert native is not None
    assert all(text in native.text for text in ("Via dei Mille 12", "Lavori di marzo"))


def test_a_credit_note_says_so(tmp_path: Path) -> None:
    _, pages = read(write(tmp_path, samples.fattura(code="TD04")))
    native = pages[0].native
    assert native is not None
    assert "Nota di credito" in native.text


@pytest.mark.parametrize("name", ["\u202eABC\u2028D", "x" * 3000, "日本語 " * 300, "﷽" * 500])
def test_any_name_fits_the_page(name: str) -> None:
    xml = samples.cii().decode().replace("Kabelbinder schwarz", name)
    sheets = paper.lay_out(read_xml(xml.replace("Atelier Lumière SARL", name[:400]).encode()))
    assert all(run.box.x1 < 1 for run in sheets.runs)


def test_the_drawn_page_alone_reads_the_same(tmp_path: Path) -> None:
    """Its labels are such as the extraction from print knows."""
    invoice, pages = read(write(tmp_path, samples.fattura()))
    found = extract([page.native for page in pages if page.native], "invoice")
    read_off = {name: value.value for name, value in found.fields.items() if value.value}
    assert read_off == {name: stated.value for name, stated in invoice.fields.items()}
