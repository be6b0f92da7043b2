"""`python -m bench extract`: one JSON line a file, whatever the file is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bench import extract
from extractors.ocr import ENGINES
from models.words import Line
from tests.extraction.papers import ITALIAN_INVOICE, paper

PAGE = paper(ITALIAN_INVOICE)


class Reader:
    """Reads the same invoice on every image."""

    def read(self, image: NDArray[np.uint8]) -> list[Line]:
        return list(PAGE.lines)


def run(tmp_path: Path, *files: Path, doctype: str = "invoice") -> list[dict[str, object]]:
    out = tmp_path / "out.jsonl"
    names = [str(file) for file in files]
    assert extract.main(["--type", doctype, *names, "--out", str(out)]) == 0
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.png"
    image = Image.new("RGB", (413, 585), "white")
    draw = ImageDraw.Draw(image)
    for row in range(12):
        draw.text((40, 40 + 36 * row), "riassume la fornitura dei beni ordinati", fill="black")
    image.save(path)
    return path


@pytest.fixture(autouse=True)
def _reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENGINES, "openvino", Reader)


def test_a_line_has_the_contract_s_shape(tmp_path: Path, scan: Path) -> None:
    (line,) = run(tmp_path, scan)
    assert set(line) == {"file", "seconds", "type", "fields", "lines"}
    fields = line["fields"]
    assert isinstance(fields, dict)
    assert set(fields["gross_total"]) == {"value", "raw", "score", "page", "box"}
    assert fields["gross_total"]["value"] == "314.76"
    assert isinstance(line["lines"], list)
    assert line["lines"][0]["line_total"]["value"] == "125.00"


def test_fields_without_a_value_are_left_out(tmp_path: Path, scan: Path) -> None:
    (line,) = run(tmp_path, scan)
    fields = line["fields"]
    assert isinstance(fields, dict)
    assert "seller_tax_id" not in fields
    assert all(field["value"] is not None for field in fields.values())


def test_the_run_goes_on_after_files_that_cannot_be_read(tmp_path: Path, scan: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()
    lines = run(tmp_path, empty, tmp_path / "nowhere.pdf", scan, doctype="detect")
    errors = [line.get("error") for line in lines]
    assert [e["code"] if isinstance(e, dict) else None for e in errors] == [
        "file_empty", "not_found", None,
    ]  # fmt: skip
    assert lines[0]["fields"] == {}
    assert lines[2]["type"] == "invoice"


def test_read_pages_are_kept_and_used_again(
    tmp_path: Path, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "pages"
    arguments = [str(scan), "--cache", str(kept), "--out", str(tmp_path / "out.jsonl")]
    extract.main(arguments)
    monkeypatch.setitem(ENGINES, "openvino", lambda: pytest.fail("read again"))
    extract.main(arguments)
    assert len(list(kept.iterdir())) == 1
