"""Blank forms by API, and the types that are drawn on them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from models import forms
from tests.server import files
from tests.server.conftest import Running
from tests.server.test_types import make


def add(server: Running, data: bytes, role: str = "client", **query: str) -> dict[str, Any]:
    made = server[role].post("/v1/forms", content=data, params=query)
    assert made.status_code == 201, made.text
    return dict(made.json())


def zone(**values: Any) -> dict[str, Any]:
    return {"field": "order_number", "box": [0.1, 0.1, 0.5, 0.2], "reader": "text", **values}


def test_a_blank_is_rendered_and_kept(server: Running) -> None:
    made = add(server, files.pdf(2), filename="modulo.pdf")
    assert (made["client_id"], made["filename"]) == (server.client_a, "modulo.pdf")
    assert [page["number"] for page in made["pages"]] == [1, 2]
    for page in made["pages"]:
        answer = server["client"].get(page["image"])
        assert answer.headers["content-type"] == "image/jpeg"
        assert "immutable" in answer.headers["cache-control"]
        size = Image.open(io.BytesIO(answer.content)).size
        assert size == (page["width"], page["height"])
        tag = {"If-None-Match": answer.headers["etag"]}
        assert server["client"].get(page["image"], headers=tag).status_code == 304
    assert server["client"].get(f"/v1/forms/{made['id']}").json() == made
    assert made in server["client"].get("/v1/forms").json()["items"]


def test_a_blank_can_be_a_part_of_a_form_and_an_image(server: Running) -> None:
    made = server["client"].post("/v1/forms", files={"file": ("blank.png", files.png())})
    assert made.status_code == 201, made.text
    [page] = made.json()["pages"]
    assert (page["width"], page["height"]) == (240, 320)


def test_staff_say_whose_blank_it_is(server: Running) -> None:
    refused = server["admin"].post("/v1/forms", content=files.png())
    assert refused.status_code == 422
    made = add(server, files.png(), "supervisor", client_id=server.client_b)
    assert made["client_id"] == server.client_b
    assert server["client"].get(f"/v1/forms/{made['id']}").status_code == 404
    assert server["client"].get(made["pages"][0]["image"]).status_code == 404
    listed = server["client"].get("/v1/forms").json()["items"]
    assert made["id"] not in {item["id"] for item in listed}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"hello", "file_type_unsupported"),
        (files.encrypted_pdf(), "file_encrypted"),
        (files.flood(), "too_many_pixels"),
        (files.pdf(forms.MAX_PAGES + 1), "too_many_pages"),
    ],
    ids=["empty", "text", "encrypted", "flood", "long"],
)
def test_what_is_no_form_is_refused(server: Running, data: bytes, code: str) -> None:
    answer = server["client"].post("/v1/forms", content=data, params={"filename": "a.pdf"})
    assert answer.json()["code"] == code
    assert answer.json()["filename"] == "a.pdf"


def test_a_client_has_so_many_blanks_at_most(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "MAX_FORMS", 0)
    answer = server["client"].post("/v1/forms", content=files.png())
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_several_files_are_no_blank(server: Running) -> None:
    parts = [("file", ("a.png", files.png())), ("file", ("b.png", files.png()))]
    assert server["client"].post("/v1/forms", files=parts).status_code == 413


# -- types ----------------------------------------------------------------------------------------


def test_a_type_names_a_blank_and_its_zones(server: Running) -> None:
    blank = add(server, files.png())["id"]
    form = {"blank": blank, "zones": [zone(reader="comb", cells=8)]}
    made = server["client"].post("/v1/types", json=make(form=form))
    assert made.status_code == 201, made.text
    found = server["client"].get(f"/v1/types/{made.json()['name']}").json()["form"]
    assert found["blank"] == blank
    assert found["zones"][0]["box"] == [0.1, 0.1, 0.5, 0.2]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"page": 2}, "form.zones.1.page"),
        ({"field": "nothing"}, "form.zones.1.field"),
        ({"reader": "guess"}, "form.zones.1.reader"),
        ({"box": [0.1, 0.1, 1.2, 0.2]}, "form.zones.1.box"),
        ({"box": [0.5, 0.1, 0.1, 0.2]}, "form.zones.1.box"),
        ({"box": [0.1, 0.1, 0.1001, 0.2]}, "form.zones.1.box"),
        ({"cells": 0, "reader": "comb"}, "form.zones.1.cells"),
        ({"cels": 4}, "form.zones.1.cels"),
    ],
)
def test_faults_of_a_zone_have_their_place(
    server: Running, changes: dict[str, Any], place: str
) -> None:
    blank = add(server, files.png())["id"]
    zones = [zone(), zone(field="opened", **changes) if "field" not in changes else zone(**changes)]
    answer = server["client"].post("/v1/types", json=make(form={"blank": blank, "zones": zones}))
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [place]


def test_a_blank_of_another_client_is_none(server: Running) -> None:
    foreign = add(server, files.png(), "admin", client_id=server.client_b)["id"]
    for blank in (foreign, "frm_NOBODY"):
        for role in ("client", "admin"):
            data = make(form={"blank": blank, "zones": [zone()]})
            answer = server[role].post(
                "/v1/types", json=data, params={"client_id": server.client_a}
            )
            assert [e["field"] for e in answer.json()["errors"]] == ["form.blank"], answer.text
