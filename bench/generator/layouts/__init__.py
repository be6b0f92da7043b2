"""Every layout by document type and name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from bench.generator.facts import Facts, Lines
from bench.generator.layouts import (
    delivery_notes,
    forms,
    invoices_plain,
    invoices_preprinted,
    invoices_ruled,
    invoices_special,
    receipts,
)
from bench.generator.sheet import A4, Sheet

Draw = Callable[[Sheet, Random], float]
Make = Callable[[Random, str, Lines], Facts]


@dataclass(frozen=True)
class Layout:
    """How one kind of paper looks.

    `make` invents its content in a language, with so many lines; `draw` prints it and gives the
    lowest point used (mm). A `height` of 0 makes the paper as long as its content, as receipts are.
    """

    draw: Draw
    make: Make
    families: tuple[str, ...]
    languages: tuple[str, ...] = ("it",)
    width: float = A4[0]
    height: float = A4[1]


ALL = ("it", "en", "de", "fr")
SANS = ("helvetica", "roboto", "source_sans", "vera")

LAYOUTS: dict[str, dict[str, Layout]] = {
    "invoice": {
        "ruled": Layout(
            invoices_ruled.draw_ruled, invoices_ruled.make_ruled, ("helvetica", "roboto"), ALL
        ),
        "courtesy": Layout(
            invoices_ruled.draw_courtesy, invoices_ruled.make_courtesy, ("helvetica", "source_sans")
        ),
        "preprinted": Layout(
            invoices_preprinted.draw_preprinted, invoices_preprinted.make_preprinted, ("courier",)
        ),
        "modern": Layout(
            invoices_plain.draw_modern, invoices_plain.make_modern, ("roboto", "source_sans"), ALL
        ),
        "letter": Layout(
            invoices_plain.draw_letter,
            invoices_plain.make_letter,
            ("times", "source_serif"),
            ALL,
        ),
        "spreadsheet": Layout(
            invoices_plain.draw_spreadsheet, invoices_plain.make_spreadsheet, ("vera", "helvetica"),
            ALL,
        ),
        "fee_note": Layout(
            invoices_special.draw_fee_note,
            invoices_special.make_fee_note,
            ("source_serif", "times", "helvetica"),
        ),
        "flat_rate": Layout(
            invoices_special.draw_fee_note,
            invoices_special.make_flat_rate,
            ("helvetica", "source_sans"),
        ),
        "sidebar": Layout(
            invoices_special.draw_sidebar, invoices_special.make_sidebar, ("source_sans", "roboto")
        ),
    },
    "delivery_note": {
        "transport": Layout(
            delivery_notes.draw_transport, delivery_notes.make_note, ("helvetica", "roboto")
        ),
        "simple": Layout(
            delivery_notes.draw_simple, delivery_notes.make_note, ("vera", "times", "source_sans")
        ),
    },
    "receipt": {
        "market": Layout(
            receipts.draw_market, receipts.make_market, ("courier",), width=80, height=0
        ),
        "bar": Layout(
            receipts.draw_bar, receipts.make_bar, ("courier", "vera"), width=58, height=0
        ),
        "shop": Layout(
            receipts.draw_shop, receipts.make_shop, ("roboto", "courier"), width=80, height=0
        ),
    },
    "form": {
        "boxes": Layout(forms.draw_boxes, forms.make_boxed, ("helvetica", "source_sans")),
        "lines": Layout(forms.draw_lines, forms.make_form, ("times", "source_serif", "roboto")),
    },
}  # fmt: skip
