"""The step between reading and extraction: which documents a file holds.

The machine divides a file by itself when it is sure; else a person is asked, and the step runs
once more with the answer. Images and words of papers that are cut out of a page are written before
the rows that name them, under keys that do not depend on the attempt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from extractors.page import read_page
from extractors.pieces import covers, cut_out, decode, make_thumbnail
from extractors.render import RawPage
from extractors.slips import RECEIPT, WEAK, find_slips
from extractors.split import TYPE_SURE, Mode, Options, Proposal, Segment, Slips, propose
from extractors.types import TYPES
from models.batches import Batch, get_batch
from models.db import Transaction
from models.doctype import DETECT, DocumentType
from models.documents import PageRow, get_document, list_sheets
from models.sorting import ask, find_answer
from models.splitting import Part, divide_document, region_folder
from models.steps import Lease, finish_step
from models.storage import einvoice_key, page_thumbnail_key
from models.types import types_of
from models.words import Box, Page
from workers.context import Context
from workers.pages import put_page, read_image, read_words

MACHINE = "system"


def split(context: Context, lease: Lease) -> None:
    """Divide a file, or ask a person how."""
    with context.db.read() as session:
        document = get_document(session, lease.subject)
        batch = get_batch(session, document.batch_id)
        types = types_of(session, TYPES, batch)
        rows = list_sheets(session, document.id)
        answer = find_answer(session, document.id)
        given = answer and answer.answer
        actor = answer.done_by if answer and answer.done_by else MACHINE
    if document.origin_id is not None:
        _finish(context, lease, [], {}, MACHINE)
    elif given:
        parts, dropped = read_answer(given)
        _finish(context, lease, _cut(context, lease, rows, parts), dropped, actor)
    elif context.storage.exists(einvoice_key(lease.client_id, document.id)):
        # The data say what it is, and they are one invoice.
        _finish(context, lease, [Part(tuple(row.sheet for row in rows), None, None)], {}, MACHINE)
    else:
        _propose(context, lease, rows, batch, types)


def _propose(
    context: Context,
    lease: Lease,
    rows: Sequence[PageRow],
    batch: Batch,
    types: Mapping[str, DocumentType],
) -> None:
    pages = read_words(context, rows, lambda row: row.sheet)
    options = Options(cast(Mode, batch.split), batch.separator, batch.drop_blank)
    slips = _find_slips(context, rows, pages, batch, types)
    proposal = propose(pages, batch.document_type, types, options, slips)
    if proposal.doubts:
        for row in rows:
            key = page_thumbnail_key(row.client_id, row.folder, row.sheet)
            context.storage.put_bytes(key, make_thumbnail(read_image(context, row)), "image/jpeg")
        with context.db.write() as session:
            finish_step(session, lease)
            document = get_document(session, lease.subject, lock=True)
            ask(session, document, to_data(proposal))
        return
    parts = [_part(segment) for segment in proposal.parts]
    _finish(context, lease, _cut(context, lease, rows, parts), proposal.dropped, MACHINE)


def _find_slips(
    context: Context,
    rows: Sequence[PageRow],
    pages: Sequence[Page],
    batch: Batch,
    types: Mapping[str, DocumentType],
) -> dict[int, Slips]:
    """Pages with several receipts, where the client wants receipts and its files divided."""
    if batch.split != "auto" or batch.document_type not in (DETECT, RECEIPT):
        return {}
    found = {}
    for row, page in zip(rows, pages, strict=True):
        slips = find_slips(page, types)
        if slips is None:
            continue
        whole = covers(decode(read_image(context, row)), slips.regions)
        found[row.sheet] = slips if whole else replace(slips, score=min(slips.score, WEAK))
    return found


def _part(segment: Segment) -> Part:
    box = segment.region
    region = (box.x0, box.y0, box.x1, box.y1) if box else None
    return Part(segment.pages, segment.type, segment.type_score, region)


def _cut(
    context: Context, lease: Lease, rows: Sequence[PageRow], parts: Sequence[Part]
) -> list[Part]:
    """The parts, with the image and words of each that is only a region of its page in S3."""
    by_sheet = {row.sheet: row for row in rows}
    made = []
    for number, part in enumerate(parts, 1):
        if part.region is None:
            made.append(part)
            continue
        sheet = part.pages[0]
        image = cut_out(decode(read_image(context, by_sheet[sheet])), Box(*part.region))
        # Each paper lies at its own angle: it is made upright and read by itself.
        result = read_page(RawPage(sheet, image, 0.0, None), context.engine)
        folder = region_folder(lease.subject, number)
        put_page(context, lease.client_id, folder, result.page, result.image)
        made.append(replace(part, width=result.page.width, height=result.page.height))
    return made


def _finish(
    context: Context,
    lease: Lease,
    parts: Sequence[Part],
    dropped: Mapping[int, str],
    actor: str,
) -> None:
    with context.db.write() as session:
        finish_step(session, lease)
        _divide(session, lease.subject, parts, dropped, actor)


def _divide(
    session: Transaction,
    document_id: str,
    parts: Sequence[Part],
    dropped: Mapping[int, str],
    actor: str,
) -> None:
    document = get_document(session, document_id, lock=True)
    if document.status == "reading":  # else it was given up meanwhile
        divide_document(session, document_id, parts, dropped, actor=actor)


# -- what people are shown, and what they answer --------------------------------------------------


def to_data(proposal: Proposal) -> dict[str, Any]:
    """A proposal as JSON: `sheets` (number, kind, cut, reasons, sure), `parts` (pages, type,
    type_score, sure, region), `dropped` (page number as text: why), `doubts`, `slips` (page number
    as text: regions)."""
    return {
        "sheets": [
            {
                "number": sheet.number,
                "kind": sheet.kind,
                "cut": None if sheet.cut is None else round(sheet.cut, 4),
                "reasons": list(sheet.reasons),
                "sure": sheet.sure,
            }
            for sheet in proposal.sheets
        ],
        "parts": [
            {
                "pages": list(part.pages),
                "type": part.type,
                "type_score": round(part.type_score, 4),
                "sure": part.type_score >= TYPE_SURE,
                "region": part.region.to_list() if part.region else None,
            }
            for part in proposal.parts
        ],
        "dropped": {str(number): why for number, why in proposal.dropped.items()},
        "doubts": list(proposal.doubts),
        "slips": {
            str(number): [box.to_list() for box in slips.regions]
            for number, slips in proposal.slips.items()
        },
    }


def read_answer(answer: Mapping[str, Any]) -> tuple[list[Part], dict[int, str]]:
    """The parts and dropped pages of a person's answer."""
    parts = [
        Part(
            pages=tuple(int(number) for number in part["pages"]),
            type=part["type"],
            type_score=1.0,
            region=tuple(part["region"]) if part.get("region") else None,
        )
        for part in answer["parts"]
    ]
    return parts, {int(number): str(why) for number, why in answer["dropped"].items()}
