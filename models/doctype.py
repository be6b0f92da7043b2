"""Document types: versioned data that say which fields a document has and how they are checked."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

DETECT = "detect"

ValueKind = Literal[
    "text", "identifier", "amount", "number", "percent", "date", "currency", "vat_id", "tax_id",
    "iban",
]  # fmt: skip


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldSpec(Data):
    """One field to deliver. `kind` chooses parser, normaliser and validators.

    `threshold` is the score under which the field goes to a person; a missing value goes to a
    person when the field is `required`. Labels are what people see, by language.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: ValueKind
    label: dict[str, str]
    required: bool = False
    threshold: float = Field(default=0.9, ge=0, le=1)
    max_length: int = Field(default=200, gt=0)
    pattern: str | None = None
    allowed: tuple[str, ...] | None = None


class SumRule(Data):
    """`terms` add up to `equals` within `tolerance` (checked when every one has a value)."""

    rule: Literal["sum"]
    name: str
    terms: tuple[str, ...]
    equals: str
    tolerance: Decimal = Decimal("0.02")


class LineSumRule(Data):
    """`column` summed over all lines equals one of the header fields `equals`."""

    rule: Literal["line_sum"]
    name: str
    column: str
    equals: tuple[str, ...]
    tolerance: Decimal = Decimal("0.05")


class LineProductRule(Data):
    """In each line the `factors` multiply to `equals`, when all have values."""

    rule: Literal["line_product"]
    name: str
    factors: tuple[str, ...]
    equals: str
    tolerance: Decimal = Decimal("0.02")


class OrderRule(Data):
    """Date `earlier` is not after date `later`."""

    rule: Literal["order"]
    name: str
    earlier: str
    later: str


class DifferRule(Data):
    """Two fields never hold the same value (a seller's and a buyer's VAT number)."""

    rule: Literal["differ"]
    name: str
    fields: tuple[str, str]


Rule = Annotated[
    SumRule | LineSumRule | LineProductRule | OrderRule | DifferRule, Field(discriminator="rule")
]


class DocumentType(Data):
    """A document type as its YAML file has it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: int = Field(ge=1)
    label: dict[str, str]
    fields: tuple[FieldSpec, ...]
    lines: tuple[FieldSpec, ...] = ()
    rules: tuple[Rule, ...] = ()

    def spec(self, name: str, *, in_line: bool) -> FieldSpec:
        """The field or line column called `name`; KeyError when the type has none."""
        for spec in self.lines if in_line else self.fields:
            if spec.name == name:
                return spec
        raise KeyError(name)


def load_type(path: Path) -> DocumentType:
    """Read one YAML document type; pydantic.ValidationError says what is wrong with it."""
    return DocumentType.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
