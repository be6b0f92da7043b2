"""Several invoices in one file: where they may be, each is read and drawn by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractors.einvoice import read_einvoices
from extractors.einvoice.data import EInvoice
from extractors.einvoice.lot import Lot
from extractors.limits import Limits
from extractors.render import FileInfo, inspect, render
from models.errors import SeveralInvoices
from tests.einvoice import samples
from tests.einvoice.test_p7m import sign

NUMBERS = ("A/1", "A/2", "A/3")
LOTS = Limits(max_invoices=5)


@pytest.fixture(params=["xml", "p7m"])
def lot(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file with three invoices, plain and signed."""
    data = samples.fattura(numbers=NUMBERS)
    path = tmp_path / f"lot.{request.param}"
    path.write_bytes(data if request.param == "xml" else sign(data))
    return path


def lot_of(info: FileInfo) -> Lot:
    assert info.lot is not None
    return info.lot


def number(invoice: EInvoice | None) -> str | None:
    return invoice.fields["invoice_number"].value if invoice else None


def test_each_invoice_of_a_lot_is_read(lot: Path) -> None:
    info = inspect(lot, LOTS)
    assert [number(invoice) for invoice, _ in lot_of(info).invoices] == list(NUMBERS)
    assert info.einvoice is None
    assert info.pages == 3


def test_places_count_from_the_first_page_of_each(lot: Path) -> None:
    invoices = lot_of(inspect(lot, LOTS)).invoices
    assert {invoice.fields["invoice_number"].page for invoice, _ in invoices} == {1}


def test_pages_belong_to_their_invoice() -> None:
    [invoice] = read_einvoices(samples.fattura(), "application/xml")
    [other] = read_einvoices(samples.fattura(numbers=("B",)), "application/xml")
    lot = Lot(((invoice, 2), (other, 1)))
    assert list(lot.parts()) == [(1, 2), (3,)]
    assert [lot.at(page) for page in (0, 1, 2, 3, 4)] == [None, invoice, invoice, other, None]


def test_a_lot_is_kept_as_json(lot: Path) -> None:
    found = lot_of(inspect(lot, LOTS))
    assert Lot.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_each_page_shows_its_own_invoice(lot: Path) -> None:
    media_type = inspect(lot, LOTS).media_type
    for at, wanted in enumerate(NUMBERS, 1):
        [page] = render(lot, media_type, at, at, LOTS)
        assert page.number == at
        assert page.native is not None
        assert [text for text in NUMBERS if text in page.native.text] == [wanted]


def test_where_only_one_is_allowed_a_lot_is_refused(lot: Path) -> None:
    with pytest.raises(SeveralInvoices, match="into a file of its own"):
        inspect(lot)


def test_a_lot_of_too_many_is_refused_with_advice() -> None:
    with pytest.raises(SeveralInvoices, match=r"3 invoices\. At most 2") as caught:
        read_einvoices(samples.fattura(numbers=NUMBERS), "application/xml", 2)
    assert caught.value.extra == {"invoices": 3}


def test_a_file_with_one_is_no_lot(tmp_path: Path) -> None:
    path = tmp_path / "one.xml"
    path.write_bytes(samples.fattura())
    info = inspect(path, LOTS)
    assert info.lot is None
    assert info.einvoice is not None
