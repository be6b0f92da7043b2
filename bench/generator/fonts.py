# mypy: disable-error-code="import-untyped"
"""Font families for printing: PDF's own fonts and the ones installed with the project."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import font_roboto
import font_source_sans_pro
import font_source_serif_pro
import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont


@dataclass(frozen=True)
class Family:
    """Names of the registered fonts of one family."""

    regular: str
    bold: str
    italic: str


BUILT_IN = {
    "helvetica": Family("Helvetica", "Helvetica-Bold", "Helvetica-Oblique"),
    "times": Family("Times-Roman", "Times-Bold", "Times-Italic"),
    "courier": Family("Courier", "Courier-Bold", "Courier-Oblique"),
}


def _files() -> dict[str, tuple[Path, Path, Path]]:
    roboto = Path(font_roboto.font_directory)
    sans = Path(font_source_sans_pro.font_directory)
    serif = Path(font_source_serif_pro.font_directory)
    vera = Path(reportlab.__file__).parent / "fonts"
    return {
        "roboto": _three(roboto, "Roboto", "Regular", "Bold", "Italic"),
        "source_sans": _three(sans, "SourceSansPro", "Regular", "Semibold", "It"),
        "source_serif": _three(serif, "SourceSerifPro", "Regular", "Semibold", "It"),
        "roboto_light": _three(roboto, "Roboto", "Light", "Medium", "LightItalic"),
        "source_sans_light": _three(sans, "SourceSansPro", "Light", "Bold", "LightIt"),
        "source_serif_light": _three(serif, "SourceSerifPro", "Light", "Bold", "LightIt"),
        "vera": (vera / "Vera.ttf", vera / "VeraBd.ttf", vera / "VeraIt.ttf"),
    }


def _three(folder: Path, stem: str, *faces: str) -> tuple[Path, Path, Path]:
    """Files of the regular, bold and italic face; the regular one stands in for a missing face."""
    paths = [folder / f"{stem}-{face}.ttf" for face in faces]
    regular = paths[0]
    found = [path if path.exists() else regular for path in paths]
    return found[0], found[1], found[2]


@cache
def families() -> dict[str, Family]:
    """Every family by name; the TrueType ones are registered with reportlab on first use."""
    found = dict(BUILT_IN)
    for name, paths in _files().items():
        names = [f"{name}-{face}" for face in ("regular", "bold", "italic")]
        for font, path in zip(names, paths, strict=True):
            pdfmetrics.registerFont(TTFont(font, str(path)))
        found[name] = Family(*names)
    return found


def text_width(text: str, font: str, size: float) -> float:
    """Width of `text` in points."""
    return float(pdfmetrics.stringWidth(text, font, size))
