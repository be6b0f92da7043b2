"""A client's fixed form, from its blank to fields that people see."""

from __future__ import annotations

import hashlib
import io
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bench.formsheet import Design, fill, make_design
from bench.generator.scanner import Damage, scan
from extractors.validate import check
from models.doctype import DocumentType
from models.documents import StoredFile, add_document
from models.forms import FormPage, add_form
from models.storage import form_image_key, original_key
from models.types import create_type
from tests.workers.conftest import run_all
from tests.workers.test_types import doubts_of, fields_of, new_client, open_batch
from workers.context import Context

pytestmark = pytest.mark.timeout(300)


def as_jpeg(image: NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=88)
    return out.getvalue()


def add_type(context: Context, client: str, design: Design) -> DocumentType:
    """The design's blank and a type for it, as the API makes them."""
    image = design.image()
    content = as_jpeg(image)
    sha256 = hashlib.sha256(content).hexdigest()
    context.storage.put_bytes(form_image_key(client, sha256), content, "image/jpeg")
    with context.db.write() as session:
        page = FormPage(1, image.shape[1], image.shape[0], sha256)
        blank = add_form(session, client, "blank.pdf", [page], actor="test").id
        doctype = design.doctype(blank)
        create_type(session, client, doctype, actor="test")
    return doctype


def add_scan(context: Context, client: str, batch: str, image: NDArray[np.uint8]) -> str:
    content = as_jpeg(image)
    sha256 = hashlib.sha256(content).hexdigest()
    context.storage.put_bytes(original_key(client, sha256), content, "image/jpeg")
    with context.db.write() as session:
        file = StoredFile("scan.jpg", sha256, len(content), "image/jpeg")
        return add_document(session, batch, file, actor="test").id


def test_a_skewed_scan_is_read_by_the_boxes_drawn_on_the_blank(context: Context) -> None:
    design = make_design(1)
    client = new_client(context)
    doctype = add_type(context, client, design)
    filled = fill(design, Random("worker"), "typed")
    damage = Damage("flatbed", 200, "colour", skew=-4.0, noise=2.0, blur=0.5, light=0.04)
    image, _ = scan(filled.image, damage, Random(1))
    batch = open_batch(context, client, doctype.name)
    document = add_scan(context, client, batch, image)
    run_all(context)
    fields = fields_of(context, document)
    for name, truth in filled.truth.items():
        spec = doctype.spec(name, in_line=False)
        assert fields[name].value == (truth and check(spec, truth).value), name
        assert fields[name].page == 1
        assert fields[name].box is not None
    # The scan was levelled before it was read: the box is where the field is on that page.
    zone = next(zone for zone in design.zones if zone.field == "tax_id")
    box = fields["tax_id"].box
    assert box is not None
    assert (box[0] + box[2]) / 2 == pytest.approx((zone.box[0] + zone.box[2]) / 2, abs=0.03)
    assert (box[1] + box[3]) / 2 == pytest.approx((zone.box[1] + zone.box[3]) / 2, abs=0.03)
    assert fields["tax_id"].status == "final"


def test_another_form_is_left_empty_and_goes_to_people(context: Context) -> None:
    client = new_client(context)
    doctype = add_type(context, client, make_design(1))
    batch = open_batch(context, client, doctype.name)
    other = fill(make_design(2), Random("other"), "typed")
    document = add_scan(context, client, batch, other.image)
    run_all(context)
    fields = fields_of(context, document)
    assert {name for name, field in fields.items() if field.value is not None} == set()
    doubts = doubts_of(context, document)
    assert doubts.keys() == fields.keys()
    assert all("not_this_form" in codes for codes in doubts.values())
