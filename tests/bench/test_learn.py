"""The learning curve, on a few documents of two suppliers."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from bench import evaluate, learn
from bench.drawings import draw_learning
from bench.suppliers import disturb, make_suppliers
from tests.extraction.papers import ITALIAN_INVOICE, paper


def test_a_supplier_keeps_its_names_and_its_way_of_writing(tmp_path: Path) -> None:
    make_suppliers(tmp_path, 2, 3, "invoice", 4, ("it",))
    truths = [json.loads(path.read_text()) for path in sorted(tmp_path.glob("*.json"))]
    assert len(truths) == 6
    for number in (1, 2):
        own = [truth["fields"] for truth in truths if truth["supplier"] == number]
        assert len({fields["seller_vat"] for fields in own}) == 1
        assert len({fields["invoice_number"] for fields in own}) == 3


def test_made_documents_stay(tmp_path: Path) -> None:
    make_suppliers(tmp_path, 1, 2, "invoice", 4, ("it",))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    make_suppliers(tmp_path, 1, 2, "invoice", 4, ("it",))
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_noise_keeps_lines_and_boxes_on_the_page() -> None:
    page = disturb(paper(ITALIAN_INVOICE), Random(1), 0.1)
    assert len(page.lines) == len(ITALIAN_INVOICE)
    assert page.text != paper(ITALIAN_INVOICE).text
    assert all(0 <= w.box.x0 <= w.box.x1 <= 1 and w.box.y0 < w.box.y1 for w in page.words)


def test_curves_are_printed_and_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    options = ["--suppliers", "2", "--each", "3", "--tests", "2", "--languages", "it"]
    assert learn.main([*options, "--out", str(out), "--cache", str(tmp_path / "pages")]) == 0
    printed = capsys.readouterr().out
    assert "invoice, mixed" in printed
    assert "1 times" in printed
    report = json.loads((out / "learning.json").read_text())
    assert [point["learned"] for point in report["invoice"]["curves"]["mixed"]][:2] == [0, 1]
    assert (out / "learning-invoice.svg").read_text().startswith("<svg")
    documents = out / "documents" / "invoice"
    again = ["--generated", str(documents), "--cache", str(tmp_path / "pages"), "--learn"]
    assert evaluate.main([*again, "--out", str(tmp_path / "evaluated")]) == 0
    assert "invoice, supplier seen" in capsys.readouterr().out


def test_a_drawing_has_a_line_for_each_curve() -> None:
    drawing = draw_learning({"a": [(0, 0.5), (5, 0.9)], "b": [(0, 0.6), (5, None)]}, "t")
    assert drawing.count("<polyline") == 2
    assert ">5<" in drawing
