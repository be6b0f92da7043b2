"""Pages that were read, in the object store: their words and images, wherever they lie."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace

from models.documents import PageRow, list_pages
from models.storage import page_image_key, page_words_key
from models.words import Page
from workers.context import Context


def put_page(context: Context, client_id: str, folder: str, page: Page, image: bytes) -> None:
    """Store a page's image and words as those of page `page.number` in `folder`."""
    words = json.dumps(page.to_dict(), ensure_ascii=False).encode()
    context.storage.put_bytes(page_image_key(client_id, folder, page.number), image, "image/jpeg")
    context.storage.put_bytes(
        page_words_key(client_id, folder, page.number), words, "application/json"
    )


def load_pages(
    context: Context, document_id: str, number: Callable[[PageRow], int] = lambda row: row.number
) -> list[Page]:
    """The pages of a document, as they were read, with `number`s: by default those in it."""
    with context.db.read() as session:
        rows = list_pages(session, document_id)
    return read_words(context, rows, number)


def read_words(
    context: Context, rows: Iterable[PageRow], number: Callable[[PageRow], int]
) -> list[Page]:
    pages = []
    for row in rows:
        data = context.storage.get_bytes(page_words_key(row.client_id, row.folder, row.sheet))
        pages.append(replace(Page.from_dict(json.loads(data)), number=number(row)))
    return pages


def read_images(context: Context, document_id: str, numbers: Iterable[int]) -> list[bytes]:
    """The JPEGs of a document's pages with these numbers."""
    with context.db.read() as session:
        rows = {row.number: row for row in list_pages(session, document_id)}
    return [read_image(context, rows[number]) for number in numbers]


def read_image(context: Context, row: PageRow) -> bytes:
    """The JPEG of an upright page."""
    return context.storage.get_bytes(page_image_key(row.client_id, row.folder, row.sheet))
