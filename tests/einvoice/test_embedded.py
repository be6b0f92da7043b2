"""Invoices attached to PDF files."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest

from extractors.einvoice import EInvoice
from extractors.render import inspect
from tests.einvoice import samples


def find(folder: Path, data: bytes) -> EInvoice | None:
    path = folder / "a.pdf"
    path.write_bytes(data)
    info = inspect(path)
    assert info.pages == 1
    return info.einvoice


@pytest.mark.parametrize(
    "name", ["factur-x.xml", "zugferd-invoice.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml"]
)
def test_the_standards_names(tmp_path: Path, name: str) -> None:
    found = find(tmp_path, samples.hybrid(samples.cii(), name=name))
    assert found is not None
    assert found.fields["invoice_number"].value == "RE-2026/0417"


def test_another_name(tmp_path: Path) -> None:
    assert find(tmp_path, samples.hybrid(samples.ubl(), name="rechnung 12.xml")) is not None


def test_a_pdf_without_an_invoice(tmp_path: Path) -> None:
    assert find(tmp_path, samples.pdf()) is None


def test_the_standards_name_comes_first(tmp_path: Path) -> None:
    found = find(tmp_path, samples.hybrid(samples.cii(), more="other.xml"))
    assert found is not None


def test_of_two_other_names_none_is_taken(tmp_path: Path) -> None:
    assert find(tmp_path, samples.hybrid(samples.cii(), name="a.xml", more="b.xml")) is None


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"no xml at all",
        samples.cii()[:-30],
        samples.cii().replace(b"?>", b"?><!DOCTYPE a>", 1),
        b"<a>" * 100_000,
        samples.cii().replace(b"CrossIndustryInvoice", b"SCRDMCCBDACIOMessageStructure"),
        samples.fattura(numbers=("1", "2")),
    ],
    ids=["empty", "text", "cut", "doctype", "deep", "order-x", "lot"],
)
def test_an_attachment_that_cannot_be_read_does_not_cost_the_page(
    tmp_path: Path, xml: bytes
) -> None:
    assert find(tmp_path, samples.hybrid(xml)) is None


def test_an_attachment_that_unfolds_to_too_much(tmp_path: Path) -> None:
    assert find(tmp_path, samples.hybrid(samples.cii() + b" " * (30 * 2**20))) is None


def test_a_broken_tree_of_attachments(tmp_path: Path) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(samples.hybrid(samples.cii()))) as document:
        names = document.Root.Names.EmbeddedFiles
        names.Kids = pikepdf.Array([names])  # itself
        document.save(out)
    find(tmp_path, out.getvalue())  # one page, and an end
