"""What an electronic invoice states, whatever its syntax: values by the invoice type's field names.

Syntaxes differ in their names; the readers map them to the business terms of EN 16931-1 (BT-1 is
the invoice number, and so on), and these to field names.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from models.words import Box

Syntax = Literal["cii", "ubl", "fatturapa"]

# UNTDID 1001 as used by EN 16931, and FatturaPA's TipoDocumento: what takes money back.
CREDIT_CODES = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"}
)
CORRECTED = "384"
INVOICE, CREDIT = "invoice", "credit_note"
FATTURAPA_CREDIT_CODES = frozenset({"TD04", "TD08"})


@dataclass(frozen=True, slots=True)
class Stated:
    """One value. `raw` is the text of the XML; `value` is normalised like a field's, and None when
    the text does not have the form that the syntax asks for. `page` and `box` say where it is
    drawn, in an original that has no page of its own.
    """

    value: str | None
    raw: str
    page: int | None = None
    box: Box | None = None

    def to_dict(self) -> dict[str, Any]:
        box = self.box.to_list() if self.box else None
        return {"value": self.value, "raw": self.raw, "page": self.page, "box": box}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Stated:
        box = Box.from_list(data["box"]) if data["box"] is not None else None
        return cls(data["value"], data["raw"], data["page"], box)


@dataclass(frozen=True, slots=True)
class EInvoice:
    """An invoice or credit note as data.

    `code` is its document type code. `adjustment` is what lies between the sum of the lines and
    the net total: charges less allowances of the whole document, a decimal number. `taxes` are
    (rate, taxable amount, tax) and `notes` (label, text): for people, on the drawn page. `drawn`
    says that the pages were made from this very data, so they cannot confirm it.
    """

    syntax: Syntax
    code: str
    fields: dict[str, Stated]
    lines: tuple[dict[str, Stated], ...] = ()
    adjustment: str = "0"
    taxes: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    drawn: bool = field(default=False)

    @property
    def is_credit(self) -> bool:
        return self.code in (FATTURAPA_CREDIT_CODES if self.syntax == "fatturapa" else CREDIT_CODES)

    @property
    def kind(self) -> str:
        """The field `invoice_kind`: a corrected invoice (384) gives back what it has a minus on."""
        gross = self.fields.get("gross_total")
        negative = gross is not None and (gross.value or "").startswith("-")
        return CREDIT if self.is_credit or (self.code == CORRECTED and negative) else INVOICE

    def with_kind(self) -> EInvoice:
        """With its kind as one of its fields, whose text is the code."""
        return replace(self, fields={**self.fields, "invoice_kind": Stated(self.kind, self.code)})

    def with_places(
        self, fields: dict[str, Stated], lines: tuple[dict[str, Stated], ...]
    ) -> EInvoice:
        return replace(self, fields=fields, lines=lines, drawn=True)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the inverse of `from_dict`."""
        return {
            "syntax": self.syntax,
            "code": self.code,
            "fields": {name: stated.to_dict() for name, stated in self.fields.items()},
            "lines": [
                {name: stated.to_dict() for name, stated in line.items()} for line in self.lines
            ],
            "adjustment": self.adjustment,
            "taxes": [list(row) for row in self.taxes],
            "notes": [list(note) for note in self.notes],
            "drawn": self.drawn,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> EInvoice:
        return cls(
            syntax=data["syntax"],
            code=data["code"],
            fields={name: Stated.from_dict(stated) for name, stated in data["fields"].items()},
            lines=tuple(
                {name: Stated.from_dict(stated) for name, stated in line.items()}
                for line in data["lines"]
            ),
            adjustment=data["adjustment"],
            taxes=tuple((row[0], row[1], row[2]) for row in data["taxes"]),
            notes=tuple((note[0], note[1]) for note in data["notes"]),
            drawn=data["drawn"],
        )
