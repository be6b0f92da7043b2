"""The fast engine against the reference engine, and its parts."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from bench.generator import generate
from extractors.limits import DEFAULT
from extractors.ocr import ENGINES, alphabet, openvino, weights
from extractors.page import read_page
from extractors.render import inspect, render
from models.errors import BadWeights
from models.words import Line, Page


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> list[tuple[Page, Page]]:
    """Generated scans as the reference engine and the fast one read them."""
    folder = tmp_path_factory.mktemp("scans")
    made = generate(folder, 3, ["invoice", "delivery_note", "receipt"], 7, ["it"])
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCRIVANO_MODELS_DIR", str(models_dir))
        engines = [ENGINES[name]() for name in ("paddle", "openvino")]
    for item in made:
        raw = next(render(item.path, inspect(item.path).media_type, 1, 1, DEFAULT))
        reference, fast = (read_page(raw, engine, force_ocr=True).page for engine in engines)
        found.append((reference, fast))
    return found


def squeeze(text: str) -> str:
    return "".join(text.split())


def overlap(a: Line, b: Line) -> bool:
    return (
        min(a.box.x1, b.box.x1) > max(a.box.x0, b.box.x0)
        and min(a.box.y1, b.box.y1) - max(a.box.y0, b.box.y0) > 0.5 * a.box.height
    )


def test_each_line_says_what_the_reference_engine_reads(pages: list[tuple[Page, Page]]) -> None:
    """Spaces and where a row is parted into lines are left to each engine."""
    for reference, fast in pages:
        alike = []
        for line in reference.lines:
            there = "".join(other.text for other in fast.lines if overlap(line, other))
            alike.append(fuzz.partial_ratio(squeeze(line.text), squeeze(there)))
        assert sum(alike) / len(alike) >= 96


def test_the_lines_are_where_the_reference_engines_are(pages: list[tuple[Page, Page]]) -> None:
    for reference, fast in pages:
        missed = [
            line.text
            for line in reference.lines
            if line.score > 0.9 and not any(overlap(line, other) for other in fast.lines)
        ]
        assert len(missed) <= 0.02 * len(reference.lines), missed


@pytest.mark.parametrize("char", list("aZ09.,€£ß§èÈçñøłőșžſ–’„«°²½µ©™☐×"))
def test_european_characters_can_be_read(char: str) -> None:
    assert alphabet.is_latin(char)


@pytest.mark.parametrize("char", list("工口一の〇ｱ🍎Я"))
def test_other_scripts_are_not_offered(char: str) -> None:
    assert not alphabet.is_latin(char)


def test_the_blank_label_stays_first() -> None:
    assert alphabet.latin_labels(["", "工", "a", "口", " "]) == [0, 2, 4]


@given(st.floats(0.1, 10_000))
def test_widths_are_few_and_near(width: float) -> None:
    fitted = openvino.fit_width(width)
    assert fitted % 8 == 0
    if 64 <= width <= 3200:
        assert width <= fitted <= 1.125 * width
    assert 16 <= fitted <= 3328


def test_widths_do_not_shrink_as_lines_grow() -> None:
    fitted = [openvino.fit_width(width) for width in range(1, 3300)]
    assert fitted == sorted(fitted)
    assert len(set(fitted)) < 80


def probability(turned: float = 0.0) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """A detector's map with one line, 60 x 10, about (100, 50)."""
    image = np.zeros((100, 200), np.float32)
    corners = cv2.boxPoints(((100, 50), (60, 10), turned)).astype(np.int32)
    cv2.fillPoly(image, [corners], (0.9,))
    return image


def test_a_rectangle_is_offset_by_its_area_and_perimeter() -> None:
    (quad,) = openvino.find_quads(probability())
    more = 60 * 10 * 1.5 / (2 * (60 + 10))
    wanted = [[70 - more, 45 - more], [130 + more, 55 + more]]
    assert quad[[0, 2]].tolist() == [pytest.approx(corner, abs=0.2) for corner in wanted]


def test_a_turned_line_has_a_turned_rectangle() -> None:
    (quad,) = openvino.find_quads(probability(10))
    assert np.degrees(np.arctan2(*(quad[1] - quad[0])[::-1])) == pytest.approx(10, abs=1.5)


def test_faint_and_tiny_marks_are_no_lines() -> None:
    faint = probability() * np.float32(0.5)
    tiny = np.zeros((50, 50), np.float32)
    tiny[10:12, 10:40] = 0.9
    assert openvino.find_quads(faint) == []
    assert openvino.find_quads(tiny) == []


def test_the_hole_of_a_frame_is_no_line_and_what_is_in_it_is() -> None:
    framed = np.zeros((200, 200), np.float32)
    framed[20:180, 20:180] = 0.9
    framed[25:175, 25:175] = 0.0
    framed[90:110, 60:140] = 0.9
    (quad,) = openvino.find_quads(framed)
    assert quad[0].tolist() == pytest.approx([60 - 12, 90 - 12], abs=1)


def test_weights_that_are_not_a_recogniser_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = weights.build_recognition(tmp_path)
    detection = weights.build_detection(tmp_path)
    shutil.copyfile(detection / "inference.onnx", tmp_path / "inference.onnx")
    shutil.copyfile(folder / "inference.yml", tmp_path / "inference.yml")
    monkeypatch.setenv("SCRIVANO_OCR_RECOGNITION", str(tmp_path))
    with pytest.raises(BadWeights, match="SCRIVANO_OCR_ENGINE"):
        openvino.load(tmp_path)
