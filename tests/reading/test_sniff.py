from __future__ import annotations

import contextlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.sniff import ACCEPTED, HEAD_BYTES, accepted_text, sniff
from models.errors import EmptyFile, UnsupportedType
from tests.reading import samples

GOOD = {
    "image/png": samples.encode(samples.marked_image(), "PNG"),
    "image/jpeg": samples.encode(samples.marked_image(), "JPEG"),
    "image/webp": samples.encode(samples.marked_image(), "WEBP"),
    "image/tiff": samples.encode(samples.marked_image(), "TIFF"),
    "image/heic": samples.HEIC,
    "application/pdf": samples.text_pdf(),
    "application/xml": b"<?xml version='1.0'?><p:FatturaElettronica versione='FPR12'/>",
    "application/pkcs7-mime": bytes.fromhex("308006092a864886f70d010702a080"),
}


@pytest.mark.parametrize("media_type", sorted(ACCEPTED))
def test_every_accepted_type_is_recognised(media_type: str) -> None:
    assert sniff(GOOD[media_type][:HEAD_BYTES]) == media_type


def test_pdf_header_may_follow_junk_within_1024_bytes() -> None:
    assert sniff(b"\n" * 1000 + b"%PDF-1.4") == "application/pdf"


def test_pdf_header_after_1024_bytes_is_not_a_pdf() -> None:
    with pytest.raises(UnsupportedType):
        sniff(b"x" * 1020 + b"%PDF-1.4")


def test_big_endian_tiff() -> None:
    assert sniff(b"MM\x00*\x00\x00\x00\x08") == "image/tiff"


@pytest.mark.parametrize(
    "head",
    [
        b"<?xml version='1.0'?><svg/>",
        b"<!DOCTYPE html>",
        b"GIF89a",
        b"BM\x46\x00",
        b"PK\x03\x04",
        b"plain text",
        b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1avif",
        b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avif",
        b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isom",
    ],
)
def test_other_types_are_refused_with_advice(head: bytes) -> None:
    with pytest.raises(UnsupportedType, match="upload it again"):
        sniff(head)


def test_no_bytes_is_empty_not_unsupported() -> None:
    with pytest.raises(EmptyFile):
        sniff(b"")


@given(st.binary(min_size=1, max_size=64))
def test_any_bytes_give_an_accepted_type_or_a_refusal(head: bytes) -> None:
    with contextlib.suppress(UnsupportedType):
        assert sniff(head) in ACCEPTED


def test_message_lists_every_accepted_type() -> None:
    assert accepted_text() == "PDF, TIFF, JPEG, PNG, WEBP, HEIC and e-invoice (XML, P7M)"


def test_sniffing_loads_no_image_library() -> None:
    code = (
        "import sys, extractors.sniff;"
        "print([m for m in ('numpy', 'PIL', 'cv2', 'pypdfium2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
