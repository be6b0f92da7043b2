"""`python -m bench compare --folder DIR --out DIR`: our readers and others on the same pages.

The first page of every file is rendered once; then each reader, in a process and with a thread of
its own, reads it in turn, so that whatever else the machine does hits all alike. Truth lies beside
the files (bench/reading.py). Written are `compare.json`, the texts read as `texts.jsonl`, and
`time.svg`: where the time of our engine goes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench import peers, reading, stages
from bench.report import describe_machine
from extractors.limits import DEFAULT
from extractors.render import inspect, render
from models.errors import FileProblem

OURS = "openvino"
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Sample:
    """A page to read: its pixels in a file, what it says, and what rendering it took."""

    folder: str
    name: str
    image: Path
    language: str
    truth: reading.Truth
    seconds: float


@dataclass
class Result:
    """What one reader made of the samples, in their order."""

    texts: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    stages: list[dict[str, float]] = field(default_factory=list)
    peak: int = 0


def main(argv: Sequence[str]) -> int:
    options = _parse(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="compare-") as scratch:
        samples = list(collect(options.folder, options.limit, Path(scratch)))
        if not samples:
            print("compare: no file there can be read.", file=sys.stderr)
            return 2
        results = measure(samples, options.peers.split(","))
    report = summarise(samples, results)
    (options.out / "compare.json").write_text(
        json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    with (options.out / "texts.jsonl").open("w", encoding="utf-8") as out:
        for number, sample in enumerate(samples):
            texts = {name: result.texts[number] for name, result in results.items()}
            line = {"folder": sample.folder, "file": sample.name, "texts": texts}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    if OURS in results:
        rendering = sum(sample.seconds for sample in samples)
        (options.out / "time.svg").write_text(
            stages.draw(stages.add_up(results[OURS].stages, results[OURS].cpu, rendering)),
            encoding="utf-8",
        )
    print(format_table(report))
    return 0


def collect(folders: Sequence[Path], limit: int, scratch: Path) -> Iterator[Sample]:
    """The first page of up to `limit` files of each folder, taken at even distances."""
    for folder in folders:
        files = [
            path
            for path in sorted(folder.iterdir())
            if path.is_file() and path.suffix not in (".json", ".jsonl", ".txt", ".md", ".xml")
        ]
        step = max(1, -(-len(files) // limit))
        for path in files[::step]:
            start = time.perf_counter()
            try:
                info = inspect(path)
                raw = next(iter(render(path, info.media_type, 1, 1, DEFAULT)))
            except FileProblem as problem:
                print(f"{path}: {problem.code}", file=sys.stderr)
                continue
            seconds = time.perf_counter() - start
            truth = reading.find(path)
            if raw.native is not None:  # the page as its own text layer has it
                truth = reading.Truth(raw.native.text, language=truth.language)
            image = scratch / f"{folder.name}-{path.name}.npy"
            np.save(image, raw.image)
            yield Sample(folder.name, path.name, image, truth.language, truth, seconds)


@contextmanager
def start(name: str) -> Iterator[subprocess.Popen[str]]:
    """A process of `bench.peers` that is about to read with `name`."""
    places = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))}
    for variable in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS"):
        environment[variable] = "1"
    environment["SCRIVANO_OCR_THREADS"] = "1"
    child = subprocess.Popen(
        [sys.executable, "-m", "bench.peers", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()


def ask(child: subprocess.Popen[str], line: str) -> dict[str, Any]:
    """What the process answers to a line."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(line + "\n")
    child.stdin.flush()
    reply = child.stdout.readline()
    if not reply:
        raise SystemExit(f"compare: {child.args!r} ended before it answered.")
    found: dict[str, Any] = json.loads(reply)
    return found


def measure(samples: Sequence[Sample], names: Sequence[str]) -> dict[str, Result]:
    """Each sample read by each reader in turn; who begins changes from page to page."""
    results = {name: Result() for name in names}
    with ExitStack() as stack:
        children = {name: stack.enter_context(start(name)) for name in names}
        for name, child in children.items():
            if child.stdout is None or child.stdout.readline() != "ready\n":
                raise SystemExit(f"compare: the reader {name} did not start.")
        for number, sample in enumerate(samples, start=1):
            request = json.dumps({"image": str(sample.image), "language": sample.language})
            turn = number % len(names)
            for name in (*names[turn:], *names[:turn]):
                reply = ask(children[name], request)
                _note(results[name], reply)
            print(f"{number}/{len(samples)} {sample.name}", file=sys.stderr)
        for name, child in children.items():
            results[name].peak = int(ask(child, "")["peak"])
    return results


def _note(result: Result, reply: dict[str, Any]) -> None:
    result.texts.append(reply["text"])
    result.seconds.append(reply["seconds"])
    result.cpu.append(reply["cpu"])
    result.stages.append(reply["stages"])


def summarise(samples: Sequence[Sample], results: dict[str, Result]) -> dict[str, Any]:
    """The JSON object of a run; times without those of the first page, where things warm up."""
    counted = range(1 if len(samples) > 1 else 0, len(samples))
    folders = list(dict.fromkeys(sample.folder for sample in samples))
    ours = results.get(OURS)
    return {
        "machine": describe_machine(),
        "pages": len(samples),
        "timed_pages": len(counted),
        "render_seconds": round(sum(sample.seconds for sample in samples), 3),
        "readers": {
            name: {
                "pages_per_minute": _rate(result.seconds, counted),
                "pages_per_cpu_minute": _rate(result.cpu, counted),
                "peak_mib": round(result.peak / 2**20),
                **({"ours_is_faster": _ratios(result, ours, counted)} if ours else {}),
                "folders": {folder: _score(folder, samples, result.texts) for folder in folders},
            }
            for name, result in results.items()
        },
    }


def _rate(seconds: Sequence[float], counted: range) -> float:
    return round(60 * len(counted) / max(sum(seconds[n] for n in counted), 1e-9), 2)


def _ratios(result: Result, ours: Result, counted: range) -> dict[str, float]:
    """How many times as long as ours: of all pages together, and of the page in the middle."""
    return {
        "total": round(sum(result.seconds[n] for n in counted)
                       / sum(ours.seconds[n] for n in counted), 2),
        "median": round(statistics.median(result.seconds[n] / ours.seconds[n] for n in counted), 2),
        "total_cpu": round(sum(result.cpu[n] for n in counted)
                           / max(sum(ours.cpu[n] for n in counted), 1e-9), 2),
    }  # fmt: skip


def _score(folder: str, samples: Sequence[Sample], texts: Sequence[str]) -> dict[str, Any]:
    words, errors, length, found, wanted = reading.Words(), 0, 0, 0, 0
    for sample, text in zip(samples, texts, strict=True):
        if sample.folder != folder:
            continue
        if sample.truth.text is None:
            there, looked_for = reading.count_found(sample.truth.values, text)
            found, wanted = found + there, wanted + looked_for
            continue
        words += reading.compare_words(sample.truth.text, text)
        wrong, characters = reading.count_errors(sample.truth.text, text)
        errors, length = errors + wrong, length + characters
    return {
        "word_f1": _round(words.f1),
        "character_error_rate": _round(errors / length) if length else None,
        "values_found": found,
        "values": wanted,
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def format_table(report: dict[str, Any]) -> str:
    """The report as a Markdown table: a row a reader, then a row a folder and reader."""
    rows = ["| reader | pages/min | of the reader's time: ours, total (median page) | peak MiB |",
            "|---|---|---|---|"]  # fmt: skip
    for name, reader in report["readers"].items():
        ratio = reader.get("ours_is_faster")
        faster = f"{ratio['total']:.2f} ({ratio['median']:.2f})" if ratio else ""
        rows.append(
            f"| {name} | {reader['pages_per_minute']:.1f} | {faster} | {reader['peak_mib']} |"
        )
    rows += [
        "",
        "| folder | reader | word F1 | character errors | values found |",
        "|---|---|---|---|---|",
    ]
    for folder in next(iter(report["readers"].values()))["folders"]:
        for name, reader in report["readers"].items():
            score = reader["folders"][folder]
            f1, errors = score["word_f1"], score["character_error_rate"]
            rows.append(
                f"| {folder} | {name} | {'' if f1 is None else f'{f1:.4f}'} "
                f"| {'' if errors is None else f'{errors:.4f}'} "
                f"| {score['values_found']} of {score['values']} |"
            )
    return "\n".join(rows)


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench compare", description=__doc__)
    parser.add_argument("--folder", type=Path, action="append", required=True, metavar="DIR",
                        help="pages with their truth; may be given several times")  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--limit", type=int, default=1000, metavar="N", help="files of a folder")
    parser.add_argument("--peers", default=",".join(peers.installed()), metavar="A,B",
                        help=f"of {', '.join(peers.PEERS)}; default: all here")  # fmt: skip
    return parser.parse_args(argv)
