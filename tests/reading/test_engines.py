"""What every OCR engine must do; each test runs once for each entry of `ENGINES`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageDraw

from extractors.ocr import Engine
from models.words import Line
from tests.reading import samples


@pytest.fixture(scope="module")
def lines(engine: Engine) -> list[Line]:
    return engine.read(samples.pixels(samples.text_image()))


def test_accents_amounts_and_addresses_are_read_in_order(lines: list[Line]) -> None:
    assert [line.text for line in lines] == list(samples.LINES)


def test_words_are_what_spaces_part(lines: list[Line]) -> None:
    found = [word.text for line in lines for word in line.words]
    assert found == " ".join(samples.LINES).split()


def test_word_boxes_fit_the_ink(lines: list[Line]) -> None:
    font = samples.font(44)
    draw = ImageDraw.Draw(samples.text_image())
    for index, line in enumerate(lines):
        for word in line.words:
            before = samples.LINES[index].partition(word.text)[0]
            left = 60 + draw.textlength(before, font)
            right = left + draw.textlength(word.text, font)
            assert word.box.x0 * 800 == pytest.approx(left, abs=9), word.text
            assert word.box.x1 * 800 == pytest.approx(right, abs=9), word.text


def test_scores_are_probabilities(lines: list[Line]) -> None:
    assert all(0.5 < word.score <= 1 for line in lines for word in line.words)


def test_blank_page_has_no_lines(engine: Engine) -> None:
    assert engine.read(np.full((300, 200, 3), 255, np.uint8)) == []


@pytest.mark.parametrize("shape", [(1, 1), (5, 900), (900, 5), (33, 31)])
def test_tiny_and_thin_images_are_read_without_error(
    engine: Engine, shape: tuple[int, int]
) -> None:
    assert engine.read(np.full((*shape, 3), 255, np.uint8)) == []


def test_label_and_value_far_apart_stay_on_one_row(engine: Engine) -> None:
    image = samples.text_image(["Imponibile", "Totale"], size=(900, 220), height=36)
    draw = ImageDraw.Draw(image)
    draw.text((700, 50), "100,00", font=samples.font(36), fill="black")
    draw.text((700, 115), "122,00", font=samples.font(36), fill="black")
    found = [line.text for line in engine.read(samples.pixels(image))]
    assert found == ["Imponibile", "100,00", "Totale", "122,00"]


def test_loading_and_reading_stays_off_the_network_and_out_of_the_home(
    tmp_path: Path, models_dir: Path
) -> None:
    code = """
import socket, sys
def refuse(*_): raise SystemExit("network used")
socket.socket.connect = socket.getaddrinfo = refuse
import numpy
from extractors.ocr import ENGINES
for load in ENGINES.values():
    load().read(numpy.full((64, 64, 3), 255, numpy.uint8))
"""
    home = tmp_path / "home"
    home.mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": os.getcwd(),
                   "SCRIVANO_MODELS_DIR": str(models_dir)}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=tmp_path
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(home.iterdir()) == []
