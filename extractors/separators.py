"""Separator sheets: pages between documents that say where the next one begins, made to print.

A sheet bears a QR code that says `TEXT` and patch codes T at its top and foot, so that document
scanners may act on it too; see extractors/patches.py for what a patch code is.
"""

from __future__ import annotations

import io
from typing import Any

TEXT = "SCRIVANO-SEPARATOR"
MM, INCH = 72 / 25.4, 72.0
PAPERS = {"a4": (595.28, 841.89), "letter": (612.0, 792.0)}
# From the leading edge, in inches: bar, space, bar, … (Kodak A-61599, Patch T).
PATCH_T = (0.08, 0.08, 0.20, 0.08, 0.08, 0.08, 0.20)
MARGIN = 0.5  # inches
WORDS = (
    ("Separator sheet", "A new document begins behind this sheet."),
    ("Foglio separatore", "Dopo questo foglio comincia un nuovo documento."),
)


def make_separators(count: int = 1, paper: str = "a4") -> bytes:
    """A PDF of `count` equal sheets; KeyError for paper that is not in `PAPERS`."""
    from reportlab.pdfgen.canvas import (
        Canvas,
    )  # loaded by whoever prints, not by the server's start

    width, height = PAPERS[paper]
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=1)
    canvas.setTitle("Scrivano: separator sheet")
    canvas.beginForm("sheet")
    _draw(canvas, width, height)
    canvas.endForm()
    for _ in range(count):
        canvas.doForm("sheet")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Any, width: float, height: float) -> None:
    _draw_patch(canvas, width, height - MARGIN * INCH, -1)
    _draw_patch(canvas, width, MARGIN * INCH, 1)
    _draw_code(canvas, width / 2, height / 2, 70 * MM)
    y = height - 2.3 * INCH
    for title, sentence in WORDS:
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawCentredString(width / 2, y, title)
        canvas.setFont("Helvetica", 12)
        canvas.drawCentredString(width / 2, y - 20, sentence)
        y -= 0.75 * INCH
    canvas.setFont("Helvetica", 10)
    canvas.drawCentredString(width / 2, height / 2 - 45 * MM, TEXT)


def _draw_patch(canvas: Any, width: float, edge: float, direction: int) -> None:
    """Bars across the sheet, from its nearest edge inwards, so that both ends of the sheet read
    the same whichever goes first."""
    y = edge
    left = 1.2 * INCH
    for number, size in enumerate(PATCH_T):
        step = direction * size * INCH
        if number % 2 == 0:
            canvas.rect(left, y, width - 2 * left, step, stroke=0, fill=1)
        y += step


def _draw_code(canvas: Any, x: float, y: float, side: float) -> None:
    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing

    code = QrCodeWidget(TEXT, barLevel="H")
    left, bottom, right, top = code.getBounds()
    scale = side / (right - left), side / (top - bottom)
    drawing = Drawing(side, side, transform=[scale[0], 0, 0, scale[1], 0, 0])
    drawing.add(code)
    renderPDF.draw(drawing, canvas, x - side / 2, y - side / 2)
