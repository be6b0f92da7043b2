"""The process that makes a searchable PDF of an untrusted file: `python -m extractors.archive`.

Confined as `extractors.child` is, and spoken to in the same way. Its input is the length of a JSON
list of read pages (eight bytes, big-endian), the list, and the file. It answers with `piece`
frames whose bodies make the PDF, and an `end` frame with the `standard` that it conforms to.
"""

from __future__ import annotations

import io
import json
import os
import re
import struct
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Operator, Stream

from extractors import embed, pdfa
from extractors.child import DAMAGED, allow_cpu, main, send
from extractors.glyphless import Codes, make_font
from extractors.limits import Limits
from extractors.textlayer import Affine, draw_text, to_page, to_shown
from models.errors import DamagedFile, EncryptedFile
from models.words import Page

PIECE = 1 << 20
INVISIBLE = 3
# A name for the font that no page has by chance.
FONT = "ScrvnoText"
SHOWS = re.compile(rb"T[jJ]|['\"]")  # text operators, and perhaps more
SHOWING = {"Tj", "TJ", "'", '"'}
# What brings the page as coded to the page as seen: the EXIF orientations, 0..1, y down.
ORIENTATIONS = {
    1: Affine(1, 0, 0, 1, 0, 0),
    2: Affine(-1, 0, 0, 1, 1, 0),
    3: Affine(-1, 0, 0, -1, 1, 1),
    4: Affine(1, 0, 0, -1, 0, 1),
    5: Affine(0, 1, 1, 0, 0, 0),
    6: Affine(0, 1, -1, 0, 1, 0),
    7: Affine(0, -1, -1, 0, 1, 1),
    8: Affine(0, -1, 1, 0, 0, 1),
}


def answer(out: BinaryIO, request: dict[str, Any], data: bytes, limits: Limits) -> None:
    (size,) = struct.unpack(">Q", data[:8])
    pages = [Page.from_dict(page) for page in json.loads(data[8 : 8 + size])]
    original = data[8 + size :]
    del data
    kept = set(request["kept"]) if request.get("kept") is not None else None
    if request["media_type"] == "application/pdf":
        pdf, standard = from_pdf(original, pages, out, limits, kept)
    else:
        pdf, standard = from_picture(original, request["media_type"], pages, out, limits, kept)
    made = io.BytesIO()
    pdf.save(
        made,
        force_version="1.7" if standard else "",
        min_version="1.5",
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
        stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        deterministic_id=True,
        fix_metadata_version=False,
    )
    allow_cpu(limits)
    whole = made.getbuffer()
    for start in range(0, len(whole), PIECE):
        send(out, {"kind": "piece"}, whole[start : start + PIECE])
    send(out, {"kind": "end", "standard": standard})


def progress(out: BinaryIO, limits: Limits) -> None:
    """A page is done: the parent knows that this process lives, and the next may take its time."""
    send(out, {"kind": "progress"})
    allow_cpu(limits)


# -- pictures -----------------------------------------------------------------------------------


def from_picture(
    data: bytes,
    media_type: str,
    pages: list[Page],
    out: BinaryIO,
    limits: Limits,
    kept: set[int] | None = None,
) -> tuple[pikepdf.Pdf, str]:
    """A PDF/A with a page for each picture of an image file, or for each that is `kept`."""
    pdf = pikepdf.new()
    codes = Codes()
    layers = []
    read = {page.number: page for page in pages}
    for number, sheet in enumerate(embed.sheets(data, media_type, limits), 1):
        if kept is not None and number not in kept:
            continue
        place = Affine(sheet.width, 0, 0, -sheet.height, 0, sheet.height)
        layer = b""
        if number in read:
            layer = draw_text(read[number], to_shown(read[number]).then(place), codes, FONT)
        # The unit square of a picture has y up.
        matrix = Affine(1, 0, 0, -1, 0, 1).then(ORIENTATIONS[sheet.turn]).then(place)
        numbers = " ".join(f"{value:.4f}".rstrip("0").rstrip(".") for value in _numbers(matrix))
        layers.append((layer + f"q {numbers} cm /Im Do Q".encode(), sheet, bool(layer)))
        progress(out, limits)
    font = make_font(pdf, codes) if codes.characters else None
    for content, sheet, written in layers:
        resources = Dictionary(XObject=Dictionary(Im=picture_object(pdf, sheet.picture)))
        if written:
            resources.Font = Dictionary({f"/{FONT}": font})
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, _points(sheet.width), _points(sheet.height)]),
            Resources=resources,
            Contents=Stream(pdf, content),
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    return pdf, pdfa.write_claim(pdf, 2)


def _numbers(matrix: Affine) -> tuple[float, ...]:
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _points(value: float) -> float:
    return round(value, 3)


def picture_object(pdf: pikepdf.Pdf, packed: embed.Packed) -> Stream:
    image = Stream(
        pdf,
        packed.data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=packed.width,
        Height=packed.height,
        BitsPerComponent=packed.bits,
        ColorSpace=_colour_space(pdf, packed),
    )
    if packed.coding == "jpeg":
        image.Filter = Name.DCTDecode
    elif packed.coding == "g4":
        image.Filter = Name.CCITTFaxDecode
        image.DecodeParms = Dictionary(K=-1, Columns=packed.width, Rows=packed.height)
    else:
        image.Filter = Name.FlateDecode
        image.DecodeParms = Dictionary(
            Predictor=15,
            Colors=packed.channels,
            BitsPerComponent=packed.bits,
            Columns=packed.width,
        )
    return image


def _colour_space(pdf: pikepdf.Pdf, packed: embed.Packed) -> Name | Array:
    if isinstance(packed.colours, bytes):
        last = len(packed.colours) // 3 - 1
        return Array([Name.Indexed, Name.DeviceRGB, last, pikepdf.String(packed.colours)])
    if packed.profile:
        return Array(
            [Name.ICCBased, pdf.make_indirect(Stream(pdf, packed.profile, N=packed.channels))]
        )
    return Name.DeviceGray if packed.colours == "gray" else Name.DeviceRGB


# -- PDF ----------------------------------------------------------------------------------------


def from_pdf(
    data: bytes,
    pages: list[Page],
    out: BinaryIO,
    limits: Limits,
    kept: set[int] | None = None,
) -> tuple[pikepdf.Pdf, str | None]:
    """The PDF with text added to the pages that were read as images; nothing else in it changes
    that can be seen, but that pages which are not `kept` are left out. It claims PDF/A when
    nothing speaks against it."""
    places = _geometry(data)
    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as error:
        raise EncryptedFile("The PDF needs a password.") from error
    except pikepdf.PdfError as error:
        raise DamagedFile(DAMAGED) from error
    if len(pdf.pages) != len(places):
        raise DamagedFile(DAMAGED, reason="the two parsers count different pages")
    codes = Codes()
    written, silent = [], []
    for page in pages:
        if page.source == "ocr" and page.number <= len(places):
            target = pdf.pages[page.number - 1]
            drop_hidden_text(target, pdf)
            if not SHOWS.search(_content(target)):
                silent.append(target)
            layer = draw_text(page, to_shown(page).then(places[page.number - 1]), codes, FONT)
            if layer:
                target.contents_add(layer, prepend=True)
                written.append(target)
        progress(out, limits)
    if written:
        font = make_font(pdf, codes)
        for target in silent:
            _replace_fonts(target, font)
        for target in written:
            _add_font(target, font)
    if kept is not None:
        _leave_out(pdf, kept)
    return pdf, _claim(pdf, out, limits)


# What leads to pages, or describes all of them: it would keep those that are left out.
WHOLE = ("/Outlines", "/OpenAction", "/PageLabels", "/Dests", "/StructTreeRoot", "/AcroForm")


def _leave_out(pdf: pikepdf.Pdf, kept: set[int]) -> None:
    for number in range(len(pdf.pages), 0, -1):
        if number not in kept:
            del pdf.pages[number - 1]
    for name in WHOLE:
        if name in pdf.Root:
            del pdf.Root[name]
    names = pdf.Root.get("/Names")
    if isinstance(names, Dictionary) and "/Dests" in names:
        del names["/Dests"]
    for page in pdf.pages:
        notes = page.obj.get("/Annots")
        if isinstance(notes, Array):
            page.obj.Annots = Array([note for note in notes if not _leads_elsewhere(note)])


def _leads_elsewhere(note: Any) -> bool:
    """Whether a link may lead to a page that is gone."""
    if not isinstance(note, Dictionary) or note.get("/Subtype") != Name.Link:
        return False
    action = note.get("/A")
    return not (isinstance(action, Dictionary) and action.get("/S") == Name.URI)


def _claim(pdf: pikepdf.Pdf, out: BinaryIO, limits: Limits) -> str | None:
    pdfa.mend(pdf)
    if pdfa.find_obstacles(pdf, _contents(pdf, out, limits)):
        pdfa.drop_claim(pdf)
        return None
    attached = pdfa.has_attachments(pdf)
    if attached and pdfa.claimed_part(pdf) == 3:
        # Its metadata describe the attachment (Factur-X), and it is what it was.
        return pdfa.STANDARD.format(3)
    return pdfa.write_claim(pdf, 3 if attached else 2)


def _contents(pdf: pikepdf.Pdf, out: BinaryIO, limits: Limits) -> Iterator[bytes]:
    for page in pdf.pages:
        yield _content(page)
        progress(out, limits)


def _geometry(data: bytes) -> list[Affine]:
    """Where each page as shown (0..1, y down) lies in its own space: as the reader sees it."""
    document = pypdfium2.PdfDocument(data)
    places = []
    for number in range(len(document)):
        page = document[number]
        left, bottom, right, top = page.get_bbox()
        places.append(to_page(left, bottom, right, top, page.get_rotation()))
        page.close()
    document.close()
    return places


def _content(page: pikepdf.Page) -> bytes:
    contents = page.obj.get("/Contents", Array())
    streams = list(contents) if isinstance(contents, Array) else [contents]
    return b"\n".join(part.read_bytes() for part in streams if isinstance(part, Stream))


def _replace_fonts(page: pikepdf.Page, font: Dictionary) -> None:
    """Fonts that a page names but shows nothing in: PDF/A would want them in the file."""
    resources = Dictionary(dict(page.resources.items()))
    names = list(resources.get("/Font", Dictionary()).keys())
    resources["/Font"] = Dictionary(dict.fromkeys(names, font))
    page.obj["/Resources"] = resources


def _add_font(page: pikepdf.Page, font: Dictionary) -> None:
    """Into the page's own resources: they may be shared with other pages, or inherited."""
    resources = Dictionary(dict(page.resources.items()))
    fonts = Dictionary(dict(resources.get("/Font", Dictionary()).items()))
    fonts[f"/{FONT}"] = font
    resources["/Font"] = fonts
    page.obj["/Resources"] = resources


# -- text that was invisible already ------------------------------------------------------------


def drop_hidden_text(page: pikepdf.Page, pdf: pikepdf.Pdf) -> None:
    """Take out invisible text: a page that was read as an image has it from an earlier reading,
    and whoever searches would find each word twice."""
    if not re.search(rb"\b3\s+Tr\b", _content(page)):
        return
    kept = list(_visible(pikepdf.parse_content_stream(page)))
    page.obj["/Contents"] = pdf.make_indirect(Stream(pdf, pikepdf.unparse_content_stream(kept)))


Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


def _visible(instructions: Any) -> Iterator[Instruction]:
    mode, stack = 0, []
    for item in instructions:
        name = str(item.operator)
        if name == "q":
            stack.append(mode)
        elif name == "Q" and stack:
            mode = stack.pop()
        elif name == "Tr":
            mode = int(item.operands[0])
        if name not in SHOWING or mode != INVISIBLE:
            yield item
        elif name in ("'", '"'):  # they go to the next line, too
            yield pikepdf.ContentStreamInstruction([], Operator("T*"))


if __name__ == "__main__":
    status = main(sys.argv[1:], answer)
    sys.stdout.flush()
    os._exit(status)
