"""What goes to people."""

from __future__ import annotations

from extractors.types import TYPES
from extractors.values import Extraction, FieldValue
from models.doctype import DocumentType, FieldSpec, SumRule
from models.fields import Field
from models.words import Box
from workers.route import LOW_SCORE, MISSING, find_doubts, to_readings

LABEL = {"it": "x", "en": "x"}
TYPE = DocumentType(
    name="paper",
    version=1,
    label=LABEL,
    fields=(
        FieldSpec(name="number", kind="text", label=LABEL, required=True, threshold=0.9),
        FieldSpec(name="note", kind="text", label=LABEL, threshold=0.5),
        FieldSpec(name="net", kind="amount", label=LABEL),
        FieldSpec(name="vat", kind="amount", label=LABEL),
        FieldSpec(name="gross", kind="amount", label=LABEL),
    ),
    lines=(
        FieldSpec(name="description", kind="text", label=LABEL, required=True),
        FieldSpec(name="total", kind="amount", label=LABEL),
    ),
    rules=(SumRule(rule="sum", name="totals", terms=("net", "vat"), equals="gross"),),
)


def found(name: str, score: float, value: str | None = "1", **more: object) -> FieldValue:
    values: dict[str, object] = {
        "name": name, "line": None, "value": value, "raw": value or "", "score": score,
        "page": 1, "box": Box(0, 0, 1, 1), "problems": (), **more,
    }  # fmt: skip
    return FieldValue(**values)  # type: ignore[arg-type]


def doubts_of(*values: FieldValue, lines: tuple[dict[str, FieldValue], ...] = ()) -> object:
    extraction = Extraction("paper", 1.0, "it", {value.name: value for value in values}, lines)
    return {
        (reading.name, reading.line): reading.doubts
        for reading in to_readings(extraction, TYPE)
        if reading.doubts
    }


def test_a_sure_value_goes_to_nobody() -> None:
    assert doubts_of(found("number", 0.95)) == {}


def test_the_threshold_is_the_fields_own() -> None:
    assert doubts_of(found("number", 0.89), found("note", 0.51)) == {("number", None): (LOW_SCORE,)}


def test_a_missing_value_goes_to_people_when_required() -> None:
    assert doubts_of() == {("number", None): (MISSING,)}


def test_text_that_makes_no_value_goes_to_people() -> None:
    doubts = doubts_of(found("number", 1.0), found("net", 0.2, None, raw="1.2O0,x"))
    assert doubts == {("net", None): (MISSING,)}


def test_a_failed_check_goes_to_people_whatever_the_score() -> None:
    assert doubts_of(found("number", 1.0, problems=("check_digit",))) == {
        ("number", None): ("check_digit",)
    }


def test_cells_of_a_line_are_routed_one_by_one() -> None:
    line = {"total": found("total", 0.2, line=0)}
    assert doubts_of(found("number", 1.0), lines=(line,)) == {
        ("description", 0): (MISSING,),
        ("total", 0): (LOW_SCORE,),
    }


def field(name: str, value: str, line: int | None = None) -> Field:
    return Field(id=f"{name}{line}", name=name, value=value, line=line, source="machine")


def test_a_failed_rule_names_every_field_that_takes_part() -> None:
    fields = [field("net", "1.00"), field("vat", "0.22"), field("gross", "1.50")]
    assert find_doubts(TYPE, fields) == {
        "netNone": ("totals",), "vatNone": ("totals",), "grossNone": ("totals",),
    }  # fmt: skip


def test_a_rule_that_holds_doubts_nothing() -> None:
    fields = [field("net", "1.00"), field("vat", "0.22"), field("gross", "1.22")]
    assert find_doubts(TYPE, fields) == {}


def test_a_line_that_does_not_multiply_doubts_its_own_cells_only() -> None:
    invoice = TYPES["invoice"]
    rows = [("2", "10.00", "20.00"), ("3", "10.00", "99.00")]
    fields = [
        field(name, value, number)
        for number, row in enumerate(rows)
        for name, value in zip(("quantity", "unit_price", "line_total"), row, strict=True)
    ]
    doubted = {name for name in find_doubts(invoice, fields) if not name.endswith("None")}
    assert doubted == {"quantity1", "unit_price1", "line_total1"}
