from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench import read
from extractors.ocr import ENGINES
from models.words import Box, Line, Word
from tests.reading import samples


class Reader:
    def read(self, image: samples.Pixels) -> list[Line]:
        return [Line.of([Word("letto", Box(0.1, 0.2, 0.3, 0.4), 0.875)])]


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENGINES, "openvino", Reader)


def run(tmp_path: Path, *arguments: str) -> list[dict[str, Any]]:
    out = tmp_path / "out.jsonl"
    assert read.main([*arguments, "--out", str(out)]) == 0
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_a_line_a_file_in_order(tmp_path: Path) -> None:
    picture, text = tmp_path / "è.png", tmp_path / "b.pdf"
    picture.write_bytes(samples.encode(samples.text_image(), "PNG"))
    text.write_bytes(samples.text_pdf())
    first, second = run(tmp_path, str(picture), str(text))
    assert (first["file"], second["file"]) == (str(picture), str(text))
    assert set(first) == {"file", "seconds", "pages"}
    assert first["pages"] == [
        {
            "width": 800,
            "height": 560,
            "lines": [{"text": "letto", "box": [0.1, 0.2, 0.3, 0.4], "score": 0.875}],
        }
    ]
    assert [line["text"] for line in second["pages"][0]["lines"]] == [
        "Fattura numero 42",
        "Totale 99,50",
    ]


def test_force_ocr_ignores_the_text_layer(tmp_path: Path) -> None:
    text = tmp_path / "b.pdf"
    text.write_bytes(samples.text_pdf())
    (line,) = run(tmp_path, str(text), "--force-ocr")
    assert [line["text"] for line in line["pages"][0]["lines"]] == ["letto"]


def test_a_file_that_cannot_be_read_has_an_error_and_the_run_goes_on(tmp_path: Path) -> None:
    empty, good = tmp_path / "a.pdf", tmp_path / "b.pdf"
    empty.touch()
    good.write_bytes(samples.text_pdf())
    lines = run(tmp_path, str(empty), str(tmp_path / "none.pdf"), str(tmp_path), str(good))
    assert [line.get("error", {}).get("code") for line in lines] == [
        "file_empty",
        "not_found",
        "not_found",
        None,
    ]
    assert lines[0]["pages"] == []
    assert lines[0]["error"]["detail"]


def test_wrong_usage_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        read.main([])
    assert stop.value.code == 2
    assert "--out" in capsys.readouterr().err
