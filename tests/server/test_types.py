"""Document types by API: built-in ones, and a client's own."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.types import TYPES
from models import documents
from models.documents import StoredFile, add_document
from models.fields import replace_fields
from models.ids import new_id
from models.keying import add_tasks
from server.types import DEFINITION
from tests.server.conftest import Running, readings

YAML = {"Content-Type": "application/yaml"}


def make(**changes: Any) -> dict[str, Any]:
    """A type that nobody has yet."""
    return {**DEFINITION, "name": f"t{new_id('x')[-12:].lower()}", **changes}


def field(**values: Any) -> list[dict[str, Any]]:
    return [{"name": "number", "kind": "identifier", "label": {"en": "Number"}, **values}]


def create(server: Running, data: dict[str, Any], role: str = "client") -> dict[str, Any]:
    made = server[role].post("/v1/types", json=data)
    assert made.status_code == 201, made.text
    return dict(made.json())


def refuse(server: Running, data: object) -> list[dict[str, str]]:
    """The problems of a type that is not taken."""
    answer = server["client"].post("/v1/types", json=data)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), answer.text
    return list(answer.json()["errors"])


# -- reading ----------------------------------------------------------------------------------


def names(answer: httpx.Response) -> dict[str, str | None]:
    return {item["name"]: item["client_id"] for item in answer.json()["items"]}


def test_built_in_types_are_there_for_everybody(server: Running) -> None:
    for role in ("operator", "downstream", "foreign"):
        listed = names(server[role].get("/v1/types"))
        assert {name for name, owner in listed.items() if owner is None} >= {"form", "receipt"}


def test_an_own_type_is_listed_for_its_client_alone(server: Running) -> None:
    made = create(server, make())
    assert names(server["downstream"].get("/v1/types"))[made["name"]] == server.client_a
    assert made["name"] not in names(server["foreign"].get("/v1/types"))
    assert server["foreign"].get(f"/v1/types/{made['name']}").status_code == 404


def test_staff_name_the_client_whose_types_they_mean(server: Running) -> None:
    made = create(server, make())
    assert made["name"] not in names(server["supervisor"].get("/v1/types"))
    of_client = server["supervisor"].get("/v1/types", params={"client_id": server.client_a})
    assert made["name"] in names(of_client)
    assert server["admin"].get("/v1/types", params={"client_id": "cli_x"}).status_code == 404


def test_the_types_of_another_client_are_not_there(server: Running) -> None:
    query = {"client_id": server.client_a}
    assert server["foreign"].get("/v1/types", params=query).status_code == 404
    assert server["foreign"].post("/v1/types", params=query, json=make()).status_code == 404


# -- writing ----------------------------------------------------------------------------------


def test_a_type_is_made_from_json(server: Running) -> None:
    made = create(server, make())
    assert (made["version"], made["client_id"]) == (1, server.client_a)
    assert server["client"].get(f"/v1/types/{made['name']}").json() == made


def test_a_type_is_made_from_yaml(server: Running) -> None:
    text = yaml.safe_dump(make())
    made = server["client"].post("/v1/types", content=text, headers=YAML)
    assert made.status_code == 201, made.text


def test_an_alias_may_stand_for_more_than_fits(server: Running) -> None:
    text = "label: &a {en: Order}\nfields: [{name: number, kind: text, label: *a}]\nname: aliased\n"
    answer = server["client"].post("/v1/types", content=text, headers=YAML)
    assert answer.status_code == 422
    assert "aliases" in answer.json()["detail"]


def test_staff_make_types_for_a_client(server: Running) -> None:
    data = make()
    query = {"client_id": server.client_a}
    assert server["supervisor"].post("/v1/types", json=data).status_code == 422
    assert server["supervisor"].post("/v1/types", json=data, params=query).status_code == 201
    assert server["client"].get(f"/v1/types/{data['name']}").status_code == 200


def test_a_change_makes_a_version_and_the_old_one_stays(server: Running) -> None:
    made = create(server, make())
    url = f"/v1/types/{made['name']}"
    changed = {**made, "label": {"en": "Changed"}}
    del changed["client_id"]
    assert server["client"].put(url, json=changed).json()["version"] == 2
    assert server["client"].get(url).json()["label"] == {"en": "Changed"}
    assert server["client"].get(url, params={"version": 1}).json()["label"] == made["label"]


def test_a_change_of_an_old_version_is_refused(server: Running) -> None:
    made = create(server, make())
    url, old = f"/v1/types/{made['name']}", {**make(), "name": made["name"], "version": 1}
    assert server["client"].put(url, json={**old, "label": {"en": "B"}}).status_code == 200
    answer = server["client"].put(url, json={**old, "label": {"en": "C"}})
    assert (answer.status_code, answer.json()["code"]) == (412, "stale_write")


def test_a_name_is_taken_once(server: Running) -> None:
    made = make()
    create(server, made)
    assert server["client"].post("/v1/types", json=made).status_code == 409


def test_a_type_that_is_not_there_cannot_be_changed(server: Running) -> None:
    made = make()
    answer = server["client"].put(f"/v1/types/{made['name']}", json=made)
    assert answer.status_code == 404


def test_the_name_in_the_address_counts(server: Running) -> None:
    made = create(server, make())
    other = server["client"].put(f"/v1/types/{made['name']}", json=make())
    assert other.json()["errors"][0]["field"] == "name"


# -- problems ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "place", "advice"),
    [
        ({"fields": field(kind="money")}, "fields.0.kind", "'amount'"),
        ({"fields": field(requird=True)}, "fields.0.requird", "required"),
        ({"fields": field(mode="blind")}, "fields.0.mode", "leave mode out"),
        ({"fields": field(name="Total €")}, "fields.0.name", "small letters"),
        ({"fields": field(label={"english": "x"})}, "fields.0.label.english.[key]", "two small"),
        ({"fields": field(threshold=2)}, "fields.0.threshold", "less than or equal to 1"),
        ({"fields": field(label={"en": "a\nb"})}, "fields.0.label.en", "control characters"),
        ({"fields": field(label={"en": 5})}, "fields.0.label.en", "in quotes"),
        ({"fields": field(pattern="(a")}, "fields.0.pattern", "Character 1"),
        ({"fields": []}, "fields", "at least 1"),
        ({"fields": "number"}, "fields", "as a list"),
        ({"rules": [{"name": "x"}]}, "rules.0", "Say which rule"),
        ({"rules": [{"rule": "summ", "name": "x"}]}, "rules.0", "sum"),
        ({"rules": [{"rule": "sum", "name": "x", "equals": "a"}]}, "rules.0.terms", "Add terms"),
        ({"rules": [{"rule": "expression", "name": "x", "check": "9**9**9 == 1"}]},
         "rules.0.check", "Character 1"),
        ({"business_key": [["order_number", 3]]}, "business_key.0", "names of fields"),
        ({"version": "2"}, "version", "Leave it out"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(
    server: Running, changes: dict[str, Any], place: str, advice: str
) -> None:
    problems = refuse(server, make(**{"rules": [], "business_key": None, **changes}))
    assert place in [problem["field"] for problem in problems]
    assert advice in " ".join(problem["message"] for problem in problems)


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"{", "application/json", 422),
        (b"[1]", "application/json", 422),
        (b"\xff", "application/json", 422),
        (b"9" * 5000, "application/json", 422),
        (b"[" * 50_000, "application/json", 422),
        (b'{"name": "\\ud800"}', "application/json", 422),
        (b"a: [", "application/yaml", 422),
        (b"[" * 5000, "application/yaml", 422),
        (b"a: &a [1]\nb: [*a, *a]", "application/yaml", 422),
        (b"!!python/object/apply:os.getcwd []", "application/yaml", 422),
        (b"{}", "text/plain", 422),
        (b" " * 70_000, "application/json", 413),
        (b"", "application/json", 422),
    ],
)
def test_what_is_no_type_at_all_is_refused(
    server: Running, body: bytes, media_type: str, status: int
) -> None:
    answer = server["client"].post("/v1/types", content=body, headers={"Content-Type": media_type})
    assert answer.status_code == status, answer.text


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.integers(),
        st.floats(),
        st.text(st.characters(codec=None), max_size=8),
        st.sampled_from(["sum", "amount", "number", "[a-", "number > 1", "lines"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["name", "kind", "label", "rule", "check", "en", "fields", "terms"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=10,
)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(st.sampled_from(["fields", "lines", "rules", "label", "business_key"]), VALUES)
)
def test_no_definition_breaks_the_server(server: Running, changes: dict[str, Any]) -> None:
    body = json.dumps(make(**changes)).encode()
    headers = {"Content-Type": "application/json"}
    answer = server["client"].post("/v1/types", content=body, headers=headers)
    assert answer.status_code < 500, answer.text


# -- use --------------------------------------------------------------------------------------


def test_a_batch_names_the_versions_that_it_uses(server: Running) -> None:
    made = create(server, make())
    batch = server.new_batch(document_type=made["name"])
    shown = server["client"].get(f"/v1/batches/{batch}").json()
    assert shown["type_versions"] == {made["name"]: 1}


def test_a_batch_of_another_clients_type_is_refused(server: Running) -> None:
    made = create(server, make())
    answer = server["foreign"].post("/v1/batches", json={"document_type": made["name"]})
    assert answer.status_code == 404


def test_an_own_type_is_keyed_by_its_own_rules(either: Running) -> None:
    """The desk shows, checks and explains by the version of the document's batch."""
    data = {**DEFINITION, "name": "invoice", "fields": OWN_FIELDS, "rules": OWN_RULES}
    data["business_key"] = ["invoice_number"]
    create(either, data)
    batch = either.new_batch()
    create_later = {**data, "fields": field(), "rules": [], "business_key": None}
    assert either["client"].put("/v1/types/invoice", json=create_later).json()["version"] == 2
    document = add_document_with_task(either, batch)
    [task] = either["operator"].post("/v1/tasks/claim", json={}).json()["items"]
    assert task["field"]["label"] == {"en": "Our number"}
    assert [p["message"] for p in task["problems"]] == ["Gross over 1000 is never right."]
    check = {"document_type": "invoice", "name": "invoice_number", "line": None, "value": "A-17"}
    free = either["operator"].post("/v1/tasks/check", json=check).json()
    own = either["operator"].post("/v1/tasks/check", json={**check, "document_id": document})
    assert (free["problems"], [p["code"] for p in own.json()["problems"]]) == ([], ["pattern"])
    keyed = either["operator"].put(
        f"/v1/tasks/{task['id']}/key", json={"value": "A-17"}, headers={"If-Match": "2"}
    )
    assert keyed.json()["problems"][0]["code"] == "pattern"


OWN_FIELDS = [
    {
        "name": "invoice_number",
        "kind": "identifier",
        "label": {"en": "Our number"},
        "pattern": "[0-9]+",
    },
    {"name": "gross_total", "kind": "amount", "label": {"en": "Gross"}},
]
OWN_RULES = [
    {
        "rule": "expression",
        "name": "small",
        "check": "gross_total <= 100",
        "when": 'invoice_number != "0"',
        "message": "Gross over 1000 is never right.",
    }
]


def add_document_with_task(running: Running, batch: str) -> str:
    """A document whose invoice number waits for a person, as if the machine had read it."""
    with running.db.write() as session:
        file = StoredFile("a.pdf", "a" * 64, 10, "application/pdf")
        document = add_document(session, batch, file, actor="test")
        documents.start_reading(session, document.id, 1)
        documents.set_status(session, document, "extracting")
        document.type = "invoice"
        written = replace_fields(session, document, readings(1))
        add_tasks(session, document, [(written[0], ("small",))])
        documents.set_status(session, document, "keying")
        return document.id


def test_the_built_in_types_have_no_owner(server: Running) -> None:
    shown = server["foreign"].get("/v1/types/receipt").json()
    assert shown["client_id"] is None
    assert shown["version"] == TYPES["receipt"].version
    assert server["foreign"].get("/v1/types/receipt", params={"version": 9}).status_code == 404
