"""PDF/A (ISO 19005): what a file must have to claim it, and what stands in the way.

Only what can be seen from the file's structure is judged; in doubt a file claims nothing.
Runs in the parsing process.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String
from PIL import ImageCms

STANDARD = "PDF/A-{}B"
ACTIONS = {
    "Launch", "Sound", "Movie", "ResetForm", "ImportData", "JavaScript", "Hide", "SetOCGState",
    "Rendition", "Trans", "GoTo3DView",
}  # fmt: skip
NOTES = {"3D", "Sound", "Screen", "Movie", "RichMedia", "FileAttachment"}
BLEND_MODES = {
    "Normal", "Compatible", "Multiply", "Screen", "Overlay", "Darken", "Lighten", "ColorDodge",
    "ColorBurn", "HardLight", "SoftLight", "Difference", "Exclusion", "Hue", "Saturation",
    "Color", "Luminosity",
}  # fmt: skip
FILTERS = {
    "ASCIIHexDecode",
    "ASCII85Decode",
    "LZWDecode",
    "FlateDecode",
    "RunLengthDecode",
    "CCITTFaxDecode",
    "DCTDecode",
    "AHx",
    "A85",
    "Fl",
    "RL",
    "CCF",
    "DCT",
    "LZW",
}  # fmt: skip  JBIG2Decode and JPXDecode have rules of their own
CATALOG = {"AA", "OCProperties", "Perms", "Requirements", "NeedsRendering"}
PRINT, HIDDEN = 4, 1 | 2 | 32
NON_SYMBOLIC = 32
# Ink of four colours, in a content stream or as the name of a colour space.
INKS = re.compile(rb"(?:^|[\s\d.])[kK](?=[\s\[(</]|$)|/DeviceCMYK|/CMYK\b")
INLINE_LZW = re.compile(rb"/(?:F|Filter)\s*\[?\s*/LZW")
CLAIM = re.compile(rb"pdfaid:part\b[^<]*?[>\"']\s*([1-4])")


def claimed_part(pdf: pikepdf.Pdf) -> int:
    """The part of PDF/A that the file says it conforms to; 0 when it says none."""
    metadata = pdf.Root.get("/Metadata")
    if not isinstance(metadata, Stream):
        return 0
    found = CLAIM.search(metadata.read_bytes())
    return int(found[1]) if found else 0


def write_claim(pdf: pikepdf.Pdf, part: int) -> str:
    """Metadata and output intent of PDF/A part `part`, level B: the standard's name."""
    pdf.Root.Metadata = pdf.make_indirect(
        Stream(pdf, xmp(pdf, part), Type=Name.Metadata, Subtype=Name.XML)
    )
    if not pdf.Root.get("/OutputIntents"):
        profile = Stream(pdf, srgb(), N=3)
        intent = Dictionary(
            Type=Name.OutputIntent,
            S=Name.GTS_PDFA1,
            OutputConditionIdentifier=String("sRGB"),
            RegistryName=String("http://www.color.org"),
            Info=String("sRGB IEC61966-2.1"),
            DestOutputProfile=pdf.make_indirect(profile),
        )
        pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])
    return STANDARD.format(part)


def drop_claim(pdf: pikepdf.Pdf) -> None:
    """Say nothing of PDF/A any more: the metadata that does is replaced by what is known."""
    if claimed_part(pdf):
        pdf.Root.Metadata = pdf.make_indirect(
            Stream(pdf, xmp(pdf, 0), Type=Name.Metadata, Subtype=Name.XML)
        )


def xmp(pdf: pikepdf.Pdf, part: int) -> bytes:
    """The metadata packet: what the file's own information says, and the claim (part 0: none).

    Made anew: properties of other makers would each need a description of their schema.
    """
    about = pdf.docinfo
    known = {name: _text(about.get(f"/{name}")) for name in ("Title", "Author", "Subject")}
    parts = []
    if known["Title"]:
        parts.append(_alternatives("dc:title", known["Title"]))
    if known["Author"]:
        parts.append(
            f"<dc:creator><rdf:Seq><rdf:li>{known['Author']}</rdf:li></rdf:Seq></dc:creator>"
        )
    if known["Subject"]:
        parts.append(_alternatives("dc:description", known["Subject"]))
    for tag, name in (
        ("pdf:Keywords", "Keywords"),
        ("pdf:Producer", "Producer"),
        ("xmp:CreatorTool", "Creator"),
    ):
        if text := _text(about.get(f"/{name}")):
            parts.append(f"<{tag}>{text}</{tag}>")
    for tag, name in (("xmp:CreateDate", "CreationDate"), ("xmp:ModifyDate", "ModDate")):
        if date := iso_date(str(about.get(f"/{name}", ""))):
            parts.append(f"<{tag}>{date}</{tag}>")
    if part:
        parts.append(f"<pdfaid:part>{part}</pdfaid:part>")
        parts.append("<pdfaid:conformance>B</pdfaid:conformance>")
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
        + "".join(parts)
        + "</rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    )
    return packet.encode()


def _alternatives(tag: str, text: str) -> str:
    return f'<{tag}><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></{tag}>'


def _text(value: Object | None) -> str:
    """A string of the file's information, for XML: without the characters that XML cannot hold."""
    text = str(value) if isinstance(value, String) else ""
    return escape("".join(c for c in text if c.isprintable()).strip())


def iso_date(pdf_date: str) -> str:
    """`D:20261102093000+01'00'` as `2026-11-02T09:30:00+01:00`; empty when it is no such date."""
    found = re.fullmatch(
        r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:(Z)|([+-]\d\d)'?(\d\d)?'?)?.*", pdf_date
    )
    if not found:
        return ""
    year, month, day, hour, minute, second, zulu, hours, minutes = found.groups()
    zone = "Z" if zulu or not hours else f"{hours}:{minutes or '00'}"
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"


@cache
def srgb() -> bytes:
    """The sRGB profile, the same bytes each time."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[24:36] = bytes([7, 234, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])  # when it was made
    made[84:100] = bytes(16)  # a checksum that may be left out
    return bytes(made)


# -- what stands in the way ---------------------------------------------------------------------


def mend(pdf: pikepdf.Pdf) -> None:
    """Take away what PDF/A does not want and nobody sees: fonts that no page uses, lists of glyphs
    that may be incomplete, wishes for smoothing, links that do not print."""
    pdf.remove_unreferenced_resources()
    for item in _dictionaries(pdf):
        if "/FontFile" in item or "/FontFile2" in item or "/FontFile3" in item:
            for name in ("/CIDSet", "/CharSet"):
                if name in item:
                    del item[name]
        if item.get("/Subtype") == Name.Image and "/Interpolate" in item:
            del item["/Interpolate"]
        if item.get("/Subtype") == Name.Link and "/Rect" in item:
            item["/F"] = (_number(item.get("/F")) | PRINT) & ~HIDDEN


def find_obstacles(pdf: pikepdf.Pdf, contents: Iterable[bytes]) -> list[str]:
    """Why the file cannot claim PDF/A-2B or 3B, as far as its structure shows.

    `contents` are the decoded content streams of its pages.
    """
    found = set(_in_catalog(pdf))
    for content in contents:
        found.update(_in_content(content))
    for item in _dictionaries(pdf):
        found.update(_in_dictionary(item))
    return sorted(found)


def has_attachments(pdf: pikepdf.Pdf) -> bool:
    return "/EmbeddedFiles" in pdf.Root.get("/Names", Dictionary())


def _in_catalog(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    yield from (f"catalog: {name}" for name in CATALOG if f"/{name}" in root)
    if "/JavaScript" in root.get("/Names", Dictionary()):
        yield "scripts"
    form = root.get("/AcroForm", Dictionary())
    if "/XFA" in form or form.get("/NeedAppearances", False):
        yield "a form that is drawn by the viewer"
    for intent in root.get("/OutputIntents", Array()):
        profile = intent.get("/DestOutputProfile")
        if not isinstance(profile, Stream) or _number(profile.get("/N")) != 3:
            yield "another output intent"
    if has_attachments(pdf) and "/AF" not in root:
        yield "attachments without a relation"


def _in_content(content: bytes) -> Iterator[str]:
    if INKS.search(content):
        yield "colours of print without a profile"
    if INLINE_LZW.search(content):
        yield "LZW"


def _in_dictionary(item: Dictionary | Stream) -> Iterator[str]:
    kind, subtype = _name(item.get("/Type")), _name(item.get("/Subtype"))
    if _name(item.get("/S")) in ACTIONS:
        yield "actions"
    if kind == "Page" and "/AA" in item:
        yield "actions"
    if kind == "Font" or (subtype in FONTS and "/BaseFont" in item):
        yield from _in_font(item, subtype)
    if "/Rect" in item and subtype:
        yield from _in_note(item, subtype)
    if kind == "ExtGState" or "/BM" in item:
        yield from _in_state(item)
    if isinstance(item, Stream):
        yield from _in_stream(item, subtype)
    for value in item.values():
        if isinstance(value, Array) and len(value) < 8:
            names = {_name(part) for part in value}
            if "DeviceCMYK" in names and not names & {"Separation", "DeviceN"}:
                yield "colours of print without a profile"
        elif _name(value) == "DeviceCMYK":
            yield "colours of print without a profile"


FONTS = {"Type1", "MMType1", "TrueType", "Type3", "Type0", "CIDFontType0", "CIDFontType2"}


def _in_font(font: Dictionary | Stream, subtype: str) -> Iterator[str]:
    if subtype == "Type0":
        encoding = font.get("/Encoding")
        if not isinstance(encoding, Stream) and not _name(encoding).startswith("Identity-"):
            yield "fonts with a map that is not in the file"
        return
    if subtype == "Type3":
        return
    descriptor = font.get("/FontDescriptor")
    if not isinstance(descriptor, Dictionary) or not any(
        f"/FontFile{n}" in descriptor for n in ("", "2", "3")
    ):
        yield "fonts that are not in the file"
        return
    if subtype == "CIDFontType2" and "/CIDToGIDMap" not in font:
        yield "fonts without a map to their glyphs"
    if subtype == "TrueType":
        plain = bool(_number(descriptor.get("/Flags")) & NON_SYMBOLIC)
        if plain != ("/Encoding" in font):
            yield "fonts with an unclear encoding"


def _in_note(note: Dictionary | Stream, subtype: str) -> Iterator[str]:
    if subtype in NOTES or "/AA" in note:
        yield f"notes: {subtype}"
    flags = _number(note.get("/F"))
    if subtype != "Popup" and (not flags & PRINT or flags & HIDDEN):
        yield "notes that do not print"
    if subtype not in ("Popup", "Link") and "/N" not in note.get("/AP", Dictionary()):
        yield "notes that are drawn by the viewer"


def _in_state(state: Dictionary | Stream) -> Iterator[str]:
    if "/TR" in state or "/HTP" in state or _name(state.get("/TR2")) not in ("", "Default"):
        yield "transfer functions"
    blend = state.get("/BM")
    modes = [_name(mode) for mode in blend] if isinstance(blend, Array) else [_name(blend)]
    if any(mode and mode not in BLEND_MODES for mode in modes):
        yield "blend modes"


def _in_stream(stream: Stream, subtype: str) -> Iterator[str]:
    given = stream.get("/Filter", Array())
    filters = [_name(one) for one in given] if isinstance(given, Array) else [_name(given)]
    if any(one not in FILTERS and one != "JBIG2Decode" for one in filters):
        yield "codings"
    if "/F" in stream:
        yield "content that is not in the file"
    if subtype == "PS" or any(key in stream for key in ("/OPI", "/Alternates", "/PS", "/Ref")):
        yield "content that is replaced"
    if subtype == "Form":
        yield from _in_content(stream.read_bytes())


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Dictionary | Stream]:
    """Every dictionary that is in use, also those inside others."""
    waiting: list[Object] = [pdf.trailer]
    known: set[tuple[int, int]] = set()
    while waiting:
        item = waiting.pop()
        if item.is_indirect:
            if item.objgen in known:
                continue
            known.add(item.objgen)
        if isinstance(item, Dictionary | Stream):
            yield item
            values: Iterable[object] = [item[key] for key in list(item.keys())]
        elif isinstance(item, Array):
            values = list(item)
        else:
            continue
        waiting += [value for value in values if isinstance(value, Object)]


def _name(value: object) -> str:
    return str(value)[1:] if isinstance(value, Name) else ""


def _number(value: object) -> int:
    try:
        return int(value)  # type: ignore[call-overload,no-any-return]
    except (TypeError, ValueError):
        return 0
