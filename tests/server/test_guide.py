"""The guide to document types: what it tells to send is sent, as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from extractors.expression import evaluate, read_expression
from extractors.validate import names_of
from models.doctype import DocumentType, FieldSpec
from tests.server.conftest import Running

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "types.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
FILES = {name: content for _, name, content in BLOCKS if name}
COMMANDS = [content.replace("\\\n", " ") for kind, _, content in BLOCKS if kind == "sh"]


def send(http: httpx.Client, command: str) -> httpx.Response:
    """What the curl command would send."""
    method = re.search(r"-X (\w+)", command)
    path = re.search(r'"\$SCRIVANO(/v1/[^"]+)"', command)
    media_type = re.search(r'"Content-Type: ([^"]+)"', command)
    data = re.search(r"--data-binary @(\S+)|-d '([^']+)'", command)
    assert method, command
    assert path, command
    assert media_type, command
    assert data, command
    body = FILES[data[1]] if data[1] else data[2]
    headers = {"Content-Type": media_type[1]}
    return http.request(method[1], path[1], content=body.encode(), headers=headers)


@pytest.fixture(scope="module")
def answers(server: Running) -> list[httpx.Response]:
    """The answers to all commands of the guide, one after the other."""
    return [send(server["client"], command) for command in COMMANDS]


def test_every_command_works(answers: list[httpx.Response]) -> None:
    assert [(a.status_code, a.text[:300]) for a in answers if a.status_code >= 400] == []
    assert [answer.request.method for answer in answers] == ["PUT", "POST", "POST", "PUT"]


def test_the_batch_uses_the_type(answers: list[httpx.Response]) -> None:
    assert answers[2].json()["type_versions"] == {"work_order": 1}


def test_the_same_type_again_makes_no_version(answers: list[httpx.Response]) -> None:
    assert answers[3].json()["version"] == 1


@pytest.mark.parametrize("name", FieldSpec.model_fields)
def test_every_member_of_a_field_is_described(name: str) -> None:
    assert f"`{name}`" in GUIDE.read_text(encoding="utf-8")


def test_the_rules_of_the_guide_do_what_it_says(answers: list[httpx.Response]) -> None:
    made = {k: v for k, v in answers[1].json().items() if k != "client_id"}
    doctype = DocumentType.model_validate(made)
    checks = {rule.name: rule.check for rule in doctype.rules if rule.rule == "expression"}
    names, columns = names_of(doctype.fields), names_of(doctype.lines)
    values = {"net_total": "100.00", "opened": "2026-03-01", "closed": "2026-03-09"}
    lines = [{"line_total": "60.00"}, {"line_total": "40.00"}]
    results = {
        name: evaluate(read_expression(check, names, columns), values, lines)
        for name, check in checks.items()
    }
    assert results == {"lines_add_up": True, "urgent_work_is_quick": False}
