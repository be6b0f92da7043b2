"""PDF files in the parsing process: pages through PDFium, sound text layers through pdfplumber."""

from __future__ import annotations

import io
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium_c

from extractors import native
from extractors.child import DAMAGED, Frame
from extractors.limits import Limits
from models.errors import DamagedFile, EncryptedFile, TooManyPixels, TruncatedFile

ENCRYPTED = "The PDF needs a password. Remove the password and upload the file again."
TRUNCATED = (
    "The PDF ends before its content does: the transfer was cut off. Upload the complete file."
)
MIN_SIDE = 1000  # pixels of the longer side: small pages are rendered at more than the usual dpi
MAX_DPI = 600
MAX_ATTACHED = 50  # files of one PDF that are looked at
HIDDEN = {pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP}


def count(data: bytes) -> int:
    """Pages of the file. EncryptedFile, TruncatedFile, DamagedFile."""
    return len(_open(data))


def frames(data: bytes, first: int, last: int, limits: Limits) -> Iterator[Frame]:
    """Pages `first`..`last` (from 1), rendered, with their words where the text layer is sound."""
    document = _open(data)
    data = _with_form_text(document, data, first, min(last, len(document)))
    for number in range(first, min(last, len(document)) + 1):
        yield _frame(document, data, number, limits)


def _open(data: bytes) -> pypdfium2.PdfDocument:
    # PDFium repairs a cut file silently and drops the pages that are gone: refuse it instead.
    if is_cut_short(data):
        raise TruncatedFile(TRUNCATED)
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise EncryptedFile(ENCRYPTED) from error
        raise DamagedFile(DAMAGED) from error


def attached_xml(data: bytes) -> list[tuple[str, bytes]]:
    """Name in lower case and content of each XML file that is attached to the PDF.

    Attachments that cannot be read are left out: the pages do not depend on them.
    """
    files = []
    document = _open(data)
    for index in range(min(document.count_attachments(), MAX_ATTACHED)):
        try:
            attachment = document.get_attachment(index)
            name = attachment.get_name().lower()
            if name.endswith(".xml"):
                files.append((name, bytes(attachment.get_data())))
        except pypdfium2.PdfiumError:
            continue
    return files


def is_cut_short(data: bytes) -> bool:
    """Whether objects follow the last end mark, or there is none (ISO 32000-2, 7.5.5)."""
    end = max(data.rfind(b"%%EOF"), data.rfind(b"startxref"))
    return end < 0 or re.search(rb"\d\s+obj\b", data[end:]) is not None


def _with_form_text(document: pypdfium2.PdfDocument, data: bytes, first: int, last: int) -> bytes:
    """The file with filled form fields and typed notes made part of its pages, if it has any.

    They live beside the page's content, where neither text layer nor soundness checks see them.
    """
    if document.get_formtype() != pdfium_c.FORMTYPE_NONE:
        document.init_forms()
    noted = [n for n in range(first, last + 1) if _has_notes(_page(document, n))]
    if not noted:
        return data
    if document.formenv is None:
        document.init_forms()
    if document.formenv is None:
        return data
    for number in noted:
        _page(document, number).flatten()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _has_notes(page: pypdfium2.PdfPage) -> bool:
    kinds = (pdfium_c.FPDF_ANNOT_WIDGET, pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_STAMP)
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        note = pdfium_c.FPDFPage_GetAnnot(page, index)
        if not note:
            continue
        kind = pdfium_c.FPDFAnnot_GetSubtype(note)
        pdfium_c.FPDFPage_CloseAnnot(note)
        if kind in kinds:
            return True
    return False


def _page(document: pypdfium2.PdfDocument, number: int) -> pypdfium2.PdfPage:
    try:
        return document[number - 1]
    except pypdfium2.PdfiumError as error:
        raise DamagedFile(
            f"Page {number} is broken. Export or scan the document again and upload the new file."
        ) from error


def _frame(document: pypdfium2.PdfDocument, data: bytes, number: int, limits: Limits) -> Frame:
    page = _page(document, number)
    width, height = page.get_size()
    if not (width >= 1 and height >= 1):  # also catches NaN
        raise DamagedFile(f"Page {number} has no size. Export the document again and upload it.")
    scale = _scale(width, height, limits)
    seen = _survey(page, limits)
    bitmap = page.render(scale=scale, rev_byteorder=True)
    lines = _native(page, data, number, limits) if seen else None
    frame = Frame(
        number=number,
        width=bitmap.width,
        height=bitmap.height,
        channels=3,
        pixels=_rows(bitmap),
        dpi=scale * 72,
        lines=lines,
    )
    page.close()
    return frame


def _scale(width: float, height: float, limits: Limits) -> float:
    """Pixels a point: the usual dpi, more for tiny pages, less for huge ones."""
    scale = limits.dpi / 72
    scale = max(scale, min(MIN_SIDE / max(width, height), MAX_DPI / 72))
    # One pixel of slack a side: PDFium rounds up.
    most = (limits.output_pixels / ((width + 1) * (height + 1))) ** 0.5
    return float(min(scale, most, 60_000 / max(width, height)))


def _rows(bitmap: pypdfium2.PdfBitmap) -> bytes | memoryview:
    """The bitmap's bytes without the padding at the end of each row."""
    view = memoryview(bitmap.buffer).cast("B")
    row = bitmap.width * 3
    if bitmap.stride == row:
        return view
    return b"".join(
        view[at * bitmap.stride : at * bitmap.stride + row] for at in range(bitmap.height)
    )


# -- text layer ---------------------------------------------------------------------------------


def _native(
    page: pypdfium2.PdfPage, data: bytes, number: int, limits: Limits
) -> list[list[list[Any]]] | None:
    """Words by line, `[text, x0, y0, x1, y1]`, or None when the page must be read as an image."""
    text = page.get_textpage()
    characters = text.count_chars()
    text.close()
    if characters < native.MIN_CHARS:
        return None
    try:
        with _alarm(limits.text_seconds):
            return _read(page, data, number)
    except MemoryError:
        raise
    except Exception:  # pdfminer gives up on files that PDFium draws well: read the image
        return None


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _survey(page: pypdfium2.PdfPage, limits: Limits) -> bool:
    """Whether most text objects can be seen: painted, and not under a page-wide picture.

    TooManyPixels when a picture on the page is over the limit: PDFium would leave it out silently.
    """
    left, bottom, right, top = page.get_bbox()
    area = (right - left) * (top - bottom)
    visible = total = 0
    covered = 0.0
    kinds = [pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_IMAGE]
    for item in page.get_objects(filter=kinds, max_depth=4):
        if isinstance(item, pypdfium2.PdfImage):
            width, height = item.get_px_size()
            if width * height > limits.max_pixels:
                raise TooManyPixels(
                    f"A picture has {width} x {height} pixels, at most "
                    f"{limits.max_pixels // 1_000_000} million are allowed. Scan it again at "
                    "300 dpi and upload the new file."
                )
            # Bounds of objects inside forms are in the form's space; scans are seldom there.
            x0, y0, x1, y1 = item.get_bounds()
            across = max(0.0, min(x1, right) - max(x0, left))
            covered += across * max(0.0, min(y1, top) - max(y0, bottom))
            if covered >= native.COVERED * area:
                visible = 0  # what was drawn before lies under the picture
        else:
            total += 1
            mode = pdfium_c.FPDFTextObj_GetTextRenderMode(item)
            visible += mode not in HIDDEN
    return visible >= 0.9 * total


def _read(page: pypdfium2.PdfPage, data: bytes, number: int) -> list[list[list[Any]]] | None:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data), pages=[number], raise_unicode_errors=False) as document:
        found = document.pages[0]
        media = found.page_obj.mediabox
        frame = native.visible_part(media, page.get_bbox(), int(found.rotation))
        width, height = page.get_size()
        if abs(frame.width * height - frame.height * width) > 0.02 * width * height:
            return None  # the two libraries mean different pages: the file's tree is broken
        dx, dy = found.mediabox[0], found.mediabox[1]
        chars = [
            native.Glyph(
                str(char["text"]),
                (char["x0"] - dx - frame.left) / frame.width,
                (char["top"] - dy - frame.top) / frame.height,
                (char["x1"] - dx - frame.left) / frame.width,
                (char["bottom"] - dy - frame.top) / frame.height,
                bool(char["upright"]),
            )
            for char in found.chars
        ]
    return native.read(chars, frame.width / frame.height)
