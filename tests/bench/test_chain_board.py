"""What the board makes of uploads, changes and keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.board import Board, Source, Upload, release_spans, spans

SOURCE = Source(Path("a.pdf"), "a.pdf", None)


def status(document: str, to: str, **more: str) -> dict[str, Any]:
    return {"kind": "document.status", "subject": document, "data": {"status": to, **more}}


def release(batch: str) -> dict[str, Any]:
    return {"kind": "batch.released", "subject": batch, "data": {"release_id": f"rel-{batch}"}}


@pytest.fixture
def board() -> Board:
    """One batch with one document whose upload was answered at 10."""
    board = Board()
    board.add_batch("b")
    board.add_upload(Upload("d", "b", SOURCE, 9.0, 10.0))
    return board


def test_a_span_is_from_the_first_time_to_the_first_of_the_ends(board: Board) -> None:
    for to, at in [("extracting", 12.0), ("keying", 13.0), ("final", 15.0)]:
        board.apply(status("d", to), at)
    assert spans(board, "uploaded", ["extracting"]) == [2.0]
    assert spans(board, "extracting", ["final", "keying"]) == [1.0]


def test_a_document_that_has_not_come_so_far_has_no_span(board: Board) -> None:
    board.apply(status("d", "extracting"), 12.0)
    assert spans(board, "uploaded", ["final"]) == []


def test_a_change_that_was_faster_than_the_answer_took_no_time(board: Board) -> None:
    board.apply(status("d", "reading"), 9.5)
    assert spans(board, "uploaded", ["reading"]) == [0.0]


def test_a_release_is_waited_for_from_the_last_key(board: Board) -> None:
    board.seal("b", 11.0)
    board.add_key("b", 0.1, 14.0, "confirmed")
    board.apply(release("b"), 15.5)
    assert release_spans(board) == [1.5]


def test_a_release_of_what_nobody_keyed_is_waited_for_from_the_seal(board: Board) -> None:
    board.seal("b", 11.0)
    board.apply(release("b"), 12.0)
    assert release_spans(board) == [1.0]


def test_only_releases_of_this_run_are_fetched(board: Board) -> None:
    assert board.apply(release("another"), 12.0) is None
    assert board.apply(release("b"), 12.0) == "rel-b"


def test_a_run_is_done_when_every_batch_is_acknowledged(board: Board) -> None:
    board.apply(release("b"), 12.0)
    assert not board.is_done()
    board.acknowledge("b", {"documents": [{"id": "d"}]})
    assert board.is_done()
    assert board.is_complete()


def test_a_quarantined_document_holds_its_batch_up_and_ends_the_run(board: Board) -> None:
    board.apply(status("d", "quarantined", code="quarantined", problem="lost"), 12.0)
    assert board.is_done()
    assert not board.is_complete()


def test_a_quarantined_document_ends_nothing_while_others_are_at_work(board: Board) -> None:
    board.add_upload(Upload("e", "b", SOURCE, 9.0, 10.0))
    board.apply(status("d", "quarantined"), 12.0)
    assert not board.is_done()


def test_a_run_in_which_nothing_was_taken_is_not_complete(board: Board) -> None:
    board.drop_batch("b")
    assert not board.is_complete()


def test_what_failed_is_listed_with_its_reason(board: Board) -> None:
    board.apply(status("d", "failed", code="file_damaged", problem="Broken."), 12.0)
    board.refuse(Source(Path("b.txt"), "b.txt", None), "file_type_unsupported", "No.")
    assert board.list_failed() == [
        {
            "file": "b.txt",
            "document_id": None,
            "status": "refused",
            "code": "file_type_unsupported",
            "detail": "No.",
        },
        {
            "file": "a.pdf",
            "document_id": "d",
            "status": "failed",
            "code": "file_damaged",
            "detail": "Broken.",
        },
    ]


def test_operators_are_sent_to_batches_with_documents_in_keying(board: Board) -> None:
    board.add_batch("c")
    board.add_upload(Upload("e", "c", SOURCE, 9.0, 10.0))
    board.apply(status("e", "keying"), 12.0)
    board.apply(status("d", "final"), 12.0)
    assert board.list_keying() == ["c"]
