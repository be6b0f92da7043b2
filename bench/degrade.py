"""`python -m bench degrade --folder DIR --out DIR`: how much is still read of pages that suffered.

The first page of every file whose text is known (see `bench compare`) is read as it is and after
each of the damages below, by each reader in turn. Written is `degrade.json`; printed, the word F1
of each reader for each damage.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench import reading
from bench.compare import Result, Sample, collect, measure
from bench.report import describe_machine

Pixels = NDArray[np.uint8]
Grain = np.random.Generator


def main(argv: Sequence[str]) -> int:
    options = _parse(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    damages = options.damages.split(",")
    with tempfile.TemporaryDirectory(prefix="degrade-") as scratch:
        pages = collect(options.folder, options.limit, Path(scratch))
        sound = [page for page in pages if page.truth.text is not None]
        if not sound:
            print("degrade: no page there whose text is known.", file=sys.stderr)
            return 2
        samples = [sample for page in sound for sample in suffer(page, damages)]
        results = measure(samples, options.peers.split(","))
    report = {
        "machine": describe_machine(),
        "pages": len(sound),
        "word_f1": {damage: score(damage, samples, results) for damage in damages},
    }
    (options.out / "degrade.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(format_table(report))
    return 0


def suffer(page: Sample, damages: Sequence[str]) -> Iterator[Sample]:
    """The page after each damage, in a file beside its own; `folder` becomes the damage's name."""
    image = np.load(page.image)
    for damage in damages:
        path = page.image.with_name(f"{damage}-{page.image.name}")
        np.save(path, DAMAGES[damage](image, np.random.default_rng(len(page.name))))
        yield replace(page, folder=damage, image=path)


def score(
    damage: str, samples: Sequence[Sample], results: dict[str, Result]
) -> dict[str, float | None]:
    """Word F1 of each reader."""
    found = {}
    for name, result in results.items():
        words = reading.Words()
        for sample, text in zip(samples, result.texts, strict=True):
            if sample.folder == damage and sample.truth.text is not None:
                words += reading.compare_words(sample.truth.text, text)
        found[name] = None if words.f1 is None else round(words.f1, 4)
    return found


def format_table(report: dict[str, Any]) -> str:
    """Word F1 as a Markdown table: a row a damage, a column a reader."""
    names = list(next(iter(report["word_f1"].values())))
    rows = [f"| damage | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for damage, scores in report["word_f1"].items():
        cells = ["" if scores[name] is None else f"{scores[name]:.3f}" for name in names]
        rows.append(f"| {damage} | {' | '.join(cells)} |")
    return "\n".join(rows)


# -- damages: an RGB page of about 200 dpi in, the damaged one out --------------------------------


def skew(degrees: float) -> Callable[[Pixels, Grain], Pixels]:
    """Laid on the glass askew: the page grows so that no corner is lost."""

    def apply(image: Pixels, grain: Grain) -> Pixels:
        height, width = image.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        across, down = abs(matrix[0, 0]), abs(matrix[0, 1])
        size = int(width * across + height * down), int(width * down + height * across)
        moved = np.array([(size[0] - width) / 2, (size[1] - height) / 2])
        matrix[:, 2] = matrix[:, 2] + moved
        return _pixels(cv2.warpAffine(image, matrix, size, borderValue=(255, 255, 255)))

    return apply


def turned(quarters: int) -> Callable[[Pixels, Grain], Pixels]:
    return lambda image, grain: np.ascontiguousarray(np.rot90(image, quarters))


def scaled(factor: float) -> Callable[[Pixels, Grain], Pixels]:
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC

    def apply(image: Pixels, grain: Grain) -> Pixels:
        return _pixels(cv2.resize(image, None, fx=factor, fy=factor, interpolation=way))

    return apply


def fax(dpi: int) -> Callable[[Pixels, Grain], Pixels]:
    """Black and white, `dpi` of the 200 that the page has."""

    def apply(image: Pixels, grain: Grain) -> Pixels:
        gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        small = cv2.resize(gray, None, fx=dpi / 200, fy=dpi / 200, interpolation=cv2.INTER_AREA)
        noisy = small + grain.normal(0, 8, small.shape)
        paper = np.percentile(small, 80)  # machines set themselves to the paper
        return np.repeat(
            np.where(noisy > 0.7 * paper, 255, 0).astype(np.uint8)[:, :, None], 3, axis=2
        )

    return apply


def photograph(image: Pixels, grain: Grain) -> Pixels:
    """Taken by hand on a dark table: perspective, a shadow across, blur, noise."""
    height, width = image.shape[:2]
    edge = 0.06 * width
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + (edge * grain.uniform(-0.5, 0.5, (4, 2))).astype(np.float32) + edge
    size = int(width + 2 * edge), int(height + 2 * edge)
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    seen = cv2.warpPerspective(image, matrix, size, borderValue=(70, 55, 45)).astype(np.float32)
    slope = np.linspace(0, 1, size[0])[None, :] + np.linspace(0, 0.7, size[1])[:, None]
    light = 0.95 - 0.5 / (1 + np.exp(-(slope - 0.9) * 12))
    blurred = cv2.GaussianBlur(seen * light[:, :, None], (0, 0), 0.9)
    return _pixels(np.clip(blurred + grain.normal(0, 6, blurred.shape), 0, 255))


def stamped(image: Pixels, grain: Grain) -> Pixels:
    """A round blue stamp and a red slanted one across the text."""
    height, width = image.shape[:2]
    ink = np.full_like(image, 255)
    for _ in range(2):
        middle = int(width * grain.uniform(0.3, 0.7)), int(height * grain.uniform(0.2, 0.7))
        for radius in (0.11, 0.085):
            cv2.circle(ink, middle, int(radius * width), (70, 80, 190), 5)
        cv2.putText(ink, "PAGATO", (middle[0] - width // 4, middle[1]), cv2.FONT_HERSHEY_DUPLEX,
                    width / 500, (200, 60, 60), 7)  # fmt: skip
    return _pixels(image.astype(np.float32) * ink / 255)


def bleed_through(image: Pixels, grain: Grain) -> Pixels:
    """The other side's print shows through thin paper."""
    other = cv2.GaussianBlur(np.ascontiguousarray(image[:, ::-1]), (0, 0), 1.5)
    back = 255 - (255 - other.astype(np.float32)) * 0.3
    return _pixels(image.astype(np.float32) * np.roll(back, image.shape[0] // 60, axis=0) / 255)


def inverted(image: Pixels, grain: Grain) -> Pixels:
    """White on dark."""
    return _pixels(30 + (255 - image.astype(np.float32)) * 0.8)


def banded(image: Pixels, grain: Grain) -> Pixels:
    """Every other tenth of the page printed white on a dark ground, as headings are."""
    height = image.shape[0]
    found = image.copy()
    for top in range(height // 10, height, height // 5):
        band = slice(top, top + height // 10)
        found[band] = inverted(image[band], grain)
    return found


def margin_text(image: Pixels, grain: Grain) -> Pixels:
    """The page's upper part again, smaller and upwards, in a strip at the left, where margin notes
    stand; the truth does not have it, so only what it spoils counts."""
    height, width = image.shape[:2]
    note = cv2.resize(image[: width // 12], None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    strip = np.full((height, note.shape[0] + 20, 3), 255, np.uint8)
    strip[: note.shape[1], 10 : 10 + note.shape[0]] = np.rot90(note)[:height]
    return np.ascontiguousarray(np.concatenate([strip, image], axis=1))


def _pixels(image: Any) -> Pixels:
    return np.asarray(image).astype(np.uint8, copy=False)


DAMAGES: dict[str, Callable[[Pixels, Grain], Pixels]] = {
    "none": lambda image, grain: image,
    "skew_1": skew(1),
    "skew_3": skew(-3),
    "skew_5": skew(5),
    "turned_90": turned(1),
    "turned_180": turned(2),
    "turned_270": turned(3),
    "photograph": photograph,
    "fax_200": fax(200),
    "fax_100": fax(100),
    "stamped": stamped,
    "bleed_through": bleed_through,
    "white_on_dark": inverted,
    "dark_bands": banded,
    "margin_text": margin_text,
    "scaled_2": scaled(2),
    "scaled_0.4": scaled(0.4),
}


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench degrade", description=__doc__)
    parser.add_argument("--folder", type=Path, action="append", required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--limit", type=int, default=3, metavar="N", help="files of a folder")
    parser.add_argument("--peers", default="openvino,stock", metavar="A,B")
    parser.add_argument("--damages", default=",".join(DAMAGES), metavar="A,B")
    return parser.parse_args(argv)
