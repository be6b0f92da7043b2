"""`python -m bench chain --documents N`: drive a running server from upload to release.

Simulated clients upload documents in batches, simulated operators key what the server asks for,
and a simulated downstream system follows the change feed, fetches every release, compares it with
the truth and acknowledges it. One JSON object with throughput and latencies goes to standard
output, progress to standard error.

Without `--key` it makes its own client and keys in the database that the settings name, so it has
to run where the server's settings are; it revokes the keys at its end, while the client and its
documents stay. With `--key` (or BENCH_KEY) it needs `--operator-key` once for each operator (or
BENCH_OPERATOR_KEYS, comma-separated) and uses only the HTTP API.

Times are in seconds, as seen from here, and include what a restart of the server cost:
`upload` request to answer; `first_read` upload answered to all pages read; `read_to_keying` from
there to waiting for people; `document_latency` upload answered to final; `release_latency` last
key of a batch to its release in the feed; `next_task` a claim that gave tasks; `key` one entry.

Exit status: 0 when every batch was released (documents that failed are in `failed`), 1 when not,
also after `--timeout`, 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from bench.board import Board, Source, Upload
from bench.client import Api, Deadline, Refused, TimedOut
from bench.keys import Keys, lend_keys
from bench.operators import Pace, operate
from bench.report import report
from models import settings
from models.errors import ScrivanoError

UPLOADS = 4
"""Uploads at the same time."""

LONG_POLL_SECONDS = 5
HELLO_SECONDS = 30.0
"""How long the server may take to answer at all before the run is given up."""

PROGRESS_SECONDS = 5.0


def main(argv: Sequence[str]) -> int:
    options = parse(argv)
    try:
        with open_access(options) as (url, keys), tempfile.TemporaryDirectory() as folder:
            greet(url, keys)
            sources = collect_sources(options, Path(folder))
            board, seconds = run(url, keys, sources, options)
    except (ScrivanoError, Refused, TimedOut, OSError, ValueError) as error:
        print(f"chain: {error or 'the server does not answer'}", file=sys.stderr)
        return 1
    print(json.dumps(report(board, seconds), ensure_ascii=False))
    return 0 if board.is_complete() and not board.errors else 1


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command's options; with status 2 and a message it ends when they do not fit."""
    parser = argparse.ArgumentParser(
        prog="python -m bench chain",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--documents", type=_whole, required=True, metavar="N")
    add("--files", type=Path, metavar="DIR", help="upload these, as often as need be, with their "
        "truth in FILE.json; default: generated ones")  # fmt: skip
    add("--seed", type=int, default=1, help="of generated files and of operators' mistakes")
    add("--type", default="detect", help="document type of the batches (default: detect)")
    add("--batch-size", type=_whole, default=25, metavar="N", help="documents in a batch")
    add("--operators", type=_whole, default=4, metavar="K")
    add("--think", type=_seconds, default=0.0, metavar="SECONDS", help="of typing for each field")
    add("--error-rate", type=_share, default=0.0, metavar="SHARE", help="of entries mistyped")
    add("--timeout", type=_seconds, default=3600.0, metavar="SECONDS")
    add("--url", help="the server; default: public_url of the settings")
    add("--key", default=os.environ.get("BENCH_KEY"), help="API key that uploads")
    add("--downstream-key", default=os.environ.get("BENCH_DOWNSTREAM_KEY"), metavar="KEY",
        help="API key for the feed and the releases; default: the one of --key")  # fmt: skip
    add("--operator-key", action="append", metavar="KEY", help="API key of an operator")
    options = parser.parse_args(argv)
    if options.operator_key is None:
        options.operator_key = _split(os.environ.get("BENCH_OPERATOR_KEYS", ""))
    if options.key and not options.operator_key:
        parser.error("--key needs --operator-key, once for each operator")
    if options.key and not options.url:
        parser.error("--key needs --url")
    if options.files and not options.files.is_dir():
        parser.error(f"--files: there is no folder {options.files}")
    return options


def _whole(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number < 1e9:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number


def _share(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError("must be from 0 to 1")
    return number


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


@contextmanager
def open_access(options: argparse.Namespace) -> Iterator[tuple[str, Keys]]:
    """The server's address and the keys to use, which last as long as the block."""
    if options.key:
        downstream = options.downstream_key or options.key
        yield options.url, Keys(options.key, downstream, tuple(options.operator_key))
        return
    found = settings.load()
    with lend_keys(found, options.operators) as keys:
        yield options.url or found.public_url, keys


def greet(url: str, keys: Keys) -> None:
    """See that the server answers and knows the keys, before anything is made for it."""
    api = Api(url, keys.client, Deadline(HELLO_SECONDS))
    try:
        api.get("/v1/me")
    except TimedOut:
        raise OSError(f"{url} does not answer: start the server, or give its --url") from None
    finally:
        api.close()


def collect_sources(options: argparse.Namespace, folder: Path) -> list[Source]:
    """As many files as there are documents to upload, with their truth; generated into `folder`."""
    if options.files is None:
        # Imported here: printing and scanning needs what reading needs.
        from bench.generator import generate

        say(f"generating {options.documents} documents …")
        made = generate(folder, options.documents, seed=options.seed)
        return [Source(sample.path, sample.path.name, sample.truth) for sample in made]
    paths = sorted(p for p in options.files.iterdir() if p.is_file() and not is_truth(p))
    if not paths:
        raise ValueError(f"there is nothing to upload in {options.files}")
    return [pick_source(paths, index) for index in range(options.documents)]


def is_truth(path: Path) -> bool:
    return path.suffix == ".json" and path.with_suffix("").is_file()


def pick_source(paths: Sequence[Path], index: int) -> Source:
    """The file for document `index`; its name is numbered when the files are used again."""
    turn, place = divmod(index, len(paths))
    path = paths[place]
    beside = path.with_name(f"{path.name}.json")
    truth = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else None
    return Source(path, f"{path.stem}-{turn}{path.suffix}" if turn else path.name, truth)


# -- the run ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """What the threads of a run share."""

    name: str
    board: Board
    client: Api
    downstream: Api
    operators: tuple[Api, ...]
    deadline: Deadline


def run(
    url: str, keys: Keys, sources: Sequence[Source], options: argparse.Namespace
) -> tuple[Board, float]:
    """Upload, key and fetch until all is released or the time is over; the board, and the seconds
    from the first upload to the last release."""
    deadline = Deadline(options.timeout)
    this = Run(
        name=f"bench-{uuid4().hex[:8]}",
        board=Board(),
        client=Api(url, keys.client, deadline, connections=UPLOADS),
        downstream=Api(url, keys.downstream, deadline),
        operators=tuple(Api(url, key, deadline) for key in keys.operators),
        deadline=deadline,
    )
    started = time.monotonic()
    threads: list[threading.Thread] = []
    try:
        threads = start_threads(this, find_end(this.downstream), options)
        upload_all(this, sources, options)
        while not this.board.is_done():
            deadline.sleep(0.1)
    except TimedOut:
        say(f"stopped after {options.timeout:g} seconds")
    except KeyboardInterrupt:
        say("interrupted")
    except Exception as error:
        # What was measured until then is worth having.
        this.board.add_error(f"{type(error).__name__}: {error}")
    finally:
        deadline.stop()
    ended = max((b.released or 0.0 for b in this.board.batches.values()), default=0.0)
    seconds = (ended if this.board.is_complete() and ended else time.monotonic()) - started
    for thread in threads:
        thread.join(LONG_POLL_SECONDS + 2)
    say(this.board.describe())
    for api in (this.client, this.downstream, *this.operators):
        api.close()
    return this.board, seconds


def start_threads(this: Run, cursor: int, options: argparse.Namespace) -> list[threading.Thread]:
    pace = Pace(options.think, options.error_rate)
    threads = [threading.Thread(target=follow, args=(this, cursor), daemon=True)]
    threads += [
        threading.Thread(
            target=operate, args=(api, this.board, pace, f"{options.seed}/{number}"), daemon=True
        )
        for number, api in enumerate(this.operators)
    ]
    threads.append(threading.Thread(target=show_progress, args=(this,), daemon=True))
    for thread in threads:
        thread.start()
    return threads


def upload_all(this: Run, sources: Sequence[Source], options: argparse.Namespace) -> None:
    """Fill batches with uploads that run side by side; seal each as soon as it is full."""
    size = options.batch_size
    with ThreadPoolExecutor(UPLOADS) as pool:
        waiting: list[tuple[str, list[Future[bool]]]] = []
        for number, first in enumerate(range(0, len(sources), size), start=1):
            batch_id = create_batch(this, number, options.type)
            part = sources[first : first + size]
            waiting.append(
                (batch_id, [pool.submit(upload, this, batch_id, source) for source in part])
            )
        for batch_id, uploads in waiting:
            taken = [future.result() for future in uploads]
            if any(taken):
                this.client.send("POST", f"/v1/batches/{batch_id}/seal")
                this.board.seal(batch_id, time.monotonic())
            else:
                this.board.drop_batch(batch_id)


def create_batch(this: Run, number: int, document_type: str) -> str:
    batch = this.client.send(
        "POST",
        "/v1/batches",
        headers={"Idempotency-Key": f"{this.name}-{number}"},
        json={"document_type": document_type, "external_id": f"{this.name}-{number}"},
    ).json()
    this.board.add_batch(batch["id"])
    return str(batch["id"])


def upload(this: Run, batch_id: str, source: Source) -> bool:
    """Upload one file; False when the server does not want it."""
    content = source.path.read_bytes()
    sent = time.monotonic()
    try:
        answer = this.client.send(
            "POST",
            f"/v1/batches/{batch_id}/files",
            headers={"Idempotency-Key": uuid4().hex},
            files={"file": (source.name, content)},
        ).json()
    except Refused as refusal:
        this.board.refuse(source, refusal.code, refusal.detail)
        return False
    document_id = answer["items"][0]["document_id"]
    this.board.add_upload(Upload(document_id, batch_id, source, sent, time.monotonic()))
    return True


def find_end(api: Api) -> int:
    """The newest number of the change feed: what came before this run is no concern of it."""
    cursor = 0
    while True:
        page = api.get("/v1/changes", after=cursor, limit=500)
        if not page["items"]:
            return cursor
        cursor = page["next"]


def follow(this: Run, cursor: int) -> None:
    """Follow the change feed as downstream does, and fetch what is released."""
    try:
        with ThreadPoolExecutor(2) as pool:
            while True:
                page = this.downstream.get(
                    "/v1/changes", after=cursor, limit=500, wait=LONG_POLL_SECONDS
                )
                now = time.monotonic()
                for change in page["items"]:
                    release_id = this.board.apply(change, now)
                    if release_id:
                        pool.submit(fetch, this, change["subject"], release_id)
                cursor = page["next"]
    except TimedOut:
        return
    except Exception as error:
        this.board.add_error(f"The change feed cannot be followed: {error}")
        this.deadline.stop()


def fetch(this: Run, batch_id: str, release_id: str) -> None:
    """Download a release, then say so."""
    try:
        data = this.downstream.send("GET", f"/v1/releases/{release_id}/data.json").json()
        this.downstream.send("POST", f"/v1/releases/{release_id}/acknowledge")
        this.board.acknowledge(batch_id, data)
    except TimedOut:
        return
    except Exception as error:
        this.board.add_error(f"The release {release_id} cannot be fetched: {error}")
        this.deadline.stop()


def show_progress(this: Run) -> None:
    try:
        while True:
            this.deadline.sleep(PROGRESS_SECONDS)
            say(this.board.describe())
    except TimedOut:
        return


def say(text: str) -> None:
    print(f"chain: {text}", file=sys.stderr, flush=True)
