"""`python -m bench scale --folder DIR --workers 1,2`: pages a minute of several reading processes.

Each process renders nothing: it reads the same pages, rendered beforehand, over and over for a
while, with one thread, as a worker does. Numbers of processes take turns, so that what else the
machine does hits all alike. Printed, and written to `--out`, are the pages a minute of each number
of processes, in the median of the rounds, and their share of what as many times one would give.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen
from typing import Any

from bench.compare import OURS, Sample, ask, collect, start
from bench.report import describe_machine


def main(argv: Sequence[str]) -> int:
    options = _parse(argv)
    numbers = sorted({int(text) for text in options.workers.split(",")} | {1})
    with tempfile.TemporaryDirectory(prefix="scale-") as scratch, ExitStack() as stack:
        samples = list(collect(options.folder, options.limit, Path(scratch)))
        if not samples:
            print("scale: no file there can be read.", file=sys.stderr)
            return 2
        workers = [stack.enter_context(start(OURS)) for _ in range(max(numbers))]
        for worker in workers:
            assert worker.stdout is not None
            worker.stdout.readline()
            _read(worker, samples, [])  # warms up
        rates = measure(workers, samples, numbers, options.rounds)
        peak = max(int(ask(worker, "")["peak"]) for worker in workers)
    report = {"machine": describe_machine(), "pages": len(samples), **summarise(rates)}
    report["peak_mib"] = round(peak / 2**20)
    if options.out:
        options.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(format_table(report))
    return 0


def measure(
    workers: Sequence[Popen[str]], samples: Sequence[Sample], numbers: Sequence[int], rounds: int
) -> dict[int, list[float]]:
    """Pages a minute of each number of workers in each round."""
    rates: dict[int, list[float]] = {number: [] for number in numbers}
    for turn in range(rounds):
        for number in numbers if turn % 2 == 0 else reversed(numbers):
            done: list[Sample] = []
            threads = [
                threading.Thread(target=_read, args=(worker, samples, done))
                for worker in workers[:number]
            ]
            begun = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            rates[number].append(60 * len(done) / (time.perf_counter() - begun))
    return rates


def _read(worker: Popen[str], samples: Sequence[Sample], done: list[Sample]) -> None:
    for sample in samples:
        ask(worker, json.dumps({"image": str(sample.image), "language": sample.language}))
        done.append(sample)


def summarise(rates: dict[int, list[float]]) -> dict[str, Any]:
    """Medians, and the median share of linear: each round against one worker in that round."""
    return {
        "workers": {
            str(number): {
                "pages_per_minute": round(statistics.median(found), 1),
                "of_linear": round(
                    statistics.median(
                        rate / (number * one) for rate, one in zip(found, rates[1], strict=True)
                    ),
                    3,
                ),
            }
            for number, found in rates.items()
        }
    }


def format_table(report: dict[str, Any]) -> str:
    rows = ["| processes | pages/min | of linear |", "|---|---|---|"]
    for number, found in report["workers"].items():
        rows.append(f"| {number} | {found['pages_per_minute']:.1f} | {found['of_linear']:.2f} |")
    rows.append(f"\nPeak memory of a process: {report['peak_mib']} MiB.")
    return "\n".join(rows)


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench scale", description=__doc__)
    parser.add_argument("--folder", type=Path, action="append", required=True, metavar="DIR")
    parser.add_argument("--workers", default="1,2", metavar="N,M", help="numbers of processes")
    parser.add_argument("--limit", type=int, default=3, metavar="N", help="files of a folder")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--out", type=Path, metavar="F.json")
    return parser.parse_args(argv)
