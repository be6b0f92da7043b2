"""Signed envelopes: what is in them comes out, however they are encoded."""

from __future__ import annotations

import base64
import contextlib
import datetime
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from extractors.einvoice import p7m, read_einvoice
from extractors.render import inspect
from extractors.sniff import SIGNED, SIGNED_DATA, sniff
from models.errors import DamagedFile, FileProblem, TruncatedFile, UnknownXml, UnsupportedType
from tests.einvoice import samples

DATA = bytes.fromhex("06092a864886f70d010701")
VERSION, DIGESTS = b"\x02\x01\x01", b"\x31\x00"


@cache
def signer() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Prova")])
    at = datetime.datetime(2026, 1, 1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    made = made.public_key(key.public_key()).serial_number(7)
    made = made.not_valid_before(at).not_valid_after(at + datetime.timedelta(days=365))
    return made.sign(key, hashes.SHA256()), key


def sign(content: bytes, *options: pkcs7.PKCS7Options) -> bytes:
    certificate, key = signer()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def element(tag: int, content: bytes, *, indefinite: bool = False) -> bytes:
    if indefinite:
        return bytes([tag, 0x80]) + content + b"\0\0"
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def envelope(content: bytes, *, indefinite: bool = False, piece: int = 0) -> bytes:
    """SignedData by hand, in one piece or in pieces of `piece` bytes."""
    if piece:
        parts = [content[at : at + piece] for at in range(0, len(content), piece)]
        octets = element(
            0x24, b"".join(element(0x04, part) for part in parts), indefinite=indefinite
        )
    else:
        octets = element(0x04, content)
    held = DATA + element(0xA0, octets, indefinite=indefinite)
    signed = VERSION + DIGESTS + element(0x30, held, indefinite=indefinite) + b"\x31\x00"
    inner = element(0x30, signed, indefinite=indefinite)
    info = SIGNED_DATA + element(0xA0, inner, indefinite=indefinite)
    return element(0x30, info, indefinite=indefinite)


def armour(data: bytes) -> bytes:
    text = base64.encodebytes(data)
    return b"-----BEGIN PKCS7-----\n" + text + b"-----END PKCS7-----\n"


FORMS = {
    "der": sign(samples.fattura()),
    "base64": base64.b64encode(sign(samples.fattura())),
    "base64 in lines": base64.encodebytes(sign(samples.fattura())),
    "pem": armour(sign(samples.fattura())),
    "signed twice": sign(sign(samples.fattura())),
    "indefinite lengths in pieces": envelope(samples.fattura(), indefinite=True, piece=1000),
}


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS.keys())
def test_the_invoice_in_an_envelope(data: bytes) -> None:
    invoice = read_einvoice(data, sniff(data[:1024]))
    assert invoice.fields["invoice_number"].value == "218/A"


def test_an_envelope_through_the_child(tmp_path: Path) -> None:
    path = tmp_path / "a.p7m"
    path.write_bytes(FORMS["der"])
    info = inspect(path)
    assert (info.media_type, info.pages, info.einvoice is not None) == (SIGNED, 1, True)


@given(st.binary(max_size=600), st.booleans(), st.integers(0, 200))
def test_any_content_comes_out(content: bytes, indefinite: bool, piece: int) -> None:
    held = b"<" + content  # never an envelope itself
    assert p7m.unwrap(envelope(held, indefinite=indefinite, piece=piece)) == held


@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_any_damage_is_a_problem_or_content(at: int, other: bytes) -> None:
    good = envelope(b"<a/>" * 80, indefinite=True, piece=50)
    with contextlib.suppress(FileProblem):
        p7m.unwrap(good[:at] + other + good[at + len(other) :])


@pytest.mark.parametrize("keep", [0.5, 0.9])
def test_a_cut_envelope_is_truncated(keep: float) -> None:
    data = envelope(samples.fattura())
    with pytest.raises(TruncatedFile):
        p7m.unwrap(data[: int(keep * len(data))])


def test_a_signature_alone_holds_no_invoice() -> None:
    with pytest.raises(UnknownXml, match="only a signature"):
        p7m.unwrap(sign(samples.fattura(), pkcs7.PKCS7Options.DetachedSignature))


def test_a_signed_pdf_is_no_invoice() -> None:
    with pytest.raises(UnknownXml, match="Take the file out"):
        read_einvoice(sign(samples.pdf()), SIGNED)


def test_envelopes_in_envelopes_end() -> None:
    data = samples.fattura()
    for _ in range(p7m.MAX_ENVELOPES + 1):
        data = envelope(data)
    with pytest.raises(DamagedFile):
        p7m.unwrap(data)


def test_nested_indefinite_lengths_end() -> None:
    with pytest.raises(DamagedFile):
        p7m.unwrap(b"\x30\x80" + SIGNED_DATA + b"\xa0\x80" * 5000)


def test_a_certificate_is_not_an_envelope() -> None:
    certificate = signer()[0].public_bytes(serialization.Encoding.DER)
    with pytest.raises(UnsupportedType):
        sniff(certificate[:1024])
