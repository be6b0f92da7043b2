"""What a document type may not say, and that every type that passes can be used."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.pipeline import extract
from extractors.types import TYPES
from extractors.types.faults import COLUMNS, KINDS, find_faults
from models.doctype import DocumentType
from models.words import Box, Line, Page, Word

LABEL = {"en": "Order number"}


def make(**changes: Any) -> DocumentType:
    data: dict[str, Any] = {
        "name": "order",
        "version": 1,
        "label": LABEL,
        "fields": [
            {"name": "number", "kind": "identifier", "label": LABEL},
            {"name": "opened", "kind": "date", "label": LABEL},
            {"name": "net", "kind": "amount", "label": LABEL},
            {"name": "gross", "kind": "amount", "label": LABEL},
        ],
        "lines": [{"name": "line_total", "kind": "amount", "label": LABEL}],
    }
    return DocumentType.model_validate({**data, **changes})


def field(**values: Any) -> list[dict[str, Any]]:
    return [{"name": "number", "kind": "text", "label": LABEL, **values}]


def form(*zones: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A form with these zones, each a text of the field `number` unless it says otherwise."""
    plain = {"field": "number", "box": [0.1, 0.1, 0.5, 0.2], "reader": "text"}
    return {"blank": "frm_X", "zones": [{**plain, **zone} for zone in zones or (values,)]}


def rule(kind: str, **values: Any) -> list[dict[str, Any]]:
    return [{"rule": kind, "name": "one", **values}]


@pytest.mark.parametrize("doctype", TYPES.values(), ids=lambda doctype: doctype.name)
def test_the_types_that_come_with_the_system_have_no_fault(doctype: DocumentType) -> None:
    assert find_faults(doctype) == []


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"fields": field() * 2}, "fields.1.name"),
        ({"fields": field(name="lines")}, "fields.0.name"),
        ({"fields": field(name="seller_vat")}, "fields.0.kind"),
        ({"fields": field(export="filename")}, "fields.0.export"),
        ({"fields": field() + field(name="b", export="number")}, "fields.1.export"),
        ({"fields": field(pattern="(a")}, "fields.0.pattern"),
        ({"form": form(field="numer")}, "form.zones.0.field"),
        ({"form": form(cells=4)}, "form.zones.0.cells"),
        ({"form": form(value="yes")}, "form.zones.0.value"),
        ({"form": form(field="net", reader="signature")}, "form.zones.0.reader"),
        ({"form": form(field="net", reader="mark")}, "form.zones.0.reader"),
        ({"form": form(field="net", reader="mark", value="1,5")}, "form.zones.0.value"),
        ({"form": form({}, {})}, "form.zones.1.field"),
        ({"form": form({"reader": "mark", "value": "a"}, {})}, "form.zones.1.field"),
        ({"form": form(*[{"reader": "mark", "value": "a"}] * 2)}, "form.zones.1.value"),
        ({"form": form({"reader": "mark"}, {"reader": "mark", "value": "b"})},
         "form.zones.0.value"),
        ({"rules": rule("sum", name="handwriting", terms=["net"], equals="gross")},
         "rules.0.name"),
        ({"fields": field(kind="amount", allowed=["1.234,5"])}, "fields.0.allowed.0"),
        ({"fields": field(kind="amount", allowed=["1.00", "x"])}, "fields.0.allowed.1"),
        ({"lines": field(name="colour")}, "lines.0.name"),
        ({"lines": field(name="quantity")}, "lines.0.kind"),
        ({"rules": rule("sum", terms=["net"], equals="nett")}, "rules.0.equals"),
        ({"rules": rule("sum", terms=["number"], equals="net")}, "rules.0.terms"),
        ({"rules": rule("line_sum", column="quantity", equals=["net"])}, "rules.0.column"),
        ({"rules": rule("line_product", factors=["net"], equals="line_total")}, "rules.0.factors"),
        ({"rules": rule("order", earlier="opened", later="net")}, "rules.0.later"),
        ({"rules": rule("differ", fields=["net", "seller"])}, "rules.0.fields"),
        ({"rules": rule("expression", check="net > ")}, "rules.0.check"),
        ({"rules": rule("expression", check="sum(lines.line_total) > 0")}, "rules.0.check"),
        ({"rules": rule("expression", check="net > 0", when="x > 0")}, "rules.0.when"),
        ({"rules": rule("expression", check="net > 0") * 2}, "rules.1.name"),
        ({"rules": [{**rule("order", earlier="opened", later="opened")[0], "name": "missing"}]},
         "rules.0.name"),
        ({"business_key": ["number", ["net", "vat"]]}, "business_key.1"),
    ],
)  # fmt: skip
def test_a_fault_is_found_in_its_place(changes: dict[str, Any], place: str) -> None:
    faults = find_faults(make(**changes))
    assert [fault.place for fault in faults] == [place]
    assert faults[0].message.endswith((".", "?"))


def test_a_whole_type_has_no_fault() -> None:
    rules = rule(
        "expression", check="sum(lines.line_total) == net", when='opened > date("2026-01-01")'
    )
    assert find_faults(make(rules=rules, business_key=["number"])) == []


# -- every type that passes can be read by -----------------------------------------------------

NAMES = st.one_of(
    st.sampled_from(sorted(KINDS)), st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
)
ALL_KINDS = sorted({*KINDS.values(), "percent"})
LABELS = st.dictionaries(
    st.sampled_from(["it", "en"]),
    st.one_of(
        st.sampled_from(["Numero", "Totale", "Data", "#", "N."]),
        st.text("ab1 .#%", min_size=1, max_size=9),
    ),
    min_size=1,
)


@st.composite
def doctypes(draw: st.DrawFn) -> DocumentType:
    names = draw(
        st.lists(NAMES.filter(lambda n: n != "lines"), min_size=1, max_size=8, unique=True)
    )
    fields = [
        {
            "name": name,
            "kind": KINDS.get(name) or draw(st.sampled_from(ALL_KINDS)),
            "label": draw(LABELS),
            "required": draw(st.booleans()),
            "pattern": draw(st.sampled_from([None, None, "[A-Z]+", "[0-9./-]{4,}", ".*"])),
        }
        for name in names
    ]
    columns = draw(st.lists(st.sampled_from(sorted(COLUMNS)), max_size=4, unique=True))
    lines = [{"name": n, "kind": COLUMNS[n], "label": {"en": n}} for n in columns]
    numbers = [f["name"] for f in fields if f["kind"] in ("amount", "number", "percent")]
    rules: list[dict[str, Any]] = []
    if numbers:
        some = st.lists(st.sampled_from(numbers), min_size=1, max_size=3)
        rules.append({"rule": "sum", "name": "a", "terms": draw(some), "equals": numbers[0]})
        rules.append({"rule": "expression", "name": "b", "check": f"{numbers[-1]} > 1"})
        if "line_total" in columns:
            rules.append(
                {"rule": "line_sum", "name": "c", "column": "line_total", "equals": draw(some)}
            )
    return DocumentType.model_validate(
        {"name": "own", "version": 1, "label": {"en": "Own"}, "fields": fields, "lines": lines,
         "rules": rules}
    )  # fmt: skip


WORDS = (
    "Numero", "FT117", "Data", "14/03/2026", "Totale", "1.220,00", "220,00", "22%", "EUR",
    "Quantità", "Importo", "Descrizione", "P.IVA", "01234567897", "Via", "Roma", "n.",
)  # fmt: skip


@st.composite
def pages(draw: st.DrawFn) -> Page:
    lines = []
    for row in range(draw(st.integers(0, 8))):
        texts = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5))
        words = tuple(
            Word(
                text,
                Box(0.1 + 0.15 * place, 0.05 * row, 0.2 + 0.15 * place, 0.05 * row + 0.02),
                0.99,
            )
            for place, text in enumerate(texts)
        )
        lines.append(Line.of(words))
    return Page(1, 1000, 1400, tuple(lines), "native")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(doctypes(), pages())
def test_any_type_without_fault_reads_any_page(doctype: DocumentType, page: Page) -> None:
    if find_faults(doctype):
        return
    found = extract([page], "own", {"own": doctype})
    assert list(found.fields) == [spec.name for spec in doctype.fields]
