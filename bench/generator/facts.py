"""What a document says: its normalised values and the same values as they are printed."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

# fewest and most line items; None leaves it to the layout
Lines = tuple[int, int] | None


@dataclass(frozen=True)
class Row:
    """One table row as printed; `line` is its index among the line items, None for other rows."""

    shown: Mapping[str, str]
    line: int | None = None


@dataclass(frozen=True)
class Facts:
    """The content of one document.

    `values` and `lines` hold the normalised truth of the type's fields; `shown` and `rows` what
    is printed under the same names, plus whatever else the papers carry (addresses, footers).
    `tables` holds rows that are no line items (the VAT summary). `also` has further readings of a
    field of which the paper prints several (instalments, numbers with and without country).
    `original` is the XML of the e-invoice that the paper is a print of.
    """

    kind: str
    language: str
    values: Mapping[str, str]
    shown: Mapping[str, str]
    lines: tuple[Mapping[str, str], ...] = ()
    rows: tuple[Row, ...] = ()
    tables: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    original: str = ""

    def has(self, name: str) -> bool:
        return bool(self.shown.get(name))


def capitals(texts: Mapping[str, str], names: Container[str]) -> dict[str, str]:
    """The texts with those of `names` in capital letters."""
    return {name: text.upper() if name in names else text for name, text in texts.items()}
