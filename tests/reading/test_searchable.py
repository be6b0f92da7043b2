"""Searchable PDFs: words lie on what they were read from, and the file is what it claims."""

from __future__ import annotations

import ctypes
import io
import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
import pdfplumber
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium_c
import pytest
from PIL import Image
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bench.generator import sample
from extractors.glyphless import Codes, font_program, to_unicode
from extractors.ocr import Engine
from extractors.page import read_page
from extractors.pdfa import iso_date
from extractors.preprocess import level, turn
from extractors.render import render
from extractors.searchable import make_searchable
from extractors.sniff import sniff
from models.errors import FileProblem
from models.words import Box, Line, Page, Word
from tests.reading import samples

WIDTH, HEIGHT = 900, 1200
# Each word is a bar of a colour of its own: where the colour is, the word must be.
BARS = {
    "Totale": ((220, 0, 0), (100, 150, 260, 190)),
    "1.234,50": ((0, 150, 0), (600, 150, 800, 190)),
    "perché": ((0, 0, 220), (120, 900, 240, 940)),
    "(\\)": ((200, 0, 200), (420, 620, 470, 660)),
}
LINES = (("Totale", "1.234,50"), ("(\\)",), ("perché",))


def upright() -> samples.Pixels:
    image = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    for colour, (x0, y0, x1, y1) in BARS.values():
        image[y0:y1, x0:x1] = colour
    return image


def read(number: int = 1, rotation: int = 0, skew: float = 0.0) -> Page:
    def word(text: str) -> Word:
        x0, y0, x1, y1 = BARS[text][1]
        return Word(text, Box(x0 / WIDTH, y0 / HEIGHT, x1 / WIDTH, y1 / HEIGHT), 0.9)

    lines = tuple(Line.of([word(text) for text in line]) for line in LINES)
    return Page(number, WIDTH, HEIGHT, lines, "ocr", rotation, skew)


def shown(rotation: int = 0, skew: float = 0.0) -> Image.Image:
    """The page as the file shows it: made upright as it is read, it is `upright()`."""
    return Image.fromarray(turn(level(upright(), -skew), -rotation % 360))


def scan(image: Image.Image, rotate: int = 0, crop: bool = False) -> bytes:
    """A PDF that shows the image; its page is turned, or lies in a larger one."""
    image = Image.fromarray(turn(np.asarray(image), -rotate % 360))
    width, height = image.width / 3, image.height / 3
    x, y = (40, 70) if crop else (0, 0)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width + 2 * x, height + 2 * y))
    canvas.drawImage(samples.reader(image), x, y, width, height)
    canvas.save()
    with pikepdf.open(out) as pdf:
        page = pdf.pages[0].obj
        page.Rotate = rotate
        page.CropBox = pikepdf.Array([x, y, x + width, y + height])
        return save(pdf)


def opened(data: bytes) -> pikepdf.Pdf:
    """Objects of a PDF live no longer than it does."""
    return pikepdf.open(io.BytesIO(data))


def make(
    folder: Path, data: bytes, pages: Sequence[Page], media_type: str = "application/pdf"
) -> tuple[bytes, str | None]:
    source, target = folder / "original", folder / "searchable.pdf"
    source.write_bytes(data)
    standard = make_searchable(source, media_type, pages, target)
    return target.read_bytes(), standard


def distances(made: bytes, index: int = 0) -> dict[str, float]:
    """How far each word is from the middle of its bar, in points, as a viewer draws both."""
    page = pypdfium2.PdfDocument(made)[index]
    image = page.render(scale=2).to_numpy()[:, :, :3][:, :, ::-1].astype(int)
    text = page.get_textpage()
    found = {}
    for word, (colour, _) in BARS.items():
        at = text.search(word, match_case=True).get_next()
        assert at is not None, f"{word} is not in {text.get_text_range()!r}"
        boxes = [text.get_charbox(at[0] + i) for i in range(at[1])]
        x = (min(b[0] for b in boxes) + max(b[2] for b in boxes)) / 2
        y = (min(b[1] for b in boxes) + max(b[3] for b in boxes)) / 2
        column, row = ctypes.c_int(), ctypes.c_int()
        size = image.shape[1], image.shape[0]
        pdfium_c.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, column, row)
        rows, columns = np.nonzero(np.abs(image - colour).max(axis=2) < 60)
        assert len(rows) > 100
        middle = (columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2
        found[word] = float(np.hypot(column.value - middle[0], row.value - middle[1])) / 2
    return found


TURNS = [(0, 0.0), (90, 0.0), (180, 0.0), (270, 0.0), (0, 3.0), (0, -4.5), (90, 2.5), (270, -6.0)]


@pytest.mark.parametrize(("rotation", "skew"), TURNS)
def test_words_lie_on_a_turned_and_crooked_scan(tmp_path: Path, rotation: int, skew: float) -> None:
    made, _ = make(tmp_path, scan(shown(rotation, skew)), [read(1, rotation, skew)])
    assert max(distances(made).values()) < 1.5


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("rotation", [0, 90])
def test_words_lie_on_a_page_that_is_turned_and_cropped(
    tmp_path: Path, rotate: int, rotation: int
) -> None:
    data = scan(shown(rotation, 2.0), rotate, crop=True)
    made, _ = make(tmp_path, data, [read(1, rotation, 2.0)])
    assert max(distances(made).values()) < 1.5


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_words_lie_on_a_picture_that_exif_turns(
    tmp_path: Path, orientation: int, kind: str
) -> None:
    turned = np.asarray(shown(90, 3.0))
    if orientation in (3, 4, 7, 8):
        turned = turned[::-1]
    if orientation in (2, 3, 6, 7):
        turned = turned[:, ::-1]
    if orientation >= 5:
        turned = turned.transpose(1, 0, 2)
    exif = Image.Exif()
    exif[274] = orientation
    options = {"quality": 95} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}
    data = samples.encode(Image.fromarray(np.ascontiguousarray(turned)), kind, exif=exif, **options)
    made, standard = make(tmp_path, data, [read(1, 90, 3.0)], f"image/{kind.lower()}")
    assert max(distances(made).values()) < 1.5
    assert standard == "PDF/A-2B"


def test_every_page_of_a_tiff_has_its_own_words(tmp_path: Path) -> None:
    frames = [shown(), shown(180, 2.0)]
    data = samples.encode(
        frames[0], "TIFF", save_all=True, append_images=frames[1:], compression="tiff_lzw"
    )
    made, standard = make(tmp_path, data, [read(1), read(2, 180, 2.0)], "image/tiff")
    assert max(*distances(made, 0).values(), *distances(made, 1).values()) < 1.5
    assert standard == "PDF/A-2B"


def test_fax_with_fewer_lines_than_columns_keeps_its_shape(tmp_path: Path) -> None:
    squeezed = shown().resize((WIDTH, HEIGHT // 2)).convert("L").point(lambda v: 255 * (v > 230))
    data = samples.encode(squeezed.convert("1"), "TIFF", compression="group4", dpi=(204, 102))
    made, _ = make(tmp_path, data, [read()], "image/tiff")
    width, height = pypdfium2.PdfDocument(made)[0].get_size()
    assert height / width == pytest.approx(HEIGHT / WIDTH, rel=0.01)


def test_words_up_and_down_the_page_are_found(tmp_path: Path) -> None:
    def column(text: str, x: float, *ys: float) -> Line:
        parts = text.split()
        boxes = [Box(x, y, x + 0.02, y + 0.2) for y in ys]
        return Line.of([Word(t, b, 0.9) for t, b in zip(parts, boxes, strict=True)])

    lines = (column("verso sopra", 0.1, 0.5, 0.2), column("verso sotto", 0.8, 0.2, 0.5))
    page = Page(1, WIDTH, HEIGHT, lines, "ocr")
    made, _ = make(tmp_path, scan(shown()), [page])
    with pdfplumber.open(io.BytesIO(made)) as pdf:
        chars = [char for char in pdf.pages[0].chars if char["text"] != " "]
        for line, text in zip(lines, ("versosopra", "versosotto"), strict=True):
            box = line.box
            inside = [
                char["text"]
                for char in chars
                if box.x0 - 0.01 < char["x0"] / 300 and char["x1"] / 300 < box.x1 + 0.01
            ]
            assert "".join(inside) == text


# -- real readings ------------------------------------------------------------------------------


def test_what_was_read_is_found_where_it_stands(tmp_path: Path, engine: Engine) -> None:
    """Through the whole way: a skewed page on its side, read, and searched in the PDF."""
    path = tmp_path / "scan.png"
    crooked = level(samples.pixels(samples.page_image()), -2.5)
    Image.fromarray(turn(crooked, 90)).save(path, dpi=(120, 120))
    pages = [read_page(raw, engine).page for raw in render(path, "image/png", 1, 1)]
    target = tmp_path / "out.pdf"
    make_searchable(path, "image/png", pages, target)
    page = pypdfium2.PdfDocument(target)[0]
    text = page.get_textpage()
    assert text.get_text_range().count("riassume la fornitura") == 14
    # The page lies on its side: the first line is the rightmost.
    search = text.search("riassume")
    across = [text.get_charbox(at[0])[0] for at in iter(search.get_next, None)]
    assert across == sorted(across, reverse=True)
    image = page.render(scale=2).to_numpy().min(axis=2)
    left, bottom, right, top = text.get_charbox(text.search("fornitura").get_next()[0])
    rows = slice(image.shape[0] - int(2 * top), image.shape[0] - int(2 * bottom))
    assert (image[rows, int(2 * left) : int(2 * right)] < 128).mean() > 0.05


# -- size ---------------------------------------------------------------------------------------


def a_full_page(number: int, width: int, height: int, random: Random) -> Page:
    """Sixty lines of seven words: more than a page of an invoice has."""
    letters = "abcdefghilmnopqrstuvzABCDEFGHILMNOPRSTUV0123456789.,/-"
    lines = []
    for row in range(60):
        y = 0.02 + row * 0.016
        words = []
        for column in range(7):
            text = "".join(random.choices(letters, k=random.randint(2, 9)))
            x = 0.03 + column * 0.135
            words.append(Word(text, Box(x, y, x + 0.012 * len(text), y + 0.012), 0.9))
        lines.append(Line.of(words))
    return Page(number, width, height, tuple(lines), "ocr", skew=1.3)


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    made = sample(tmp_path_factory.mktemp("scans"))
    return [item.path for item in made if item.truth["degradation"]]


def test_the_pdf_is_hardly_larger_than_the_scan(scans: list[Path], tmp_path: Path) -> None:
    ratios = {}
    for path in scans:
        media_type = sniff(path.read_bytes()[:1024])
        random = Random(path.name)
        pages = [
            a_full_page(raw.number, raw.image.shape[1], raw.image.shape[0], random)
            for raw in render(path, media_type, 1, 9)
        ]
        target = tmp_path / f"{path.name}.pdf"
        assert make_searchable(path, media_type, pages, target) == "PDF/A-2B"
        ratios[path.name] = target.stat().st_size / path.stat().st_size
    assert max(ratios.values()) <= 1.3, ratios


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("WEBP", {"quality": 80}),
        ("TIFF", {"compression": "jpeg", "quality": 75}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("PNG", {}),
    ],
)
def test_a_photograph_keeps_its_size(tmp_path: Path, kind: str, options: dict[str, object]) -> None:
    random = np.random.default_rng(3)
    soft = random.integers(0, 256, (60, 45, 3), dtype=np.uint8)
    photo = Image.fromarray(soft).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    data = samples.encode(photo, kind, **options)
    made, _ = make(tmp_path, data, [read()], f"image/{kind.lower()}")
    assert len(made) <= 1.3 * len(data) + 4000  # what a small file's frame takes
    drawn = pypdfium2.PdfDocument(made)[0].render(scale=1).to_pil().convert("RGB")
    wanted = np.asarray(photo.resize(drawn.size), int)
    assert np.abs(np.asarray(drawn, int) - wanted).mean() < 12


def test_a_photograph_in_heic_keeps_its_size(tmp_path: Path) -> None:
    made, standard = make(tmp_path, samples.HEIC, [], "image/heic")
    assert len(made) <= 1.3 * len(samples.HEIC) + 4000
    assert standard == "PDF/A-2B"


def test_a_jpeg_is_in_the_pdf_byte_by_byte(tmp_path: Path) -> None:
    data = samples.encode(shown(), "JPEG", quality=80)
    made, _ = make(tmp_path, data, [read()], "image/jpeg")
    assert data in made


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_pictures_of_all_kinds_look_as_they_did(tmp_path: Path, mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    # No pixels between black and white, so that all modes hold it.
    plain = shown().convert("L").point(lambda v: 255 * (v > 200))
    image = plain.convert("RGB").convert(mode) if mode != "I;16" else plain.convert("I;16")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(plain, np.uint16) * 257)
    made, standard = make(
        tmp_path, samples.encode(image, kind, dpi=(100, 100)), [read()], f"image/{kind.lower()}"
    )
    drawn = pypdfium2.PdfDocument(made)[0].render(scale=100 / 72).to_pil().convert("L")
    differs = np.abs(np.asarray(drawn, int) - np.asarray(plain.resize(drawn.size), int))
    assert differs.mean() < 2
    assert standard == "PDF/A-2B"


# -- PDF/A --------------------------------------------------------------------------------------


def test_the_structure_is_that_of_pdf_a(tmp_path: Path) -> None:
    made, standard = make(tmp_path, scan(shown()), [read()])
    pdf = opened(made)
    assert standard == "PDF/A-2B"
    assert pdf.check_pdf_syntax() == []
    assert not pdf.is_encrypted
    assert len(pdf.trailer.ID) == 2
    metadata = pdf.Root.Metadata
    assert "/Filter" not in metadata
    xmp = metadata.read_bytes()
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in xmp
    [intent] = list(pdf.Root.OutputIntents)
    assert intent.S == pikepdf.Name.GTS_PDFA1
    profile = intent.DestOutputProfile.read_bytes()
    assert (profile[12:20], len(profile)) == (b"mntrRGB ", int.from_bytes(profile[:4], "big"))


def test_the_font_is_embedded_and_says_what_each_code_means(tmp_path: Path) -> None:
    made, _ = make(tmp_path, scan(shown()), [read()])
    pdf = opened(made)
    font = pdf.pages[0].Resources.Font.ScrvnoText
    [descendant] = list(font.DescendantFonts)
    assert descendant.FontDescriptor.FontFile2.read_bytes() == font_program()
    used = {char for word in BARS for char in word} | {" "}
    assert len(descendant.CIDToGIDMap.read_bytes()) == 2 * (1 + len(used))
    assert font.ToUnicode.read_bytes().count(b"> <") == 1 + len(used)  # and the range of codes


def test_the_font_program_is_one_that_others_read() -> None:
    from PIL import ImageFont

    font = ImageFont.truetype(io.BytesIO(font_program()), 100)
    assert font.getlength("\ue000") == 50
    assert np.asarray(font.getmask("\ue000")).sum() == 0


def test_characters_past_the_first_plane_have_a_meaning() -> None:
    codes = Codes()
    assert codes.encode("a𝟙a") == b"\0\1\0\2\0\1"
    assert b"<0002> <D835DFD9>" in to_unicode(codes.characters)


def with_script(data: bytes) -> bytes:
    pdf = opened(data)
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    return save(pdf)


def with_ink(data: bytes) -> bytes:
    pdf = opened(data)
    pdf.pages[0].contents_add(b"0 0 0 1 k 0 0 9 9 re f")
    return save(pdf)


def with_note(data: bytes) -> bytes:
    pdf = opened(data)
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9])
    pdf.pages[0].Annots = pikepdf.Array([note])
    return save(pdf)


def with_claim(data: bytes) -> bytes:
    pdf = opened(data)
    with pdf.open_metadata() as metadata:
        metadata["pdfaid:part"] = "1"
        metadata["pdfaid:conformance"] = "B"
    return save(pdf)


def save(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize("spoil", [with_script, with_ink, with_note])
def test_what_is_no_pdf_a_does_not_claim_it(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    made, standard = make(tmp_path, spoil(with_claim(scan(shown()))), [read()])
    assert standard is None
    assert b"pdfaid:part>" not in made
    assert max(distances(made).values()) < 1.5


def born_digital(font: str = "Helvetica") -> bytes:
    if font != "Helvetica":
        registerFont(TTFont(font, io.BytesIO(_roboto())))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(300, 400))
    canvas.setFont(font, 14)
    canvas.drawString(50, 300, "Fattura numero 42")
    canvas.save()
    return out.getvalue()


def _roboto() -> bytes:
    from importlib.resources import files

    return files("font_roboto").joinpath("files/Roboto-Regular.ttf").read_bytes()


NATIVE = Page(1, 300, 400, read().lines, "native")


def test_fonts_that_are_not_in_the_file_forbid_the_claim(tmp_path: Path) -> None:
    assert make(tmp_path, born_digital(), [NATIVE])[1] is None


def test_a_page_with_its_own_text_stays_as_it_is(tmp_path: Path) -> None:
    data = born_digital("Roboto")
    made, _ = make(tmp_path, data, [NATIVE])
    before, after = opened(data), opened(made)
    assert after.pages[0].Contents.read_bytes() == before.pages[0].Contents.read_bytes()


def test_in_a_mixed_file_only_scans_get_words(tmp_path: Path) -> None:
    mixed = pikepdf.open(io.BytesIO(born_digital()))
    mixed.pages.extend(pikepdf.open(io.BytesIO(scan(shown()))).pages)
    made, _ = make(tmp_path, save(mixed), [NATIVE, read(2)])
    document = pypdfium2.PdfDocument(made)
    assert document[0].get_textpage().get_text_range().strip() == "Fattura numero 42"
    assert max(distances(made, 1).values()) < 1.5


def test_text_of_an_earlier_reading_gives_way(tmp_path: Path) -> None:
    once, _ = make(tmp_path, scan(shown()), [read()])
    twice, _ = make(tmp_path, once, [read()])
    text = pypdfium2.PdfDocument(twice)[0].get_textpage().get_text_range()
    assert text.count("Totale") == 1


def test_the_same_file_is_made_again(tmp_path: Path) -> None:
    data = scan(shown())
    assert make(tmp_path, data, [read()]) == make(tmp_path, data, [read()])


def test_pages_look_as_they_did(tmp_path: Path) -> None:
    data = scan(shown(0, 3.0), 90, crop=True)
    made, _ = make(tmp_path, data, [read(1, 0, 3.0)])
    before, after = (
        pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_numpy() for pdf in (data, made)
    )
    assert np.array_equal(before, after)


@pytest.mark.parametrize("cut", [0, 200, -300])
def test_a_broken_file_is_refused(tmp_path: Path, cut: int) -> None:
    data = scan(shown())[:cut] if cut else b"%PDF-1.4\nnothing\n%%EOF"
    with pytest.raises(FileProblem):
        make(tmp_path, data, [read()])


def test_what_the_file_says_of_itself_is_kept(tmp_path: Path) -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(300, 400))
    canvas.setTitle("Fatture & note <2026>")
    canvas.drawImage(samples.reader(shown()), 0, 0, 300, 400)
    canvas.save()
    made, _ = make(tmp_path, out.getvalue(), [read()])
    pdf = opened(made)
    xmp = pdf.Root.Metadata.read_bytes().decode()
    assert "Fatture &amp; note &lt;2026&gt;" in xmp


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("D:20261102093000+01'00'", "2026-11-02T09:30:00+01:00"),
        ("D:20261102093000Z", "2026-11-02T09:30:00Z"),
        ("D:20261102093000", "2026-11-02T09:30:00Z"),
        ("yesterday", ""),
    ],
)
def test_dates_are_those_of_iso_8601(given: str, wanted: str) -> None:
    assert iso_date(given) == wanted


def test_words_are_no_part_of_the_command_line(tmp_path: Path) -> None:
    """A long document has more words than a process may be started with."""
    pages = [read(number) for number in range(1, 400)]
    assert len(json.dumps([page.to_dict() for page in pages])) > 200_000
    made, _ = make(tmp_path, scan(shown()), pages)
    assert max(distances(made).values()) < 1.5
