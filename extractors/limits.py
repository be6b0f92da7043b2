"""What a file may cost to read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one file, page and parsing process.

    `max_pixels` bounds what a page may declare; a page that is allowed but larger than
    `output_pixels` is scaled down to it (16 Mpx is A4 at 400 dpi: more does not read better).
    `memory_bytes` is the process's address space. `cpu_seconds` is for opening the file and again
    for every page; `wall_seconds` is how long the process may stay silent; `text_seconds` is what
    a page's text layer may take before the page is read from its image instead. `max_invoices` is
    how many electronic invoices one file may hold.
    """

    max_pages: int = 500
    max_pixels: int = 100_000_000
    output_pixels: int = 16_000_000
    dpi: int = 200
    memory_bytes: int = 1 << 30
    cpu_seconds: int = 20
    wall_seconds: float = 60.0
    text_seconds: float = 8.0
    max_invoices: int = 1


DEFAULT = Limits()
