"""`python -m bench compare` with a reader that is made up."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import compare, peers, reading, stages
from tests.reading import samples


def test_words_count_wherever_they_stand() -> None:
    words = reading.compare_words("uno due due tre", "due uno\ndve  tre")
    assert (words.wanted, words.read, words.both) == (4, 4, 3)
    assert words.f1 == pytest.approx(0.75)


def test_nothing_wanted_and_nothing_read_has_no_f1() -> None:
    assert reading.compare_words("", " ").f1 is None


def test_errors_are_counted_in_characters() -> None:
    assert reading.count_errors("Totale  12,50", "Totale 12.5") == (2, 12)


def test_values_are_found_whatever_their_punctuation() -> None:
    values = ["1234.50", "IT01234567890", "Rossi & Figli", "-"]
    assert reading.count_found(values, "1.234,50 € it 01234567890 ROSSI E FIGLI") == (2, 3)


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("a.png.gt.txt", "Testo", reading.Truth("Testo")),
        (
            "a.png.json",
            json.dumps(
                {
                    "language": "it",
                    "fields": {"net_total": "12.50", "issue_date": "2026-01-02"},
                    "lines": [{"quantity": 3}],
                }
            ),
            reading.Truth(values=("12.50", "3"), language="it"),
        ),
        (
            "manifest.jsonl",
            json.dumps({"file": "b.png", "fields": {"total": "1"}})
            + "\n"
            + json.dumps({"file": "a.png", "lang": "de", "fields": {"total": "9.99", "items": []}}),
            reading.Truth(values=("9.99",), language="de"),
        ),
        ("other.txt", "", reading.Truth()),
    ],
)
def test_truth_beside_a_file(
    tmp_path: Path, name: str, content: str, wanted: reading.Truth
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert reading.find(tmp_path / "a.png") == wanted


def samples_of(tmp_path: Path) -> list[compare.Sample]:
    for name in ("a.png", "b.png", "c.png"):
        (tmp_path / name).write_bytes(samples.encode(samples.text_image(), "PNG"))
    (tmp_path / "a.png.gt.txt").write_text("uno due", encoding="utf-8")
    (tmp_path / "text.pdf").write_bytes(samples.text_pdf())
    (tmp_path / "empty.pdf").touch()
    return list(compare.collect([tmp_path], 100, tmp_path / ".."))


def test_files_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    found = samples_of(folder)
    assert [sample.name for sample in found] == ["a.png", "b.png", "c.png", "text.pdf"]


def test_a_text_layer_is_the_truth_of_its_page(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    text = samples_of(folder)[-1].truth.text
    assert text is not None
    assert text.split() == ["Fattura", "numero", "42", "Totale", "99,50"]


def test_times_are_compared_without_the_first_page(tmp_path: Path) -> None:
    truth = reading.Truth("uno due")
    pages = [compare.Sample("in", f"{n}", tmp_path, "it", truth, 0.1) for n in range(3)]
    ours = compare.Result(["uno due"] * 3, [9, 1, 1], [9, 1, 2], [{}] * 3, 2**20)
    other = compare.Result(["uno", "", ""], [0, 2, 6], [0, 2, 4], [{}] * 3, 2**21)
    report = compare.summarise(pages, {"openvino": ours, "stock": other})
    stock = report["readers"]["stock"]
    assert stock["ours_is_faster"] == {"total": 4.0, "median": 4.0, "total_cpu": 2.0}
    assert stock["pages_per_minute"] == 15.0
    assert stock["folders"]["in"]["word_f1"] == pytest.approx(2 / 7, abs=1e-4)
    assert report["readers"]["openvino"]["peak_mib"] == 1
    table = compare.format_table(report)
    assert "| stock | 15.0 | 4.00 (4.00) | 2 |" in table
    assert "| in | openvino | 1.0000 | 0.0000 | 0 of 0 |" in table


def test_stages_are_timed_and_the_rest_is_other() -> None:
    class Engine:
        def detect(self) -> int:
            return sum(range(200_000))

    watch, engine = peers.Stopwatch(), Engine()
    watch.wrap(engine, "detect", "detect")
    assert engine.detect() == sum(range(200_000))
    assert watch.seconds["detect"] > 0
    added = stages.add_up([{"detect": 1.0}, {"detect": 0.5}], [2.0, 1.0], 0.25)
    assert (added["render"], added["detect"], added["other"]) == (0.25, 1.5, 1.5)


def test_the_picture_has_a_part_a_stage_as_wide_as_its_share() -> None:
    root = ElementTree.fromstring(stages.draw({"detect": 1.0, "recognise": 3.0}))
    bars = [float(part.get("width", 0)) for part in root if part.get("height") == str(stages.BAR)]
    assert bars[1] == pytest.approx(3 * bars[0], rel=0.01)
    assert [part.text for part in root if part.tag.endswith("text")] == [
        "detect 25%",
        "recognise 75%",
    ]
