"""From PDF bytes to page images, as a printer puts them on paper."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from reportlab.pdfgen.canvas import Canvas

Image = NDArray[np.uint8]

MM = 72 / 25.4


def print_pages(pdf: bytes, dpi: int) -> list[Image]:
    """Every page as an RGB image, height x width x 3."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for index in range(len(document)):
            page = document[index]
            bitmap = page.render(scale=dpi / 72, rev_byteorder=True)
            pages.append(np.ascontiguousarray(bitmap.to_numpy()[:, :, :3]))
            page.close()
        return pages
    finally:
        document.close()


def print_scrap(
    width: float, height: float, dpi: int, draw: Callable[[Canvas], None]
) -> NDArray[np.float32]:
    """Ink coverage (0..1) of a scrap of `width` x `height` millimetres drawn in black."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width * MM, height * MM), invariant=1)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    page = print_pages(buffer.getvalue(), dpi)[0]
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.asarray(1 - grey / 255, dtype=np.float32)
