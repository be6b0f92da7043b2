"""Scanned pages as files: image-only PDF, JPEG, TIFF and PNG."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PIL import Image as Pictures

from bench.generator.press import Image
from bench.generator.scanner import Damage

Format = Literal["pdf", "jpg", "tif", "png", "text_pdf"]

SUFFIXES: dict[Format, str] = {
    "pdf": ".pdf", "jpg": ".jpg", "tif": ".tif", "png": ".png", "text_pdf": ".pdf",
}  # fmt: skip
# files of one seed are the same bytes on every day
MADE = time.struct_time((2026, 11, 2, 9, 30, 0, 0, 306, 0))


def write_scans(path: Path, form: Format, pages: Sequence[Image], damage: Damage) -> None:
    """Write the pages to `path`; ValueError when a JPEG or PNG would have to hold several."""
    if form in ("jpg", "png") and len(pages) > 1:
        raise ValueError(f"{path.name}: {form} holds one page, not {len(pages)}")
    pictures = [Pictures.fromarray(page) for page in pages]
    bilevel = damage.tone == "bilevel"
    if bilevel:
        pictures = [picture.convert("1", dither=Pictures.Dither.NONE) for picture in pictures]
    first, rest = pictures[0], pictures[1:]
    dpi = (damage.dpi, damage.dpi)
    # two tones are packed without loss, and know no quality
    loss = {} if bilevel else {"quality": damage.quality}
    several = {"save_all": True, "append_images": rest}
    if form == "pdf":
        about = {"producer": "Scan", "creationDate": MADE, "modDate": MADE}
        first.save(path, "PDF", resolution=float(damage.dpi), **several, **loss, **about)
    elif form == "tif":
        packing = "group4" if bilevel else "jpeg"
        first.save(path, "TIFF", compression=packing, dpi=dpi, **several, **loss)
    elif form == "png":
        first.save(path, "PNG", dpi=dpi, optimize=False)
    else:
        picture = first.convert("L") if bilevel else first
        picture.save(path, "JPEG", dpi=dpi, quality=damage.quality)
