"""Electronic originals by HTTP: what is taken, what is refused, and how a difference is told."""

from __future__ import annotations

import base64

import pytest

from extractors.types import TYPES
from server.desk import explain
from tests.einvoice import samples
from tests.einvoice.test_p7m import sign
from tests.server.conftest import Running


def send(server: Running, data: bytes) -> tuple[int, dict[str, object]]:
    url = f"/v1/batches/{server.new_batch()}/files"
    answer = server["client"].post(url, files={"file": ("fattura.xml", data)})
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (samples.cii(), "application/xml"),
        (samples.ubl(root="CreditNote"), "application/xml"),
        (samples.fattura(), "application/xml"),
        (b"\xef\xbb\xbf" + samples.fattura(), "application/xml"),
        (samples.fattura(encoding="utf-16"), "application/xml"),
        (samples.simplified(), "application/xml"),
        (sign(samples.fattura()), "application/pkcs7-mime"),
        (base64.b64encode(sign(samples.fattura())), "application/pkcs7-mime"),
    ],
    ids=["cii", "ubl", "fatturapa", "bom", "utf-16", "simplified", "p7m", "p7m in base64"],
)
def test_einvoices_are_taken(server: Running, data: bytes, media_type: str) -> None:
    status, body = send(server, data)
    assert status == 201, body
    assert body["items"][0]["media_type"] == media_type  # type: ignore[index]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (
            b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
            415,
            "xml_not_einvoice",
        ),
        (sign(b"Dear Sir or Madam"), 415, "xml_not_einvoice"),
        (samples.fattura().replace(b"?>", b"?><!DOCTYPE a>", 1), 422, "xml_unsafe"),
        (samples.fattura(numbers="12"), 422, "einvoice_has_several"),
        (samples.fattura()[:-99], 422, "file_damaged"),
        (sign(samples.fattura())[:-2000], 422, "file_truncated"),
    ],
    ids=["svg", "signed text", "doctype", "lot", "broken", "cut p7m"],
)
def test_others_are_refused_with_their_code(
    server: Running, data: bytes, status: int, code: str
) -> None:
    answered, problem = send(server, data)
    assert (answered, problem["code"], problem["filename"]) == (status, code, "fattura.xml")


def test_the_message_of_a_difference_names_the_printed_value() -> None:
    spec = TYPES["invoice"].spec("gross_total", in_line=False)
    [reason] = explain(["differs_from_print:154.70"], spec, "145.70", {})
    assert (reason.code, "154.70" in reason.message) == ("differs_from_print", True)


def test_a_printed_value_may_have_a_colon() -> None:
    spec = TYPES["invoice"].spec("seller_name", in_line=False)
    [reason] = explain(["differs_from_print:Rossi: {printed}"], spec, "Bianchi", {})
    assert "Rossi: {printed}" in reason.message
