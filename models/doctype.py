"""Document types: versioned data that say which fields a document has and how they are checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

DETECT = "detect"

ValueKind = Literal[
    "text", "identifier", "amount", "number", "percent", "date", "currency", "vat_id", "tax_id",
    "iban",
]  # fmt: skip


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _refuse_control(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError("control characters are not allowed")
    return text


# Sizes are limited because clients write types too.
Words = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_refuse_control)]
Formula = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_refuse_control)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Label = Annotated[dict[Language, Words], Field(min_length=1, max_length=30)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Tolerance = Annotated[Decimal, Field(ge=0, le=1_000_000)]


class Reference(Data):
    """The list that a field's values are in: `column` of the client's reference list `list`.

    `fills` says which columns of the matching row fill which fields that were not read;
    `threshold` is how like (0..1) a text has to be to count as the row's.
    """

    list: Annotated[Name, Field(max_length=40)]
    column: Words
    fills: Annotated[dict[Words, Name], Field(max_length=20)] = Field(default_factory=dict)
    threshold: float = Field(default=0.88, ge=0.5, le=1)


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a reference list, each with a text for every column."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]


class FieldSpec(Data):
    """One field to deliver. `kind` chooses parser, normaliser and validators.

    `threshold` is the score under which the field goes to a person; a missing value goes to a
    person when the field is `required`. Labels are what people see, by language, and what is
    looked for on the page when the system does not know the field. `pattern` is matched against
    the whole value (see extractors/patterns.py). `export` is the field's title in CSV files;
    without it that is its name. `mode` is how people key it.
    """

    name: Name
    kind: ValueKind
    label: Label
    required: bool = False
    threshold: float = Field(default=0.9, ge=0, le=1)
    max_length: int = Field(default=200, gt=0, le=4000)
    pattern: Formula | None = None
    allowed: Annotated[tuple[Words, ...], Field(min_length=1, max_length=1000)] | None = None
    export: Words | None = None
    mode: Literal["confirm"] = "confirm"
    reference: Reference | None = None


class SumRule(Data):
    """`terms` add up to `equals` within `tolerance` (checked when every one has a value)."""

    rule: Literal["sum"]
    name: Name
    terms: Annotated[tuple[Name, ...], Field(min_length=1, max_length=20)]
    equals: Name
    tolerance: Tolerance = Decimal("0.02")


class LineSumRule(Data):
    """`column` summed over all lines equals one of the header fields `equals`."""

    rule: Literal["line_sum"]
    name: Name
    column: Name
    equals: Annotated[tuple[Name, ...], Field(min_length=1, max_length=20)]
    tolerance: Tolerance = Decimal("0.05")


class LineProductRule(Data):
    """In each line the `factors` multiply to `equals`, when all have values."""

    rule: Literal["line_product"]
    name: Name
    factors: Annotated[tuple[Name, ...], Field(min_length=1, max_length=20)]
    equals: Name
    tolerance: Tolerance = Decimal("0.02")


class OrderRule(Data):
    """Date `earlier` is not after date `later`."""

    rule: Literal["order"]
    name: Name
    earlier: Name
    later: Name


class DifferRule(Data):
    """Two fields never hold the same value (a seller's and a buyer's VAT number)."""

    rule: Literal["differ"]
    name: Name
    fields: tuple[Name, Name]


class ExpressionRule(Data):
    """`check` holds wherever `when` does (always without one): see extractors/expression.py.

    `message` tells the person who keys what to look for.
    """

    rule: Literal["expression"]
    name: Name
    check: Formula
    when: Formula | None = None
    message: Words | None = None


Rule = Annotated[
    SumRule | LineSumRule | LineProductRule | OrderRule | DifferRule | ExpressionRule,
    Field(discriminator="rule"),
]


def _check_box(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = box
    if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
        raise ValueError("left, top, right and bottom are parts of the page's sides, 0 to 1")
    if x1 - x0 < MIN_ZONE or y1 - y0 < MIN_ZONE:
        raise ValueError("this box is too small to hold anything: draw it larger")
    return box


MIN_ZONE = 0.003
"""Of a page's side: less than a millimetre of A4."""
ZoneBox = Annotated[tuple[float, float, float, float], AfterValidator(_check_box)]


class Zone(Data):
    """Where on the blank form a field stands and how it is read there.

    `box` is left, top, right, bottom on page `page` (from 1) of the blank, 0..1 of its sides.
    `cells` is how many boxes a comb has (counted by the system when it is left out). `value` is
    what the field holds when this mark is ticked; marks that name the same field are one of n.
    """

    field: Name
    page: int = Field(default=1, ge=1, le=1000)
    box: ZoneBox
    reader: Literal["text", "comb", "mark", "barcode", "signature"]
    cells: int | None = Field(default=None, ge=1, le=100)
    value: Words | None = None


class Form(Data):
    """A fixed form by example: `blank` is the id of an uploaded blank, `zones` are drawn on it."""

    blank: Annotated[str, Field(pattern=r"^frm_[0-9A-Za-z]{1,36}$")]
    zones: Annotated[tuple[Zone, ...], Field(min_length=1, max_length=500)]


KeyPart = Name | Annotated[tuple[Name, ...], Field(min_length=1, max_length=8)]


class DocumentType(Data):
    """A document type as its YAML file has it.

    `business_key` names the fields that together mean one paper: a second document of the same
    client with the same values is a duplicate. A list in its place holds fields of which the
    first that has a value counts. `form` is the blank form on which the fields have fixed places.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)
    version: int = Field(ge=1)
    label: Label
    fields: Annotated[tuple[FieldSpec, ...], Field(min_length=1, max_length=100)]
    lines: Annotated[tuple[FieldSpec, ...], Field(max_length=40)] = ()
    rules: Annotated[tuple[Rule, ...], Field(max_length=50)] = ()
    business_key: Annotated[tuple[KeyPart, ...], Field(min_length=1, max_length=8)] | None = None
    form: Form | None = None

    def spec(self, name: str, *, in_line: bool) -> FieldSpec:
        """The field or line column called `name`; KeyError when the type has none."""
        for spec in self.lines if in_line else self.fields:
            if spec.name == name:
                return spec
        raise KeyError(name)


def load_type(path: Path) -> DocumentType:
    """Read one YAML document type; pydantic.ValidationError says what is wrong with it."""
    return DocumentType.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
