"""XML that wants to do harm, through the limited child process as in an upload."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.einvoice import read_xml
from extractors.einvoice.tree import MAX_DEPTH, MAX_ELEMENTS, MAX_TEXT, parse
from extractors.render import inspect
from models.errors import (
    DamagedFile,
    FileProblem,
    FileTooComplex,
    TooManyPages,
    UnknownXml,
    UnsafeXml,
)
from tests.einvoice import samples

BOMB = '<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 12)
)
HARMS = {
    "doctype": "<!DOCTYPE FatturaElettronica>",
    "local file": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "remote file": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">',
    "parameter entity": '<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>',
    "billion laughs": f"<!DOCTYPE a [{BOMB}]>",
}


def look(folder: Path, data: bytes) -> FileProblem:
    path = folder / "a.xml"
    path.write_bytes(data)
    with pytest.raises(FileProblem) as caught:
        inspect(path)
    return caught.value


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_no_document_type_is_let_in(tmp_path: Path, harm: str) -> None:
    declared, _, rest = samples.fattura().decode().partition("\n")
    data = f"{declared}{harm}{rest}".replace("218/A", "&a11;&x;").encode()
    assert type(look(tmp_path, data)) is UnsafeXml


def test_deep_nesting(tmp_path: Path) -> None:
    start = b"<?xml version='1.0'?><FatturaElettronica>"
    assert type(look(tmp_path, start + b"<a>" * 1_000_000)) is FileTooComplex


def test_nesting_over_the_limit_is_refused() -> None:
    with pytest.raises(FileTooComplex):
        parse(b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1))


def test_nesting_up_to_the_limit_is_read() -> None:
    inner = MAX_DEPTH - 1
    assert parse(b"<r>" + b"<a>" * inner + b"</a>" * inner + b"</r>")[1].tag == "r"


def test_a_hundred_megabytes_of_elements(tmp_path: Path) -> None:
    start = b"<?xml version='1.0'?><FatturaElettronica>"
    assert type(look(tmp_path, start + b"<a/>" * (25 * 2**20))) is FileTooComplex


def test_a_hundred_megabytes_in_an_attachment_do_not_matter(tmp_path: Path) -> None:
    held = b"<Allegati><Attachment>" + b"QUJD" * (25 * 2**20) + b"</Attachment></Allegati>"
    end = b"</FatturaElettronicaBody>"
    path = tmp_path / "a.xml"
    path.write_bytes(samples.fattura().replace(end, held + end))
    assert inspect(path).pages == 1


def test_text_is_cut_where_no_field_is_that_long() -> None:
    _, root = parse(b"<a>" + b"x" * (10 * MAX_TEXT) + b"</a>")
    assert len(root.text or "") == MAX_TEXT


def test_elements_are_counted() -> None:
    with pytest.raises(FileTooComplex):
        parse(b"<a>" + b"<b/>" * MAX_ELEMENTS + b"</a>")


def test_more_lines_than_pages_are_allowed(tmp_path: Path) -> None:
    text = samples.fattura().decode()
    start = text.index("<DettaglioLinee>")
    end = text.index("</DettaglioLinee>") + len("</DettaglioLinee>")
    data = (text[:start] + text[start:end] * 26_000 + text[end:]).encode()
    assert type(look(tmp_path, data)) in (TooManyPages, FileTooComplex)


@pytest.mark.parametrize(
    "data",
    [
        samples.fattura(encoding="windows-1252").replace(b'"windows-1252"', b'"UTF-8"'),
        samples.fattura().replace(b'"UTF-8"', b'"x-no-such-encoding"'),
        samples.fattura()[:-200],
        samples.fattura().replace(b"</Numero>", b"</Nummer>"),
        samples.fattura().replace(b"218/A", b"218\x00A"),
    ],
    ids=["not its encoding", "no encoding", "cut off", "tags", "NUL"],
)
def test_broken_xml_is_damaged(tmp_path: Path, data: bytes) -> None:
    assert type(look(tmp_path, data)) is DamagedFile


def test_another_xml_is_refused_by_its_namespace(tmp_path: Path) -> None:
    data = b"<?xml version='1.0'?><Invoice xmlns='urn:example:mine'><ID>1</ID></Invoice>"
    assert type(look(tmp_path, data)) is UnknownXml


def test_another_xml_behind_a_long_comment(tmp_path: Path) -> None:
    data = b"<?xml version='1.0'?><!--" + b"x" * 5000 + b"--><svg/>"
    assert type(look(tmp_path, data)) is UnknownXml


def test_an_invoice_behind_a_long_comment_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(samples.cii().replace(b"?>", b"?><!--" + b"x" * 5000 + b"-->", 1))
    assert inspect(path).einvoice is not None


VALID = samples.cii()


@given(st.integers(0, len(VALID) - 1), st.binary(min_size=0, max_size=8))
def test_any_damage_gives_an_invoice_or_a_problem(at: int, other: bytes) -> None:
    with contextlib.suppress(FileProblem):
        read_xml(VALID[:at] + other + VALID[at + len(other) + 1 :])
