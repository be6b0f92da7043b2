"""Identifiers."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

from models.ids import new_id


def test_ids_sort_in_the_order_they_were_made() -> None:
    made = [new_id("x") for _ in range(2000)]
    assert made == sorted(made)


def test_ids_of_many_threads_differ() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_id("x"), range(2000)))
    assert len(set(made)) == 2000


def test_an_id_is_safe_to_read_aloud() -> None:
    assert re.fullmatch(r"doc_[0-9A-HJKMNP-TV-Z]{26}", new_id("doc"))
