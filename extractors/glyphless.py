"""A font whose glyphs show nothing, for text that is only to be found and copied.

PDF/A wants every font embedded, invisible text too. The font program is a TrueType file of two
glyphs without any area, made here from the tables that ISO 32000-1 (9.9) asks for. Each character
of a document gets a code of its own; all codes show glyph 1, and the ToUnicode map says what each
one means.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from functools import cache

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

UNITS = 1000  # units of the em
ADVANCE = 500  # width of every glyph
ASCENT, DESCENT = 800, -200
FONT_NAME = "SCRVNO+Glyphless"
RANGES = 100  # most entries in one block of a ToUnicode map (Adobe Technical Note 5411)


class Codes:
    """The codes of the characters of one document, given out in the order of their use."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def encode(self, text: str) -> bytes:
        """Two bytes a character; characters past 65,534 different ones become the last."""
        return b"".join(struct.pack(">H", self._code(char)) for char in text)

    def _code(self, char: str) -> int:
        return self._known.setdefault(char, min(len(self._known) + 1, 0xFFFF))

    @property
    def characters(self) -> list[str]:
        return list(self._known)


def make_font(pdf: pikepdf.Pdf, codes: Codes) -> Dictionary:
    """The font for all text that `codes` has encoded, as an indirect object of `pdf`."""
    program = font_program()
    descriptor = pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + FONT_NAME),
            Flags=4,
            FontBBox=Array([0, DESCENT, ADVANCE, ASCENT]),
            ItalicAngle=0,
            Ascent=ASCENT,
            Descent=DESCENT,
            CapHeight=ASCENT,
            StemV=80,
            FontFile2=Stream(pdf, program, Length1=len(program)),
        )
    )
    glyphs = b"\0\0" + b"\0\1" * len(codes.characters)
    descendant = pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/" + FONT_NAME),
            CIDSystemInfo=Dictionary(
                Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
            ),
            FontDescriptor=descriptor,
            DW=ADVANCE,
            CIDToGIDMap=Stream(pdf, glyphs),
        )
    )
    font = pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/" + FONT_NAME),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([descendant]),
            ToUnicode=Stream(pdf, to_unicode(codes.characters)),
        )
    )
    assert isinstance(font, Dictionary)
    return font


def to_unicode(characters: Iterable[str]) -> bytes:
    """The CMap that gives each code its character (ISO 32000-1, 9.10.3)."""
    entries = [
        f"<{code:04X}> <{char.encode('utf-16-be', 'replace').hex().upper()}>"
        for code, char in enumerate(characters, 1)
    ]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<0000> <FFFF>",
        "endcodespacerange",
        *_blocks(entries),
        "endcmap",
        "CMapName currentdict /CMap defineresource pop",
        "end",
        "end",
    ]
    return "\n".join(lines).encode("ascii")


def _blocks(entries: list[str]) -> Iterator[str]:
    for start in range(0, len(entries), RANGES):
        block = entries[start : start + RANGES]
        yield f"{len(block)} beginbfchar"
        yield from block
        yield "endbfchar"


# -- the font program ---------------------------------------------------------------------------


@cache
def font_program() -> bytes:
    """A TrueType file: an empty .notdef, and a glyph that has an extent but no area."""
    tables = {
        b"OS/2": _os2(),
        b"cmap": _cmap(),
        b"glyf": _glyph(),
        b"head": _head(0),
        b"hhea": _hhea(),
        b"hmtx": struct.pack(">HhHh", ADVANCE, 0, ADVANCE, 0),
        b"loca": struct.pack(">HHH", 0, 0, len(_glyph()) // 2),
        b"maxp": struct.pack(">I14H", 0x00010000, 2, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": _name(),
        b"post": struct.pack(">IIhhIIIII", 0x00030000, 0, -100, 50, 1, 0, 0, 0, 0),
    }
    whole = _assemble(tables)
    # The whole file sums up to this number (OpenType, `head` table).
    tables[b"head"] = _head((0xB1B0AFBA - _sum(whole)) & 0xFFFFFFFF)
    return _assemble(tables)


def _assemble(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    search = 16 << power
    header = struct.pack(">IHHHH", 0x00010000, count, search, power, 16 * count - search)
    at = len(header) + 16 * count
    directory, body = b"", b""
    for tag, data in sorted(tables.items()):
        plain = _head(0) if tag == b"head" else data
        directory += tag + struct.pack(">III", _sum(plain), at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return header + directory + body


def _sum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


def _glyph() -> bytes:
    """From corner to corner and back: viewers that mark what was found need its extent."""
    bounds = struct.pack(">hhhhh", 1, 0, DESCENT, ADVANCE, ASCENT)
    corners = struct.pack(">hhhh", 0, ADVANCE, DESCENT, ASCENT - DESCENT)
    return bounds + struct.pack(">HHBB", 1, 0, 1, 1) + corners


def _head(adjustment: int) -> bytes:
    return struct.pack(
        ">IIIIHHqqhhhhHHhhh",
        0x00010000,  # version
        0x00010000,  # revision
        adjustment,
        0x5F0F3CF5,  # magic number
        0x000B,  # baseline at 0, left side bearing at 0, integer scaling
        UNITS,
        0,  # created: always the same, so that the same file is made again
        0,  # modified
        0,
        DESCENT,
        ADVANCE,
        ASCENT,
        0,  # style
        8,  # smallest readable size
        2,  # direction
        0,  # short offsets
        0,
    )


def _hhea() -> bytes:
    return struct.pack(
        ">IhhhHhhhhhhhhhhhH",
        *(0x00010000, ASCENT, DESCENT, 0, ADVANCE),
        *(0, 0, ADVANCE, 1, 0, 0, 0, 0, 0, 0, 0, 2),
    )


def _cmap() -> bytes:
    """One entry: the first character of the private use area shows glyph 1."""
    segments = 2
    body = struct.pack(">HHHH", 2 * segments, 4, 1, 0)
    body += struct.pack(">HH", 0xE000, 0xFFFF) + b"\0\0" + struct.pack(">HH", 0xE000, 0xFFFF)
    body += struct.pack(">HH", (1 - 0xE000) & 0xFFFF, 1) + struct.pack(">HH", 0, 0)
    table = struct.pack(">HHH", 4, len(body) + 6, 0) + body
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + table


def _name() -> bytes:
    texts = {1: "Glyphless", 2: "Regular", 3: "Glyphless 1", 4: "Glyphless", 6: "Glyphless"}
    records, storage = b"", b""
    for number, text in texts.items():
        data = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x0409, number, len(data), len(storage))
        storage += data
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + storage


def _os2() -> bytes:
    fixed = struct.pack(">HhHHH10h", 3, ADVANCE, 400, 5, 0, *([0] * 10))
    family = struct.pack(">h10s4I4s", 0, b"\0" * 10, 0, 0, 0, 0, b"SCRV")
    usage = struct.pack(">HHH", 0x0040, 0xE000, 0xE000)
    heights = struct.pack(">hhhHH", ASCENT, DESCENT, 0, ASCENT, -DESCENT)
    rest = struct.pack(">IIhhHHH", 0, 0, ADVANCE, ASCENT, 0, 0xE000, 0)
    return fixed + family + usage + heights + rest
