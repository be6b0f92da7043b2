"""The guide to fixed forms: its type can be sent as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from extractors.forms.doubts import ZONE_DOUBTS
from models.doctype import Zone
from tests.server import files
from tests.server.conftest import Running

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "forms.md").read_text(encoding="utf-8")


def test_the_type_of_the_guide_is_taken(server: Running) -> None:
    found = re.search(r"^```yaml adesione\.yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert found
    blank = server["client"].post("/v1/forms", content=files.png()).json()["id"]
    body = re.sub(r"frm_\w+", blank, found[1])
    headers = {"Content-Type": "application/yaml"}
    made = server["client"].post("/v1/types", content=body.encode(), headers=headers)
    assert made.status_code == 201, made.text


@pytest.mark.parametrize("name", [*Zone.model_fields, *ZONE_DOUBTS])
def test_every_member_and_doubt_is_described(name: str) -> None:
    assert f"`{name}`" in GUIDE or f"{name}:" in GUIDE
