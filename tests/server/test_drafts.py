"""Document types while they are written: checked without being kept, as YAML, and in use."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from extractors.types import TYPES
from models.doctype import DocumentType
from server.drafts import write_yaml
from tests.server.conftest import Running
from tests.server.test_types import YAML, create, make


def check(server: Running, data: dict[str, Any]) -> dict[str, Any]:
    answer = server["client"].post("/v1/types/check", json=data)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_good_type_is_given_back_in_full_and_not_kept(server: Running) -> None:
    data = make()
    found = check(server, data)
    assert found["errors"] == []
    assert found["definition"]["fields"][0]["threshold"] == 0.9
    assert server["client"].get(f"/v1/types/{data['name']}").status_code == 404


def test_a_fault_has_its_place(server: Running) -> None:
    rule = {"rule": "expression", "name": "later", "check": "closed > opend"}
    found = check(server, make(rules=[rule]))
    assert found["definition"] is None
    assert [fault["field"] for fault in found["errors"]] == ["rules.0.check"]
    assert "opend" in found["errors"][0]["message"]


def test_a_list_that_is_not_there_is_a_fault(server: Running) -> None:
    data = make()
    reference = {"list": "none", "column": "number"}
    fields = [{**data["fields"][0], "reference": reference}, *data["fields"][1:]]
    places = [fault["field"] for fault in check(server, {**data, "fields": fields})["errors"]]
    assert places == ["fields.0.reference.list"]


def test_yaml_becomes_data(server: Running) -> None:
    data = make()
    answer = server["client"].post("/v1/types/check", content=yaml.safe_dump(data), headers=YAML)
    assert answer.json()["definition"]["name"] == data["name"]


def test_what_is_no_type_is_refused(server: Running) -> None:
    answer = server["client"].post("/v1/types/check", content="a: [", headers=YAML)
    assert answer.status_code == 422
    assert "line 1" in answer.json()["detail"]


@pytest.mark.parametrize("name", TYPES)
def test_yaml_says_the_same_as_the_type(name: str) -> None:
    assert DocumentType.model_validate(yaml.safe_load(write_yaml(TYPES[name]))) == TYPES[name]


def test_yaml_of_an_own_type_can_be_sent_back(server: Running) -> None:
    made = create(server, make())
    text = server["client"].get(f"/v1/types/{made['name']}/yaml")
    assert text.headers["content-type"].startswith("application/yaml")
    again = server["client"].put(f"/v1/types/{made['name']}", content=text.content, headers=YAML)
    assert again.json()["version"] == 1


def test_yaml_of_a_type_of_somebody_else_is_not_there(server: Running) -> None:
    made = create(server, make())
    assert server["foreign"].get(f"/v1/types/{made['name']}/yaml").status_code == 404
    query = {"client_id": server.client_a}
    assert server["foreign"].get(f"/v1/types/{made['name']}/yaml", params=query).status_code == 404


def test_batches_under_way_are_counted_by_version(server: Running) -> None:
    made = create(server, make())
    url = f"/v1/types/{made['name']}"
    server.new_batch(document_type=made["name"])
    changed = {k: v for k, v in made.items() if k != "client_id"} | {"label": {"en": "Other"}}
    assert server["client"].put(url, json=changed).json()["version"] == 2
    server.new_batch(document_type=made["name"])
    server.new_batch(document_type="detect")
    assert server["client"].get(f"{url}/use").json() == {
        "versions": [{"version": 2, "batches": 2}, {"version": 1, "batches": 1}]
    }
    query = {"client_id": server.client_b}
    assert server["admin"].get(f"{url}/use", params=query).json() == {"versions": []}
