"""The object that a run of the chain prints."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from bench.board import Board, release_spans, spans
from bench.figures import Score, count_untouched, per, score_document, summarise


def report(board: Board, seconds: float) -> dict[str, Any]:
    """Throughput, latencies and rightness of a run that took `seconds`."""
    pages = sum(document["pages"] or 0 for document in board.released)
    keying = (board.last_key or 0.0) - (board.first_claim or 0.0)
    return {
        "documents": len(board.released),
        "pages": pages,
        "seconds": round(seconds, 2),
        "documents_per_hour": per(len(board.released), seconds, 3600),
        "pages_per_minute": per(pages, seconds, 60),
        "upload": summarise([u.answered - u.sent for u in board.uploads.values()]),
        "first_read": summarise(spans(board, "uploaded", ["extracting"])),
        "read_to_keying": summarise(spans(board, "extracting", ["keying"])),
        "document_latency": summarise(spans(board, "uploaded", ["final"])),
        "release_latency": summarise(release_spans(board)),
        "next_task": summarise(board.claims, largest=False),
        "key": summarise(board.keys, largest=False),
        "tasks": len(board.keys),
        "keyed": dict(board.keyed),
        "keys_per_hour": per(len(board.keys), keying, 3600) if board.keys else None,
        "straight_through": count_untouched(board.released),
        "fields": score_releases(board).to_dict(),
        "failed": board.list_failed(),
        "errors": board.errors,
        "machine": describe_machine(),
    }


def score_releases(board: Board) -> Score:
    score = Score()
    for document in board.released:
        source = board.find_source(document["id"])
        if source is not None and source.truth is not None:
            score_document(score, source.truth, document)
    return score


def describe_machine() -> dict[str, Any]:
    """Cores that this process may use, and the processor's name."""
    available = getattr(os, "sched_getaffinity", None)
    cores = len(available(0)) if available else os.cpu_count() or 1
    return {"cores": cores, "cpu": read_cpu(Path("/proc/cpuinfo"))}


def read_cpu(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
