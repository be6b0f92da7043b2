"""`bench evaluate` and `bench calibrate`: truth, comparison, scores and the files they write."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bench import calibrate, documents, evaluate, scoring, truths
from bench.drawings import draw_reliability, draw_risk
from bench.scoring import Judged, agrees, calibration, count, expected_error, judge, risk_coverage
from bench.truths import Truth, read_corpus, read_entry, read_generated
from extractors.pipeline import extract
from extractors.score import Curve
from extractors.types import TYPES
from models.words import Page
from tests.extraction.papers import ITALIAN_INVOICE, paper

INVOICE = TYPES["invoice"]
PAGE = paper(ITALIAN_INVOICE)
RIGHT = {
    "invoice_number": ("127/A",),
    "gross_total": ("314.76",),
    "seller_name": ("Officine Bellavista S.r.l.",),
}
PAIRS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def truth(**given: Any) -> Truth:
    parts: dict[str, Any] = {
        "path": Path("a.pdf"), "folder": "f", "type": "invoice", "layout": "", "fields": RIGHT,
        "lines": None, **given,
    }  # fmt: skip
    return Truth(**parts)


def judged(of: Truth) -> list[Judged]:
    return judge(of, INVOICE, extract([PAGE], "invoice"))


# -- truth ----------------------------------------------------------------------------------------


def entry(**given: Any) -> dict[str, Any]:
    return {"id": "1", "file": "1.pdf", "kind": "invoice_image", "fields": {}, **given}


def test_names_of_a_manifest_become_ours() -> None:
    found = read_entry(
        Path("x/scans"), entry(fields={"total": "10,00", "seller": "Alfa", "vat": "1"})
    )
    assert found is not None
    assert (found.type, found.folder, found.path) == ("invoice", "scans", Path("x/scans/1.pdf"))
    assert found.fields == {"gross_total": ("10,00",), "seller_name": ("Alfa",)}


def test_a_name_may_stand_for_one_of_several_fields() -> None:
    found = read_entry(Path("x"), entry(kind="contract_scan_pdf", fields={"total": "10.00"}))
    assert found is not None
    assert found.fields == {"net_total|gross_total|amount_due": ("10.00",)}


def test_documents_of_which_nothing_is_known_are_left_out() -> None:
    assert read_entry(Path("x"), entry(kind="robustness")) is None
    assert read_entry(Path("x"), entry(fields={"unheard_of": "1"})) is None


def test_a_file_named_twice_with_different_values_has_no_truth(tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    (folder / "1.pdf").touch()
    (folder / "2.pdf").touch()
    lines = [
        entry(fields={"total": "1"}),
        entry(fields={"total": "2"}),
        entry(file="2.pdf", fields={"total": "3"}),
        entry(file="missing.pdf", fields={"total": "4"}),
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    (folder / "manifest.jsonl").write_text(text, encoding="utf-8")
    assert [t.path.name for t in read_corpus(tmp_path)] == ["2.pdf"]


def test_every_name_in_the_mapping_is_a_field_of_its_type() -> None:
    for meaning in truths._meanings()["manifests"]:
        kind = TYPES[meaning["type"]]
        for name in meaning["fields"].values():
            for one in [name] if isinstance(name, str) else name:
                assert kind.spec(one, in_line=False)
        for name in meaning.get("items", {}).values():
            assert kind.spec(name, in_line=True)


# -- comparison -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "wanted", "found", "same"),
    [
        ("amount", "1.234,50", "1234.50", True),
        ("amount", "3.0000", "3.00", True),
        ("amount", "3.01", "3.00", False),
        ("date", "05.02.2021", "2021-02-05", True),
        ("text", "CONTOSO LTD.", "Contoso Ltd", True),
        ("text", "Herrn\nMax Muster", "Max Muster", True),
        ("text", "Alfa", "Alfa S.r.l.", False),
        ("identifier", "12/A", "12-A", True),
    ],
)
def test_what_says_the_same_agrees(kind: Any, wanted: str, found: str, same: bool) -> None:
    assert agrees(kind, wanted, found) == same


def test_a_part_is_enough_where_the_truth_is_one() -> None:
    assert agrees("text", "mercato", "Mercato Centrale S.r.l.", part=True)
    assert not agrees("text", "mercato", "Trattoria", part=True)


def test_month_first_truth_is_read_so() -> None:
    assert agrees("date", "05-02-2021", "2021-05-02", order="mdy")


def test_right_wrong_and_missing_values_are_counted() -> None:
    fields = {**RIGHT, "gross_total": ("99.00",), "seller_tax_id": ("X1",)}
    tally = count(judged(truth(fields=fields)))
    assert (tally.right, tally.wrong, tally.missed) == (2, 1, 2)
    assert tally.to_dict()["precision"] == pytest.approx(2 / 3, abs=1e-4)


def test_what_a_complete_truth_lacks_is_wrong_unless_it_follows() -> None:
    found = judged(
        truth(fields={"gross_total": ("314.76",), "net_total": ("258.00",)}, complete=True)
    )
    unexpected = {one.name for one in found if one.wanted is None}
    assert "iban" in unexpected
    # the tax follows from the two totals, and the total is what is due
    assert not {"vat_total", "amount_due"} & unexpected


def test_fields_that_the_truth_never_has_are_not_judged() -> None:
    found = judged(truth(complete=True, unknown=frozenset({"iban"})))
    assert "iban" not in {one.name for one in found}


def test_lines_are_compared_with_those_they_are_most_like() -> None:
    lines = (
        {"description": "Manodopera specializzata", "line_total": "100.00"},
        {"description": "Cuscinetto a sfere 6204", "line_total": "125.00"},
        {"description": "Nowhere", "line_total": "7.00"},
    )
    found = [one for one in judged(truth(lines=lines)) if one.in_line]
    by_want = {(one.name, one.wanted): one.right for one in found}
    assert by_want["line_total", "100.00"]
    assert by_want["line_total", "125.00"]
    assert not by_want["line_total", "7.00"]


# -- scores ---------------------------------------------------------------------------------------


@given(PAIRS)
def test_the_expected_error_lies_between_none_and_all(pairs: list[tuple[float, bool]]) -> None:
    assert 0 <= expected_error(pairs) <= 1
    assert sum(b.values for b in calibration(pairs)) == len(pairs)


def test_scores_that_say_what_happens_have_no_error() -> None:
    assert expected_error([(1.0, True)] * 5 + [(0.0, False)] * 5) == 0
    assert expected_error([(0.75, True)] * 3 + [(0.75, False)]) == 0
    assert expected_error([(1.0, False)]) == 1


@given(PAIRS)
def test_risk_is_the_share_that_is_wrong_of_what_is_taken(pairs: list[tuple[float, bool]]) -> None:
    points = risk_coverage(pairs)
    assert points[-1].coverage == 1
    assert points[-1].risk == pytest.approx(sum(not right for _, right in pairs) / len(pairs))
    assert [p.threshold for p in points] == sorted({s for s, _ in pairs}, reverse=True)


@given(PAIRS)
def test_drawings_are_well_formed(pairs: list[tuple[float, bool]]) -> None:
    for text in (
        draw_reliability(calibration(pairs), "a & b"),
        draw_risk(risk_coverage(pairs), "<risk>"),
    ):
        assert ElementTree.fromstring(text).tag.endswith("svg")


# -- curves ---------------------------------------------------------------------------------------

EVIDENCE = st.lists(st.tuples(st.floats(-8, 8), st.booleans()), max_size=60)


@given(EVIDENCE)
def test_a_fitted_curve_rises(pairs: list[tuple[float, bool]]) -> None:
    curve = calibrate.fit_curve(pairs)
    assert curve.slope > 0
    assert math.isfinite(curve.shift)


def test_a_fitted_curve_follows_the_share_that_is_right() -> None:
    pairs = [(1.0, number % 4 != 0) for number in range(2000)]
    assert calibrate.fit_curve(pairs).probability(1.0) == pytest.approx(0.75, abs=0.02)


def test_without_values_the_curve_is_that_of_all_kinds() -> None:
    assert calibrate.fit_curve([], towards=Curve(0.7, 0.2)) == Curve(0.7, 0.2)


# -- commands -------------------------------------------------------------------------------------


@pytest.fixture
def scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one scan, whose reading is not done again."""
    folder = tmp_path / "scans"
    folder.mkdir()
    (folder / "scan_0001.png").write_bytes(b"not looked at")
    data = {
        "type": "invoice",
        "layout": "letter",
        "fields": {name: readings[0] for name, readings in RIGHT.items()},
        "lines": [{"description": "Manodopera specializzata", "line_total": "100.00"}],
    }
    (folder / "scan_0001.png.json").write_text(json.dumps(data), encoding="utf-8")

    def read(*_: object, **__: object) -> list[Page]:
        return [PAGE]

    monkeypatch.setattr(documents, "read_pages", read)
    return folder


def test_generated_scans_have_their_truth(scans: Path) -> None:
    (found,) = read_generated(scans)
    assert (found.layout, found.complete, found.fields) == ("letter", True, RIGHT)


def test_evaluate_writes_figures_and_drawings(
    scans: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert evaluate.main(["--generated", str(scans), "--out", str(out)]) == 0
    report = json.loads((out / "evaluation.json").read_text("utf-8"))
    assert report["header"]["invoice"]["invoice_number"]["right"] == 1
    assert report["folders"]["generated/scans"]["documents"] == 1
    assert sorted(path.name for path in out.glob("*.svg")) == [
        "reliability-header.svg", "reliability-lines.svg", "risk-header.svg", "risk-lines.svg",
    ]  # fmt: skip
    assert "invoice invoice_number" in capsys.readouterr().out


def test_evaluate_says_when_there_is_nothing_to_measure(tmp_path: Path) -> None:
    assert evaluate.main(["--generated", str(tmp_path), "--out", str(tmp_path / "out")]) == 2


def test_calibrate_writes_curves_and_their_card_the_same_each_time(
    scans: Path, tmp_path: Path
) -> None:
    made = []
    for name in ("a.yaml", "b.yaml"):
        out = tmp_path / name
        assert calibrate.main(["--generated", str(scans), "--out", str(out)]) == 0
        made.append(out.read_text("utf-8"))
    assert made[0] == made[1]
    data = yaml.safe_load(made[0])
    assert data["card"]["documents"] == {"scans": 1}
    assert set(data["curves"]) == {"header", "lines"}


def test_layouts_that_are_held_are_not_fitted(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "held.yaml"
    calibrate.main(["--generated", str(scans), "--hold", "letter", "--out", str(out)])
    data = yaml.safe_load(out.read_text("utf-8"))
    assert data["card"]["values"]["fitted"] == 0
    assert data["curves"]["header"] == {"any": [1.0, 0.0]}


def test_what_scores_mean_is_told_by_the_evidence_of_every_value() -> None:
    known = truth(complete=True, unknown=frozenset({"invoice_kind"}))
    samples = calibrate.collect(known, [PAGE])
    found = [one for one in judged(known) if one.found is not None]
    assert len(samples) == len(found)
    assert scoring.scored(found)
