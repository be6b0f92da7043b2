"""Batches of the grammar's papers: files with truth, the same again, suppliers that come back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.generate import main
from bench.generator import Sample, generate_family
from bench.generator.grammar.batch import Batch, choose_layout
from bench.truths import read_generated
from extractors.einvoice import read_einvoice


def _make(out: Path, batch: Batch) -> list[Sample]:
    return [made for made, _ in generate_family(out, batch)]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    kinds = ("invoice", "delivery_note", "receipt", "letter", "fatturapa")
    return _make(tmp_path_factory.mktemp("family"), Batch("test", 10, kinds, seed=3))


def test_truth_lies_beside_each_file(mixed: list[Sample]) -> None:
    types = [item.truth["type"] for item in mixed[:5]]
    assert types == ["invoice", "delivery_note", "receipt", "other", "invoice"]
    for item in mixed:
        beside = json.loads(item.path.with_name(f"{item.path.name}.json").read_text("utf-8"))
        assert beside == json.loads(json.dumps(item.truth))
        assert item.path.stat().st_size > 2000


def test_truth_names_layout_and_features(mixed: list[Sample]) -> None:
    for item in mixed:
        family, _, number = item.truth["layout"].partition("-")
        assert family == "test"
        assert len(number) == 6
        assert "held" in item.truth["features"]


def test_a_letter_has_no_fields(mixed: list[Sample]) -> None:
    letter = next(item for item in mixed if item.truth["type"] == "other")
    assert letter.truth["fields"] == {}
    assert letter.truth["lines"] == []


def test_measuring_leaves_letters_out(mixed: list[Sample]) -> None:
    read = {truth.path.name for truth in read_generated(mixed[0].path.parent)}
    assert read == {item.path.name for item in mixed if item.truth["type"] != "other"}


def test_the_xml_of_a_print_lies_beside_it(mixed: list[Sample]) -> None:
    xml = mixed[4].path.with_name(f"{mixed[4].path.name}.xml")
    read = read_einvoice(xml.read_bytes(), "application/xml")
    number = read.fields["invoice_number"].value
    assert number == mixed[4].truth["fields"]["invoice_number"]


def test_further_readings_are_as_right(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    truth = {
        "type": "invoice", "layout": "x", "fields": {"iban": "A"}, "lines": [],
        "also": {"iban": ["B"]},
    }  # fmt: skip
    (tmp_path / "a.pdf.json").write_text(json.dumps(truth), "utf-8")
    (read,) = read_generated(tmp_path)
    assert read.fields["iban"] == ("A", "B")


def test_the_same_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    batch = Batch("train", 2, ("receipt", "invoice"), seed=8)
    one, other = _make(tmp_path / "a", batch), _make(tmp_path / "b", batch)
    for left, right in zip(one, other, strict=True):
        assert left.path.read_bytes() == right.path.read_bytes()


def test_documents_of_a_supplier_come_in_a_row() -> None:
    batch = Batch("train", 6, ("invoice", "receipt"), seed=2, each=3)
    layouts = [choose_layout(batch, index) for index in range(1, 7)]
    names = [(program.kind, program.number, language) for program, language in layouts]
    assert len(set(names[:3])) == len(set(names[3:])) == 1
    assert names[0] != names[3]


def test_a_supplier_stays_the_same(tmp_path: Path) -> None:
    made = _make(tmp_path, Batch("train", 2, ("receipt",), seed=5, each=2))
    first, second = (item.truth for item in made)
    assert first["layout"] == second["layout"]
    assert first["fields"]["merchant_name"] == second["fields"]["merchant_name"]
    assert first["fields"]["date"] != second["fields"]["date"]


@pytest.mark.parametrize(
    ("option", "value"), [("--kinds", "passport"), ("--languages", "xx"), ("--each", "0")]
)
def test_the_command_refuses_what_it_does_not_know(
    tmp_path: Path, option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["--out", str(out), "--family", "train", option, value]) == 2
    assert value in capsys.readouterr().err
    assert not out.exists()


def test_the_command_counts_structures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--out", str(tmp_path), "--family", "test", "--documents", "2"]
    assert main([*arguments, "--kinds", "receipt"]) == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 2
    assert "2 documents, 2 structures" in captured.err
