"""Whole batches: the promised files, their truth, and the same again from the same seed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from bench.generate import main
from bench.generator import Sample, generate, sample


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _pages(path: Path) -> int:
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        count = len(document)
        document.close()
        return count
    with Image.open(path) as picture:
        return int(getattr(picture, "n_frames", 1))


def _text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


def test_the_demo_batch_is_a_dozen_of_the_promised_kinds(demo: list[Sample]) -> None:
    kinds = Counter(item.truth["type"] for item in demo)
    assert kinds == {"invoice": 6, "delivery_note": 2, "receipt": 3, "form": 1}
    layouts = {item.truth["layout"] for item in demo if item.truth["type"] == "invoice"}
    assert len(layouts) == 6


def test_the_demo_batch_has_the_promised_formats(demo: list[Sample]) -> None:
    found = Counter(item.path.suffix for item in demo)
    assert set(found) == {".pdf", ".jpg", ".tif", ".png"}
    tiffs = [item for item in demo if item.path.suffix == ".tif"]
    assert [_pages(item.path) for item in tiffs] == [2]
    pdfs = [item for item in demo if item.path.suffix == ".pdf"]
    assert any(_pages(item.path) > 1 and not _text(item.path) for item in pdfs)
    assert [bool(_text(item.path)) for item in pdfs].count(True) == 1


def test_truth_lies_beside_each_file(demo: list[Sample]) -> None:
    for item in demo:
        beside = item.path.with_name(f"{item.path.name}.json")
        truth = json.loads(beside.read_text(encoding="utf-8"))
        assert truth == json.loads(json.dumps(item.truth))
        assert truth["file"] == item.path.name
        assert truth["pages"] == _pages(item.path)


@pytest.mark.parametrize("batch", ["demo", "mixed"])
def test_boxes_lie_within_their_pages(batch: str, request: pytest.FixtureRequest) -> None:
    for item in request.getfixturevalue(batch):
        truth = item.truth
        places = [*truth["boxes"].values()]
        places += [place for line in truth["line_boxes"] for place in line.values()]
        for place in places:
            x0, y0, x1, y1 = place["box"]
            assert 0 <= x0 < x1 <= 1
            assert 0 <= y0 < y1 <= 1
            assert 1 <= place["page"] <= truth["pages"]


@pytest.mark.parametrize("batch", ["demo", "mixed"])
def test_each_value_has_a_box(batch: str, request: pytest.FixtureRequest) -> None:
    for item in request.getfixturevalue(batch):
        truth = item.truth
        assert set(truth["boxes"]) == set(truth["fields"])
        assert [set(line) for line in truth["lines"]] == [set(b) for b in truth["line_boxes"]]


@pytest.mark.parametrize("batch", ["demo", "mixed"])
def test_files_have_sensible_sizes(batch: str, request: pytest.FixtureRequest) -> None:
    for item in request.getfixturevalue(batch):
        assert 10_000 < item.path.stat().st_size / _pages(item.path) < 1_500_000


def test_the_text_of_the_born_digital_invoice_holds_its_truth(demo: list[Sample]) -> None:
    born = next(item for item in demo if not item.truth["degradation"])
    text = _text(born.path)
    assert born.truth["fields"]["iban"] in text
    assert born.truth["fields"]["seller_vat"] in text


def test_the_same_seed_makes_the_same_bytes(tmp_path: Path, demo: list[Sample]) -> None:
    sample(tmp_path, seed=5)
    assert _files(tmp_path) == _files(demo[0].path.parent)


def test_another_seed_makes_other_documents(tmp_path: Path) -> None:
    one = generate(tmp_path / "a", 1, ["receipt"], seed=1)[0].truth["fields"]
    other = generate(tmp_path / "b", 1, ["receipt"], seed=2)[0].truth["fields"]
    assert one["merchant_vat"] != other["merchant_vat"]


def test_a_document_does_not_depend_on_how_many_there_are(tmp_path: Path) -> None:
    generate(tmp_path / "a", 2, ["receipt"], seed=4)
    generate(tmp_path / "b", 3, ["receipt"], seed=4)
    few, many = _files(tmp_path / "a"), _files(tmp_path / "b")
    assert few == {name: many[name] for name in few}


def test_kinds_are_made_in_turn(mixed: list[Sample]) -> None:
    kinds = [item.truth["type"] for item in mixed[:5]]
    assert kinds == ["invoice", "delivery_note", "receipt", "form", "invoice"]


def test_foreign_invoices_are_written_in_their_language(tmp_path: Path) -> None:
    made = generate(tmp_path, 2, ["invoice"], seed=1, languages=["de"])
    assert {item.truth["language"] for item in made} == {"de"}
    assert made[0].truth["fields"]["seller_vat"].startswith("DE")


@pytest.mark.parametrize(("option", "value"), [("--kinds", "passport"), ("--languages", "xx")])
def test_the_command_refuses_what_it_does_not_know(
    folder: Path, option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--out", str(folder), option, value]) == 2
    assert value in capsys.readouterr().err
    assert not folder.exists()


def test_the_command_lists_what_it_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(folder), "--documents", "1", "--kinds", "receipt"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["type"] == "receipt"
    assert (folder / line["file"]).exists()
