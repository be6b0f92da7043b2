"""Fixed forms: the blank and the page images that an extraction needs, from the object store."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.forms.read import read_form
from extractors.forms.register import Sheet
from extractors.values import FieldValue
from models.doctype import DocumentType
from models.forms import find_form, pages_of
from models.storage import form_image_key
from models.words import Page
from workers.context import Context
from workers.pages import read_images

log = logging.getLogger("scrivano.worker")

KEPT = 6
"""Pages of blanks that a process keeps, with their features: about 40 MB each."""
_kept: OrderedDict[tuple[str, str], Sheet] = OrderedDict()


def read_zones_of(
    context: Context,
    client_id: str,
    document_id: str,
    pages: Sequence[Page],
    doctype: DocumentType,
) -> dict[str, FieldValue]:
    """The fields of a type with a form; all empty and in doubt when its blank is not there."""
    if doctype.form is None:
        return {}
    wanted = {zone.page for zone in doctype.form.zones}
    blanks = _load_blanks(context, client_id, doctype.form.blank, wanted)

    def load(number: int) -> NDArray[np.uint8]:
        return _decode(read_images(context, document_id, [number])[0])

    return read_form(doctype, pages, load, blanks, context.engine)


def _load_blanks(
    context: Context, client_id: str, form_id: str, wanted: set[int]
) -> dict[int, Sheet]:
    with context.db.read(client_id) as session:
        row = find_form(session, form_id)
        pages = [] if row is None else [p for p in pages_of(row) if p.number in wanted]
    if len(pages) < len(wanted):
        log.warning("the blank %s lacks pages that its type has zones on", form_id)
    found = {}
    for page in pages:
        key = (client_id, page.sha256)
        if key not in _kept:
            _kept[key] = Sheet(_decode(context.storage.get_bytes(form_image_key(*key))))
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
        found[page.number] = _kept[key]
    return found


def _decode(data: bytes) -> NDArray[np.uint8]:
    """RGB of a JPEG that this system has made."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("an image in the store is no JPEG")
    return np.ascontiguousarray(image[:, :, ::-1])
